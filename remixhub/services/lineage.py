"""The lineage: linking on publication, ancestors, descendants, sources and the credits owed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.access import Actor, require_visible
from remixhub.domain.errors import NotFound
from remixhub.models import SourceLink, Work
from remixhub.services import ancestry


def find_visible_work(session: Session, actor: Actor, work_id: str) -> Work:
    """Raises NotFound, alike for a work that is not there and for somebody else's draft."""
    work = session.get(Work, work_id)
    if work is None:
        raise NotFound(f"There is no work {work_id!r}, or it is private.", what="work")
    require_visible(actor, owner_id=work.account_id, state=work.state, what="work", id=work_id)
    return work


def link_on_publish(session: Session, work: Work, seq: int) -> None:
    """Puts a work that has just got its `seq` into the lineage, once: a second call changes nothing.

    To be called in the transaction that took `seq` from the counter, after that UPDATE and after the work's row holds
    `seq`: the counter's lock keeps two publications from counting on the same ancestors at a time.
    """
    linked = session.execute(
        sa.update(SourceLink)
        .where(SourceLink.derivative_id == work.id, SourceLink.derivative_seq.is_(None))
        .values(derivative_seq=seq)
    )
    if linked.rowcount == 0:  # type: ignore[attr-defined]
        return
    sources = sa.select(SourceLink.source_id).where(SourceLink.derivative_id == work.id)
    _count(session, sources, remix_count=Work.remix_count + 1)
    _count(session, sa.select(ancestry.ancestors([work.id]).c.id), descendant_count=Work.descendant_count + 1)


def _count(session: Session, ids: sa.Select[str], **values: sa.ColumnElement[int]) -> None:
    session.execute(
        sa.update(Work).where(Work.id.in_(ids)).values(**values), execution_options={"synchronize_session": False}
    )
