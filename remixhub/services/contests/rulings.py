"""What a host does about score sheets that are missing: sees whose, reminds judges, and rules on what stays without."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests.coverage import Ruling, RulingNotPossible, require_ruling
from remixhub.domain.contests.entries import EntryNotFound
from remixhub.domain.contests.labels import HOSTS, require_host
from remixhub.domain.contests.log import LogKind
from remixhub.domain.contests.phases import ContestAct, ContestPhaseWrong, Phase, phase_of
from remixhub.domain.errors import Conflict
from remixhub.domain.states import Scope
from remixhub.models import Contest, ContestEntry, ContestRuling, LabelMember
from remixhub.models.upsert import insert
from remixhub.services import journal
from remixhub.services.contests import holding
from remixhub.services.contests.entries import are_named
from remixhub.services.contests.holding import database_time, hold_as_host
from remixhub.services.contests.juries import JudgeProgress, Jury, jury_of
from remixhub.services.contests.log import append
from remixhub.services.contests.news import tell

_REMIND_AGAIN_AFTER = dt.timedelta(hours=12)


class JudgesReminded(Conflict):
    code = "judges_reminded"
    title = "The judges were reminded already"


@dataclass(frozen=True)
class LackingEntry:
    """An entry that too few judges scored, for its host."""

    entry_id: str
    title: str
    artist: str
    scored: int
    needed: int
    missing: Sequence[str]
    """Handles of judges who have to score it."""
    excused: Sequence[str]
    """Handles of judges who are too near to it."""
    ruling: Ruling | None
    reason: str


@dataclass(frozen=True)
class Sheets:
    """What came and what is missing, as far as the host may see it."""

    judges: Sequence[JudgeProgress]
    lacking: int
    """Entries that too few judges scored."""
    unsettled: int
    """Of these, the ones that nothing was ruled on: there is no decision before."""
    entries: Sequence[LackingEntry] | None
    """Those that lack sheets. None as long as entries are sealed: who is excused would tell whose one is."""


def view_sheets(actor: Actor, parts: Parts, contest_id: str) -> Sheets:
    """For the host: how far each judge is, and nothing of what they think."""
    require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        contest = holding.find(session, actor, contest_id)
        require_host(holding.host_role(session, actor, contest))
        return sheets_in(session, contest, phase_of(contest.rule, database_time(session)))


def sheets_in(session: Session, contest: Contest, phase: Phase) -> Sheets:
    if not contest.parsed_terms.has_jury:
        return Sheets((), 0, 0, ())
    jury = jury_of(session, contest)
    lacking = [entry for entry, one in jury.coverage.items() if not one.is_complete]
    named = _named(session, jury, lacking) if are_named(contest, phase, is_host=True) else None
    return Sheets(jury.progress, len(lacking), len(jury.unsettled), named)


def rule_on(
    actor: Actor, parts: Parts, contest_id: str, entry_ids: Sequence[str], ruling: Ruling, reason: str
) -> Sheets:
    """By the host when all ballots are in, for entries that too few judges scored; the result gives the reason.

    Raises ContestPhaseWrong, EntryNotFound, RulingNotPossible.
    """
    with parts.database.writing() as session:
        held = hold_as_host(session, actor, contest_id)
        contest = held.contest
        if held.phase is not Phase.COUNTING:
            raise ContestPhaseWrong("Rule when all ballots are in: sheets may still come.", phase=held.phase.value)
        if not contest.parsed_terms.has_jury:
            raise RulingNotPossible("No judges decide in this contest.")
        coverage = jury_of(session, contest).coverage
        for entry_id in dict.fromkeys(entry_ids):
            if entry_id not in coverage:
                raise EntryNotFound(f"There is no entry {entry_id!r} that counts in this contest.")
            require_ruling(coverage[entry_id], ruling, has_vote=contest.parsed_terms.has_vote)
            row = {"contest_id": contest_id, "entry_id": entry_id, "ruling": ruling, "reason": reason}
            written = insert(session, ContestRuling).values(**row, ruled_at=held.moment)
            changes = {name: written.excluded[name] for name in ("ruling", "reason", "ruled_at")}
            session.execute(written.on_conflict_do_update(index_elements=["contest_id", "entry_id"], set_=changes))
            facts = {"entry": entry_id, "ruling": ruling.value, "reason": reason, "by": "host"}
            append(session, contest, LogKind.RULING, facts)
            journal.record(session, actor, "entry.placement_ruled", "contest", contest_id, after=facts)
            entrant = session.get_one(ContestEntry, entry_id).account_id
            tell(session, contest, f"Your entry to “{contest.title}” {_TOLD[ruling]}", reason, only={entrant})
        return sheets_in(session, contest, held.phase)


def remind_judges(actor: Actor, parts: Parts, contest_id: str) -> int:
    """A notice to each judge with entries to score; how many there are. Raises ContestPhaseWrong, JudgesReminded."""
    with parts.database.writing() as session:
        held = hold_as_host(session, actor, contest_id)
        contest = held.contest
        held.require(ContestAct.JUDGE)
        last = contest.judges_reminded_at
        if last is not None and held.moment < last + _REMIND_AGAIN_AFTER:
            again = last + _REMIND_AGAIN_AFTER
            raise JudgesReminded(f"They were at {last:%H:%M} UTC; remind them again from {again:%-d %B, %H:%M} UTC on.")
        count = tell_who_is_missing(session, contest)
        contest.judges_reminded_at = held.moment
        journal.record(session, actor, "contest.judges_reminded", "contest", contest_id, after={"judges": count})
    return count


def tell_who_is_missing(session: Session, contest: Contest) -> int:
    """Judges who were told what they have to score."""
    assert contest.judging_closes_at is not None
    jury, told = jury_of(session, contest), 0
    for judge in jury.handles:
        if judge not in jury.absences and (count := len(jury.missing_of(judge))):
            text = f"{count} to score until {contest.judging_closes_at:%-d %B %Y, %H:%M} UTC."
            tell(session, contest, f"“{contest.title}” waits for your scores", text, only={judge})
            told += 1
    return told


def tell_hosts_of_missing(session: Session, contest: Contest) -> None:
    """When the judging has closed: nothing is decided by itself, and nobody gets 0."""
    jury = jury_of(session, contest)
    if not jury.unsettled:
        return
    late = [
        f"@{one.handle} ({one.due - one.scored}{f', account {one.absence}' if one.absence else ''})"
        for one in jury.progress
        if one.is_waited_for
    ]
    whose = f" Waited for: {', '.join(late)}." if late else ""
    lack = "One entry lacks" if len(jury.unsettled) == 1 else f"{len(jury.unsettled)} entries lack"
    text = f"{lack} score sheets.{whose} Give the judges more time, bring one in, or rule on what stays without."
    members = sa.select(LabelMember.account_id).where(
        LabelMember.label_id == contest.label_id, LabelMember.role.in_(HOSTS)
    )
    hosts = set(session.scalars(members))
    tell(session, contest, f"“{contest.title}” cannot be decided yet", text, only=hosts)


def _named(session: Session, jury: Jury, entry_ids: Sequence[str]) -> list[LackingEntry]:
    if not entry_ids:
        return []
    rows = session.scalars(sa.select(ContestEntry).where(ContestEntry.id.in_(entry_ids)))
    found = []
    for row in sorted(rows, key=lambda row: (row.work.title, row.id)):
        one, (ruling, reason) = jury.coverage[row.id], jury.ruling_on(row.id) or (None, "")
        found.append(
            LackingEntry(
                row.id, row.work.title, row.account.display_name, one.scored, one.needed,
                jury.missing_for(row.id), jury.excused_from(row.id), ruling, reason,
            )
        )  # fmt: skip
    return found


_TOLD = {
    Ruling.FEWER_JUDGES: "is placed by the judges who scored it",
    Ruling.COMMUNITY: "is placed by the community alone",
    Ruling.UNPLACED: "is not placed",
}
