"""Known devices: a signed cookie in each browser names the accounts that signed in there (OWASP, "device cookies").

It opens nothing. Guesses of strangers do not count for a device that the account knows, and a sign-in anywhere else is
told to the owner.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from itsdangerous import BadSignature, URLSafeTimedSerializer

from remixhub.config import Settings
from remixhub.models import Account, new_id

LIFETIME_SECONDS = 400 * 24 * 3600
"""Browsers keep no cookie for longer."""
_MOST_ACCOUNTS = 8


@dataclass(frozen=True)
class Device:
    id: str = ""
    """Empty: nobody signed in here yet, as far as the browser says."""
    account_ids: tuple[str, ...] = ()
    """The last one first."""
    marks: tuple[str, ...] = ()
    """Of the passwords that they had then, one for each."""

    def knows(self, account_id: str) -> bool:
        """What strangers guess does not count here."""
        return account_id in self.account_ids

    def has_seen(self, account: Account) -> bool:
        """That it signed in here since it has its password: who knew an older one is not told of as its owner."""
        return (account.id, _mark(account)) in zip(self.account_ids, self.marks, strict=False)

    def with_account(self, account: Account) -> Device:
        others = [one for one in zip(self.account_ids, self.marks, strict=False) if one[0] != account.id]
        account_ids, marks = zip(*[(account.id, _mark(account)), *others][:_MOST_ACCOUNTS], strict=True)
        return replace(self, id=self.id or new_id(), account_ids=account_ids, marks=marks)

    def after_new_password(self, account: Account) -> Device:
        """Of who set it here just now, and is told of it anyhow."""
        return self.with_account(account) if self.knows(account.id) else self


@dataclass(frozen=True)
class Browser:
    """What stands at the door, as far as the edge knows."""

    address: str
    """As strangers are counted by, see `edge.whence.network`."""
    user_agent: str = ""
    device: Device = Device()
    session_token: str | None = None
    """Of the session that it holds: signing in ends it."""
    name: str = ""
    """For people, see `browsers.browser_name`: found before anything is locked, since a process's first takes long."""


def read_device(settings: Settings, cookie: str | None) -> Device:
    """A device that knows nobody, when the cookie is missing, too old or not ours."""
    if not cookie:
        return Device()
    try:
        device_id, *known = _signed(settings).loads(cookie, max_age=LIFETIME_SECONDS)
        pairs = [one.partition(".") for one in known]
    except (BadSignature, ValueError, TypeError, AttributeError):
        return Device()
    return Device(device_id, tuple(one[0] for one in pairs), tuple(one[2] for one in pairs))


def device_cookie(settings: Settings, device: Device) -> str:
    known = zip(device.account_ids, device.marks, strict=True)
    return _signed(settings).dumps([device.id, *(f"{account_id}.{mark}" for account_id, mark in known)])


def _mark(account: Account) -> str:
    """The hash has a salt of its own, so that its digest says nothing of the password."""
    return hashlib.sha256((account.password_hash or "").encode()).hexdigest()[:8]


def _signed(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.secret_key, salt="device")
