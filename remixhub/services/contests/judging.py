"""The judge's desk: entries without names in an order of one's own, scores by the rubric, conflicts, progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests.entries import EntryNotFound
from remixhub.domain.contests.judging import checked_scores, listening_orders
from remixhub.domain.contests.log import LogKind
from remixhub.domain.contests.phases import ContestAct, ContestPhaseWrong, Phase, phase_of
from remixhub.domain.errors import Conflict, Forbidden
from remixhub.domain.states import Scope
from remixhub.models import Contest, ContestJudge, JudgeConflict, JudgeScores, now
from remixhub.models.upsert import insert
from remixhub.services import journal
from remixhub.services.contests import holding
from remixhub.services.contests.conflicts import conflicts
from remixhub.services.contests.entry_audio import EntrySound, sounds_of
from remixhub.services.contests.holding import counted_entries, database_time, hold
from remixhub.services.contests.log import append, pseudonym


class JudgesOnly(Forbidden):
    code = "judges_only"
    title = "Only judges of this contest may do this"


class ScoresStand(Conflict):
    code = "scores_stand"
    title = "This score sheet stays as it is"


class JudgeConflicted(Forbidden):
    code = "judge_conflicted"
    title = "You are too near to this entry to judge it"


@dataclass(frozen=True)
class DeskEntry:
    """An entry as its judge meets it: a number, and no name."""

    id: str
    number: int
    """Its place in this judge's order."""
    scores: Mapping[str, float] | None
    note: str
    sound: EntrySound
    stands: bool
    """Given before the judging was opened again, so it cannot be changed."""


@dataclass(frozen=True)
class Desk:
    contest: Contest
    entries: Sequence[DeskEntry]
    conflicts: Mapping[str, str]
    """Entries that this judge does not hear, with the reason."""
    is_open: bool


def desk(actor: Actor, parts: Parts, contest_id: str) -> Desk:
    """Raises JudgesOnly, and ContestPhaseWrong before the contest has closed: judges hear all entries or none."""
    with parts.database.reading() as session:
        return desk_in(session, actor, holding.find(session, actor, contest_id))


def desk_in(session: Session, actor: Actor, contest: Contest) -> Desk:
    account_id = require_account(actor, Scope.READ)
    _require_judge(session, account_id, contest)
    phase = phase_of(contest.rule, database_time(session))
    if phase in (Phase.DRAFT, Phase.ANNOUNCED, Phase.OPEN, Phase.CANCELLED):
        raise ContestPhaseWrong("The desk opens when all entries are in.", phase=phase.value)
    near = conflicts(session, contest, [account_id])[account_id]
    counted = counted_entries(session, contest.id)
    order = listening_orders(_judges(session, contest), counted, contest.seed)[account_id]
    given = {
        row.entry_id: row
        for row in session.scalars(
            sa.select(JudgeScores).where(JudgeScores.contest_id == contest.id, JudgeScores.account_id == account_id)
        )
    }
    sounds = sounds_of(session, [entry for entry in order if entry not in near])
    entries = [
        _desk_entry(contest, id, number, given.get(id), sound) for number, (id, sound) in enumerate(sounds.items(), 1)
    ]
    is_open = phase in (Phase.JUDGING, Phase.VOTING_AND_JUDGING)
    return Desk(contest, entries, {id: near[id] for id in order if id in near}, is_open)


def score(actor: Actor, parts: Parts, contest_id: str, entry_id: str, scores: object, *, note: str = "") -> JudgeScores:
    """A ballot, or another one in its place, until the judging closes.

    Raises JudgesOnly, JudgeConflicted, EntryNotFound, BallotOutsideRubric, ContestDeadlineOver, ContestPhaseWrong,
    ScoresStand.
    """
    account_id = require_account(actor, Scope.CONTEST)
    with parts.database.writing() as session:
        held = hold(session, actor, contest_id)
        contest = held.contest
        _require_judge(session, account_id, contest)
        held.require(ContestAct.JUDGE)
        _require_counted(session, contest, entry_id)
        near = conflicts(session, contest, [account_id])[account_id]
        if entry_id in near:
            raise JudgeConflicted(f"You do not score it: {near[entry_id]}.")
        _require_may_change(session, contest, account_id, entry_id)
        checked = checked_scores(contest.parsed_terms.parsed_rubric(), scores)
        row = {
            "contest_id": contest_id, "account_id": account_id, "entry_id": entry_id, "scores": checked, "note": note,
            "updated_at": held.moment,
        }  # fmt: skip
        written = insert(session, JudgeScores).values(row)
        session.execute(
            written.on_conflict_do_update(
                index_elements=["contest_id", "account_id", "entry_id"],
                set_={name: written.excluded[name] for name in ("scores", "note", "updated_at")},
            )
        )
        facts = {"judge": pseudonym(contest, "judge", account_id), "entry": entry_id, "scores": checked}
        append(session, contest, LogKind.SCORES, facts)
        return session.get_one(JudgeScores, (contest_id, account_id, entry_id), populate_existing=True)


def declare_conflict(actor: Actor, parts: Parts, contest_id: str, entry_id: str, reason: str) -> None:
    """The judge hears it no more; a score given before does not count."""
    account_id = require_account(actor, Scope.CONTEST)
    with parts.database.writing() as session:
        held = hold(session, actor, contest_id)
        _require_judge(session, account_id, held.contest)
        held.require(ContestAct.JUDGE)
        _require_counted(session, held.contest, entry_id)
        _require_may_change(session, held.contest, account_id, entry_id)
        row = {"contest_id": contest_id, "account_id": account_id, "entry_id": entry_id}
        session.execute(
            insert(session, JudgeConflict).values(**row, reason=reason, created_at=now()).on_conflict_do_nothing()
        )
        after = {"entry": entry_id, "reason": reason}
        journal.record(session, actor, "judge.declared_conflict", "contest", contest_id, after=after)


def _desk_entry(contest: Contest, id: str, number: int, given: JudgeScores | None, sound: EntrySound) -> DeskEntry:
    if given is None:
        return DeskEntry(id, number, None, "", sound, stands=False)
    return DeskEntry(id, number, given.scores, given.note, sound, stands=_stands(contest, given))


def _stands(contest: Contest, given: JudgeScores) -> bool:
    """Names are public by then, so nobody may think again of what was scored without them."""
    return contest.judging_reopened_at is not None and given.updated_at < contest.judging_reopened_at


def _require_may_change(session: Session, contest: Contest, account_id: str, entry_id: str) -> None:
    given = session.get(JudgeScores, (contest.id, account_id, entry_id))
    if given is not None and _stands(contest, given):
        raise ScoresStand("The judging was opened again for what is missing; what was scored before stays.")


def _judges(session: Session, contest: Contest) -> list[str]:
    rows = session.scalars(sa.select(ContestJudge.account_id).where(ContestJudge.contest_id == contest.id))
    return sorted(rows)


def _require_judge(session: Session, account_id: str, contest: Contest) -> None:
    if not holding.is_judge(session, account_id, contest):
        raise JudgesOnly("Ask the host to make you a judge.")


def _require_counted(session: Session, contest: Contest, entry_id: str) -> None:
    if entry_id not in counted_entries(session, contest.id):
        raise EntryNotFound(f"There is no entry {entry_id!r} that counts in this contest.")
