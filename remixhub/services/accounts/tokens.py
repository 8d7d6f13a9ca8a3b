"""Personal access tokens: scoped, shown once, stored hashed, revocable, with their last use."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_fresh_session, require_operator, require_session, token_actor
from remixhub.domain.errors import Conflict, Invalid, NotFound, Unauthenticated
from remixhub.domain.states import Scope
from remixhub.models import AccessToken, Account, AppGrant, now
from remixhub.models.changes import changed
from remixhub.models.factors import has_second_factor
from remixhub.services import journal
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.accounts.app_grants import grants_named, list_grants, revoke_grants
from remixhub.services.accounts.owed_factors import owed_factor
from remixhub.services.accounts.sessions import stamp, token_digest
from remixhub.services.accounts.suspended import suspended_of, with_suspension

PREFIX = "rh_"
_TOKENS_LIMIT = 50
_USED_EVERY_SECONDS = 60


class TokenInvalid(Unauthenticated):
    code = "token_invalid"
    title = "The access token is not known"


class TokenExpired(Unauthenticated):
    code = "token_expired"
    title = "The access token has expired"


class TokenRevoked(Unauthenticated):
    code = "token_revoked"
    title = "The access token was revoked"


class TokenNotFound(NotFound):
    code = "token_not_found"
    title = "There is no such access token"


class TokensExhausted(Conflict):
    code = "tokens_limit"
    title = "Too many access tokens"


class ExpiryPast(Invalid):
    code = "expiry_past"
    title = "The expiry lies in the past"


def create_token(
    actor: Actor, parts: Parts, *, name: str, scopes: Collection[Scope], expires_at: dt.datetime | None = None
) -> tuple[AccessToken, str]:
    """The row and the token itself, which is never shown again. Only a session that proved itself lately may make one.

    Raises ProofNeeded, ExpiryPast, TokensExhausted.
    """
    account_id = require_fresh_session(actor)
    if Scope.ADMIN in scopes:
        require_operator(actor)
    token = PREFIX + secrets.token_urlsafe(32)
    with parts.database.writing() as session:
        lock_own(session, actor)
        if expires_at is not None and session.scalar(
            sa.select(sa.literal(expires_at, AccessToken.expires_at.type) <= now())
        ):
            raise ExpiryPast("Give a time to come, or leave `expires_at` out.", violations={"/expires_at": ["Past."]})
        active = sa.select(sa.func.count()).where(_active_of(account_id))
        if (session.scalar(active) or 0) >= _TOKENS_LIMIT:
            raise TokensExhausted(f"Revoke one of your {_TOKENS_LIMIT} tokens first.")
        row = AccessToken(
            token_hash=token_digest(token),
            account_id=account_id,
            name=name,
            scopes=sorted({Scope.READ, *scopes}),
            expires_at=expires_at,
        )
        session.add(row)
        session.flush()
        session.refresh(row)
        journal.record(session, actor, "token.created", "token", row.id, after={"name": name, "scopes": row.scopes})
    return row, token


def authenticate(parts: Parts, token: str) -> Actor:
    """A personal token, or one of an app that acts for somebody: the one place that says what either may do.

    Raises TokenInvalid, TokenExpired, TokenRevoked.
    """
    last_used_at = sa.case((AccessToken.grant_id.is_(None), AccessToken.last_used_at), else_=AppGrant.last_used_at)
    with parts.database.reading() as session:
        asked = with_suspension(
            sa.select(
                AccessToken.id,
                AccessToken.grant_id,
                AccessToken.scopes,
                AccessToken.revoked_at,
                (AccessToken.expires_at <= now()).label("is_expired"),
                sa.or_(last_used_at.is_(None), last_used_at < now(-_USED_EVERY_SECONDS)).label("is_stale"),
                Account.id.label("account_id"),
                Account.handle,
                Account.is_operator,
                has_second_factor(Account.id).label("has_second_factor"),
            )
            .join(Account, Account.id == AccessToken.account_id)
            .outerjoin(AppGrant, AppGrant.id == AccessToken.grant_id)
            .where(AccessToken.token_hash == token_digest(token), Account.deleted_at.is_(None))
        )
        row = session.execute(asked).one_or_none()
    if row is None:
        raise TokenInvalid("Check the token, or make a new one in the settings.")
    if row.revoked_at is not None:
        raise TokenRevoked("Make a new token in the settings." if row.grant_id is None else "Ask for leave anew.")
    if row.is_expired:
        raise TokenExpired("Make a new token in the settings." if row.grant_id is None else "Use the refresh token.")
    if row.is_stale:
        used = sa.update(AccessToken).where(AccessToken.id == row.id)
        if row.grant_id is not None:
            used = sa.update(AppGrant).where(AppGrant.id == row.grant_id)
        stamp(parts, used.values(last_used_at=now()))
    scopes = frozenset(Scope(scope) for scope in row.scopes)
    return token_actor(
        row.account_id, row.handle, scopes, row.grant_id or row.id, is_operator=row.is_operator,
        suspended=suspended_of(row), owes_factor=owed_factor(parts, has_second_factor=row.has_second_factor),
    )  # fmt: skip


def list_tokens(actor: Actor, parts: Parts) -> Sequence[AccessToken]:
    """Newest first, without the revoked ones."""
    account_id = require_session(actor)
    with parts.database.reading() as session:
        return list_active(session, account_id)


def list_active(session: Session, account_id: str) -> Sequence[AccessToken]:
    return session.scalars(
        sa.select(AccessToken).where(_active_of(account_id)).order_by(AccessToken.created_at.desc())
    ).all()


def list_with_apps(session: Session, account_id: str) -> Sequence[AccessToken | AppGrant]:
    """All that acts for the account without its password, and may end when that changes: each has a name and an id."""
    return [*list_active(session, account_id), *list_grants(session, account_id)]


def _active_of(account_id: str) -> sa.ColumnElement[bool]:
    """Personal ones: those of apps end with the leave that they came of."""
    own = sa.and_(AccessToken.account_id == account_id, AccessToken.grant_id.is_(None))
    return sa.and_(own, AccessToken.revoked_at.is_(None))


def revoke_tokens(session: Session, actor: Actor, account_id: str, token_ids: Collection[str]) -> None:
    """Those that are the account's and still good, and apps whose leave has such an id, in the caller's transaction."""
    revoke_grants(session, actor, grants_named(account_id, token_ids), why="chosen")
    revoked = session.scalars(
        sa.update(AccessToken)
        .where(AccessToken.id.in_(token_ids), _active_of(account_id))
        .values(revoked_at=now())
        .returning(AccessToken.id)
    ).all()
    for token_id in revoked:
        journal.record(session, actor, "token.revoked", "token", token_id)


def revoke_token(actor: Actor, parts: Parts, token_id: str) -> None:
    account_id = require_session(actor)
    with parts.database.writing() as session:
        revoked = changed(
            session,
            sa.update(AccessToken).where(AccessToken.id == token_id, _active_of(account_id)).values(revoked_at=now()),
        )
        if revoked == 0:
            raise TokenNotFound(f"You have no active token {token_id!r}.")
        journal.record(session, actor, "token.revoked", "token", token_id)
