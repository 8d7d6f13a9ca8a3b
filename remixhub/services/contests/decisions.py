"""The decision: one, computed from the log; the published result, and the export that anybody can verify."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.contests.coverage import require_settled
from remixhub.domain.contests.dealing import seed_commitment
from remixhub.domain.contests.entries import EntryState
from remixhub.domain.contests.export import FORMAT, NAMED, README, VERSION, json_text, log_text, result_sha256
from remixhub.domain.contests.log import LogKind, LogLine, canonical
from remixhub.domain.contests.margins import ballots_to_turn
from remixhub.domain.contests.packing import packed
from remixhub.domain.contests.phases import ContestAct, ContestPhaseWrong
from remixhub.domain.contests.result import result_of
from remixhub.domain.states import WorkState
from remixhub.models import Contest, ContestEntry, ContestJudge, ContestLogLine, ContestSignUp, JudgeScores, Work
from remixhub.services import journal
from remixhub.services.contests import holding, telling, tending
from remixhub.services.contests.holding import counted_entries, database_time, hold_as_host
from remixhub.services.contests.juries import jury_of
from remixhub.services.contests.log import append, dates, pseudonym
from remixhub.services.contests.news import tell
from remixhub.services.contests.winner_rights import Winner, winners


@dataclass(frozen=True)
class ScoreSheet:
    """What one judge said of one entry."""

    judge: str
    """A name, or `Judge 1`, as the terms have it."""
    entry_id: str
    scores: Mapping[str, float]
    note: str
    counts: bool
    """Not where the judge turned out to be too near, or the entry does not count."""


@dataclass(frozen=True)
class PublishedResult:
    contest: Contest
    result: Mapping[str, Any]
    entries: Mapping[str, ContestEntry]
    score_sheets: Sequence[ScoreSheet]
    winners: Sequence[Winner]
    log_head: str

    @cached_property
    def ballots_to_turn(self) -> int | None:
        """About how many further votes for the second would have turned it and the first; see `margins`."""
        return ballots_to_turn(self.result, self.contest.parsed_terms.vote_share_percent)


def decide(actor: Actor, parts: Parts, contest_id: str) -> Contest:
    """By the host, once, when all ballots are in and every entry has its score sheets or a ruling.

    Raises ContestPhaseWrong for every further time, JuryIncomplete.
    """
    with parts.database.writing() as session:
        held = hold_as_host(session, actor, contest_id)
        contest = held.contest
        state = held.require(ContestAct.DECIDE)
        _leave_out_what_is_gone(session, contest)
        jury = jury_of(session, contest)
        if contest.parsed_terms.has_jury:
            require_settled(jury.coverage)
        for judge, due in jury.due.items():
            append(session, contest, LogKind.DUE, {"judge": pseudonym(contest, "judge", judge), "entries": due})
        append(session, contest, LogKind.NAMES, _facts_as_they_are(session, parts, contest))
        records = [line.record for line in log_lines(session, contest_id)]
        result = result_of(contest.parsed_terms, records, seed=contest.seed)
        append(session, contest, LogKind.DECIDED, {"result_sha256": result_sha256(result)})
        telling.phases_passed(session, parts, contest, held.moment)
        contest.state, contest.result, contest.decided_at = state, json.loads(canonical(result)), held.moment
        contest.tended_until = held.moment
        contest.revision += 1
        tending.go_on(contest, held.moment)
        journal.record(session, actor, "contest.decided", "contest", contest_id, after={"log_head": contest.log_head})
        tell(session, contest, f"“{contest.title}” is decided", _news(contest))
        telling.decided(session, parts, contest)
        session.flush()
    return contest


def get_result(actor: Actor, parts: Parts, contest_id: str) -> PublishedResult:
    """For everybody once it is decided and no embargo holds; for hosts before. Raises ContestPhaseWrong."""
    with parts.database.reading() as session:
        return result_in(session, find_public(session, actor, contest_id))


def result_in(session: Session, contest: Contest) -> PublishedResult:
    """Of a contest that is decided; whoever asks may see it."""
    assert contest.result is not None
    entries = _public_entries(session, contest.id)
    names = _judge_names(session, contest)
    scores = session.scalars(
        sa.select(JudgeScores)
        .where(JudgeScores.contest_id == contest.id)
        .order_by(JudgeScores.account_id, JudgeScores.entry_id)
    ).all()
    won = winners(session, contest)
    due = _due_at_decision(session, contest.id, len(names))
    sheets = [
        ScoreSheet(
            names[row.account_id], row.entry_id, row.scores, row.note,
            counts=row.entry_id in due.get(pseudonym(contest, "judge", row.account_id), ()),
        )
        for row in scores
        if row.account_id in names and row.entry_id in entries  # who was removed does not count
    ]  # fmt: skip
    sheets.sort(key=lambda one: (one.judge, one.entry_id))  # by account they would tell who is which judge
    return PublishedResult(contest, contest.result, entries, sheets, won, contest.log_head)


def export(actor: Actor, parts: Parts, contest_id: str) -> bytes:
    """A ZIP of `domain.contests.export`; equal bytes for equal contests."""
    with parts.database.reading() as session:
        contest = find_public(session, actor, contest_id)
        assert contest.result is not None
        files = {
            "README.txt": README,
            "contest.json": json_text(_facts(session, parts, contest)),
            "log.jsonl": log_text(log_lines(session, contest_id)),
            "result.json": json_text(contest.result),
        }
    return packed(files)


def _leave_out_what_is_gone(session: Session, contest: Contest) -> None:
    """Entries whose works were withdrawn or taken down since they were entered; the log says so."""
    there = counted_entries(session, contest.id)
    gone = sa.select(ContestEntry).where(
        ContestEntry.contest_id == contest.id,
        ContestEntry.state == EntryState.COUNTED,
        ContestEntry.id.not_in(there),
    )
    for entry in session.scalars(gone.order_by(ContestEntry.id)):
        entry.state, entry.reason = EntryState.RULED_OUT, f"the remix was {entry.work.state.replace('_', ' ')}"
        append(session, contest, LogKind.ENTRY_OUT, {"entry": entry.id, "reason": entry.reason, "by": "system"})


def find_public(session: Session, actor: Actor, contest_id: str) -> Contest:
    contest = holding.find(session, actor, contest_id)
    until = contest.embargo_until
    if contest.result is None:
        raise ContestPhaseWrong("It is not decided yet.", phase=contest.state.value)
    held_back = until is not None and until > database_time(session)
    if held_back and not holding.is_host(session, actor, contest):
        assert until is not None
        raise ContestPhaseWrong(f"The result is published on {until:%-d %B %Y, %H:%M} UTC.", phase="decided")
    return contest


def _public_entries(session: Session, contest_id: str) -> dict[str, ContestEntry]:
    """All but drafts that do not count: those are their artists' alone again, and the log has but their ids."""
    query = (
        sa.select(ContestEntry)
        .join(Work, Work.id == ContestEntry.work_id)
        .where(ContestEntry.contest_id == contest_id)
        .where(sa.or_(ContestEntry.state == EntryState.COUNTED, Work.state != WorkState.DRAFT))
        .order_by(ContestEntry.id)
    )
    return {one.id: one for one in session.scalars(query)}


