"""What a suspended account may do: read, answer, and leave. Every route that is not listed here is closed to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from remixhub.domain.access import SYSTEM
from remixhub.domain.moderation import SuspensionReason
from remixhub.domain.states import UploadState
from remixhub.edge.suspended import STAYS_OPEN, WRITES_BY_GET
from remixhub.models import Account, Upload
from remixhub.services.moderation.suspensions import suspend
from tests.integration.conftest import PASSWORD, Client, Hub, unlimited

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
    "POST /settings/apps/<client_id>/stop",
    "DELETE /api/v1/acting-apps/<client_id>",
    # apps speak there, for nobody
    "POST /oauth/token",
    "POST /oauth/device-authorization",
    "POST /oauth/revoke",
    "POST /oauth/introspect",
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
    "POST /api/v1/account/mail-topics/<topic>/rhythm",
    "POST /sign-in/second-step/code",
    "POST /sign-in/second-step/recovery-code",
    "POST /api/v1/sessions/second-step",
    "POST /api/v1/sessions/second-step/passkey-options",
    "POST /api/v1/sessions/passkey",
    "POST /api/v1/sessions/passkey-options",
    "POST /api/v1/account/proof/passkey-options",
    "POST /settings/passkeys/<passkey_id>/name",
    "POST /settings/passkeys/<passkey_id>/remove",
    "POST /settings/code-app",
    "POST /settings/code-app/confirm",
    "POST /settings/code-app/remove",
    "POST /settings/recovery-codes",
    "POST /settings/password/drop",
    "POST /api/v1/account/passkey-options",
    "POST /api/v1/account/passkeys",
    "POST /api/v1/account/passkeys/<passkey_id>/name",
    "DELETE /api/v1/account/passkeys/<passkey_id>",
    "POST /api/v1/account/code-app",
    "POST /api/v1/account/code-app/confirmation",
    "DELETE /api/v1/account/code-app",
    "POST /api/v1/account/recovery-codes",
    "DELETE /api/v1/account/password",
    # reading, answering and leaving
    "POST /api/v1/account/notices/<notice_id>/read",
    "POST /api/v1/takedowns/<takedown_id>/appeal",
    "POST /notices/<notice_id>/read",
    "POST /notices/read",
    "POST /takedowns/<takedown_id>/appeal",
    "POST /suspensions/<suspension_id>/appeal",
    "POST /api/v1/suspensions/<suspension_id>/appeal",
    "POST /rules",
    "POST /api/v1/account/rules-acceptance",
    "DELETE /api/v1/account",
    "POST /settings/delete",
    # taking what is one's own, and questions that write nothing
    "POST /works/<work_id>/archive",
    "POST /works/<work_id>/exports",
    "POST /bundles/<bundle_kind>/<bundled_id>",
    "POST /api/v1/bundles/<bundle_kind>/<bundled_id>",
    "POST /mixes/<mix_id>/exports",
    "POST /api/v1/stem-packs/<stem_pack_id>/archive",
    "POST /api/v1/stem-packs/<stem_pack_id>/exports/<export_format>",
    "POST /api/v1/mixes/<mix_id>/exports/<export_format>",
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


def test_a_suspension_from_the_first_word_to_the_last(hub: Hub) -> None:
    """By pages, as an operator and the suspended account go through it."""
    operator, mika = hub.browser("operator"), hub.browser("mika")
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Account).where(Account.handle == "operator").values(is_operator=True))
    opened = mika.post("/uploads", {"filename": "a.wav", "size_bytes": 20_000_000, "purpose": "stem"}).get_json()
    refused = operator.http.post("/moderation/accounts/mika", data={"reason": "", "days": "x"})
    assert (refused.status_code, refused.text.count('class="fault"')) == (422, 2)
    made = operator.http.post(
        "/moderation/accounts/mika", data={"reason": "spam", "days": "7", "note": "Stop the links.", "works": ""}
    )
    assert made.status_code == 303
    address = made.headers["Location"]
    assert [one.state for one in hub.rows(Upload)] == [UploadState.ABORTED]
    assert mika.get(f"/uploads/{opened['id']}").get_json()["state"] == "aborted"
    assert list(hub.parts.store.unfinished_transfers("")) == []

    again = hub.visitor()
    assert again.post("/sessions", {"login": "mika", "password": PASSWORD}).status_code == 201
    assert "Your account is suspended until" in again.http.get("/").text
    assert "Read why, or appeal" in again.http.get("/notices").text
    stopped = again.http.post("/new", data={"title": "Song"})
    assert (stopped.status_code, address in stopped.text) == (403, True)
    assert "Stop the links." in again.http.get(address).text
    assert again.http.post(f"{address}/appeal", data={"note": ""}).status_code == 422
    assert again.http.post(f"{address}/appeal", data={"note": "It was not me."}).status_code == 303
    assert "appealed once" in again.http.post(f"{address}/appeal", data={"note": "Again."}).text
    assert "It was not me." in operator.http.get("/moderation").text
    assert operator.http.post(f"{address}/decision", data={"outcome": "lifted"}).status_code == 303
    assert again.http.post("/new", data={"title": "Song"}).status_code != 403
    assert "not suspended any more" in again.http.get("/notices").text
