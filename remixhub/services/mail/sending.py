"""The job that sends a letter: once in effect, as far as SMTP can promise it.

Between the server's “250” and our commit lies a moment in which a worker may die; the letter then goes twice, under one
Message-ID. Nothing else sends it twice, and nothing loses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.bounces import Answer
from remixhub.domain.letters import LetterState
from remixhub.domain.states import JobKind
from remixhub.jobs.lease import Lease
from remixhub.models import Account, Job, Letter, now
from remixhub.services.mail import bounces, links, quoting, recipients
from remixhub.services.mail.messages import AddressUnusable, message_of
from remixhub.services.mail.smtp import MailPutOff, MailUnavailable, Refused, hand_over

log = structlog.get_logger()

_PUT_OFF_SECONDS = 3 * 24 * 3600
"""As long as mail servers usually try."""
_PAUSE_SECONDS = 15
"""A mail server that is away is asked by one letter in this time, not by all of them."""


class Opened(NamedTuple):
    letter: Letter
    account: Account | None
    """Whose it is."""
    token: str
    """Of its link."""
    quoted: Mapping[str, str]


def send_letter(parts: Parts, lease: Lease) -> None:
    """A job. Raises MailUnavailable and MailPutOff, which are waited out."""
    opened = _open(parts, lease)
    if opened is None:
        return
    letter = opened.letter
    try:
        handle = opened.account.handle if opened.account is not None else None
        message = message_of(
            parts, letter, handle=handle, token=opened.token, quoted=opened.quoted, sent_at=letter.created_at
        )
        hand_over(parts.settings, message, to=message["To"].addresses[0].addr_spec, envelope_id=letter.id)
    except AddressUnusable:
        _give_up(lease, letter, Answer(553, "5.1.3 This is not an address.", at_recipient=True))
    except Refused as refusal:
        _give_up(lease, letter, refusal.answer)
    except (MailPutOff, MailUnavailable) as trouble:
        if not _note_trouble(parts, lease, letter, trouble):
            raise
    else:
        with lease.committing() as session:
            sent = sa.update(Letter).where(Letter.id == letter.id)
            session.execute(sent.values(state=LetterState.SENT, facts={}, sent_at=now(), error=""))


def _open(parts: Parts, lease: Lease) -> Opened | None:
    """None when there is nothing to send, and the job is done.

    Raises MailUnavailable when another letter has just met that.
    """
    with parts.database.reading() as session:
        state = session.scalar(sa.select(Letter.state).where(Letter.id == lease.subject_id))
        if state is LetterState.PENDING and _met_trouble(session):
            raise MailUnavailable("The mail server was away a moment ago.")
    if state is not LetterState.PENDING:
        with lease.committing():
            return None
    with lease.writing() as session:
        letter = _begin(session, lease.subject_id)
        account = recipients.find(session, letter) if letter is not None else None
        if letter is not None and recipients.is_wanted(session, letter, account):
            quoted = _quoted(session, letter)
            if quoted is not None:
                return Opened(letter, account, _link_for(session, letter, account), quoted)
    with lease.committing() as session:
        session.execute(sa.delete(Letter).where(Letter.id == lease.subject_id))
    return None


def _begin(session: Session, letter_id: str) -> Letter | None:
    """None when it was taken back since. Whoever takes it back from now on waits, and finds the link that it got."""
    begun = sa.update(Letter).where(Letter.id == letter_id, Letter.state == LetterState.PENDING)
    begun = begun.values(attempts=Letter.attempts + 1, tried_at=now())
    return session.scalars(begun.returning(Letter)).one_or_none()


def _quoted(session: Session, letter: Letter) -> Mapping[str, str] | None:
    """None when what it tells of is gone. Letters of an earlier release bring their words along."""
    notice_id = letter.facts.get("notice_id")
    return {} if notice_id is None else quoting.words_of(session, notice_id)


def _link_for(session: Session, letter: Letter, account: Account | None) -> str:
    session.flush()
    if letter.kind.link is None:
        return ""
    account_id = account.id if account is not None else None
    return links.mint(session, letter.kind.link, account_id=account_id, address=letter.address, letter=letter)


def _met_trouble(session: Session) -> bool:
    waits = sa.and_(
        Job.kind == JobKind.SEND_LETTER, Job.subject_id == Letter.id, Job.error_code == MailUnavailable.code
    )
    just_now = sa.and_(Letter.state == LetterState.PENDING, Letter.tried_at > now(-_PAUSE_SECONDS))
    return session.scalar(sa.select(Letter.id).join(Job, waits).where(just_now).limit(1)) is not None


def _note_trouble(parts: Parts, lease: Lease, letter: Letter, trouble: MailPutOff | MailUnavailable) -> bool:
    """Whether that was the end of it: a recipient's server has put it off for days."""
    is_over = False
    if isinstance(trouble, MailPutOff):
        with parts.database.reading() as session:
            young = sa.and_(Letter.id == letter.id, Letter.created_at > now(-_PUT_OFF_SECONDS))
            is_over = session.scalar(sa.select(Letter.id).where(young)) is None
    if is_over:
        with lease.committing() as session:
            given_up = sa.update(Letter).where(Letter.id == letter.id)
            session.execute(given_up.values(state=LetterState.FAILED, facts={}, error=trouble.detail))
        return True
    with lease.writing() as session:
        session.execute(sa.update(Letter).where(Letter.id == letter.id).values(error=trouble.detail))
    return False


def _give_up(lease: Lease, letter: Letter, answer: Answer) -> None:
    if not answer.is_about_address:
        log.error("letter_refused", letter_id=letter.id, detail=answer.said)
    with lease.committing() as session:
        bounces.note(session, letter.id, answer)