def log_lines(session: Session, contest_id: str) -> list[LogLine]:
    rows = session.execute(
        sa.select(ContestLogLine.number, ContestLogLine.record, ContestLogLine.sha256)
        .where(ContestLogLine.contest_id == contest_id)
        .order_by(ContestLogLine.number)
    )
    return [LogLine(number, json.loads(record), sha256) for number, record, sha256 in rows]


def _due_at_decision(session: Session, contest_id: str, judge_count: int) -> dict[str, list[str]]:
    """Entries by judge, as the log has them: a line a judge, and after them at most the names and the decision."""
    last = sa.select(ContestLogLine.record).where(ContestLogLine.contest_id == contest_id)
    last = last.order_by(ContestLogLine.number.desc()).limit(judge_count + 2)
    records = [json.loads(record) for record in session.scalars(last)]
    return {one["judge"]: one["entries"] for one in records if one["kind"] == LogKind.DUE}


def _facts(session: Session, parts: Parts, contest: Contest) -> dict[str, Any]:
    """As the log has them, and not as a label's new name or another address of the hub would make them now."""
    records = (line.record for line in log_lines(session, contest.id))
    names = next((record for record in records if record["kind"] == LogKind.NAMES), None)
    facts: dict[str, Any] = {"seed": contest.seed, "terms": contest.terms, "log_head": contest.log_head}
    if names is not None and "version" in names:
        return facts | {name: value for name, value in names.items() if name not in ("kind", "terms_sha256")}
    now = _facts_as_they_are(session, parts, contest)
    del now["terms_sha256"]
    return facts | now | {"version": 1, **({name: names[name] for name in NAMED} if names else {})}


def _facts_as_they_are(session: Session, parts: Parts, contest: Contest) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "id": contest.id,
        "title": contest.title,
        "url": parts.addresses.contest(contest.id),
        "label": contest.label.name,
        "dates": dates(contest.deadlines),
        "seed_commitment": seed_commitment(contest.seed),
        "terms_sha256": seed_commitment(canonical(contest.terms)),
        **_names(session, parts, contest),
    }


def _names(session: Session, parts: Parts, contest: Contest) -> dict[str, Any]:
    """What the log's ids stand for, as it is now."""
    sign_ups = session.scalars(sa.select(ContestSignUp).where(ContestSignUp.contest_id == contest.id)).all()
    gives = {one.work_id: pseudonym(contest, "dealt", one.account_id) for one in sign_ups}
    judges = _judge_names(session, contest)
    return {
        "entries": {
            one.id: {
                "title": one.work.title,
                "artist": one.account.display_name,
                "url": parts.addresses.work(one.work_id),
                "audio_sha256": one.audio_sha256,
            }
            for one in _public_entries(session, contest.id).values()
        },
        "judges": {pseudonym(contest, "judge", account): name for account, name in judges.items()},
        "deal": {
            pseudonym(contest, "dealt", one.account_id): gives[one.dealt_work_id]
            for one in sign_ups
            if one.dealt_work_id
        },
    }


def _judge_names(session: Session, contest: Contest) -> dict[str, str]:
    judges = session.scalars(sa.select(ContestJudge).where(ContestJudge.contest_id == contest.id)).all()
    if contest.parsed_terms.are_judges_named:
        return {one.account_id: one.account.display_name for one in judges}
    ordered = sorted(one.account_id for one in judges)
    ordered.sort(key=lambda account_id: pseudonym(contest, "judge", account_id))
    return {account_id: f"Judge {number}" for number, account_id in enumerate(ordered, 1)}


def _news(contest: Contest) -> str:
    if contest.embargo_until is not None:
        return f"The result is published on {contest.embargo_until:%-d %B %Y, %H:%M} UTC."
    return "See the standings, the score sheets and how to verify them on the contest's page."
