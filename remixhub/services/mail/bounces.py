"""What came back: noted on the letter, and on the account's address when nothing will arrive there."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.bounces import Answer
from remixhub.domain.delivery_reports import read_report
from remixhub.domain.letters import LetterState
from remixhub.models import Account, Letter, now
from remixhub.services import journal


def note_report(parts: Parts, raw: bytes) -> str | None:
    """What a mail server reports (RFC 3464): the letter's id, when it is about one of ours that was sent.

    Everything else is dropped: reports can be made by anybody.
    """
    report = read_report(raw)
    if report is None:
        return None
    with parts.database.writing() as session:
        sent = sa.and_(Letter.id == report.letter_id, Letter.state == LetterState.SENT)
        letter_id = session.scalar(sa.select(Letter.id).where(sent))
        if letter_id is not None:
            note(session, letter_id, report.answer)
    return letter_id


def note(session: Session, letter_id: str, answer: Answer) -> None:
    """On a letter that is there; the address stays good when the account has another one by now."""
    state = LetterState.BOUNCED if answer.is_about_address else LetterState.FAILED
    noted = session.execute(
        sa.update(Letter)
        .where(Letter.id == letter_id)
        .values(state=state, facts={}, error=answer.said)
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
