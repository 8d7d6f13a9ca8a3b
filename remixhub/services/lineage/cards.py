"""What the explorer tells of the work that is looked at: its credits, those it owes, and whether it can be played."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, may_hear_work
from remixhub.domain.lineage.credits import Credit, by_work
from remixhub.models import Work
from remixhub.services.access import find_visible_work
from remixhub.services.lineage.credits import owed_by

_CREDITED_LIMIT = 20


@dataclass(frozen=True)
class WorkCard:
    work: Work
    may_hear: bool
    owed: Mapping[str, Sequence[Credit]]
    """By the works they are owed for, the oldest first."""
    owes_more: bool


def get_card(actor: Actor, parts: Parts, work_id: str) -> WorkCard:
    """Raises NotFound."""
    with parts.database.reading() as session:
        return card_of(session, actor, parts, find_visible_work(session, actor, work_id))


def card_of(session: Session, actor: Actor, parts: Parts, work: Work) -> WorkCard:
    owed = owed_by(session, parts, work, after_seq=0, limit=_CREDITED_LIMIT)
    may_hear = may_hear_work(actor, owner_id=work.account_id, state=work.state)
    return WorkCard(work, may_hear, by_work(owed.rows), owed.next_position is not None)
