"""What operators change of the house."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_fresh_operator
from remixhub.domain.errors import PreconditionFailed
from remixhub.domain.house import checked_house
from remixhub.models import House
from remixhub.models.changes import changed
from remixhub.models.house import THE_HOUSE
from remixhub.services import journal
from remixhub.services.house.reading import house_in


def get_house(parts: Parts) -> House:
    """Public, and as it is now."""
    with parts.database.reading() as session:
        return house_in(session)


def furnish(actor: Actor, parts: Parts, changes: Mapping[str, Any], *, revision: int | None) -> House:
    """`changes` by the names of the row's columns; other rules are a new revision of them.

    Raises OperatorOnly, ProofNeeded, HouseInvalid, and PreconditionFailed when it was changed since `revision`; None:
    whatever stands there.
    """
    require_fresh_operator(actor)
    wanted = checked_house(changes)
    is_seen = sa.true() if revision is None else House.revision == revision
    bump = sa.update(House).where(House.id == THE_HOUSE, is_seen).values(revision=House.revision + 1)
    with parts.database.writing() as session:
        if changed(session, bump) == 0:
            raise PreconditionFailed("The house was changed in the meantime; load it again.")
        row = house_in(session)
        new = {name: value for name, value in wanted.items() if getattr(row, name) != value}
        before = {name: getattr(row, name) for name in new}
        for name, value in new.items():
            setattr(row, name, value)
        if "rules" in new:
            row.rules_revision += 1
        if new:
            journal.record(session, actor, "house.changed", "house", str(THE_HOUSE), before=before, after=new)
        session.flush()
    parts.house.forget()
    return row
