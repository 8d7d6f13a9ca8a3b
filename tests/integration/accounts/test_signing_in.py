"""`Hub.browser` leaves what signing up and in by the API leaves: most tests begin with it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from remixhub.domain.access import SYSTEM
from remixhub.models.base import Row
from remixhub.services.accounts.devices import read_device
from remixhub.services.house.furnishing import furnish
from tests.integration.conftest import Client, Hub

_OF_ONE = {"id", "token_hash", "password_hash", "device_id", "request_id"}
"""What no two rows have alike."""
_COUNTS = {"throttles", "guess_counts"}
"""Of requests: who asks for nothing leaves none."""


def everything(hub: Hub) -> dict[str, set[str]]:
    """Each row of every table, but for what is of it alone; times as hours from now."""
    now = dt.datetime.now(dt.UTC)

    def shown(value: Any) -> Any:
        return f"{round((value - now) / dt.timedelta(hours=1))} h" if isinstance(value, dt.datetime) else value

    def told(row: Any) -> str:
        return str({name: bool(value) if name in _OF_ONE else shown(value) for name, value in row.items()})

    with hub.parts.database.reading() as session:
        return {
            table.name: {told(row) for row in session.execute(sa.select(table)).mappings()}
            for table in Row.metadata.sorted_tables
        }


def left_by(hub: Hub, client: Callable[[str], Client], handle: str) -> dict[str, list[str]]:
    """What a new account of this handle, signed in, adds to each table, whoever it is; its browser is known."""
    before = everything(hub)
    browser = client(handle)
    added = {table: rows - before[table] for table, rows in everything(hub).items()}
    account_id = browser.get("/account").get_json()["id"]
    device = browser.http.get_cookie("remixhub_device")
    assert device is not None
    assert read_device(hub.parts.settings, device.value).knows(account_id)
    own = re.compile(f"{account_id}|{handle}")
    return {table: sorted(own.sub("…", row) for row in rows) for table, rows in added.items() if table not in _COUNTS}


def test_a_test_browser_is_signed_in_as_by_the_api(hub: Hub) -> None:
    furnish(SYSTEM, hub.parts, {"rules": "Be kind."}, revision=None)
    by_requests = left_by(hub, hub.signed_up, "slow")
    assert all(by_requests[table] for table in ("accounts", "browser_sessions", "audit_entries"))
    assert left_by(hub, hub.browser, "quick") == by_requests
