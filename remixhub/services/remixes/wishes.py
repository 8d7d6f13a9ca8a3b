"""Sources that a draft names and does not cite: refused ones stay wanted until they are cited or left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.errors import Conflict
from remixhub.domain.states import WishState
from remixhub.models import SourceLink, SourceWish, now
from remixhub.models.upsert import insert
from remixhub.services.licences.sources import NewSource, SourceNotFound


class SourcesRefused(Conflict):
    code = "sources_refused"
    title = "A source of the remix is refused"


def wishes_of(session: Session, work_id: str) -> Sequence[SourceWish]:
    """The oldest first."""
    query = sa.select(SourceWish).where(SourceWish.derivative_id == work_id)
    return session.scalars(query.order_by(SourceWish.created_at, SourceWish.source_id)).all()


def find_wish(session: Session, work_id: str, source_id: str) -> SourceWish:
    wish = session.get(SourceWish, (work_id, source_id))
    if wish is None:
        raise SourceNotFound(f"The draft does not name {source_id!r}.")
    return wish


def wanted(session: Session, work_id: str, one: NewSource) -> None:
    """Keeps a source that was refused, as it was asked for the last time."""
    _keep(session, work_id, WishState.WANTED, one)


def follow(session: Session, work_id: str, present: Iterable[SourceLink], cited: Collection[str]) -> None:
    """As the sources of a draft are replaced: who is cited is no wish any more, who was there is left out."""
    session.execute(sa.delete(SourceWish).where(SourceWish.derivative_id == work_id, SourceWish.source_id.in_(cited)))
    for link in present:
        if link.source_id not in cited:
            _keep(session, work_id, WishState.LEFT_OUT, asked_again(link))


def leave_out_all(session: Session, work_id: str) -> None:
    is_wanted = sa.and_(SourceWish.derivative_id == work_id, SourceWish.state == WishState.WANTED)
    session.execute(sa.update(SourceWish).where(is_wanted).values(state=WishState.LEFT_OUT))


def require_none_wanted(session: Session, work_id: str) -> None:
    """Before publishing: nothing that the remixer named is left off without a word. Raises SourcesRefused."""
    refused = [one for one in wishes_of(session, work_id) if one.state is WishState.WANTED]
    if refused:
        titles = ", ".join(f"“{one.source.title}”" for one in refused)
        raise SourcesRefused(
            f"{titles}: refused so far. Make it fit on the page of the draft or leave it out there; or say what all of "
            "the sources are by `PUT /works/{id}/sources`.",
            sources=[one.source_id for one in refused],
        )


def forget(session: Session, work_id: str) -> None:
    """Once it is published."""
    session.execute(sa.delete(SourceWish).where(SourceWish.derivative_id == work_id))


def asked_again(named: SourceLink | SourceWish) -> NewSource:
    """As it stands there."""
    return NewSource(
        named.source_id,
        kind=named.kind,
        stems=named.stems,
        note=named.note,
        starts_seconds=named.starts_seconds,
        ends_seconds=named.ends_seconds,
    )


def _keep(session: Session, work_id: str, state: WishState, one: NewSource) -> None:
    said: dict[str, Any] = {
        "state": state, "kind": one.kind, "stems": list(one.stems), "note": one.note,
        "starts_seconds": one.starts_seconds, "ends_seconds": one.ends_seconds,
    }  # fmt: skip
    row = {"derivative_id": work_id, "source_id": one.source_id, "created_at": now(), **said}
    session.execute(
        insert(session, SourceWish)
        .values(row)
        .on_conflict_do_update(index_elements=["derivative_id", "source_id"], set_=said)
    )
