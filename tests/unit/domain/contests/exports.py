"""Exports of small contests, as they were given out or changed since."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from remixhub.domain.contests.dealing import seed_commitment
from remixhub.domain.contests.export import json_text, log_text, result_sha256
from remixhub.domain.contests.log import GENESIS, LogLine, canonical, next_sha256
from remixhub.domain.contests.result import result_of
from remixhub.domain.contests.terms import ContestTerms, VoteKind

TERMS = ContestTerms(vote=VoteKind.SCORES, vote_share_percent=100)
SEED = "the seed"
Record = dict[str, Any]


def chained(records: list[Record]) -> list[LogLine]:
    lines: list[LogLine] = []
    for number, record in enumerate(records, 1):
        lines.append(LogLine(number, record, next_sha256(lines[-1].sha256 if lines else GENESIS, record)))
    return lines


DATES = {
    "opens_at": "2027-01-01T00:00:00.000Z", "closes_at": "2027-01-02T00:00:00.000Z",
    "voting_closes_at": "2027-01-03T00:00:00.000Z", "judging_closes_at": None,
}  # fmt: skip
LATER = DATES | {"closes_at": "2027-01-02T12:00:00.000Z"}


def named(**also: Any) -> Record:
    """All of contest.json that the log's line of names holds too."""
    return {
        "format": "remixhub-contest", "version": 3, "id": "c1", "title": "Rain\u2028dance", "url": "/contests/c1",
        "label": "Lab", "dates": DATES, "seed_commitment": seed_commitment(SEED),
        "entries": {"a": {"title": "A", "artist": "Ann", "url": "/works/a", "audio_sha256": "aa"}},
        "judges": {}, "deal": {}, **also,
    }  # fmt: skip


def facts_of(log: list[Record], **also: Any) -> Record:
    told = next((one for one in log if one["kind"] == "names" and "version" in one), named(version=1))
    bound = {name: value for name, value in told.items() if name not in ("kind", "terms_sha256")}
    return {**bound, "terms": TERMS.dump(), "seed": SEED, "log_head": (chained(log) or [START])[-1].sha256, **also}


START = LogLine(0, {}, GENESIS)


def frozen(**also: Any) -> Record:
    return {"kind": "terms", "terms_sha256": TERMS.sha256(), "seed_commitment": seed_commitment(SEED), **also}


def entered(id: str = "a", at: str = "2027-01-01T00:00:00.000Z", audio: str = "aa") -> Record:
    return {"kind": "entry", "entry": id, "entrant": "e", "audio_sha256": audio, "submitted_at": at}


def happened(*, dates: Record = DATES) -> list[Record]:
    return [
        frozen(dates=DATES),
        entered(),
        {"kind": "ballot", "ballot": "1", "voter": "v", "favoured": "a", "score": 7.5},
        {"kind": "names", "terms_sha256": TERMS.sha256(), **named(dates=dates)},
    ]


def decided(log: list[Record]) -> list[Record]:
    return [*log, {"kind": "decided", "result_sha256": result_sha256(result_of(TERMS, log, seed=SEED))}]


def as_before(log: list[Record]) -> list[Record]:
    """As version 1 had it: three names in the log, and no dates."""
    log = copy.deepcopy(log)
    for one in log:
        one.pop("dates", None)
        if one["kind"] == "names":
            for name in one.keys() - {"kind", "entries", "judges", "deal"}:
                del one[name]
    return log


def records() -> list[Record]:
    return decided(happened())


def files(
    log: list[Record] | None = None,
    change: Callable[[Record], object] = lambda facts: None,
    alter: Callable[[Record], object] = lambda result: None,
) -> dict[str, str]:
    """The export of a contest in which `log` happened, after somebody has changed its facts and its result."""
    log = records() if log is None else log
    facts, result = copy.deepcopy(facts_of(log)), json.loads(canonical(result_of(TERMS, log, seed=SEED)))
    change(facts)
    alter(result)
    return {"contest.json": json_text(facts), "log.jsonl": log_text(chained(log)), "result.json": json_text(result)}
