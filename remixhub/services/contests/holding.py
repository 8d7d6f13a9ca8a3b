"""What the use cases of contests share: the contest held under its lock at the database's time, and roles in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests import phases as rules
from remixhub.domain.contests.entries import TAKEN_BACK, EntryState
from remixhub.domain.contests.labels import HOSTS, LabelRole, require_host
from remixhub.domain.contests.phases import ContestAct, ContestState, Phase
from remixhub.domain.errors import NotFound, PreconditionFailed
from remixhub.domain.states import Scope, WorkState
from remixhub.models import Contest, ContestEntry, ContestJudge, Work, now
from remixhub.models.changes import changed
from remixhub.models.found import find_row
from remixhub.services.contests.labels import acting_role, role_in

TAKEN_BACK_DRAFT = sa.and_(
    ContestEntry.state.in_(TAKEN_BACK),
    ContestEntry.work.has(Work.state == WorkState.DRAFT),
)
"""An entry that is its artist's alone again: not even the host sees it by name."""


class ContestNotFound(NotFound):
    code = "contest_not_found"
    title = "There is no such contest"


@dataclass(frozen=True)
class Held:
    """A contest whose row is locked until the transaction ends, at the moment when it was."""

    contest: Contest
    moment: dt.datetime

    def require(self, act: ContestAct) -> ContestState:
        """Raises what forbids the act now; the state that it leads to."""
        return rules.perform(self.contest.rule, act, self.moment).state

    @property
    def phase(self) -> Phase:
        return rules.phase_of(self.contest.rule, self.moment)


def hold(session: Session, actor: Actor, contest_id: str) -> Held:
    """Write first: the lock is taken before the clock is read, so that all ballots on a contest stand in one row."""
    session.execute(sa.update(Contest).where(Contest.id == contest_id).values(revision=Contest.revision))
    return _held(session, actor, contest_id)


def hold_as_host(session: Session, actor: Actor, contest_id: str) -> Held:
    """Raises ContestNotFound, LabelMembersOnly."""
    require_account(actor, Scope.CONTEST)
    held = hold(session, actor, contest_id)
    require_host(host_role(session, actor, held.contest))
    return held


def begin_edit(session: Session, actor: Actor, contest_id: str, revision: int) -> Held:
    """As `hold_as_host`, and raises the contest's revision. Raises PreconditionFailed for another one than was seen."""
    require_account(actor, Scope.CONTEST)
    seen = sa.and_(Contest.id == contest_id, Contest.revision == revision)
    edited = changed(session, sa.update(Contest).where(seen).values(revision=Contest.revision + 1))
    held = _held(session, actor, contest_id)
    require_host(host_role(session, actor, held.contest))
    if edited == 0:
        raise PreconditionFailed("Load the contest again and repeat your edit.", revision=held.contest.revision)
    return held


def find(session: Session, actor: Actor, contest_id: str) -> Contest:
    """Drafts are their label's alone. Raises ContestNotFound."""
    contest = find_row(session, Contest, contest_id)
    if contest is None or (contest.announced_at is None and not is_host(session, actor, contest)):
        raise ContestNotFound(f"There is no contest {contest_id!r}, or it is not announced yet.")
    return contest


def _held(session: Session, actor: Actor, contest_id: str) -> Held:
    contest = find(session, actor, contest_id)
    session.refresh(contest)
    return Held(contest, database_time(session))


def is_host(session: Session, actor: Actor, contest: Contest) -> bool:
    return actor.is_system or role_in(session, actor, contest.label_id) in HOSTS


def is_judge(session: Session, account_id: str, contest: Contest) -> bool:
    return session.get(ContestJudge, (contest.id, account_id)) is not None


def host_role(session: Session, actor: Actor, contest: Contest) -> LabelRole | None:
    return LabelRole.OWNER if actor.is_system else acting_role(session, actor, contest.label_id)


def database_time(session: Session) -> dt.datetime:
    moment: dt.datetime | None = session.scalar(sa.select(now()))
    assert moment is not None
    return moment


def counted_entries(session: Session, contest_id: str, among: Collection[str] | None = None) -> list[str]:
    """The entries that count and can be heard: not those whose works are withdrawn or taken down meanwhile."""
    query = (
        sa.select(ContestEntry.id)
        .join(Work, Work.id == ContestEntry.work_id)
        .where(
            ContestEntry.contest_id == contest_id,
            ContestEntry.state == EntryState.COUNTED,
            Work.state.in_([WorkState.DRAFT, WorkState.PUBLISHED]),
        )
    )
    return sorted(session.scalars(query if among is None else query.where(ContestEntry.id.in_(among))))
