"""Whether saved searches find what was published since: looked for by a job, told by a notice each.

A search is asked with a lower bound, so that looking costs what is new and not what there is. Each is looked at in its
order, and what was seen is written with its notice: a job that is killed tells nothing twice and leaves nothing out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, Actor
from remixhub.domain.discovery.asked import WorksAsked
from remixhub.domain.discovery.written import asked_of
from remixhub.domain.errors import RemixHubError
from remixhub.domain.moderation import NoticeKind
from remixhub.domain.states import JobKind, WorkState
from remixhub.jobs.lease import Lease
from remixhub.jobs.table import add_job
from remixhub.models import Account, SavedSearch, SearchWork, Work
from remixhub.models.changes import changed
from remixhub.services import notices
from remixhub.services.accounts.blocks import blocked_among
from remixhub.services.discovery.search import asking

log = structlog.get_logger()

EVERY_SECONDS = 30.0
"""What comes meanwhile is told at once."""
_HUB = "saved-searches"
_AT_A_TIME = 50
_NAMED = 3
"""Titles in a notice."""
_COUNTED = 200


def order_due(parts: Parts) -> None:
    """By the scheduler: a job, when something is there that some search has not seen."""
    with parts.database.reading() as session:
        found_up_to = _found_up_to(session)
        is_due = _unseen(session, found_up_to, limit=1)
    if is_due:
        with parts.database.writing() as session:
            add_job(session, SYSTEM, JobKind.MATCH_SEARCH, _HUB, max_attempts=parts.settings.job_attempts)


def match_searches(parts: Parts, lease: Lease) -> None:
    """The job. Safe to repeat at any point."""
    while True:
        with parts.database.reading() as session:
            found_up_to = _found_up_to(session)
            due = _unseen(session, found_up_to, limit=_AT_A_TIME)
            found = {saved.id: _new_to(session, saved, found_up_to) for saved in due}
        if not due:
            break
        with lease.writing() as session:
            for saved in due:
                _tell(session, saved, found[saved.id], found_up_to)
    with lease.committing():
        pass


def _found_up_to(session: Session) -> int:
    """Works up to this one are in the index, or will never be: none that is published before it is still to come."""
    newest = session.scalar(sa.select(sa.func.max(SearchWork.doc))) or 0
    lowest = session.scalar(sa.select(sa.func.min(SavedSearch.seen_seq)).where(SavedSearch.tells)) or 0
    missing = sa.select(sa.func.min(Work.seq)).where(
        Work.seq > lowest, Work.seq < newest, Work.state == WorkState.PUBLISHED,
        ~sa.exists().where(SearchWork.doc == Work.seq),
    )  # fmt: skip
    first_missing = session.scalar(missing)
    return newest if first_missing is None else first_missing - 1


def _unseen(session: Session, found_up_to: int, *, limit: int) -> Sequence[SavedSearch]:
    query = sa.select(SavedSearch).where(SavedSearch.tells, SavedSearch.seen_seq < found_up_to)
    return session.scalars(query.order_by(SavedSearch.seen_seq, SavedSearch.id).limit(limit)).all()


def _new_to(session: Session, saved: SavedSearch, found_up_to: int) -> Sequence[str]:
    """Titles of what it finds among the new, the newest first; none of one's own, nor of whom one blocks."""
    actor = Actor(saved.account_id)
    try:
        asked = asked_of(saved.searched, saved.words)
        if isinstance(asked, WorksAsked):
            works = [one.work for one in asking.works_since(session, actor, asked, saved.seen_seq, limit=_COUNTED)]
        else:
            works = [one.work for one in asking.stems_since(session, actor, asked, saved.seen_seq, limit=_COUNTED)]
    except RemixHubError as exc:  # what it names is gone, or has no key any more: whoever opens it is told
        log.info("saved_search_unreadable", saved_search=saved.id, code=exc.code)
        return []
    unwanted = {saved.account_id, *blocked_among(session, {one.account_id for one in works}, saved.account_id)}
    told = (one for one in works if one.account_id not in unwanted and (one.seq or 0) <= found_up_to)
    return list(dict.fromkeys(f"“{one.title}” by {one.account.display_name}" for one in told))


def _tell(session: Session, saved: SavedSearch, found: Sequence[str], found_up_to: int) -> None:
    unseen = sa.and_(SavedSearch.id == saved.id, SavedSearch.seen_seq == saved.seen_seq, SavedSearch.tells)
    if not changed(session, sa.update(SavedSearch).where(unseen).values(seen_seq=found_up_to)) or not found:
        return
    if session.scalar(sa.select(Account.deleted_at).where(Account.id == saved.account_id)) is not None:
        return
    rest = len(found) - _NAMED
    named = ", ".join(islice(found, _NAMED)) + (f" and {rest} more" if rest > 0 else "")
    title = f"Your search “{saved.name}” finds something new"
    notices.send(session, [saved.account_id], NoticeKind.SAVED_SEARCH, ("saved_search", saved.id), title, f"{named}.")
