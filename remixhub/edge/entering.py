"""The cookies of signing in and out: the session's, the device's, which stays, and those of the steps between."""

from __future__ import annotations

import secrets

import flask

from remixhub.compose import Parts
from remixhub.edge.actor import current_parts, session_cookie, session_cookie_name
from remixhub.edge.whence import device_cookie_name, network
from remixhub.services.accounts import challenges, second_steps
from remixhub.services.accounts.browsers import browser_name
from remixhub.services.accounts.devices import LIFETIME_SECONDS, Browser, device_cookie, read_device
from remixhub.services.accounts.sessions import Opened, StepNeeded

_GUESSED_AT = (
    "Somebody tried passwords for your account since you last signed in, and was held off. "
    "Settings, “Sessions”, lists what was tried."
)


def this_browser() -> Browser:
    """What asks, for `sessions.sign_in` and `sessions.open_session`."""
    settings = current_parts().settings
    device = read_device(settings, flask.request.cookies.get(device_cookie_name(current_parts())))
    user_agent = flask.request.user_agent.string
    return Browser(network(), user_agent, device, session_cookie(), browser_name(user_agent))


def enter(response: flask.Response, opened: Opened) -> flask.Response:
    """The answer takes the session along, and that this device is known to the account."""
    parts = current_parts()
    _set(response, parts, session_cookie_name(parts), opened.token, parts.settings.session_lifetime_seconds)
    device = device_cookie(parts.settings, opened.device)
    _set(response, parts, device_cookie_name(parts), device, LIFETIME_SECONDS)
    if second_step_cookie():
        _set(response, parts, _name(parts, "second_step"), "", 0)
    if opened.was_guessed_at and not flask.request.path.startswith("/api/"):
        flask.flash(_GUESSED_AT)
    return response


def wait_for_second_step(response: flask.Response, step: StepNeeded) -> flask.Response:
    """The answer to a right password that is not enough."""
    _set(
        response,
        current_parts(),
        _name(current_parts(), "second_step"),
        step.second_step,
        second_steps.LIFETIME_SECONDS,
    )
    return response


def second_step_cookie() -> str:
    return flask.request.cookies.get(_name(current_parts(), "second_step"), "")


def passkey_cookie() -> str:
    """What binds the challenge of a passkey that signs in alone to this browser."""
    return flask.request.cookies.get(_name(current_parts(), "passkey"), "")


def keep_passkey_cookie(response: flask.Response, value: str) -> flask.Response:
    _set(response, current_parts(), _name(current_parts(), "passkey"), value, challenges.LIFETIME_SECONDS)
    return response


def new_passkey_cookie() -> str:
    return secrets.token_urlsafe(32)


def clear_session_cookie(response: flask.Response, parts: Parts) -> None:
    """The device stays known: nobody who guesses shall lock its owner out."""
    response.delete_cookie(
        session_cookie_name(parts), secure=parts.settings.secure_cookies, httponly=True, samesite="Lax", path="/"
    )


def _name(parts: Parts, what: str) -> str:
    return f"__Host-remixhub_{what}" if parts.settings.secure_cookies else f"remixhub_{what}"


def _set(response: flask.Response, parts: Parts, name: str, value: str, seconds: int) -> None:
    """`Lax`: links from elsewhere, such as those in mails, come signed in."""
    secure = parts.settings.secure_cookies
    response.set_cookie(name, value, max_age=seconds, secure=secure, httponly=True, samesite="Lax", path="/")
