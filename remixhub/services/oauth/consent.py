"""What a person is asked before an app may act for them, and the way back to it with a code or a refusal.

Nothing is sent to an address before it is proven to be the app's. Earlier leave is remembered for apps with a secret
alone: of others nobody can say that it is the same program that asks (RFC 8252, section 8.6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_fresh_session, require_not_suspended
from remixhub.domain.errors import Invalid
from remixhub.domain.states import Scope
from remixhub.models import AppGrant
from remixhub.services import journal
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.accounts.app_grants import in_force
from remixhub.services.oauth.asked import Asked
from remixhub.services.oauth.grants import CodeGrant, S256Only
from remixhub.services.oauth.known import KnownClient, find_client
from remixhub.services.oauth.server import Server, require_plain


class RequestUnfit(Invalid):
    code = "oauth_request_unfit"
    title = "The app asked in a way that cannot be answered"


@dataclass(frozen=True)
class Back:
    """Where the browser goes next: the app's own address, proven, with the answer."""

    address: str
    fault: str = ""
    """What was wrong with the question, in words; nobody has decided anything."""
    is_trusted: bool = True
    """The browser may go there without that its person says so. Anybody may register an app, and ask wrongly to have
    people sent from here to a page of theirs (RFC 9700, section 4.11.2)."""


@dataclass(frozen=True)
class Question:
    """What the page asks."""

    client: KnownClient
    scopes: Sequence[Scope]
    redirect: str
    is_remembered: bool
    """The same was granted before, and may be again without asking."""


def look(actor: Actor, parts: Parts, asked: Asked) -> Question | Back:
    """Also for visitors: what is wrong is said before anybody signs in for it. Raises RequestUnfit."""
    with parts.database.reading() as session:
        try:
            grant = _checked(_server(parts, session), asked)
        except OAuth2Error as error:
            return _refused(session, actor, parts, asked, error)
        client: KnownClient = grant.client
        scopes = granted_scopes(actor, asked.scope.split())
        remembered = client.is_confidential and any(set(scopes) <= held for held in _held(session, actor, client.id))
        return Question(client, scopes, str(grant.redirect_uri), remembered)


def decide(actor: Actor, parts: Parts, asked: Asked, *, allows: bool) -> Back:
    """By whoever is signed in and proved it lately, as for a personal token. Raises RequestUnfit, ProofNeeded."""
    account_id = require_fresh_session(actor)
    require_not_suspended(actor)
    with parts.database.writing() as session:
        lock_own(session, actor)
        server = _server(parts, session)
        try:
            grant = _checked(server, asked)
        except OAuth2Error as error:
            return _refused(session, actor, parts, asked, error)
        server.may_give = [scope.value for scope in granted_scopes(actor, asked.scope.split())]
        answer = server.create_authorization_response(asked, account_id if allows else None, grant)
        if allows and asked.grant is not None:
            note_allowed(session, actor, asked.grant)
        return _with_issuer(parts, str(answer.location))


def granted_scopes(actor: Actor, asked: Sequence[str]) -> Sequence[Scope]:
    """In their order. What only operators may do is left out for who is none: the answer tells the app what it got."""
    return [scope for scope in Scope if scope.value in asked and (scope is not Scope.ADMIN or actor.is_operator)]


def note_allowed(session: Session, actor: Actor, grant: AppGrant) -> None:
    """In the audit trail. It takes nobody's room before the app has taken it: apps with a secret that are remembered
    are answered without a question, and any page of the web can have a browser ask.
    """
    facts = {"app": grant.name, "client": grant.client_id, "grant": grant.id, "scopes": grant.scopes}
    journal.record(session, actor, "app.allowed", "account", grant.account_id, after=facts)


def _server(parts: Parts, session: Session) -> Server:
    server = Server(parts, session)
    server.register_grant(CodeGrant, [S256Only()])
    return server


def _checked(server: Server, asked: Asked) -> Any:
    """Authlib's grant, with the address to answer to. Raises OAuth2Error, RequestUnfit."""
    try:
        require_plain(asked)
    except OAuth2Error as error:
        raise RequestUnfit(str(error.description)) from None
    return server.get_consent_grant(asked, None)


def _held(session: Session, actor: Actor, client_id: str) -> Sequence[set[str]]:
    """The scopes of each leave that is in force and was taken."""
    if actor.account_id is None:
        return []
    own = sa.and_(AppGrant.account_id == actor.account_id, AppGrant.client_id == client_id)
    held = session.scalars(sa.select(AppGrant).where(own, in_force(), AppGrant.taken_at.is_not(None)))
    return [set(grant.scopes) for grant in held]


def _refused(session: Session, actor: Actor, parts: Parts, asked: Asked, error: OAuth2Error) -> Back:
    """To the app, where its address is proven. Raises RequestUnfit elsewhere: that is said to the person."""
    fault = error.get_error_description() or "Ask who made the app."
    client = find_client(session, asked.payload.client_id) if error.redirect_uri else None
    if client is None:
        raise RequestUnfit(fault) from None
    _, _, headers = error()
    is_own = client.owner is not None and client.owner == actor.handle
    back = _with_issuer(parts, dict(headers)["Location"])
    return replace(back, fault=fault, is_trusted=is_own or bool(_held(session, actor, client.id)))


def _with_issuer(parts: Parts, address: str) -> Back:
    """RFC 9207: an app that speaks with several hubs can tell which one answers."""
    return Back(add_params_to_uri(address, [("iss", parts.settings.public_url)]))
