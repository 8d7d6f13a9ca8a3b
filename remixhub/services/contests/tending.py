"""What a contest does by itself: reminders, news of its phases, publishing sealed entries when all ballots are in,
rights that revert.

The scheduler orders a job for each contest whose `tend_after_at` is over; the job does all that fell due since it was
tended last, so nothing is lost by a night without workers, and nothing is said twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, session_actor
from remixhub.domain.contests.entries import EntryState
from remixhub.domain.contests.phases import ContestState
from remixhub.domain.contests.winner_rights import reverts_at
from remixhub.domain.errors import RemixHubError, Unavailable
from remixhub.domain.states import JobKind, WorkState
from remixhub.jobs.lease import Lease
from remixhub.jobs.table import add_job
from remixhub.models import Contest, ContestEntry, ContestJudge, Work, now
from remixhub.services.contests import holding, telling
from remixhub.services.contests.news import concerned, tell
from remixhub.services.contests.rulings import tell_hosts_of_missing, tell_who_is_missing
from remixhub.services.contests.winner_rights import tell_of_reversion
from remixhub.services.remixes.publishing import publish_work

log = structlog.get_logger()

_BEFORE = (dt.timedelta(hours=48), dt.timedelta(hours=2))
_Reminder = tuple[dt.datetime, Callable[[Session, Contest], object]]


def begin(contest: Contest, moment: dt.datetime) -> None:
    """When a contest is announced or extended: what is due from now on."""
    contest.tended_until = moment
    contest.tend_after_at = _next(contest, moment)


def go_on(contest: Contest, moment: dt.datetime) -> None:
    """When it is decided: what is due from then on, after what is due already."""
    contest.tend_after_at = contest.tend_after_at or _next(contest, moment)


def order_due(parts: Parts) -> None:
    """A job for each contest for which something is due."""
    due = sa.select(Contest.id).where(Contest.tend_after_at <= now())
    with parts.database.reading() as session:
        ids = session.scalars(due).all()
    if ids:
        with parts.database.writing() as session:
            for id in ids:
                add_job(session, SYSTEM, JobKind.TEND_CONTEST, id, max_attempts=parts.settings.job_attempts)


def tend_contest(parts: Parts, lease: Lease) -> None:
    """A job. Publishing comes first and each in a transaction of its own: done again, it changes nothing."""
    with parts.database.reading() as session:
        contest = session.get_one(Contest, lease.subject_id)
        moment = holding.database_time(session)
    if contest.state in (ContestState.ANNOUNCED, ContestState.DECIDED) and moment >= contest.deadlines.ends_at:
        publish_sealed(parts, contest.id)
    with lease.committing() as session:
        contest = holding.hold(session, SYSTEM, lease.subject_id).contest
        for due_at, say in _reminders(contest):
            if contest.tended_until is None or contest.tended_until < due_at <= moment:
                say(session, contest)
        telling.phases_passed(session, parts, contest, moment)
        contest.tended_until, contest.tend_after_at = moment, _next(contest, moment)


def publish_sealed(parts: Parts, contest_id: str) -> None:
    """Entries that are drafts become published works; one that cannot be stays a draft, and its artist is told."""
    waiting = (
        sa.select(Work)
        .join(ContestEntry, ContestEntry.work_id == Work.id)
        .where(
            ContestEntry.contest_id == contest_id,
            ContestEntry.state == EntryState.COUNTED,
            Work.state == WorkState.DRAFT,
        )
        .order_by(ContestEntry.submitted_at, Work.id)
    )
    with parts.database.reading() as session:
        drafts = session.scalars(waiting).all()
    for draft in drafts:
        artist = session_actor(draft.account_id, draft.account.handle, is_operator=False)
        try:
            publish_work(artist, parts, draft.id)
        except Unavailable:
            raise  # the hub's own trouble: the job waits, and the artist is told nothing of it
        except RemixHubError as exc:
            log.warning("sealed_entry_unpublished", work=draft.id, code=exc.code)
            with parts.database.writing() as session:
                contest = session.get_one(Contest, contest_id)
                text = f"It counts as it was entered, but its page could not be published: {exc.detail}"
                tell(session, contest, f"“{draft.title}” is still a draft", text, only={draft.account_id})


def _next(contest: Contest, moment: dt.datetime) -> dt.datetime | None:
    due = [at for at, _ in _reminders(contest)]
    if contest.state is ContestState.ANNOUNCED:
        due += [date for date in vars(contest.deadlines).values() if date is not None]
    return min((at for at in due if at > moment), default=None)


def _reminders(contest: Contest) -> list[_Reminder]:
    if contest.state is ContestState.DECIDED:
        end = reverts_at(contest.parsed_terms)
        return [] if end is None else [(end, tell_of_reversion)]
    if contest.state is not ContestState.ANNOUNCED:
        return []
    found: list[_Reminder] = [(contest.closes_at - before, _remind_entrants) for before in _BEFORE]
    if contest.judging_closes_at is not None:
        found += [(contest.judging_closes_at - before, tell_who_is_missing) for before in _BEFORE]
        found.append((contest.judging_closes_at, tell_hosts_of_missing))
    return found


def _remind_entrants(session: Session, contest: Contest) -> None:
    judges = set(session.scalars(sa.select(ContestJudge.account_id).where(ContestJudge.contest_id == contest.id)))
    text = f"Entries are taken until {contest.closes_at:%-d %B %Y, %H:%M} UTC. Late by a second is late."
    tell(session, contest, f"“{contest.title}” closes soon", text, only=concerned(session, contest) - judges)
