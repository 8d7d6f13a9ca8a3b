"""What apps ask for themselves: tokens, a device's code, the end of a token, whether one is good (RFC 6749, 7009, 7662,
8628). Answers are in the words of OAuth, errors too.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import sqlalchemy as sa
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError, InvalidScopeError, UnauthorizedClientError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE, DeviceAuthorizationEndpoint

from remixhub.compose import Parts
from remixhub.domain.oauth.user_codes import new_user_code, read_user_code
from remixhub.domain.oauth.words import DEVICE_SECONDS, POLL_SECONDS
from remixhub.models import AccessToken, Account, AppGrant, DeviceRequest, RefreshToken, now
from remixhub.services.accounts.app_grants import in_force
from remixhub.services.accounts.passwords import token_digest
from remixhub.services.oauth.asked import Answer, Asked
from remixhub.services.oauth.grants import CodeGrant, DeviceGrant, RefreshGrant, S256Only
from remixhub.services.oauth.known import KnownClient
from remixhub.services.oauth.server import AUTH_METHODS, DEVICE_PREFIX, Server, new_secret, refused, require_plain

DEVICE_PAGE = "/device"


def exchange(parts: Parts, asked: Asked) -> Answer:
    """A code, a device's code or a refresh token for tokens."""
    return _answered(parts, asked, lambda server: server.create_token_response(asked))


def begin_device(parts: Parts, asked: Asked) -> Answer:
    return _answered(parts, asked, lambda server: server.create_endpoint_response("device_authorization", asked))


def revoke(parts: Parts, asked: Asked) -> Answer:
    """The whole leave that a token came of, whichever of its tokens it is. What is not known is as good as revoked."""
    return _answered(parts, asked, lambda server: server.create_endpoint_response("revocation", asked))


def introspect(parts: Parts, asked: Asked) -> Answer:
    """Of the app's own tokens alone."""
    return _answered(parts, asked, lambda server: server.create_endpoint_response("introspection", asked))


def user_code_hash(parts: Parts, letters: str) -> str:
    key = parts.settings.secret_key.encode()
    return hmac.new(key, f"user code:{letters}".encode(), hashlib.sha256).hexdigest()


def _answered(parts: Parts, asked: Asked, ask: Any) -> Answer:
    with parts.database.writing() as session:
        server = Server(parts, session)
        server.register_grant(CodeGrant, [S256Only()])
        server.register_grant(DeviceGrant)
        server.register_grant(RefreshGrant)
        for endpoint in (_DeviceEndpoint, _Revocation, _Introspection):
            server.register_endpoint(endpoint)
        answer: Answer
        try:
            require_plain(asked)
            _require_one_secret(asked)
            answer = ask(server)
        except OAuth2Error as error:  # Authlib finds some before it listens
            answer = refused(server, asked, error)
        if answer.status >= 400 and not server.keeps_on_error:
            session.rollback()
    return answer


def _require_one_secret(asked: Asked) -> None:
    """Raises InvalidRequestError for two, InvalidClientError for one that cannot be read."""
    authorization = asked.headers.get("Authorization")
    if authorization is None:
        return
    if "client_secret" in asked.form:
        raise InvalidRequestError("Send the secret once: in the header or in the form.")
    try:
        authorization.encode("ascii")
        asked.basic_authorization()
    except (UnicodeError, ValueError):
        raise InvalidClientError("The Authorization header cannot be read.", status_code=401) from None


