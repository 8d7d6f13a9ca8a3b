"""Whether an actor may have a work or a pack: rows found under the rules of `domain/access.py`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption

from remixhub.domain.access import Actor, may_hear_work, may_see_work, require_visible
from remixhub.domain.errors import NotFound
from remixhub.domain.states import StemPackState
from remixhub.models import StemPack, Work
from remixhub.models.found import find_row


def find_visible_work(
    session: Session, actor: Actor, work_id: str, *, anew: bool = False, options: Sequence[ORMOption] = ()
) -> Work:
    """Read `anew` if the session has it already; `options` say what is loaded along, and are the same in each call.

    Raises NotFound, alike for a work that is not there and for somebody else's draft.
    """
    work = find_row(session, Work, work_id, options=options, anew=anew)
    if work is None:
        raise NotFound(f"There is no work {work_id!r}, or it is private.", what="work")
    require_visible(actor, owner_id=work.account_id, state=work.state, what="work", id=work_id)
    return work


def may_have_cover(actor: Actor, work: Work) -> bool:
    """Whoever sees the work; of a tombstone only whoever may still hear it."""
    decide = may_hear_work if work.state.is_tombstone else may_see_work
    return decide(actor, owner_id=work.account_id, state=work.state)


def may_have_pack(actor: Actor, work: Work, pack: StemPack) -> bool:
    """A pack that is being put together is its artist's alone; a published one goes with the work's audio."""
    if pack.state is StemPackState.DRAFT and actor.account_id != work.account_id and not actor.is_system:
        return False
    return may_hear_work(actor, owner_id=work.account_id, state=work.state)
