"""The one row that says what the hub is called and who may come in, kept ready for pages."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from remixhub.domain.house import OWN_NAME, SignUp
from remixhub.models.base import Row, Word, one_of
from remixhub.models.writers import DatabaseUnavailable

if TYPE_CHECKING:
    from remixhub.models.engine import Database

THE_HOUSE = 1
KEPT_SECONDS = 5
"""How old what one process shows of another's change may be at most."""


class House(Row):
    __tablename__ = "house"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"), one_of(SignUp, "sign_up"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=THE_HOUSE)
    name: Mapped[str] = mapped_column(sa.String(40), default=OWN_NAME)
    contact: Mapped[str] = mapped_column(sa.String(200), default="")
    imprint: Mapped[str] = mapped_column(sa.Text, default="")
    """Markdown, as the rules are."""
    rules: Mapped[str] = mapped_column(sa.Text, default="")
    rules_revision: Mapped[int] = mapped_column(default=0)
    """Counts the rules alone: what accounts accept."""
    sign_up: Mapped[SignUp] = mapped_column(Word(SignUp), default=SignUp.OPEN)
    invitations_each: Mapped[int] = mapped_column(default=0)
    """How many people every account may invite; operators need no leave."""
    operators_need_second_factor: Mapped[bool] = mapped_column(default=False)
    label_owners_need_second_factor: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)


def plain_house() -> House:
    """As a new hub has it; shown also while the database does not answer."""
    return House(
        id=THE_HOUSE, name=OWN_NAME, contact="", imprint="", rules="", rules_revision=0, sign_up=SignUp.OPEN,
        invitations_each=0, operators_need_second_factor=False, label_owners_need_second_factor=False, revision=0,
    )  # fmt: skip


class KeptHouse:
    """Of one process: every page shows the house, and none asks for it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._kept: House | None = None
        self._until = 0.0

    def now(self) -> House:
        """To be read only, and outside of a transaction; at most KEPT_SECONDS old.

        What was kept, or a plain house, when the database does not answer.
        """
        kept = self._kept
        if kept is not None and time.monotonic() < self._until:
            return kept
        if not self._lock.acquire(blocking=kept is None):
            return kept or plain_house()  # another thread reads it already
        try:
            with self._database.reading() as session:
                self._kept = session.get(House, THE_HOUSE) or plain_house()
        except DatabaseUnavailable:
            return self._kept or plain_house()
        finally:
            self._until = time.monotonic() + KEPT_SECONDS
            self._lock.release()
        return self._kept

    def forget(self) -> None:
        """After a change in this process."""
        self._until = 0.0
