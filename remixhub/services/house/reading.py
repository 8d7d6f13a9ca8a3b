"""What the hub is called, its imprint and rules: kept ready, since every page shows it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.models.house import THE_HOUSE, House


def house(parts: Parts) -> House:
    """Costs no statement but one every few seconds a process (`models.house.KEPT_SECONDS`). To be read only."""
    return parts.house.now()


def house_in(session: Session) -> House:
    """As it is in this transaction, for what decides by it."""
    return session.get_one(House, THE_HOUSE, populate_existing=True)
