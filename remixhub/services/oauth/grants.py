"""By which an app gets tokens: a code that came back through the browser, a device, a refresh token."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa
from authlib.oauth2.rfc6749 import (
    AuthorizationCodeGrant,
    AuthorizationCodeMixin,
    InvalidGrantError,
    InvalidRequestError,
    RefreshTokenGrant,
    TokenMixin,
)
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc8628 import DeviceCodeGrant, DeviceCredentialMixin

from remixhub.domain.oauth.words import CODE_SECONDS, POLL_SECONDS
from remixhub.models import AppGrant, DeviceRequest, RefreshToken, now
from remixhub.models.changes import changed
from remixhub.services.accounts.passwords import token_digest
from remixhub.services.oauth.asked import Asked
from remixhub.services.oauth.known import KnownClient
from remixhub.services.oauth.server import AUTH_METHODS, CODE_PREFIX, Server, new_secret

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
"""The base64url of a SHA-256."""
_EARLY_SECONDS = 1
"""Clocks and networks are not exact."""


class S256Only(CodeChallenge):
    """PKCE of every app, by S256 and nothing else (OAuth 2.1, section 4.1.1)."""

    SUPPORTED_CODE_CHALLENGE_METHOD: ClassVar[list[str]] = ["S256"]

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        fields = grant.request.payload.data
        if fields.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(fields.get("code_challenge", "")):
            raise InvalidRequestError("PKCE is needed: a code_challenge with code_challenge_method=S256.")
        super().validate_code_challenge(grant, redirect_uri)


@dataclass
class _Code(AuthorizationCodeMixin):
    grant: AppGrant
    redirect: str | None
    """What has to be sent once more: nothing, where the app does not send it (OAuth 2.1, section 10.2)."""
    code_challenge_method: str = "S256"

    @property
    def code_challenge(self) -> str | None:
        return self.grant.challenge

    def get_redirect_uri(self) -> str | None:
        return self.redirect

    def get_scope(self) -> str:
        return " ".join(self.grant.scopes)


class CodeGrant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    request: Asked
    server: Server

    @staticmethod
    def validate_authorization_redirect_uri(request: Asked, client: KnownClient) -> str:
        address: str | None = request.payload.redirect_uri or client.get_default_redirect_uri()
        if address is None or not client.check_redirect_uri(address):
            raise InvalidRequestError("The address for the answer is not one that this app has registered.")
        return address

    def generate_authorization_code(self) -> str:
        return new_secret(CODE_PREFIX)

    def save_authorization_code(self, code: str, request: Asked) -> None:
        client: KnownClient = request.client
        request.grant = AppGrant(
            account_id=request.user,
            client_id=client.id,
            name=client.name,
            scopes=[scope for scope in request.scope.split() if scope in self.server.may_give],
            code_hash=token_digest(code),
            redirect=request.payload.redirect_uri,
            challenge=request.payload.data["code_challenge"],
            expires_at=now(CODE_SECONDS),
        )
        self.server.session.add(request.grant)
        self.server.session.flush()

    def query_authorization_code(self, code: str, client: KnownClient) -> _Code | None:
        """It is spent from here on, whatever else is wrong; one that comes again ends what it gave."""
        named = sa.and_(AppGrant.code_hash == token_digest(code), AppGrant.client_id == client.id)
        grant = self.server.take_grant(named, is_first=True)
        if grant is None:
            self.server.end_grants(sa.and_(named, AppGrant.taken_at.is_not(None)), "code used twice")
            return None
        self.request.grant = grant
        return _Code(grant, grant.redirect if self.request.payload.redirect_uri else None)

    def validate_token_request(self) -> None:
        """Who brings a code and not what belongs to it shall not try again."""
        try:
            super().validate_token_request()
        except (InvalidGrantError, InvalidRequestError):
            if self.request.grant is not None:
                self.server.end_grants(AppGrant.id == self.request.grant.id, "code without its proof")
            raise

    def authenticate_user(self, authorization_code: _Code) -> str:
        return authorization_code.grant.account_id

    def delete_authorization_code(self, authorization_code: _Code) -> None:
        """It stays, to be known if it comes again."""


@dataclass
class _Refresh(TokenMixin):
    grant: AppGrant

    def check_client(self, client: KnownClient) -> bool:
        return self.grant.client_id == client.id

    def get_scope(self) -> str:
        return " ".join(self.grant.scopes)


class RefreshGrant(RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True
    request: Asked
    server: Server

    def authenticate_refresh_token(self, refresh_token: str) -> _Refresh | None:
        """Spent from here on; one that comes again ends the leave (OAuth 2.1, section 4.3.1)."""
        digest, session = token_digest(refresh_token), self.server.session
        its_grant = sa.select(RefreshToken.grant_id).where(RefreshToken.token_hash == digest).scalar_subquery()
        named = sa.and_(AppGrant.id == its_grant, AppGrant.client_id == self.request.client.id)
        grant = self.server.take_grant(named, is_first=False)
        if grant is None:
            return None
        fresh = sa.and_(RefreshToken.token_hash == digest, RefreshToken.used_at.is_(None))
        if changed(session, sa.update(RefreshToken).where(fresh).values(used_at=now())) == 0:
            self.server.end_grants(AppGrant.id == grant.id, "refresh token used twice")
            return None
        self.request.grant = grant
        return _Refresh(grant)

    def authenticate_user(self, refresh_token: _Refresh) -> str:
        return refresh_token.grant.account_id

    def revoke_old_credential(self, refresh_token: _Refresh) -> None:
        """It is spent already."""


@dataclass
class _Device(DeviceCredentialMixin):
    row: DeviceRequest
    is_over: bool
    is_early: bool

    def get_client_id(self) -> str:
        return self.row.client_id

    def get_scope(self) -> str:
        return " ".join(self.row.scopes)

    def get_user_code(self) -> str:
        return ""

    def is_expired(self) -> bool:
        return self.is_over


class DeviceGrant(DeviceCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    request: Asked
    server: Server
    _device: _Device

    def query_device_credential(self, device_code: str) -> _Device:
        session, named = self.server.session, DeviceRequest.device_hash == token_digest(device_code)
        session.execute(sa.update(DeviceRequest).where(named).values(client_id=DeviceRequest.client_id))
        polled_before = sa.type_coerce(now(), sa.BigInteger) - sa.type_coerce(DeviceRequest.polled_at, sa.BigInteger)
        patience = 1000 * (DeviceRequest.poll_seconds - _EARLY_SECONDS)
        found = session.execute(
            sa.select(DeviceRequest, DeviceRequest.expires_at <= now(), polled_before < patience).where(named)
        ).one_or_none()
        if found is None:
            raise InvalidGrantError("The device code is not known.")
        self._device = _Device(found[0], bool(found[1]), bool(found[2]))
        return self._device

    def query_user_grant(self, user_code: str) -> tuple[str | None, bool] | None:
        del user_code  # the row is at hand
        row = self._device.row
        if row.denied_at is not None:
            return None, False
        if row.grant_id is None:
            return None
        grant = self.server.take_grant(AppGrant.id == row.grant_id, is_first=True)
        if grant is None:
            self.server.end_grants(
                sa.and_(AppGrant.id == row.grant_id, AppGrant.taken_at.is_not(None)), "device used twice"
            )
            raise InvalidGrantError("The device code was used, or the leave was taken away.")
        self.request.grant = grant
        return grant.account_id, True

    def should_slow_down(self, credential: _Device) -> bool:
        """What it waits longer for stays, although the answer is an error."""
        self.server.keeps_on_error = True
        later = sa.update(DeviceRequest).where(DeviceRequest.device_hash == credential.row.device_hash)
        more = POLL_SECONDS if credential.is_early else 0
        self.server.session.execute(later.values(polled_at=now(), poll_seconds=DeviceRequest.poll_seconds + more))
        return credential.is_early
