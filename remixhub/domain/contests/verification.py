"""Whether an export of a contest is what was published: every field of it is held against the log and its head."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from remixhub.domain.contests.coverage import JuryIncomplete
from remixhub.domain.contests.dealing import deal, seed_commitment
from remixhub.domain.contests.export import (
    APART,
    NAMED,
    ContestExportUnreadable,
    Export,
    json_text,
    log_text,
    read_export,
    require_known,
    result_sha256,
)  # fmt: skip
from remixhub.domain.contests.log import GENESIS, LogKind, canonical, first_fault
from remixhub.domain.contests.result import result_of
from remixhub.domain.errors import RemixHubError

_ZERO_AS_IT_WAS = ("0.000000000", "0E-9")
"""No points, as they are written and as RemixHub 0.1 wrote them; its exports verify still."""
Record = Mapping[str, Any]


def faults(files: Mapping[str, str], *, head: str | None = None) -> Iterator[str]:
    """What does not agree, and where; nothing when the export verifies. `head` is one that was published, or was shown
    while the contest ran. Raises ContestExportUnreadable.
    """
    export = read_export(files)
    broken = first_fault(export.lines)
    if broken is not None:
        yield broken
        return
    require_known(export.lines)
    yield from _about_the_writing(export, files)
    heads = [line.sha256 for line in export.lines] or [GENESIS]
    if heads[-1] != export.facts["log_head"]:
        yield "The log does not end with the head that was published."
    if head is not None and head.strip().lower() not in heads:
        yield "The log has not the head that you gave: it is another log, or one that was changed before that line."
    # With other terms than the contest's nothing can be computed that would tell more.
    other_terms = list(_about_terms(export))
    yield from other_terms
    if other_terms:
        return
    try:
        yield from _about_the_seed(export)
        yield from _about_names(export)
        yield from _about_times(export)
        computed = json.loads(canonical(result_of(export.terms, export.records, seed=export.facts["seed"])))
    except JuryIncomplete as exc:
        lacking: Any = exc.context["entries"]
        ids = ", ".join(one["entry_id"] for one in lacking)
        yield f"It was decided before each entry had the score sheets that the terms ask for, or a ruling: {ids}."
        return
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RemixHubError) as exc:
        raise ContestExportUnreadable("The result cannot be computed from what the log and the terms say.") from exc
    yield from _differences(computed, export.result, "result.json")
    yield from _about_the_decision(export)


def _about_the_writing(export: Export, files: Mapping[str, str]) -> Iterator[str]:
    """One spelling alone is right, so that no byte can be changed unseen."""
    written = {
        "contest.json": json_text(export.facts),
        "log.jsonl": log_text(export.lines),
        "result.json": json_text(export.result),
    }
    for name, text in written.items():
        if files[name] != text:
            pairs = zip(files[name].split("\n"), text.split("\n"), strict=False)
            place = next((place for place, (one, other) in enumerate(pairs, 1) if one != other), None)
            yield f"{name}{f', line {place}' if place else ''}: not written as it was given out."


def _about_terms(export: Export) -> Iterator[str]:
    sha256 = seed_commitment(canonical(export.facts["terms"]))
    frozen = [one["terms_sha256"] for one in export.records if "terms_sha256" in one]
    if any(one != sha256 for one in frozen):
        yield "The terms are not those that were frozen at the first entry."


def _about_the_seed(export: Export) -> Iterator[str]:
    commitment = export.facts["seed_commitment"]
    if seed_commitment(export.facts["seed"]) != commitment:
        yield "The seed is not the one whose hash was published beforehand."
    before = [one["seed_commitment"] for one in export.records if "seed_commitment" in one]
    if any(one != commitment for one in before):
        yield "The seed is not the one that the log names at the first entry."
    dealt = export.facts.get("deal")
    if dealt and deal(dealt, export.facts["seed"]) != dealt:
        yield "The sources were not dealt as the seed says."


def _about_names(export: Export) -> Iterator[str]:
    """Contests that were decided before the log held the names have none, and no more than these before version 2."""
    facts, is_bound = export.facts, False
    for record in export.records:
        if record["kind"] != LogKind.NAMES:
            continue
        is_bound = "version" in record
        if is_bound:
            told = {name: value for name, value in record.items() if name not in ("kind", "terms_sha256")}
            here = {name: value for name, value in facts.items() if name not in APART}
            yield from _differences(told, here, "contest.json")
        else:
            for name in NAMED:
                yield from _differences(record[name], facts.get(name), f"contest.json, {name}")
    if is_bound != (facts["version"] > 1):
        yield "contest.json, version: not the one of the log."
    heard = {one["entry"]: one["audio_sha256"] for one in export.records if one["kind"] == LogKind.ENTRY}
    for entry, one in facts["entries"].items():
        if heard.get(entry) != one["audio_sha256"]:
            yield f"contest.json, entries, {entry}: another audio than was entered."


def _about_times(export: Export) -> Iterator[str]:
    """Every entry came while entries were taken, by the dates as they were then; they moved only as the log says."""
    dates = _first_dates(export)
    for line in export.lines:
        record = line.record
        moved_from = record["before"] if record["kind"] == LogKind.EXTENDED else record.get("dates", dates)
        if moved_from != dates:
            yield f"Line {line.number} of the log names other dates than those that held until then."
        if record["kind"] == LogKind.EXTENDED:
            dates = record["after"]
        elif record["kind"] == LogKind.ENTRY and not dates["opens_at"] <= record["submitted_at"] < dates["closes_at"]:
            yield f"Line {line.number} of the log: the entry was not submitted while the contest was open."
    if dates != export.facts["dates"]:
        yield "contest.json, dates: not those that the log ends with."


def _first_dates(export: Export) -> Record:
    for record in export.records:
        if record["kind"] == LogKind.EXTENDED:
            return dict(record["before"])
        if record["kind"] == LogKind.TERMS and "dates" in record:
            return dict(record["dates"])
    return dict(export.facts["dates"])


def _about_the_decision(export: Export) -> Iterator[str]:
    decided = [one["result_sha256"] for one in export.records if one["kind"] == LogKind.DECIDED]
    if decided != [result_sha256(export.result)]:
        yield "The log's decision is about another result."
    elif export.records[-1]["kind"] != LogKind.DECIDED:
        yield "The log goes on after the decision."


def _differences(told: Any, published: Any, where: str) -> Iterator[str]:
    if isinstance(told, dict) and isinstance(published, dict) and told.keys() == published.keys():
        for name in told:
            yield from _differences(told[name], published[name], f"{where}, {name}")
    elif _is_list(told) and _is_list(published) and len(told) == len(published):
        for place, (one, other) in enumerate(zip(told, published, strict=True), 1):
            yield from _differences(one, other, f"{where}, {place}")
    elif told != published and (told, published) != _ZERO_AS_IT_WAS:
        yield f"{where}: published {canonical(published)}, computed {canonical(told)}."


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
