"""Recovery codes: ten, shown once, each for one sign-in without the other factors; a new set replaces the old one."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_fresh_session
from remixhub.domain.errors import Conflict
from remixhub.domain.factors import new_recovery_codes, split_recovery_code
from remixhub.domain.letters import LetterKind
from remixhub.models import Account, RecoveryCode, now
from remixhub.models.changes import changed
from remixhub.models.factors import has_second_factor
from remixhub.services import journal
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.accounts.passwords import hash_password, verify_password
from remixhub.services.mail import letters


class NothingToRecover(Conflict):
    code = "no_second_factor"
    title = "There is no second factor yet"


def renew_codes(actor: Actor, parts: Parts) -> Sequence[str]:
    """The codes themselves, which are never shown again. Raises ProofNeeded, NothingToRecover."""
    account_id = require_fresh_session(actor)
    codes = new_recovery_codes()
    rows = [_row(account_id, code) for code in codes]
    with parts.database.writing() as session:
        lock_own(session, actor)
        if not session.scalar(sa.select(has_second_factor(account_id))):
            raise NothingToRecover("Add a passkey or an app for codes first: recovery codes stand in for them.")
        session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
        session.add_all(rows)
        journal.record(session, actor, "recovery_codes.renewed", "account", account_id)
        account = session.get_one(Account, account_id)
        letters.write(session, account, LetterKind.FACTOR_ADDED, what="a new set of recovery codes")
    return codes


def find_code(parts: Parts, account_id: str, text: str) -> str | None:
    """The id of the unused code that it is. Takes as long for a start that is not known."""
    start, rest = split_recovery_code(text) or ("", text)
    with parts.database.reading() as session:
        row = session.scalars(
            sa.select(RecoveryCode).where(
                RecoveryCode.account_id == account_id, RecoveryCode.start == start, RecoveryCode.used_at.is_(None)
            )
        ).one_or_none()
    is_right = verify_password(row.code_hash if row else None, rest)
    return row.id if row is not None and is_right else None


def use_code(session: Session, code_id: str) -> bool:
    """Whether it was there to be used: of two at once one does."""
    used = sa.update(RecoveryCode).where(RecoveryCode.id == code_id, RecoveryCode.used_at.is_(None))
    return changed(session, used.values(used_at=now())) == 1


def forget_idle_codes(session: Session, account_id: str) -> None:
    """When the last factor that they stand in for is gone."""
    if not session.scalar(sa.select(has_second_factor(account_id))):
        session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def count_left(session: Session, account_id: str) -> int:
    left = sa.select(sa.func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return session.scalar(left) or 0


def _row(account_id: str, code: str) -> RecoveryCode:
    start, rest = split_recovery_code(code) or ("", "")
    return RecoveryCode(account_id=account_id, start=start, code_hash=hash_password(rest))
