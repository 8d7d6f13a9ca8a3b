"""Accounts: sign up, profile, password and e-mail, deletion."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, Actor, require_account, require_session, session_actor
from remixhub.domain.accounts import check_password, clean_email, clean_handle
from remixhub.domain.errors import Conflict, NotFound, PreconditionFailed, Unauthenticated
from remixhub.domain.states import Scope, UploadState, WorkState
from remixhub.models import (
    AccessToken,
    Account,
    BrowserSession,
    ContestEntry,
    Mix,
    Stem,
    StemPack,
    TakedownWork,
    Upload,
    Work,
    now,
)
from remixhub.services import journal
from remixhub.services.claims import release_claims
from remixhub.services.entries import leave_contests
from remixhub.services.labels import leave_all, require_other_owners
from remixhub.services.passwords import hash_password, verify_password
from remixhub.services.sessions import token_digest
from remixhub.services.throttle import ADDRESS_FACTOR, forget_attempts, take_attempt


class HandleTaken(Conflict):
    code = "handle_taken"
    title = "This handle is taken"


class EmailTaken(Conflict):
    code = "email_taken"
    title = "This e-mail address has an account already"


class AccountNotFound(NotFound):
    code = "account_not_found"
    title = "There is no such account"


class PasswordWrong(Unauthenticated):
    code = "password_wrong"
    title = "The password is wrong"


def sign_up(parts: Parts, *, handle: str, email: str, password: str, display_name: str = "", address: str) -> Account:
    """Raises HandleInvalid, EmailInvalid, PasswordTooWeak, TooManyAttempts, HandleTaken, EmailTaken."""
    handle, email = clean_handle(handle), clean_email(email)
    check_password(password, handle=handle, email=email)
    take_attempt(parts, {f"sign-up:{address}": parts.settings.login_attempts * ADDRESS_FACTOR})
    account = Account(
        handle=handle, email=email, password_hash=hash_password(password), display_name=display_name or handle
    )
    try:
        with parts.database.writing() as session:
            session.add(account)
            session.flush()
            session.refresh(account)
            actor = session_actor(account.id, handle, is_operator=False)
            journal.record(session, actor, "account.created", "account", account.id, after={"handle": handle})
    except sa.exc.IntegrityError as exc:
        _raise_taken(parts, handle=handle, email=email, cause=exc)
    return account


def get_profile(parts: Parts, handle: str) -> Account:
    """The public face of an account. Raises AccountNotFound."""
    with parts.database.reading() as session:
        account = session.scalars(sa.select(Account).where(Account.handle == handle.lower().removeprefix("@"))).first()
    if account is None:
        raise AccountNotFound(f"There is no account with the handle {handle!r}.")
    return account


def get_account(actor: Actor, parts: Parts) -> Account:
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return session.get_one(Account, account_id)


def update_profile(actor: Actor, parts: Parts, changes: dict[str, Any], *, revision: int) -> Account:
    """`changes` may hold `display_name`, `bio` and `links`. Raises PreconditionFailed for an old revision."""
    account_id = require_account(actor, Scope.PUBLISH)
    with parts.database.writing() as session:
        account = _bump(session, account_id, revision)
        before = {name: getattr(account, name) for name in changes}
        for name, value in changes.items():
            setattr(account, name, value)
        journal.record(session, actor, "account.edited", "account", account_id, before=before, after=changes)
    return account


def change_password(
    actor: Actor, parts: Parts, *, current_password: str, new_password: str, session_token: str | None
) -> None:
    """Ends every other session of the account. Raises PasswordWrong, PasswordTooWeak."""
    account = _confirmed(actor, parts, current_password)
    check_password(new_password, handle=account.handle, email=account.email or "")
    hashed = hash_password(new_password)
    with parts.database.writing() as session:
        session.execute(sa.update(Account).where(Account.id == account.id).values(password_hash=hashed))
        others = sa.delete(BrowserSession).where(BrowserSession.account_id == account.id)
        if session_token is not None:
            others = others.where(BrowserSession.token_hash != token_digest(session_token))
        session.execute(others)
        journal.record(session, actor, "account.password_changed", "account", account.id)


def change_email(actor: Actor, parts: Parts, *, password: str, email: str) -> Account:
    """Raises PasswordWrong, EmailInvalid, EmailTaken."""
    email = clean_email(email)
    account = _confirmed(actor, parts, password)
    try:
        with parts.database.writing() as session:
            session.execute(
                sa.update(Account)
                .where(Account.id == account.id)
                .values(email=email, email_verified_at=None, revision=Account.revision + 1)
            )
            journal.record(session, actor, "account.email_changed", "account", account.id)
            return session.get_one(Account, account.id)
    except sa.exc.IntegrityError as exc:
        raise EmailTaken("Another account uses this address.") from exc


def delete_account(actor: Actor, parts: Parts, *, password: str, withdraw_works: bool) -> None:
    """Ends sessions and tokens, wipes address, password, biography, drafts and mixes.

    The handle stays taken and the display name stays on credits. Published works stay, or become tombstones. Entries
    of contests that are open are taken back, later ones count on. Raises PasswordWrong, LabelOwnerMissing.
    """
    account = _confirmed(actor, parts, password)
    with parts.database.writing() as session:
        require_other_owners(session, account.id)
        session.execute(
            sa.update(Account)
            .where(Account.id == account.id)
            .values(
                email=None, email_verified_at=None, password_hash=None, bio="", links=[], is_operator=False,
                deleted_at=now(), revision=Account.revision + 1,
            )
        )  # fmt: skip
        session.execute(sa.delete(BrowserSession).where(BrowserSession.account_id == account.id))
        session.execute(
            sa.update(AccessToken)
            .where(AccessToken.account_id == account.id, AccessToken.revoked_at.is_(None))
            .values(revoked_at=now())
        )
        if withdraw_works:
            _withdraw_all(session, actor, account.id)
        leave_contests(session, account.id)
        leave_all(session, account.id)
        _drop_unpublished(session, account.id)
        journal.record(
            session, actor, "account.deleted", "account", account.id, after={"withdraw_works": withdraw_works}
        )


def make_operator(parts: Parts, handle: str) -> None:
    """For the command line: whoever runs it owns the hub. Raises AccountNotFound."""
    with parts.database.writing() as session:
        made = session.execute(
            sa.update(Account)
            .where(Account.handle == handle.lower().removeprefix("@"), Account.deleted_at.is_(None))
            .values(is_operator=True)
            .returning(Account.id)
        ).one_or_none()
        if made is None:
            raise AccountNotFound(f"There is no account with the handle {handle!r}.")
        journal.record(session, SYSTEM, "account.made_operator", "account", made.id)


def _withdraw_all(session: Session, actor: Actor, account_id: str) -> None:
    withdrawn = session.scalars(
        sa.update(Work)
        .where(Work.account_id == account_id, Work.state == WorkState.PUBLISHED)
        .values(state=WorkState.WITHDRAWN, withdrawn_at=now(), revision=Work.revision + 1)
        .returning(Work.id)
    ).all()
    for work_id in withdrawn:
        journal.record(session, actor, "work.withdrawn", "work", work_id, before={"state": "published"})
    down = sa.select(Work.id).where(Work.account_id == account_id, Work.state == WorkState.TAKEN_DOWN)
    session.execute(  # they come back as tombstones of their artist when the takedown is lifted
        sa.update(TakedownWork).where(TakedownWork.work_id.in_(down)).values(state_before=WorkState.WITHDRAWN)
    )


def _drop_unpublished(session: Session, account_id: str) -> None:
    """Drafts, mixes and waiting uploads; the next sweep deletes the bytes that nobody else uses."""
    entered = sa.select(ContestEntry.work_id).where(ContestEntry.account_id == account_id)
    own_draft = sa.and_(Work.account_id == account_id, Work.state == WorkState.DRAFT, Work.id.not_in(entered))
    drafts = session.execute(sa.select(Work.id, Work.mix_sha256, Work.cover_digest).where(own_draft)).all()
    in_drafts = sa.select(StemPack.id).join(Work, Work.id == StemPack.work_id).where(own_draft)
    stems = session.scalars(sa.select(Stem.original_sha256).where(Stem.stem_pack_id.in_(in_drafts))).all()
    session.execute(sa.delete(Work).where(own_draft))  # packs, stems and source links go with them
    session.execute(sa.delete(Mix).where(Mix.account_id == account_id))
    originals = {*stems, *(draft.mix_sha256 for draft in drafts if draft.mix_sha256)}
    covers = {draft.cover_digest for draft in drafts if draft.cover_digest}
    release_claims(session, account_id, originals=originals, covers=covers)
    waiting = (UploadState.OPEN, UploadState.VERIFYING, UploadState.READY)
    session.execute(
        sa.update(Upload).where(Upload.account_id == account_id, Upload.state.in_(waiting)).values(expires_at=now())
    )


def _confirmed(actor: Actor, parts: Parts, password: str) -> Account:
    """The actor's account, once the password is given again; wrong guesses count as failed sign-ins."""
    account_id = require_session(actor)
    attempts = f"account:{account_id}"
    take_attempt(parts, {attempts: parts.settings.login_attempts})
    with parts.database.reading() as session:
        account = session.get_one(Account, account_id)
    if not verify_password(account.password_hash, password):
        raise PasswordWrong("Type your present password to confirm.")
    forget_attempts(parts, attempts)
    return account


def _bump(session: Session, account_id: str, revision: int) -> Account:
    bumped = session.execute(
        sa.update(Account)
        .where(Account.id == account_id, Account.revision == revision)
        .values(revision=Account.revision + 1)
    )
    if bumped.rowcount == 0:  # type: ignore[attr-defined]
        raise PreconditionFailed("The account was edited in the meantime; load it again.")
    return session.get_one(Account, account_id, populate_existing=True)


def _raise_taken(parts: Parts, *, handle: str, email: str, cause: Exception) -> None:
    with parts.database.reading() as session:
        taken = session.scalar(sa.select(Account.id).where(Account.handle == handle))
    if taken is not None:
        raise HandleTaken(f"The handle {handle!r} is taken; choose another.") from cause
    raise EmailTaken(f"{email} has an account already; sign in instead.") from cause
