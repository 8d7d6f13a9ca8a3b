"""What an account has to sign in with: doing without a password, and an operator's help for who lost everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, Actor, require_fresh_session, require_session
from remixhub.domain.addresses import RelyingParty
from remixhub.domain.errors import Conflict
from remixhub.domain.factors import may_do_without_password
from remixhub.domain.letters import LetterKind
from remixhub.models import AccessToken, Account, AppGrant, BrowserSession, CodeApp, Passkey, RecoveryCode, SecondStep
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.accounts.accounts import AccountNotFound
from remixhub.services.accounts.passkeys import passkeys_of, require_ways_left
from remixhub.services.accounts.recovery_codes import count_left
from remixhub.services.accounts.tokens import list_with_apps
from remixhub.services.mail import letters


class PasswordMissing(Conflict):
    code = "password_missing"
    title = "There is no password"


@dataclass(frozen=True)
class Factors:
    account: Account
    passkeys: Sequence[Passkey]
    code_app: CodeApp | None
    recovery_codes_left: int
    may_have_passkeys: bool
    """Whether browsers make passkeys for this hub's address at all."""

    @property
    def has_password(self) -> bool:
        return self.account.password_hash is not None

    @property
    def has_second_factor(self) -> bool:
        return bool(self.passkeys) or self.code_app is not None

    @property
    def may_drop_password(self) -> bool:
        alone = sum(one.signs_in_alone for one in self.passkeys)
        return self.has_password and may_do_without_password(passkeys=alone, recovery_codes=self.recovery_codes_left)


@dataclass(frozen=True)
class SecurityPage:
    held: Factors
    tokens: Sequence[AccessToken | AppGrant]


def list_factors(actor: Actor, parts: Parts) -> Factors:
    account_id = require_session(actor)
    with parts.database.reading() as session:
        return _held(session, parts, account_id)


def view_security(actor: Actor, parts: Parts) -> SecurityPage:
    account_id = require_session(actor)
    with parts.database.reading() as session:
        return SecurityPage(_held(session, parts, account_id), list_with_apps(session, account_id))


def drop_password(actor: Actor, parts: Parts) -> None:
    """Passkeys are the only way in from now on. Raises ProofNeeded, PasswordMissing, LastWayIn."""
    account_id = require_fresh_session(actor)
    has_one = sa.and_(Account.id == account_id, Account.password_hash.is_not(None))
    dropped = sa.update(Account).where(has_one).values(password_hash=None, revision=Account.revision + 1)
    with parts.database.writing() as session:
        lock_own(session, actor)
        if changed(session, dropped) == 0:
            raise PasswordMissing("It was dropped already.")
        require_ways_left(session, account_id)
        session.execute(sa.delete(SecondStep).where(SecondStep.account_id == account_id))
        journal.record(session, actor, "account.password_dropped", "account", account_id)
        account = session.get_one(Account, account_id)
        letters.write(session, account, LetterKind.FACTOR_REMOVED, what="a password, by its passkeys alone,")


def reset_factors(parts: Parts, handle: str) -> int:
    """For operators, at the command line: how many there were. All sessions end, the owner is told.

    Raises AccountNotFound.
    """
    named = sa.and_(Account.handle == handle.lower().removeprefix("@"), Account.deleted_at.is_(None))
    with parts.database.writing() as session:
        locked = sa.update(Account).where(named).values(handle=Account.handle).returning(Account)
        account = session.scalars(locked).one_or_none()
        if account is None:
            raise AccountNotFound(f"There is no account with the handle {handle!r}.")
        gone = leave_factors(session, account.id)
        session.execute(sa.delete(BrowserSession).where(BrowserSession.account_id == account.id))
        journal.record(session, SYSTEM, "factors.reset", "account", account.id, before={"count": gone})
        letters.write(session, account, LetterKind.FACTORS_RESET)
    return gone


def _held(session: Session, parts: Parts, account_id: str) -> Factors:
    app = sa.select(CodeApp).where(CodeApp.account_id == account_id, CodeApp.confirmed_at.is_not(None))
    return Factors(
        account=session.get_one(Account, account_id),
        passkeys=passkeys_of(session, account_id),
        code_app=session.scalars(app).one_or_none(),
        recovery_codes_left=count_left(session, account_id),
        may_have_passkeys=RelyingParty.of(parts.settings.public_url).may_have_passkeys,
    )


def leave_factors(session: Session, account_id: str) -> int:
    """Of an account that leaves, or starts anew."""
    kept = (Passkey, CodeApp, RecoveryCode, SecondStep)
    gone = {table: changed(session, sa.delete(table).where(table.account_id == account_id)) for table in kept}
    return gone[Passkey] + gone[CodeApp]
