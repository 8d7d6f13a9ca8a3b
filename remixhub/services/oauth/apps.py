"""Which apps act for somebody, and the end of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_session
from remixhub.domain.oauth.words import AppNotFound
from remixhub.domain.states import Scope
from remixhub.models import AppGrant, DeviceRequest, OAuthClient, now
from remixhub.services.accounts.app_grants import in_force, list_grants, revoke_grants

_KEPT_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class ActingApp:
    client_id: str
    name: str
    homepage: str
    owner: str | None
    scopes: Sequence[Scope]
    grant_count: int
    """How often it was let in and still is: on two computers, for example."""
    allowed_at: dt.datetime
    last_used_at: dt.datetime | None


def list_apps(actor: Actor, parts: Parts) -> Sequence[ActingApp]:
    """The one that was let in last comes first."""
    account_id = require_session(actor)
    with parts.database.reading() as session:
        grants = sorted(list_grants(session, account_id), key=lambda grant: grant.client_id)
        wanted = sa.select(OAuthClient).where(OAuthClient.id.in_({grant.client_id for grant in grants}))
        clients = {client.id: client for client in session.scalars(wanted)}
    by_client = groupby(grants, key=lambda grant: grant.client_id)
    apps = [_app(list(of_one), clients.get(client_id)) for client_id, of_one in by_client]
    return sorted(apps, key=lambda app: app.allowed_at, reverse=True)


def stop_app(actor: Actor, parts: Parts, client_id: str) -> None:
    """All its tokens die at once, wherever it runs. Raises AppNotFound."""
    account_id = require_session(actor)
    with parts.database.writing() as session:
        own = (AppGrant.account_id == account_id) & (AppGrant.client_id == client_id)
        if not revoke_grants(session, actor, own & in_force(), why="by the person"):
            raise AppNotFound(f"No app {client_id!r} acts for you.")


def drop_old(parts: Parts) -> None:
    """What ended a month ago and more, with its tokens; until then it is known what a token that comes back was."""
    month_ago = now(-_KEPT_SECONDS)
    with parts.database.writing() as session:
        over = sa.or_(AppGrant.expires_at < month_ago, AppGrant.revoked_at < month_ago)
        session.execute(sa.delete(AppGrant).where(over))
        session.execute(sa.delete(DeviceRequest).where(DeviceRequest.expires_at < month_ago))


def _app(grants: Sequence[AppGrant], client: OAuthClient | None) -> ActingApp:
    newest = max(grants, key=lambda grant: grant.created_at)
    held = {scope for grant in grants for scope in grant.scopes}
    return ActingApp(
        client_id=newest.client_id,
        name=newest.name,
        homepage=client.homepage if client else "",
        owner=client.account.handle if client else None,
        scopes=[scope for scope in Scope if scope in held],
        grant_count=len(grants),
        allowed_at=newest.created_at,
        last_used_at=max((grant.last_used_at for grant in grants if grant.last_used_at), default=None),
    )
