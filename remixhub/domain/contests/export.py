"""A decided contest as files that can be verified offline: its facts, its log and its result.

`contest.json` has the terms, the dates, the seed with the hash that was published beforehand, and what the log's ids
stand for; `log.jsonl` one line of the log each; `result.json` what was published. `docs/contest-export.md` has the
format for whoever writes a reader of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from remixhub.domain.contests.dealing import seed_commitment
from remixhub.domain.contests.log import MEMBERS, LogKind, LogLine, canonical
from remixhub.domain.contests.terms import ContestTerms
from remixhub.domain.errors import Invalid, Malformed, RemixHubError
from remixhub.domain.strict_json import read_json

FORMAT = "remixhub-contest"
VERSION = 3
"""In version 1 the log held the names alone: title, label and dates of its exports are bound by nothing.
Until version 2 an entry that no judge scored got 0 from the jury."""
NAMED = ("entries", "judges", "deal")
UNBOUND_IN_1 = ("id", "title", "url", "label", "dates")
APART = ("seed", "terms", "log_head")
"""What of `contest.json` the log's line of names has not: the first two stand there by their hashes."""
FILES = ("contest.json", "log.jsonl", "result.json")
README = """This is a RemixHub contest with everything that its result was computed from.

    python -m remixhub verify-contest THIS.zip

computes the result again and says whether it is the same; with --head HASH it says whether the log has the head that
you noted or that was published. The log is a chain of hashes. Voters and judges stand under pseudonyms that are the
same throughout this contest. docs/contest-export.md of RemixHub has the format.
"""
_MEMBERS: dict[str, type] = {
    "format": str, "version": int, "id": str, "title": str, "url": str, "label": str, "terms": dict, "dates": dict,
    "seed": str, "seed_commitment": str, "log_head": str, "entries": dict, "judges": dict,
}  # fmt: skip


class ContestExportUnreadable(Invalid):
    code = "contest_export_unreadable"
    title = "This is no export of a contest"


@dataclass(frozen=True)
class Export:
    """What the files say, each of the kind that it has to be; nothing of it is verified."""

    facts: Mapping[str, Any]
    terms: ContestTerms
    lines: list[LogLine]
    result: Mapping[str, Any]

    @property
    def records(self) -> list[Mapping[str, Any]]:
        return [line.record for line in self.lines]


def log_text(lines: Iterable[LogLine]) -> str:
    return "".join(canonical({"n": one.number, "record": one.record, "sha256": one.sha256}) + "\n" for one in lines)


def json_text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)


def result_sha256(result: Mapping[str, Any]) -> str:
    return seed_commitment(canonical(result))


def read_export(files: Mapping[str, str]) -> Export:
    """Raises ContestExportUnreadable, naming the file and the place."""
    missing = [name for name in FILES if name not in files]
    if missing:
        raise ContestExportUnreadable(f"It lacks {', '.join(missing)}.")
    facts, result = (_object(files[name], name) for name in ("contest.json", "result.json"))
    _require(facts, _MEMBERS, "contest.json")
    if facts["format"] != FORMAT or facts["version"] not in range(1, VERSION + 1):
        raise ContestExportUnreadable("contest.json is of a format or a version that this RemixHub does not know.")
    for id, entry in facts["entries"].items():
        where = f"contest.json, entries, {id}"
        _require(entry, {"audio_sha256": str, **({"title": str, "artist": str} if facts["version"] > 1 else {})}, where)
    try:
        terms = ContestTerms.parse(facts["terms"])
    except RemixHubError as exc:
        raise ContestExportUnreadable(f"contest.json, terms: {exc.detail}") from exc
    except (AttributeError, LookupError, TypeError, ValueError) as exc:
        raise ContestExportUnreadable("contest.json, terms: these are no terms of a contest.") from exc
    return Export(facts, terms, read_log(files["log.jsonl"]), result)


def read_log(text: str) -> list[LogLine]:
    """Raises ContestExportUnreadable."""
    lines = []
    # JSON may hold characters that splitlines() takes for the end of a line
    for place, row in enumerate(text.split("\n"), 1):
        if not row and place > text.count("\n"):
            break
        found = _object(row, f"log.jsonl, line {place}")
        _require(found, {"n": int, "record": dict, "sha256": str}, f"log.jsonl, line {place}")
        lines.append(LogLine(found["n"], found["record"], found["sha256"]))
    return lines


def require_known(lines: Iterable[LogLine]) -> None:
    """Every record is of a kind of the log's and has its members. Raises ContestExportUnreadable."""
    for line in lines:
        where, kind = f"log.jsonl, line {line.number}", line.record.get("kind")
        if not isinstance(kind, str) or kind not in set(LogKind):
            raise ContestExportUnreadable(f"{where}: this RemixHub does not know such a record.")
        _require(line.record, MEMBERS[LogKind(kind)], where)
        if kind == LogKind.BALLOT and "against" not in line.record:
            _require(line.record, {"score": float}, where)


def _object(text: str, where: str) -> dict[str, Any]:
    """A JSON object that can be written again: no name twice, no NaN, no infinity, no half of a surrogate pair."""
    try:
        found = read_json(text.encode())
        canonical(found).encode()
    except (ValueError, RecursionError, Malformed) as exc:
        raise ContestExportUnreadable(f"{where} is damaged: it is not the JSON that an export has.") from exc
    if not isinstance(found, dict):
        raise ContestExportUnreadable(f"{where} is no JSON object.")
    return found


def _require(found: object, members: Mapping[str, type], where: str) -> None:
    if not isinstance(found, Mapping):
        raise ContestExportUnreadable(f"{where} is no JSON object.")
    for name, kind in members.items():
        if name not in found:
            raise ContestExportUnreadable(f"{where} lacks `{name}`.")
        value = found[name]
        wanted = (int, float) if kind is float else kind
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise ContestExportUnreadable(f"{where}, `{name}`: not a {_WORDS[kind]}.")


_WORDS = {str: "text", int: "whole number", float: "number", dict: "JSON object", list: "list"}
