"""Sign-ins that wait for their second step: ten minutes, one account, no session before; only a hash is stored."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.errors import Unauthenticated
from remixhub.domain.factors import Way
from remixhub.models import Account, CodeApp, Passkey, RecoveryCode, SecondStep, now
from remixhub.models.changes import changed
from remixhub.services.accounts.passwords import token_digest

LIFETIME_SECONDS = 600


class SecondStepOver(Unauthenticated):
    code = "second_step_over"
    title = "Sign in once more"


@dataclass(frozen=True)
class Waiting:
    account: Account
    ways: Sequence[Way]
    expires_at: dt.datetime


def begin_second_step(session: Session, account_id: str) -> str:
    """The challenge, for who gave the right password."""
    token = secrets.token_urlsafe(32)
    session.execute(sa.delete(SecondStep).where(SecondStep.expires_at <= now()))
    session.add(SecondStep(token_hash=token_digest(token), account_id=account_id, expires_at=now(LIFETIME_SECONDS)))
    return token


def waiting_second_step(parts: Parts, token: str) -> Waiting:
    """Raises SecondStepOver."""
    with parts.database.reading() as session:
        asked = sa.select(Account, SecondStep.expires_at).join(Account, Account.id == SecondStep.account_id)
        row = session.execute(
            asked.where(
                SecondStep.token_hash == token_digest(token),
                SecondStep.expires_at > now(),
                Account.deleted_at.is_(None),
            )
        ).one_or_none()
        if row is None:
            raise _over()
        return Waiting(row[0], ways_of(session, row[0].id), row[1])


def end_second_step(session: Session, token: str) -> None:
    """Of two that finish it at once, one does. Raises SecondStepOver."""
    ended = sa.delete(SecondStep).where(SecondStep.token_hash == token_digest(token), SecondStep.expires_at > now())
    if changed(session, ended) == 0:
        raise _over()


def ways_of(session: Session, account_id: str) -> Sequence[Way]:
    """Those that the account has; recovery codes alone are none."""
    there = {
        Way.PASSKEY: sa.select(Passkey.id).where(Passkey.account_id == account_id),
        Way.CODE: sa.select(CodeApp.id).where(CodeApp.account_id == account_id, CodeApp.confirmed_at.is_not(None)),
        Way.RECOVERY_CODE: sa.select(RecoveryCode.id).where(
            RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
        ),
    }
    row = session.execute(sa.select(*(one.exists() for one in there.values()))).one()
    ways = [way for way, is_there in zip(there, row, strict=True) if is_there]
    return ways if set(ways) - {Way.RECOVERY_CODE} else []


def _over() -> SecondStepOver:
    return SecondStepOver("The second step follows the password within ten minutes, and is taken once.")
