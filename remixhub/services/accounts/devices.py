"""Known devices: a signed cookie in each browser names the accounts that signed in there (OWASP, "device cookies").

It opens nothing. Guesses of strangers do not count for a device that the account knows, and a sign-in anywhere else is
told to the owner.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from itsdangerous import BadSignature, URLSafeTimedSerializer

from remixhub.config import Settings
from remixhub.models import new_id

LIFETIME_SECONDS = 400 * 24 * 3600
"""Browsers keep no cookie for longer."""
_MOST_ACCOUNTS = 8


@dataclass(frozen=True)
class Device:
    id: str = ""
    """Empty: nobody signed in here yet, as far as the browser says."""
    account_ids: tuple[str, ...] = ()
    """The last one first."""

    def knows(self, account_id: str) -> bool:
        return account_id in self.account_ids

    def with_account(self, account_id: str) -> Device:
        others = (one for one in self.account_ids if one != account_id)
        return replace(self, id=self.id or new_id(), account_ids=(account_id, *others)[:_MOST_ACCOUNTS])


@dataclass(frozen=True)
class Browser:
    """What stands at the door, as far as the edge knows."""

    address: str
    """As strangers are counted by, see `edge.whence.network`."""
    user_agent: str = ""
    device: Device = Device()
    session_token: str | None = None
    """Of the session that it holds: signing in ends it."""


def read_device(settings: Settings, cookie: str | None) -> Device:
    """A device that knows nobody, when the cookie is missing, too old or not ours."""
    if not cookie:
        return Device()
    try:
        device_id, *account_ids = _signed(settings).loads(cookie, max_age=LIFETIME_SECONDS)
    except (BadSignature, ValueError, TypeError):
        return Device()
    return Device(device_id, tuple(account_ids))


def device_cookie(settings: Settings, device: Device) -> str:
    return _signed(settings).dumps([device.id, *device.account_ids])


def _signed(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.secret_key, salt="device")
