"""An app as the protocol sees it: one that somebody registered, or one that every hub knows."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE
from sqlalchemy.orm import Session

from remixhub.domain.oauth.redirects import is_registered
from remixhub.domain.oauth.words import TERMINAL
from remixhub.domain.states import Scope
from remixhub.models import Account, OAuthClient, Suspension
from remixhub.models.suspensions import in_force
from remixhub.services.accounts.passwords import token_digest


@dataclass(frozen=True)
class KnownClient(ClientMixin):
    id: str
    name: str
    scopes: Sequence[str]
    homepage: str = ""
    owner: str | None = None
    """Handle of who registered it; None: it comes with the hub."""
    secret_hash: str | None = None
    redirects: Sequence[str] = ()
    uses_devices: bool = False

    @property
    def is_confidential(self) -> bool:
        return self.secret_hash is not None

    def get_client_id(self) -> str:
        return self.id

    def get_default_redirect_uri(self) -> str | None:
        """OAuth 2.1, section 4.1.1: the only one, when there is one."""
        return self.redirects[0] if len(self.redirects) == 1 else None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Of what is asked; `read` belongs to all, as with personal tokens. None when something is not its to ask."""
        asked = set((scope or "").split()) | {Scope.READ.value}
        ordered = [scope.value for scope in Scope if scope.value in asked]
        return " ".join(ordered) if asked <= set(self.scopes) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return is_registered(redirect_uri, self.redirects)

    def check_client_secret(self, client_secret: str) -> bool:
        return self.secret_hash is not None and hmac.compare_digest(self.secret_hash, token_digest(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        del endpoint
        return (method != "none") if self.is_confidential else (method == "none")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and bool(self.redirects)

    def check_grant_type(self, grant_type: str) -> bool:
        if grant_type == DEVICE_CODE_GRANT_TYPE:
            return self.uses_devices
        return grant_type == "refresh_token" or (grant_type == "authorization_code" and bool(self.redirects))


_TERMINAL = KnownClient(
    TERMINAL.client_id, TERMINAL.name, [scope.value for scope in TERMINAL.scopes], uses_devices=True
)


def find_client(session: Session, client_id: str) -> KnownClient | None:
    """None also while who registered it is suspended, as their webhooks rest."""
    if client_id == TERMINAL.client_id:
        return _TERMINAL
    suspended = sa.exists().where(Suspension.account_id == OAuthClient.account_id, in_force())
    row = session.scalars(
        sa.select(OAuthClient)
        .join(Account, Account.id == OAuthClient.account_id)
        .where(OAuthClient.id == client_id, Account.deleted_at.is_(None), ~suspended)
    ).one_or_none()
    if row is None:
        return None
    return KnownClient(
        row.id, row.name, row.scopes, row.homepage, row.account.handle, row.secret_hash, row.redirects, row.uses_devices
    )
