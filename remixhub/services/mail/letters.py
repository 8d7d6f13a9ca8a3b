"""Writing letters: a row and its job, in the transaction that causes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, Actor
from remixhub.domain.errors import Conflict
from remixhub.domain.letters import LetterKind, LetterState, MailTopic
from remixhub.domain.states import JobKind
from remixhub.jobs.table import add_job, add_new_jobs
from remixhub.models import Account, DeclinedTopic, Letter, MailedLink, MailRhythm, new_id, now
from remixhub.models.engine import SENDS_MAIL

_ATTEMPTS = 5
KEPT_SECONDS = 30 * 24 * 3600
"""Longer than any link in one is good, and than any server tries to deliver it."""
_ASKED_FOR = 10
_BULK = "mail"
"""Pays for what goes to many, so that nobody's new password waits behind it."""


class MailNotSetUp(Conflict):
    """For as long as the hub is run like this, so that trying again is no use."""

    code = "mail_not_set_up"
    title = "This hub sends no mail"


def most_to(parts: Parts, address: str) -> dict[str, int]:
    """How often strangers may have the hub write to an address, for `throttle.take_attempt`, whoever's it is."""
    return {f"letters to {address.lower()}": _ASKED_FOR} if parts.settings.sends_mail else {}


def require_mail(parts: Parts) -> None:
    """Raises MailNotSetUp."""
    if not parts.settings.sends_mail:
        contact = parts.house.now().contact
        raise MailNotSetUp(f"This hub sends no mail. Ask its operators{f': {contact}' if contact else '.'}")


def write(
    session: Session, account: Account | None, kind: LetterKind, /, *, to: str | None = None, **facts: object
) -> None:
    """To the account's address, or to another one; `facts` are for `domain.letters`, go into JSON and hold no secret.

    Nothing is written where the hub has no mail set up (`require_mail` asks before), and nothing for an account without
    an address. Without an account, and without `to`, `sending` looks for it when the letter goes.
    """
    if not session.info.get(SENDS_MAIL):
        return
    address = to if to is not None else account.email if account is not None else ""
    if address is None:
        return
    account_id = account.id if account is not None else None
    same = sa.and_(
        Letter.account_id == account_id, Letter.kind == kind, Letter.address == address,
        Letter.state == LetterState.PENDING,
    )  # fmt: skip
    if kind.link and account_id and not facts and session.scalar(sa.select(Letter.id).where(same).limit(1)) is not None:
        return  # it has not gone yet, and its link is made when it goes
    letter = Letter(id=new_id(), kind=kind, account_id=account_id, address=address, facts=facts)
    session.add(letter)
    session.flush()
    # each account pays for its own, so it waits behind nobody else's
    add_job(
        session, Actor(account_id) if account_id else SYSTEM, JobKind.SEND_LETTER, letter.id, max_attempts=_ATTEMPTS
    )


def addresses_of(session: Session, accounts: Collection[str]) -> dict[str, str]:
    """Of those of the accounts that have one that is verified and takes mail; nobody's where the hub sends none."""
    if not accounts or not session.info.get(SENDS_MAIL):
        return {}
    found = session.execute(
        sa.select(Account.id, Account.email)
        .where(Account.id.in_(accounts), Account.email_verified_at.is_not(None), Account.address_bounced_at.is_(None))
        .order_by(Account.id)
    )
    return {account_id: email for account_id, email in found if email is not None}


def write_of_notices(
    session: Session, notices: Mapping[str, str], addresses: Mapping[str, str], topic: MailTopic
) -> None:
    """A letter for each notice; `notices` has its id, `addresses` the address, by account. Its words stay in the notice
    until it goes: what was said may be taken back by then.
    """
    if not notices:
        return
    rows = [
        {
            "id": new_id(), "account_id": account_id, "address": addresses[account_id], "kind": LetterKind.NOTICE,
            "topic": topic, "facts": {"notice_id": notice_id},
        }
        for account_id, notice_id in notices.items()
    ]  # fmt: skip
    session.execute(sa.insert(Letter), rows)
    add_new_jobs(session, JobKind.SEND_LETTER, [str(row["id"]) for row in rows], payer=_BULK, max_attempts=_ATTEMPTS)


def forget_account(session: Session, account_id: str) -> None:
    """What was written to it, the links that it was sent, and what it does not wish; of who leaves nothing is sent."""
    for table in (Letter, MailedLink, DeclinedTopic, MailRhythm):
        session.execute(sa.delete(table).where(table.account_id == account_id))


def drop_old_letters(parts: Parts) -> None:
    """Those that went, or never will, after thirty days."""
    is_over = sa.and_(Letter.state != LetterState.PENDING, Letter.created_at < now(-KEPT_SECONDS))
    with parts.database.writing() as session:
        session.execute(sa.delete(Letter).where(is_over))
        session.execute(sa.delete(MailedLink).where(MailedLink.expires_at <= now()))


def counts(session: Session) -> dict[LetterState, int]:
    """How many letters are in each state, of those that are kept."""
    rows = session.execute(sa.select(Letter.state, sa.func.count()).group_by(Letter.state)).all()
    return dict.fromkeys(LetterState, 0) | {state: int(count) for state, count in rows}
