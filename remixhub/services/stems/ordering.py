"""The order of a draft pack's stems, given as a whole."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_own_work
from remixhub.domain.errors import Invalid, PreconditionFailed
from remixhub.domain.states import StemPackState
from remixhub.domain.stems.packs import reordered
from remixhub.models import Stem, StemPack
from remixhub.services import journal
from remixhub.services.access import find_visible_work
from remixhub.services.stems.stems import StemNotFound, StemPackFrozen, lock_draft


class OrderInvalid(Invalid):
    code = "stem_order_invalid"
    title = "This is not an order of the stems"


def order_stems(actor: Actor, parts: Parts, work_id: str, wanted: Sequence[str], *, seen: Sequence[str]) -> list[str]:
    """`wanted` are the stems' ids, `seen` the same ids in the order that was changed. Answers the order as it is then:
    a stem that came meanwhile stays behind the one that it follows.

    Raises OrderInvalid, StemNotFound for one that was removed, PreconditionFailed where the order is another by now.
    """
    if len(set(wanted)) != len(wanted) or sorted(wanted) != sorted(seen):
        raise OrderInvalid("Name the stems that were shown, each once.")
    with parts.database.writing() as session:
        work = find_visible_work(session, actor, work_id)
        require_own_work(actor, owner_id=work.account_id, state=work.state, what="work", id=work_id)
        lock_draft(session, _draft_pack_id(session, work_id), reviewed=True)
        stems = _stems(session, work_id)
        present = list(stems)
        if gone := set(wanted) - stems.keys():
            raise StemNotFound(f"The stem {min(gone)!r} is not in the draft any more.")
        if [one for one in present if one in set(seen)] != list(seen):
            raise PreconditionFailed("The stems were put in another order meanwhile. Load the page again.")
        new = reordered(present, wanted)
        for position, stem_id in enumerate(new, 1):
            if stems[stem_id].position != position:
                stems[stem_id].position = position
                stems[stem_id].revision += 1
        if new != present:
            before, after = {"stems": present}, {"stems": new}
            journal.record(session, actor, "stems.ordered", "work", work_id, before=before, after=after)
    return new


def _draft_pack_id(session: Session, work_id: str) -> str:
    found = session.scalar(
        sa.select(StemPack.id).where(StemPack.work_id == work_id, StemPack.state == StemPackState.DRAFT)
    )
    if found is None:
        raise StemPackFrozen("Begin a new version, and put that in order.")
    return found


def _stems(session: Session, work_id: str) -> dict[str, Stem]:
    query = (
        sa.select(Stem)
        .join(StemPack, StemPack.id == Stem.stem_pack_id)
        .where(StemPack.work_id == work_id, StemPack.state == StemPackState.DRAFT)
        .order_by(Stem.position, Stem.created_at, Stem.id)
    )
    return {stem.id: stem for stem in session.scalars(query.execution_options(populate_existing=True))}
