"""Apps that somebody registers: made, changed, given a new secret, removed with all that they were let into."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_fresh_session, require_operator, require_session
from remixhub.domain.errors import PreconditionFailed
from remixhub.domain.oauth.redirects import fault_of
from remixhub.domain.oauth.words import (
    CLIENTS_LIMIT,
    REDIRECTS_LIMIT,
    ClientNotFound,
    ClientPublic,
    ClientsExhausted,
    RedirectUnfit,
    WayMissing,
)
from remixhub.domain.states import Scope
from remixhub.models import AppGrant, DeviceRequest, OAuthClient
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.accounts.app_grants import revoke_grants
from remixhub.services.accounts.passwords import token_digest
from remixhub.services.oauth.server import SECRET_PREFIX, new_secret


def create_client(
    actor: Actor,
    parts: Parts,
    *,
    name: str,
    redirects: Sequence[str],
    scopes: Collection[Scope],
    homepage: str | None = None,
    is_confidential: bool = False,
    uses_devices: bool = False,
) -> tuple[OAuthClient, str | None]:
    """The row, and the secret, which is never shown again; None for a public app.

    Raises ProofNeeded, OperatorOnly, RedirectUnfit, WayMissing, ClientsExhausted.
    """
    account_id = require_fresh_session(actor)
    _require_sound(actor, redirects, scopes, is_confidential=is_confidential, uses_devices=uses_devices)
    secret = new_secret(SECRET_PREFIX) if is_confidential else None
    with parts.database.writing() as session:
        lock_own(session, actor)
        held = sa.select(sa.func.count()).where(OAuthClient.account_id == account_id)
        if (session.scalar(held) or 0) >= CLIENTS_LIMIT:
            raise ClientsExhausted(f"Remove one of your {CLIENTS_LIMIT} first.")
        row = OAuthClient(
            account_id=account_id,
            name=name,
            homepage=homepage or "",
            secret_hash=token_digest(secret) if secret else None,
            redirects=list(dict.fromkeys(redirects)),
            scopes=_sorted(scopes),
            uses_devices=uses_devices,
        )
        session.add(row)
        session.flush()
        session.refresh(row)
        journal.record(session, actor, "oauth_client.created", "oauth_client", row.id, after=_facts(row))
    return row, secret


def list_clients(actor: Actor, parts: Parts) -> Sequence[OAuthClient]:
    """One's own, oldest first."""
    account_id = require_session(actor)
    with parts.database.reading() as session:
        own = sa.select(OAuthClient).where(OAuthClient.account_id == account_id)
        return session.scalars(own.order_by(OAuthClient.created_at, OAuthClient.id)).all()


def get_client(actor: Actor, parts: Parts, client_id: str) -> OAuthClient:
    """Raises ClientNotFound."""
    account_id = require_session(actor)
    with parts.database.reading() as session:
        return _find(session, account_id, client_id)


def edit_client(
    actor: Actor, parts: Parts, client_id: str, changes: Mapping[str, Any], *, revision: int
) -> OAuthClient:
    """`changes` may hold name, homepage, redirects, scopes and `uses_devices`. Tokens that it has stay as they are,
    but renewed ones never hold more than it may ask for.

    Raises ProofNeeded, ClientNotFound, PreconditionFailed, RedirectUnfit, WayMissing, OperatorOnly.
    """
    account_id = require_fresh_session(actor)
    with parts.database.writing() as session:
        own = sa.and_(OAuthClient.id == client_id, OAuthClient.account_id == account_id)
        seen = sa.and_(own, OAuthClient.revision == revision)
        if changed(session, sa.update(OAuthClient).where(seen).values(revision=OAuthClient.revision + 1)) == 0:
            row = _find(session, account_id, client_id)
            detail = "The app was edited in the meantime; load it again."
            raise PreconditionFailed(detail, revision=row.revision)
        row = _find(session, account_id, client_id)
        before = _facts(row)
        row.name, row.homepage = changes.get("name", row.name), changes.get("homepage", row.homepage) or ""
        row.redirects = list(dict.fromkeys(changes.get("redirects", row.redirects)))
        row.uses_devices = changes.get("uses_devices", row.uses_devices)
        scopes = changes.get("scopes", [Scope(scope) for scope in row.scopes])
        row.scopes = _sorted(scopes)
        confidential = row.secret_hash is not None
        _require_sound(actor, row.redirects, scopes, is_confidential=confidential, uses_devices=row.uses_devices)
        journal.record(session, actor, "oauth_client.edited", "oauth_client", row.id, before=before, after=_facts(row))
    return row


