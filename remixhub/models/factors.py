"""What an account signs in with besides its password: passkeys, an app's codes, recovery codes; and steps between."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from remixhub.models.base import CreatedAt, Digest, Id, Row


class Passkey(Row):
    """A public key whose private half an authenticator keeps (WebAuthn level 3)."""

    __tablename__ = "passkeys"

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(sa.String(1400), unique=True)
    """In base64url; at most 1023 bytes."""
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    """As COSE has it."""
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    """Of the last signature; 0 as long as the authenticator does not count."""
    name: Mapped[str] = mapped_column(sa.String(80))
    transports: Mapped[list[str]]
    signs_in_alone: Mapped[bool]
    """It verifies its user and is found without a name; else it is a second step only."""
    is_backed_up: Mapped[bool]
    created_at: Mapped[CreatedAt]
    last_used_at: Mapped[dt.datetime | None]


class CodeApp(Row):
    """An app that shows one-time codes (RFC 6238). Until a code confirmed it, it counts for nothing."""

    __tablename__ = "code_apps"

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    sealed_secret: Mapped[str] = mapped_column(sa.String(300))
    """Encrypted under a key made from the hub's secret key."""
    last_step: Mapped[int | None] = mapped_column(sa.BigInteger)
    """The step of thirty seconds whose code was taken last; no code of it or before is taken again."""
    created_at: Mapped[CreatedAt]
    confirmed_at: Mapped[dt.datetime | None]


class RecoveryCode(Row):
    __tablename__ = "recovery_codes"

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    start: Mapped[str] = mapped_column(sa.String(8))
    """Its first characters, by which it is found."""
    code_hash: Mapped[str] = mapped_column(sa.String(200))
    """Argon2id of the rest."""
    created_at: Mapped[CreatedAt]
    used_at: Mapped[dt.datetime | None]


class SecondStep(Row):
    """A sign-in whose password was right, and which waits for the second factor."""

    __tablename__ = "second_steps"

    token_hash: Mapped[Digest] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[dt.datetime]


class SpentChallenge(Row):
    """A passkey's challenge that was answered; kept until it would be too old anyhow."""

    __tablename__ = "spent_challenges"

    digest: Mapped[Digest] = mapped_column(primary_key=True)
    expires_at: Mapped[dt.datetime] = mapped_column(index=True)


def has_second_factor(account_id: str | sa.SQLColumnExpression[str]) -> sa.ColumnElement[bool]:
    """Whether the password alone does not sign in."""
    passkey = sa.select(Passkey.id).where(Passkey.account_id == account_id).exists()
    app = sa.select(CodeApp.id).where(CodeApp.account_id == account_id, CodeApp.confirmed_at.is_not(None)).exists()
    return sa.or_(passkey, app)
