"""What is tried and refused stands in the audit trail with its network address, and operators alone read it."""

from __future__ import annotations

from typing import Any

from remixhub.services.accounts.accounts import make_operator
from tests.integration.conftest import PASSWORD, Client, Hub

ELSEWHERE = {"REMOTE_ADDR": "2001:db8::66"}
NETWORK = "2001:db8::/64"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:125.0) Gecko/20100101 Firefox/125.0"


def operator(hub: Hub) -> Client:
    browser = hub.signed_up("operator-one")
    make_operator(hub.parts, "operator-one")
    return browser


def entries(hub: Hub, by: Client, query: str) -> list[Any]:
    hub.parts.database.observations.write()
    answer = by.get(f"/audit-entries?{query}")
    assert answer.status_code == 200, answer.text
    return list(answer.get_json()["entries"])


def test_failed_sign_ins_and_refusals_are_read_with_their_address_by_operators(hub: Hub) -> None:
    op, mika = operator(hub), hub.signed_up("mika")
    wrong = {"login": "mika", "password": "wrong " * 3}
    statuses = [hub.visitor().post("/sessions", wrong, environ_base=ELSEWHERE).status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    assert mika.get("/reports", environ_base=ELSEWHERE).status_code == 403
    bad = {"Authorization": "Bearer rh_unknown"}
    assert hub.visitor().get("/account", headers=bad, environ_base=ELSEWHERE).status_code == 401

    seen = {one["action"]: one for one in entries(hub, op, f"address={NETWORK}")}
    assert {name: one["count"] for name, one in seen.items()} == {
        "sign_in.failed": 5, "sign_in.held_off": 2, "access.denied": 1, "token.refused": 1,
    }  # fmt: skip
    assert seen["sign_in.failed"]["subject_handle"] == "mika"
    assert (seen["access.denied"]["actor_handle"], seen["access.denied"]["after"]) == (
        "mika",
        {"code": "operator_only"},
    )
    assert [one["count"] for one in entries(hub, op, "action=session.opened&actor=mika")] == [None]

    page = op.http.get(f"/moderation/audit?action=sign_in&address={NETWORK}")
    assert page.text.count(NETWORK) >= 3
    assert "5 times" in page.text
    own = mika.http.get("/settings/sessions").text
    assert ("A wrong password" in own, NETWORK in own) == (True, True)
    for client in (mika, hub.account("other", scopes=("read", "publish", "contest"))):
        assert client.get("/audit-entries").status_code == 403
    assert mika.http.get("/moderation/audit").status_code == 403


def test_the_page_says_what_entries_hold_in_words(hub: Hub) -> None:
    op, mika = operator(hub), hub.signed_up("mika")
    mika.post("/tokens", {"name": "from the DAW", "scopes": ["read", "publish"]})
    mika.post("/sessions", {"login": "mika", "password": PASSWORD}, headers={"User-Agent": FIREFOX})
    made = op.http.get("/moderation/audit?action=token.created&actor=mika").text
    assert "name: from the DAW" in made
    assert "scopes: publish, read" in made
    opened = op.http.get("/moderation/audit?action=session.opened&actor=mika").text
    assert "browser: Firefox 125 on Windows" in opened
    assert "None" not in made + opened
    assert "Firefox 125 on Windows" in mika.http.get("/settings/sessions").text


def test_operators_sign_an_account_out_by_page_and_api(hub: Hub) -> None:
    op, mika = operator(hub), hub.signed_up("mika")
    answer = op.http.post("/moderation/end-sessions", data={"handle": "@mika"}, follow_redirects=True)
    assert "1 sessions of @mika ended" in answer.text
    assert mika.get("/account").status_code == 401
    assert "no account with the handle" in op.http.post("/moderation/end-sessions", data={"handle": "nobody"}).text
    mika.post("/sessions", {"login": "mika", "password": PASSWORD})
    ended = op.delete("/accounts/mika/sessions", {"end_tokens": True})
    assert ended.get_json() == {"session_count": 1, "token_count": 0}
    assert mika.get("/account").status_code == 401
    assert mika.delete("/accounts/operator-one/sessions", {}).status_code == 401
    assert op.delete("/accounts/nobody/sessions", {}).get_json()["code"] == "account_not_found"
