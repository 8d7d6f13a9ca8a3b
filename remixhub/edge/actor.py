"""Who asks: an access token, else the session cookie, else a visitor."""

from __future__ import annotations

import flask

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR, Actor
from remixhub.domain.errors import Forbidden, Malformed
from remixhub.services.accounts import sessions, tokens
from remixhub.services.accounts.sessions import SignedIn

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_NEED_NO_COOKIE = {"web.mail.unsubscribe", "oauth.exchange", "oauth.begin_device", "oauth.revoke", "oauth.introspect"}
"""What they do is all in what is sent, and mail programs send it from their own pages (RFC 8058), as apps do theirs."""


class ForeignOrigin(Forbidden):
    code = "foreign_origin"
    title = "The request came from another site"


def current_parts() -> Parts:
    parts: Parts = flask.current_app.extensions["remixhub"]
    return parts


def current_actor() -> Actor:
    """Worked out once a request. Raises Unauthenticated for a token that is wrong, expired or revoked."""
    if "actor" not in flask.g:
        signed_in = _resolve()
        flask.g.actor, flask.g.signed_in = signed_in.actor, signed_in
    actor: Actor = flask.g.actor
    return actor


def unread_count() -> int:
    """The notices that wait for somebody signed in by a cookie, as browsers are. Raises what `current_actor` raises."""
    current_actor()
    count: int = flask.g.signed_in.unread_count
    return count


def accepted_rules() -> int | None:
    """The revision of the rules that they have accepted, read along as well."""
    current_actor()
    accepted: int | None = flask.g.signed_in.accepted_rules
    return accepted


def session_cookie_name(parts: Parts) -> str:
    """The `__Host-` prefix binds the cookie to this host over https."""
    return "__Host-remixhub_session" if parts.settings.secure_cookies else "remixhub_session"


def session_cookie() -> str | None:
    return flask.request.cookies.get(session_cookie_name(current_parts()))


def refuse_foreign_origins() -> None:
    """Browsers name the origin of every unsafe request; a foreign one may not use the cookie (OWASP ASVS 3.5.1)."""
    request = flask.request
    if request.method in _SAFE_METHODS or "Authorization" in request.headers or request.endpoint in _NEED_NO_COOKIE:
        return
    origin = request.headers.get("Origin")
    own = {current_parts().settings.public_url, request.host_url.rstrip("/")}
    fetch_site = request.headers.get("Sec-Fetch-Site", "none")
    if (origin is not None and origin not in own) or (origin is None and fetch_site not in ("same-origin", "none")):
        raise ForeignOrigin("Send the request from this site's own pages.", origin=origin)


def _resolve() -> SignedIn:
    request, parts = flask.request, current_parts()
    authorization = request.headers.get("Authorization")
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Malformed("Send an access token as `Authorization: Bearer <token>`.")
        return SignedIn(tokens.authenticate(parts, token.strip()), 0)
    cookie = session_cookie()
    if not cookie:
        return SignedIn(VISITOR, 0)
    return sessions.authenticate(parts, cookie)
