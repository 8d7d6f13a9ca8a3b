"""The authorisation server: Authlib's, over one transaction of ours.

What an answer is about is written by the first statement that decides it. An error undoes what was written, unless it
is of such a kind that it has to stay, as what a code that came twice ends.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidRequestError
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, token_actor
from remixhub.domain.oauth.words import ACCESS_SECONDS, GRANTS_LIMIT, LONGEST_SECONDS, REFRESH_SECONDS
from remixhub.domain.states import Scope
from remixhub.models import AccessToken, AppGrant, RefreshToken, now
from remixhub.models.base import UtcTime
from remixhub.services.accounts.app_grants import in_force, revoke_grants
from remixhub.services.accounts.passwords import token_digest
from remixhub.services.oauth.asked import Answer, Asked
from remixhub.services.oauth.known import KnownClient, find_client

ACCESS_PREFIX, REFRESH_PREFIX, CODE_PREFIX, DEVICE_PREFIX, SECRET_PREFIX = "rha_", "rhr_", "rhc_", "rhd_", "rhs_"
"""By which people and programs that look for lost secrets know them."""
AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")
_PLAIN = frozenset(chr(code) for code in range(0x20, 0x7F)) - {'"', "\\"}
"""RFC 6749, appendix A; and what an error may say."""


def new_secret(prefix: str) -> str:
    return prefix + secrets.token_urlsafe(32)


class Server(AuthorizationServer):
    def __init__(self, parts: Parts, session: Session) -> None:
        super().__init__(scopes_supported=[scope.value for scope in Scope])
        self.parts, self.session = parts, session
        self.keeps_on_error = False
        """Whether what was written stays although the answer is an error."""
        self._is_first = False
        """Whether the leave was taken by this very request."""
        self.may_give: Collection[str] = [scope.value for scope in Scope]
        """By whoever is asked."""
        self.register_token_generator(
            "default",
            BearerTokenGenerator(
                lambda **_: new_secret(ACCESS_PREFIX), lambda **_: new_secret(REFRESH_PREFIX), ACCESS_SECONDS
            ),
        )

    def query_client(self, client_id: str) -> KnownClient | None:
        return find_client(self.session, client_id)

    def save_token(self, token: Mapping[str, Any], request: Asked) -> None:
        """Of `request.grant`, whose row this transaction has written before."""
        grant = request.grant
        assert grant is not None
        over = sa.and_(AccessToken.grant_id == grant.id, AccessToken.expires_at <= now())
        forgotten = sa.and_(RefreshToken.grant_id == grant.id, RefreshToken.used_at < now(-REFRESH_SECONDS))
        self.session.execute(sa.delete(AccessToken).where(over))
        self.session.execute(sa.delete(RefreshToken).where(forgotten))
        self.session.add(
            AccessToken(
                token_hash=token_digest(token["access_token"]),
                account_id=grant.account_id,
                grant_id=grant.id,
                name=grant.name,
                scopes=token["scope"].split(),
                expires_at=now(ACCESS_SECONDS),
            )
        )
        self.session.add(RefreshToken(token_hash=token_digest(token["refresh_token"]), grant_id=grant.id))
        self.session.flush()
        if self._is_first:
            self._make_room(grant)

    def take_grant(self, which: sa.ColumnElement[bool], *, is_first: bool) -> AppGrant | None:
        """The one that `which` names, in force and, if `is_first`, not taken yet; from now on it is."""
        kept = sa.and_(which, AppGrant.revoked_at.is_(None), AppGrant.expires_at > now())
        if is_first:
            kept = sa.and_(kept, AppGrant.taken_at.is_(None))
        given_at = sa.type_coerce(AppGrant.created_at, sa.BigInteger)
        longest, idle = sa.type_coerce(given_at + 1000 * LONGEST_SECONDS, UtcTime), now(REFRESH_SECONDS)
        taken = sa.update(AppGrant).where(kept).values(expires_at=sa.case((longest < idle, longest), else_=idle))
        grant_id = self.session.scalar((taken.values(taken_at=now()) if is_first else taken).returning(AppGrant.id))
        if grant_id is None:
            return None
        grant = self.session.get_one(AppGrant, grant_id, populate_existing=True)
        self._is_first = is_first
        return grant if grant.account.deleted_at is None else None

    def _make_room(self, grant: AppGrant) -> None:
        """Of too many that one app has taken, the one that was idle for longest goes; only now that this one has
        proved itself, for a code that comes without its proof ends nothing but itself."""
        others = sa.and_(
            AppGrant.account_id == grant.account_id, AppGrant.client_id == grant.client_id, AppGrant.id != grant.id,
            AppGrant.taken_at.is_not(None), in_force(),
        )  # fmt: skip
        latest = sa.func.coalesce(AppGrant.last_used_at, AppGrant.taken_at).desc()
        idle = sa.select(AppGrant.id).where(others).order_by(latest, AppGrant.id).offset(GRANTS_LIMIT - 1)
        if ids := self.session.scalars(idle).all():
            revoke_grants(self.session, acting(grant), AppGrant.id.in_(ids), why="made room")

    def end_grants(self, which: sa.ColumnElement[bool], why: str) -> None:
        """And that stays, whatever the answer is."""
        self.keeps_on_error = True
        for grant in self.session.scalars(sa.select(AppGrant).where(which)).all():
            revoke_grants(self.session, acting(grant), AppGrant.id == grant.id, why=why)

    def create_oauth2_request(self, request: Asked) -> Asked:
        return request

    def handle_response(self, status: int, body: Any, headers: Iterable[tuple[str, str]]) -> Answer:
        return Answer(status, dict(body) if body else {}, dict(headers))

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""


def acting(grant: AppGrant) -> Actor:
    """The app, for the audit trail."""
    scopes = frozenset(Scope(scope) for scope in grant.scopes)
    return token_actor(grant.account_id, "", scopes, grant.id, is_operator=False)


def require_plain(asked: Asked) -> None:
    """Raises InvalidRequestError for what stands there twice, or in letters that no field has."""
    if asked.repeated:
        raise InvalidRequestError("A field is given more than once.")
    if any(set(text) - _PLAIN for pair in asked.form.items() for text in pair):
        raise InvalidRequestError("Fields hold printable ASCII, without quotes and backslashes.")


def refused(server: Server, asked: Asked, error: OAuth2Error) -> Answer:
    answer: Answer = server.handle_error_response(asked, error)
    return answer