class _DeviceEndpoint(DeviceAuthorizationEndpoint):
    CLIENT_AUTH_METHODS = AUTH_METHODS
    EXPIRES_IN = DEVICE_SECONDS
    INTERVAL = POLL_SECONDS
    server: Server

    def authenticate_client(self, request: Asked) -> KnownClient:
        client: KnownClient = super().authenticate_client(request)
        if not client.check_grant_type(DEVICE_CODE_GRANT_TYPE):
            raise UnauthorizedClientError("The app does not ask by devices.")
        if client.get_allowed_scope(request.payload.scope) is None:
            raise InvalidScopeError("The app may not ask for this.")
        return client

    def generate_user_code(self) -> str:
        return new_user_code()

    def generate_device_code(self) -> str:
        return new_secret(DEVICE_PREFIX)

    def get_verification_uri(self) -> str:
        return self.server.parts.addresses.of(DEVICE_PAGE)

    def save_device_credential(self, client_id: str, scope: str | None, data: dict[str, Any]) -> None:
        session = self.server.session
        session.execute(sa.delete(DeviceRequest).where(DeviceRequest.expires_at < now(-DEVICE_SECONDS)))
        client = self.server.query_client(client_id)
        assert client is not None
        session.add(
            DeviceRequest(
                device_hash=token_digest(data["device_code"]),
                user_hash=user_code_hash(self.server.parts, read_user_code(data["user_code"]) or ""),
                client_id=client_id,
                scopes=(client.get_allowed_scope(scope) or "").split(),
                poll_seconds=POLL_SECONDS,
                expires_at=now(DEVICE_SECONDS),
            )
        )
        session.flush()


class _Given:
    """A token that somebody shows, as the two endpoints below see it."""

    def __init__(self, grant: AppGrant, access: AccessToken | None, *, is_good: bool) -> None:
        self.grant, self.access, self.is_good = grant, access, is_good

    def check_client(self, client: KnownClient) -> bool:
        return self.grant.client_id == client.id

    def is_expired(self) -> bool:
        return not self.is_good

    def is_revoked(self) -> bool:
        return not self.is_good


def _find(server: Server, token: str) -> _Given | None:
    """Whatever the hint says: they are told apart by where they are."""
    digest = token_digest(token)
    access = server.session.execute(
        sa.select(AccessToken, sa.and_(AccessToken.revoked_at.is_(None), AccessToken.expires_at > now(), in_force()))
        .join(AppGrant, AppGrant.id == AccessToken.grant_id)
        .join(Account, Account.id == AppGrant.account_id)
        .where(AccessToken.token_hash == digest, Account.deleted_at.is_(None))
    ).one_or_none()
    if access is not None:
        return _Given(server.session.get_one(AppGrant, access[0].grant_id), access[0], is_good=bool(access[1]))
    refresh = server.session.execute(
        sa.select(AppGrant, sa.and_(RefreshToken.used_at.is_(None), in_force()))
        .join(RefreshToken, RefreshToken.grant_id == AppGrant.id)
        .where(RefreshToken.token_hash == digest)
    ).one_or_none()
    return None if refresh is None else _Given(refresh[0], None, is_good=bool(refresh[1]))


class _Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = AUTH_METHODS
    server: Server

    def query_token(self, token_string: str, token_type_hint: str | None) -> _Given | None:
        del token_type_hint
        return _find(self.server, token_string)

    def check_params(self, request: Asked, client: KnownClient) -> None:
        """A hint that is not known is no error (RFC 7009, section 2.1)."""
        if "token" not in request.form:
            raise InvalidRequestError("Give the token.")

    def revoke_token(self, token: _Given, request: Asked) -> None:
        self.server.end_grants(AppGrant.id == token.grant.id, "by the app")


class _Introspection(IntrospectionEndpoint):
    CLIENT_AUTH_METHODS = AUTH_METHODS
    server: Server

    def check_params(self, request: Asked, client: KnownClient) -> None:
        if "token" not in request.form:
            raise InvalidRequestError("Give the token.")

    def check_permission(self, token: _Given, client: KnownClient, request: Asked) -> bool:
        return token.check_client(client)

    def query_token(self, token_string: str, token_type_hint: str | None) -> _Given | None:
        del token_type_hint
        return _find(self.server, token_string)

    def introspect_token(self, token: _Given) -> dict[str, Any]:
        held = token.access if token.access is not None else token.grant
        assert held.expires_at is not None
        return {
            "active": True,
            "client_id": token.grant.client_id,
            "username": token.grant.account.handle,
            "sub": token.grant.account_id,
            "scope": " ".join(held.scopes),
            "token_type": "Bearer" if token.access is not None else "refresh_token",
            "exp": int(held.expires_at.timestamp()),
            "iat": int(held.created_at.timestamp()),
            "iss": self.server.parts.settings.public_url,
        }
