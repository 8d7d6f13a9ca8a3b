"""Ways in are counted and changed under their account's lock: written first, as each deciding transaction is."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.models import Account


def lock_account(session: Session, account_id: str) -> None:
    session.execute(sa.update(Account).where(Account.id == account_id).values(revision=Account.revision))
