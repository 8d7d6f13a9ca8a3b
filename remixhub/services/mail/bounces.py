"""What came back: noted on the letter, and on the account's address when nothing will arrive there."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.access import SYSTEM
from remixhub.domain.bounces import Answer
from remixhub.domain.letters import LetterState
from remixhub.models import Account, Letter, now
from remixhub.services import journal


def note(session: Session, letter_id: str, answer: Answer) -> None:
    """On a letter that is there; the address stays good when the account has another one by now."""
    state = LetterState.BOUNCED if answer.is_about_address else LetterState.FAILED
    noted = session.execute(
        sa.update(Letter)
        .where(Letter.id == letter_id)
        .values(state=state, error=answer.said)
        .returning(Letter.account_id, Letter.address)
    ).one_or_none()
    if noted is None or state is not LetterState.BOUNCED:
        return
    marked = session.scalars(
        sa.update(Account)
        .where(Account.id == noted.account_id, Account.email == noted.address, Account.address_bounced_at.is_(None))
        .values(address_bounced_at=now())
        .returning(Account.id)
    ).all()
    for account_id in marked:
        journal.record(session, SYSTEM, "account.address_bounced", "account", account_id)