def renew_secret(actor: Actor, parts: Parts, client_id: str) -> tuple[OAuthClient, str]:
    """The new one, shown this once; the former one is good for nothing at once. Raises ClientNotFound, ClientPublic."""
    account_id = require_fresh_session(actor)
    secret = new_secret(SECRET_PREFIX)
    with parts.database.writing() as session:
        own = sa.and_(OAuthClient.id == client_id, OAuthClient.account_id == account_id)
        kept = sa.update(OAuthClient).where(own, OAuthClient.secret_hash.is_not(None))
        if changed(session, kept.values(secret_hash=token_digest(secret), revision=OAuthClient.revision + 1)) == 0:
            _find(session, account_id, client_id)
            raise ClientPublic("It proves itself by PKCE; register another app if a server shall use it.")
        row = _find(session, account_id, client_id)
        journal.record(session, actor, "oauth_client.secret_renewed", "oauth_client", row.id)
    return row, secret


def delete_client(actor: Actor, parts: Parts, client_id: str) -> None:
    """And the leave that anybody gave it. Raises ClientNotFound."""
    account_id = require_session(actor)
    with parts.database.writing() as session:
        row = _find(session, account_id, client_id)
        own = sa.and_(OAuthClient.id == client_id, OAuthClient.account_id == account_id)
        if changed(session, sa.delete(OAuthClient).where(own)) == 0:
            raise _absent(client_id)
        _end(session, actor, [client_id])
        journal.record(session, actor, "oauth_client.deleted", "oauth_client", client_id, before=_facts(row))


def leave_clients(session: Session, actor: Actor, account_id: str) -> None:
    """With who registered them."""
    own = sa.delete(OAuthClient).where(OAuthClient.account_id == account_id).returning(OAuthClient.id)
    _end(session, actor, session.scalars(own).all())


def _end(session: Session, actor: Actor, client_ids: Sequence[str]) -> None:
    if client_ids:
        revoke_grants(session, actor, AppGrant.client_id.in_(client_ids), why="the app is gone")
        session.execute(sa.delete(DeviceRequest).where(DeviceRequest.client_id.in_(client_ids)))


def _require_sound(
    actor: Actor, redirects: Sequence[str], scopes: Collection[Scope], *, is_confidential: bool, uses_devices: bool
) -> None:
    if Scope.ADMIN in scopes:
        require_operator(actor)
    if len(redirects) > REDIRECTS_LIMIT:
        raise RedirectUnfit("There are too many.", violations={"/redirects": [f"At most {REDIRECTS_LIMIT} addresses."]})
    for address in redirects:
        fault = fault_of(address, is_confidential=is_confidential)
        if fault:
            raise RedirectUnfit(f"{address!r}: {fault}", violations={"/redirects": [f"{address}: {fault}"]})
    if not redirects and not uses_devices:
        fault = "Give an address to answer to, or let it ask by devices."
        raise WayMissing(fault, violations={"/redirects": [fault]})


def _find(session: Session, account_id: str, client_id: str) -> OAuthClient:
    own = sa.select(OAuthClient).where(OAuthClient.id == client_id, OAuthClient.account_id == account_id)
    row = session.scalars(own.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise _absent(client_id)
    return row


def _absent(client_id: str) -> ClientNotFound:
    return ClientNotFound(f"You have registered no app {client_id!r}.")


def _sorted(scopes: Collection[Scope]) -> list[str]:
    return [scope.value for scope in Scope if scope in {Scope.READ, *scopes}]


def _facts(row: OAuthClient) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("name", "homepage", "redirects", "scopes", "uses_devices")}
