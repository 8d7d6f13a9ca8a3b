"""What a suspended account may do: read, answer, and leave. Every route that is not listed here is closed to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from remixhub.domain.access import SYSTEM
from remixhub.domain.moderation import SuspensionReason
from remixhub.edge.suspended import STAYS_OPEN, WRITES_BY_GET
from remixhub.services.moderation.suspensions import suspend
from tests.integration.conftest import Client, Hub, unlimited

OPEN = {
    # coming and going, and keeping others out of one's account
    "POST /api/v1/account/address-verification",
    "POST /api/v1/account/proof",
    "POST /api/v1/address-verifications/<verification_token>",
    "POST /api/v1/sessions",
    "DELETE /api/v1/sessions/<session_id>",
    "DELETE /api/v1/sessions/current",
    "DELETE /api/v1/tokens/<token_id>",
    "PUT /api/v1/account/email",
    "PUT /api/v1/account/password",
    "POST /settings/address-verification",
    "POST /settings/email",
    "POST /settings/password",
    "POST /settings/prove",
    "POST /settings/sessions/<session_id>/end",
    "POST /settings/tokens/<token_id>/revoke",
    "POST /sign-in",
    "POST /sign-out",
    "POST /verify-address/<token>",
    "POST /forgotten",
    "POST /reset-password/<token>",
    "POST /confirm-address/<token>",
    "POST /keep-address/<token>",
    "POST /settings/mail",
    "POST /unsubscribe/<token>",
    "POST /api/v1/password-resets",
    "POST /api/v1/password-resets/<reset_token>",
    "POST /api/v1/address-confirmations/<address_token>",
    "POST /api/v1/address-reversals/<address_token>",
    "POST /api/v1/account/mail-topics/<topic>/wish",
    "DELETE /api/v1/account/mail-topics/<topic>/wish",
    # reading, answering and leaving
    "POST /api/v1/account/notices/<notice_id>/read",
    "POST /api/v1/takedowns/<takedown_id>/appeal",
    "POST /notices/<notice_id>/read",
    "POST /notices/read",
    "POST /takedowns/<takedown_id>/appeal",
    "DELETE /api/v1/account",
    "POST /settings/delete",
    # taking what is one's own, and questions that write nothing
    "POST /works/<work_id>/archive",
    "POST /api/v1/licence-checks",
    "POST /api/v1/share-simulations",
}
ENDS_SESSIONS = {("POST", "/sign-out"), ("DELETE", "/api/v1/sessions/current"), ("DELETE", "/api/v1/account")}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """No rule here is the database's."""
    return sqlite_url


@pytest.fixture
def suspended(hub: Hub) -> Client:
    unlimited(hub)
    browser = hub.browser("mika")
    suspend(SYSTEM, hub.parts, handle="mika", reason=SuspensionReason.SPAM)
    return browser


def unsafe_routes(hub: Hub) -> Iterator[tuple[str, str]]:
    for rule in hub.app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS", "GET"}:
            yield method, rule.rule


def is_refused(asker: Client, method: str, rule: str) -> bool:
    """Of nothing that is there: to be suspended comes before all else."""
    body = {"json": {}} if rule.startswith(("/api/", "/companion/")) else {"data": {}}
    address = re.sub(r"<[^>]+>", "x", rule)
    answer = asker.http.open(
        address, method=method, headers={**asker.headers, "Accept": "application/problem+json"}, **body
    )
    return answer.status_code == 403 and "account_suspended" in answer.text


def test_every_route_that_changes_something_is_closed_but_for_those_that_are_named(hub: Hub, suspended: Client) -> None:
    routes = sorted(unsafe_routes(hub), key=lambda route: (route in ENDS_SESSIONS, route))
    answered = {f"{method} {rule}" for method, rule in routes if not is_refused(suspended, method, rule)}
    assert answered == OPEN


def test_it_is_closed_to_access_tokens_alike(hub: Hub) -> None:
    unlimited(hub)
    token = hub.account("mika", scopes=("read", "publish", "contest"))
    suspend(SYSTEM, hub.parts, handle="mika", reason=SuspensionReason.SPAM)
    routes = [route for route in unsafe_routes(hub) if route[1].startswith(("/api/", "/companion/"))]
    answered = {f"{method} {rule}" for method, rule in routes if not is_refused(token, method, rule)}
    assert answered == {route for route in OPEN if "/api/" in route}
    for path in ("/companion/s3/params?filename=a.wav", "/contests/x/duel"):
        assert "account_suspended" in token.get(path).text


def test_what_stays_open_is_there(hub: Hub) -> None:
    assert hub.app.view_functions.keys() >= STAYS_OPEN | WRITES_BY_GET
