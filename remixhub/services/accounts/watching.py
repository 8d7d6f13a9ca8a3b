"""What is noted of attempts to get into an account, and what its owner is told of them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.letters import LetterKind
from remixhub.models import Account, AuditEntry, DatabaseUnavailable, now
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.accounts.devices import Browser
from remixhub.services.mail import letters
from remixhub.services.throttle import TooManyAttempts, take_attempt

log = structlog.get_logger()

_OWN = (
    "session.opened", "sign_in.failed", "sign_in.held_off", "password.refused", "account.password_changed",
    "account.sessions_ended", "second_step.failed", "second_step.held_off", "code_app.added", "code_app.removed",
    "recovery_codes.renewed", "recovery_code.used", "account.password_dropped", "factors.reset", "app.allowed",
    "app.denied", "app.stopped",
)  # fmt: skip
_OWN_SHOWN = 20

_TOLD_EVERY_SECONDS = 24 * 3600
_PATIENCE_MS = 100
TOLD_LATELY = sa.func.coalesce(Account.guesses_told_at > now(-_TOLD_EVERY_SECONDS), sa.false())


def note_failed(parts: Parts, account: Account | None) -> None:
    """Names that are no account's are not kept: people type passwords there."""
    journal.observe(parts, "sign_in.failed", *_about(account))


def note_held_off(parts: Parts, account: Account | None, *, weighs: bool, was_told: bool) -> None:
    """`weighs`: more than its owner would mistype, so the owner is told; waits for no lock for long."""
    journal.observe(parts, "sign_in.held_off", *_about(account))
    if account is not None and weighs and not was_told:
        _tell_owner(parts, account)


def note_wrong_code(parts: Parts, account: Account) -> None:
    """At the second step: whoever typed it knows the password."""
    journal.observe(parts, "second_step.failed", "account", account.id)


def note_codes_held_off(parts: Parts, account: Account, *, is_known: bool) -> None:
    """On a device that the account does not know it is a stranger with the password: its owner is told now and then."""
    journal.observe(parts, "second_step.held_off", "account", account.id)
    if is_known:
        return
    try:
        take_attempt(parts, {f"told of codes:{account.id}": 1})
        with parts.database.writing(patience_ms=_PATIENCE_MS) as session:
            letters.write(session, account, LetterKind.PASSWORD_KNOWN)
    except (DatabaseUnavailable, TooManyAttempts):
        log.info("owner_not_told")


def tell_of_new_device(session: Session, account: Account, browser: Browser) -> None:
    """To an address that is verified: at any other there may be a stranger."""
    if account.email_verified_at is not None and not browser.device.has_seen(account):
        letters.write(session, account, LetterKind.SIGNED_IN_ELSEWHERE, browser=browser.name[:200])


def has_to_see_guesses(session: Session, account: Account) -> bool:
    """Whether strangers guessed at the password since its owner was shown so; and from now on they were."""
    if account.guesses_told_at is None:
        return False
    unseen = sa.or_(Account.guesses_seen_at.is_(None), Account.guesses_seen_at < Account.guesses_told_at)
    shown = sa.update(Account).where(Account.id == account.id, unseen).values(guesses_seen_at=now())
    return changed(session, shown) == 1


def _tell_owner(parts: Parts, account: Account) -> None:
    told = sa.update(Account).where(Account.id == account.id, ~TOLD_LATELY).values(guesses_told_at=now())
    try:
        with parts.database.writing(patience_ms=_PATIENCE_MS) as session:
            if changed(session, told):
                letters.write(session, account, LetterKind.GUESSES_HELD_OFF)
    except DatabaseUnavailable:
        log.info("owner_not_told")  # the next guess will


def _about(account: Account | None) -> tuple[str, str]:
    return ("account", account.id) if account is not None else ("name", "unknown")


def events_of(session: Session, account_id: str) -> Sequence[AuditEntry]:
    """What its owner is shown of who came in and who tried, newest first."""
    return session.scalars(
        sa.select(AuditEntry)
        .where(AuditEntry.subject_kind == "account", AuditEntry.subject_id == account_id, AuditEntry.action.in_(_OWN))
        .order_by(AuditEntry.id.desc())
        .limit(_OWN_SHOWN)
    ).all()
