"""What the house puts in front of the hub, with a word on why."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, require_operator
from remixhub.domain.states import Scope, WorkState
from remixhub.domain.work_refusals import WorkNotPublished
from remixhub.models import Pick, new_id, now
from remixhub.models.upsert import insert
from remixhub.services import journal
from remixhub.services.access import find_visible_work
from remixhub.services.paging import Keyset, Page, Position, page

_NEWEST = Keyset(Pick.created_at.desc(), Pick.id.desc())


def pick_work(actor: Actor, parts: Parts, work_id: str, note: str) -> Pick:
    """For operators; again gives the pick a new note and puts it first. Raises OperatorOnly, WorkNotPublished."""
    require_operator(actor)
    account_id = require_account(actor, Scope.ADMIN)
    with parts.database.writing() as session:
        work = find_visible_work(session, actor, work_id)
        if work.state is not WorkState.PUBLISHED:
            raise WorkNotPublished("Only what everybody can hear can be picked.")
        said = {"picked_by_id": account_id, "note": note, "created_at": now()}
        row = insert(session, Pick).values(id=new_id(), work_id=work_id, **said)
        session.execute(row.on_conflict_do_update(index_elements=["work_id"], set_=said))
        journal.record(session, actor, "work.picked", "work", work_id, after={"note": note})
        return session.scalars(sa.select(Pick).where(Pick.work_id == work_id)).one()


def drop_pick(actor: Actor, parts: Parts, work_id: str) -> None:
    """What is not picked is left as it is. Raises OperatorOnly, NotFound."""
    require_operator(actor)
    with parts.database.writing() as session:
        find_visible_work(session, actor, work_id)
        session.execute(sa.delete(Pick).where(Pick.work_id == work_id))
        journal.record(session, actor, "work.pick_dropped", "work", work_id)


def list_picks(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> Page[Pick]:
    """Those of works that are published, the newest first."""
    del actor  # picks are everybody's
    with parts.database.reading() as session:
        return page(session, _of_published(), _NEWEST, after=after, limit=limit)


def newest_pick(session: Session) -> Pick | None:
    return session.scalars(_NEWEST_PICK).first()


def _of_published() -> sa.Select[Pick]:
    return sa.select(Pick).where(Pick.work.has(state=WorkState.PUBLISHED))


_NEWEST_PICK = _of_published().order_by(*_NEWEST.order).limit(1)
