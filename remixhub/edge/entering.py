"""The cookies of signing in and out: the session's, and the device's, which stays."""

from __future__ import annotations

import flask

from remixhub.compose import Parts
from remixhub.edge.actor import current_parts, session_cookie, session_cookie_name
from remixhub.edge.whence import network
from remixhub.services.accounts.devices import LIFETIME_SECONDS, Browser, device_cookie, read_device
from remixhub.services.accounts.sessions import Opened


def this_browser() -> Browser:
    """What asks, for `sessions.sign_in` and `sessions.open_session`."""
    settings = current_parts().settings
    device = read_device(settings, flask.request.cookies.get(_device_cookie_name(current_parts())))
    return Browser(network(), flask.request.user_agent.string, device, session_cookie())


def enter(response: flask.Response, opened: Opened) -> flask.Response:
    """The answer takes the session along, and that this device is known to the account."""
    parts = current_parts()
    _set(response, parts, session_cookie_name(parts), opened.token, parts.settings.session_lifetime_seconds)
    device = device_cookie(parts.settings, opened.device)
    _set(response, parts, _device_cookie_name(parts), device, LIFETIME_SECONDS)
    return response


def clear_session_cookie(response: flask.Response, parts: Parts) -> None:
    """The device stays known: nobody who guesses shall lock its owner out."""
    response.delete_cookie(
        session_cookie_name(parts), secure=parts.settings.secure_cookies, httponly=True, samesite="Lax", path="/"
    )


def _device_cookie_name(parts: Parts) -> str:
    return "__Host-remixhub_device" if parts.settings.secure_cookies else "remixhub_device"


def _set(response: flask.Response, parts: Parts, name: str, value: str, seconds: int) -> None:
    """`Lax`: links from elsewhere, such as those in mails, come signed in."""
    secure = parts.settings.secure_cookies
    response.set_cookie(name, value, max_age=seconds, secure=secure, httponly=True, samesite="Lax", path="/")
