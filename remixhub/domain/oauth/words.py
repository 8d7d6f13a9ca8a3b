"""Lifetimes, bounds and refusals of OAuth, and the app that every hub knows."""

from __future__ import annotations

from dataclasses import dataclass

from remixhub.domain.errors import Conflict, Invalid, NotFound
from remixhub.domain.states import Scope

CODE_SECONDS = 60
"""For the way back from the browser; a person has nothing to do in it."""
DEVICE_SECONDS = 900
"""To fetch another device, sign in there and type a code."""
POLL_SECONDS = 5
ACCESS_SECONDS = 3600
REFRESH_SECONDS = 90 * 24 * 3600
"""Since the last time: an app that nobody used for so long asks anew."""
LONGEST_SECONDS = 365 * 24 * 3600
"""Since leave was given, however often it is used."""
CLIENTS_LIMIT = 20
GRANTS_LIMIT = 20
"""Of one app and one account, such as one for each computer; the one that was idle for longest makes room."""
REDIRECTS_LIMIT = 10
NAME_MAX, REDIRECT_MAX = 60, 500


class ClientNotFound(NotFound):
    code = "oauth_client_not_found"
    title = "There is no such app"


class ClientsExhausted(Conflict):
    code = "oauth_clients_limit"
    title = "Too many apps"


class RedirectUnfit(Invalid):
    code = "oauth_redirect_unfit"
    title = "Answers cannot be sent to this address"


class WayMissing(Invalid):
    code = "oauth_way_missing"
    title = "The app has no way to ask"


class ClientPublic(Conflict):
    code = "oauth_client_public"
    title = "The app has no secret"


class UserCodeUnknown(Invalid):
    code = "user_code_unknown"
    title = "No device shows this code"


class AppNotFound(NotFound):
    code = "app_not_found"
    title = "No such app acts for you"


@dataclass(frozen=True)
class BuiltIn:
    client_id: str
    name: str
    scopes: tuple[Scope, ...]


TERMINAL = BuiltIn("remixhub-cli", "RemixHub in the terminal", (Scope.READ, Scope.PUBLISH, Scope.CONTEST))
"""Public, and by the device flow alone; known by every hub without a row, so that a release may change it."""
