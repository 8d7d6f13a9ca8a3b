"""The result of a contest, from its terms and its log alone: for the host's decision, and for whoever verifies it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field
from typing import Any

from remixhub.domain.contests.coverage import Ruling, coverages, require_settled
from remixhub.domain.contests.duels import Duel, damped_means, strengths
from remixhub.domain.contests.judging import jury_scores
from remixhub.domain.contests.log import LogKind
from remixhub.domain.contests.standings import EntryFact, standings
from remixhub.domain.contests.terms import ContestTerms, VoteKind

DAMPING = 5
"""Ballots at the median that every entry is given in a vote by scores."""
SCORE_LIMIT = 10
UNSCORED_IS_NOUGHT_UNTIL = 2
"""The last version of a log in which an entry without any sheet got 0 from the jury."""


@dataclass
class _Counted:
    """What the log says, read from its beginning to its end."""

    entries: dict[str, str] = field(default_factory=dict)
    """When each was submitted."""
    out: dict[str, str] = field(default_factory=dict)
    """Entries that do not count, with the reason."""
    due: dict[str, set[str]] = field(default_factory=dict)
    scores: dict[str, dict[str, Mapping[str, float]]] = field(default_factory=dict)
    ballots: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    judges_out: dict[str, str] = field(default_factory=dict)
    """Judges who were removed, with the reason."""
    rulings: dict[str, tuple[Ruling, str]] = field(default_factory=dict)
    """With the reason."""
    version: int = 1
    excluded: dict[str, str] = field(default_factory=dict)
    """Ballots, with the reason."""


def result_of(terms: ContestTerms, records: Iterable[Mapping[str, Any]], *, seed: str) -> dict[str, Any]:
    """Standings as they count, the same with every ballot that was cast, and what was left out and why. JSON-able.

    Raises JuryIncomplete for a log of today's version in which an entry has neither enough sheets nor a ruling.
    """
    counted = _read(records)
    standing = {entry: at for entry, at in counted.entries.items() if entry not in counted.out}
    jury = None
    missing: list[dict[str, str]] = []
    rulings: dict[str, Ruling] = {}
    if terms.has_jury:
        expected = {judge: due & standing.keys() for judge, due in counted.due.items()}
        found = jury_scores(terms.parsed_rubric(), terms.normalisation, counted.scores, expected)
        jury = {entry: found.by_entry.get(entry, 0.0) for entry in standing}
        rulings = _rulings(terms, counted, expected, standing)
        missing = [{"judge": judge, "entry": entry} for judge, entry in found.missing]
    kept = {id: one for id, one in counted.ballots.items() if id not in counted.excluded}

    def ranked(ballots: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
        votes, tally = _votes(terms, standing, ballots)
        placed = {id: at for id, at in standing.items() if rulings.get(id) is not Ruling.UNPLACED}
        facts = [EntryFact(entry, at) for entry, at in sorted(placed.items())]
        lines = standings(
            facts, jury=jury, votes=votes, vote_share_percent=terms.vote_share_percent,
            tie_breaks=terms.tie_breaks, seed=seed,
            by_community=[id for id, ruling in rulings.items() if ruling is Ruling.COMMUNITY],
        )  # fmt: skip
        return [{**asdict(line), "tally": tally.get(line.entry_id)} for line in lines]

    return {
        "standings": ranked(kept),
        "raw_standings": ranked(counted.ballots),
        "ballots_cast": len(counted.ballots),
        "ballots_counted": len(kept),
        "ballots_excluded": dict(sorted(counted.excluded.items())),
        "entries_out": dict(sorted(counted.out.items())),
        "missing_scores": missing,
        # Only where there are any: results that were published without it verify as before.
        **({"judges_out": dict(sorted(counted.judges_out.items()))} if counted.judges_out else {}),
        **({"rulings": {id: _told(counted, id) for id in sorted(rulings)}} if rulings else {}),
    }


def _rulings(
    terms: ContestTerms, counted: _Counted, due: Mapping[str, AbstractSet[str]], standing: Iterable[str]
) -> dict[str, Ruling]:
    """Those in force, by entry."""
    if counted.version <= UNSCORED_IS_NOUGHT_UNTIL:
        return {}
    given = {entry: ruling for entry, (ruling, _) in counted.rulings.items()}
    found = coverages(terms.judges_per_entry, standing, due, counted.scores, given)
    require_settled(found)
    return {entry: one.in_force for entry, one in found.items() if one.in_force is not None}


def _told(counted: _Counted, entry: str) -> dict[str, str]:
    ruling, reason = counted.rulings[entry]
    return {"ruling": ruling.value, "reason": reason}


def _read(records: Iterable[Mapping[str, Any]]) -> _Counted:
    counted = _Counted()
    for record in records:
        match record["kind"]:
            case LogKind.ENTRY:
                counted.entries[record["entry"]] = record["submitted_at"]
            case LogKind.ENTRY_OUT:
                counted.out[record["entry"]] = record["reason"]
            case LogKind.ENTRY_BACK:
                counted.out.pop(record["entry"], None)
            case LogKind.DUE:
                counted.due[record["judge"]] = set(record["entries"])
                counted.judges_out.pop(record["judge"], None)
            case LogKind.JUDGE_OUT:
                counted.judges_out[record["judge"]] = record["reason"]
            case LogKind.SCORES:
                counted.scores.setdefault(record["judge"], {})[record["entry"]] = record["scores"]
            case LogKind.RULING:
                counted.rulings[record["entry"]] = (Ruling(record["ruling"]), record["reason"])
            case LogKind.NAMES:
                counted.version = record.get("version", 1)
            case LogKind.BALLOT:
                counted.ballots[record["ballot"]] = record
            case LogKind.BALLOT_OUT:
                counted.excluded[record["ballot"]] = record["reason"]
            case LogKind.BALLOT_BACK:
                counted.excluded.pop(record["ballot"], None)
    return counted


def _votes(
    terms: ContestTerms, entries: Iterable[str], ballots: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, float] | None, dict[str, dict[str, Any]]]:
    """Each entry's part from 0 to 1, and what it was counted from."""
    if not terms.has_vote:
        return None, {}
    if terms.vote is VoteKind.DUELS:
        rated = strengths(entries, (Duel(one["favoured"], one["against"]) for one in ballots.values()))
        tally = {
            entry: {
                "wins": one.wins, "losses": one.losses,
                **{name: f"{getattr(one, name):.9f}" for name in ("value", "low", "high")},
            }
            for entry, one in rated.items()
        }  # fmt: skip
        return {entry: one.chance for entry, one in rated.items()}, tally
    scores: dict[str, list[float]] = {entry: [] for entry in entries}
    for one in ballots.values():
        if one["favoured"] in scores:
            scores[one["favoured"]].append(one["score"])
    means = damped_means(scores, weight=DAMPING)
    tally = {entry: {"scores": len(given), "damped_mean": f"{means[entry]:.9f}"} for entry, given in scores.items()}
    return {entry: mean / SCORE_LIMIT for entry, mean in means.items()}, tally
