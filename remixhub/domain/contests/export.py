"""A decided contest as files that can be verified offline: its facts, its log and its result.

`contest.json` has the terms, the dates, the seed with the hash that was published beforehand, and what the log's ids
stand for; `log.jsonl` one line of the log each; `result.json` what was published.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from remixhub.domain.contests.dealing import deal, seed_commitment
from remixhub.domain.contests.log import GENESIS, LogKind, LogLine, canonical, first_fault
from remixhub.domain.contests.result import result_of
from remixhub.domain.contests.terms import ContestTerms
from remixhub.domain.errors import Invalid, RemixHubError

FORMAT = "remixhub-contest"
VERSION = 1
NAMED = ("entries", "judges", "deal")
"""What of `contest.json` the log holds as well."""
_ZERO_AS_IT_WAS = ("0.000000000", "0E-9")
"""No points, as they are written and as RemixHub 0.1 wrote them; its exports verify still."""
FILES = ("contest.json", "log.jsonl", "result.json")
README = """This is a RemixHub contest with everything that its result was computed from.

    python -m remixhub verify-contest THIS.zip

computes the result again and says whether it is the same. The log is a chain of hashes: its last one, the head, was
published with the result. Voters and judges stand under pseudonyms that are the same throughout this contest.
"""


class ContestExportUnreadable(Invalid):
    code = "contest_export_unreadable"
    title = "This is no export of a contest"


def log_text(lines: Iterable[LogLine]) -> str:
    return "".join(canonical({"n": one.number, "record": one.record, "sha256": one.sha256}) + "\n" for one in lines)


def read_log(text: str) -> list[LogLine]:
    """Raises ContestExportUnreadable."""
    try:
        rows = [json.loads(line) for line in text.splitlines()]
        return [LogLine(row["n"], row["record"], row["sha256"]) for row in rows]
    except (ValueError, TypeError, KeyError) as exc:
        raise ContestExportUnreadable(f"log.jsonl cannot be read: {exc}.") from exc


def faults(files: Mapping[str, str]) -> Iterator[str]:
    """What does not agree, and where; nothing when the export verifies. Raises ContestExportUnreadable."""
    try:
        facts, result = (json.loads(files[name]) for name in ("contest.json", "result.json"))
        lines = read_log(files["log.jsonl"])
        terms = ContestTerms.parse(facts["terms"])
        seed, head = facts["seed"], facts["log_head"]
    except RemixHubError:
        raise
    except (KeyError, ValueError, TypeError) as exc:
        raise ContestExportUnreadable(f"It lacks something or is damaged: {exc!r}.") from exc
    broken = first_fault(lines)
    if broken is not None:
        yield broken
        return
    if (lines[-1].sha256 if lines else GENESIS) != head:
        yield "The log does not end with the head that was published."
    records = [line.record for line in lines]
    try:
        yield from _about_seed_and_terms(facts, terms, records)
        yield from _about_names(facts, records)
        yield from _about_deal(facts, seed)
        computed = json.loads(canonical(result_of(terms, records, seed=seed)))
    except (KeyError, ValueError, TypeError, RemixHubError) as exc:
        raise ContestExportUnreadable(f"The result cannot be computed from the log: {exc!r}.") from exc
    yield from _differences(computed, result, "result.json")
    decided = [record.get("result_sha256") for record in records if record["kind"] == LogKind.DECIDED]
    if decided != [result_sha256(result)]:
        yield "The log's decision is about another result."


def result_sha256(result: Mapping[str, Any]) -> str:
    return seed_commitment(canonical(result))


def _about_seed_and_terms(
    facts: Mapping[str, Any], terms: ContestTerms, records: list[Mapping[str, Any]]
) -> Iterator[str]:
    if seed_commitment(facts["seed"]) != facts["seed_commitment"]:
        yield "The seed is not the one whose hash was published beforehand."
    before = [record["seed_commitment"] for record in records if "seed_commitment" in record]
    if any(one != facts["seed_commitment"] for one in before):
        yield "The seed is not the one that the log names at the first entry."
    frozen = [record["terms_sha256"] for record in records if record["kind"] == LogKind.TERMS]
    if frozen and frozen != [terms.sha256()]:
        yield "The terms are not those that were frozen at the first entry."


def _about_names(facts: Mapping[str, Any], records: list[Mapping[str, Any]]) -> Iterator[str]:
    """Contests that were decided before the log held the names have none."""
    for record in records:
        if record["kind"] == LogKind.NAMES:
            for name in NAMED:
                yield from _differences(record[name], facts[name], f"contest.json, {name}")
    heard = {record["entry"]: record["audio_sha256"] for record in records if record["kind"] == LogKind.ENTRY}
    for entry, one in facts["entries"].items():
        if heard.get(entry) != one["audio_sha256"]:
            yield f"contest.json, entries, {entry}: another audio than was entered."


def _about_deal(facts: Mapping[str, Any], seed: str) -> Iterator[str]:
    dealt = facts.get("deal")
    if dealt and deal(dealt, seed) != dealt:
        yield "The sources were not dealt as the seed says."


def _differences(computed: Any, published: Any, where: str) -> Iterator[str]:
    if isinstance(computed, dict) and isinstance(published, dict) and computed.keys() == published.keys():
        for name in computed:
            yield from _differences(computed[name], published[name], f"{where}, {name}")
    elif isinstance(computed, list) and isinstance(published, list) and len(computed) == len(published):
        for place, (one, other) in enumerate(zip(computed, published, strict=True), 1):
            yield from _differences(one, other, f"{where}, {place}")
    elif computed != published and (computed, published) != _ZERO_AS_IT_WAS:
        yield f"{where}: published {canonical(published)}, computed {canonical(computed)}."
