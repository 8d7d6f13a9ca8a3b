"""`remixhub login` by the browser: asked for, renewed by several at once, and ended."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from remixhub.models import AppGrant, RefreshToken
from tests.integration.client.conftest import Desk, LiveHub

pytestmark = pytest.mark.timeout(240)


def test_a_terminal_signs_in_by_the_browser_stays_in_and_leaves(live: LiveHub) -> None:
    person = live.hub.browser("ada")
    desk = Desk(live.url, live.folder, "", "ada", live.hub)
    with desk.begin("login") as process:
        assert process.stdout is not None
        asked = json.loads(process.stdout.readline())
        assert asked["event"] == "sign_in"
        assert asked["verification_uri_complete"].startswith(live.url)
        said = {"user_code": asked["user_code"], "decision": "allow"}
        assert person.http.post("/device/decision", data=said).status_code == 200
        lines = [json.loads(line) for line in process.stdout]
        assert process.wait() == 0, lines
    assert (lines[-1]["event"], lines[-1]["handle"]) == ("done", "ada")
    kept = live.folder / "config" / "remixhub" / "credentials.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    before = json.loads(kept.read_text())["hubs"][live.url]

    # its hour is over: of several that renew at once one does, and all are in
    old = json.loads(kept.read_text())
    old["hubs"][live.url]["expires_at"] = 0
    kept.write_text(json.dumps(old))
    with ThreadPoolExecutor(3) as crew:
        ran = list(crew.map(lambda _: desk.run("whoami"), range(3)))
    assert [one.code for one in ran] == [0, 0, 0], [one.out + one.err for one in ran]
    after = json.loads(kept.read_text())["hubs"][live.url]
    assert after["refresh_token"] != before["refresh_token"]
    assert len(live.hub.rows(RefreshToken)) == 2, "one for each of the two"

    # a token that the hub does not take any more is renewed as well
    changed = json.loads(kept.read_text())
    changed["hubs"][live.url]["access_token"] = "rha_nothing"
    kept.write_text(json.dumps(changed))
    assert desk.run("whoami").code == 0

    left = desk.run("logout")
    assert left.code == 0, left.out + left.err
    assert left.lines[-1]["is_revoked"]
    assert live.url not in kept.read_text()
    assert all(grant.revoked_at is not None for grant in live.hub.rows(AppGrant))
    out = desk.run("whoami")
    assert (out.code, out.lines[-1]["code"]) == (5, "unauthenticated")


def test_no_is_told(live: LiveHub) -> None:
    person = live.hub.browser("ada")
    desk = Desk(live.url, live.folder, "", "ada", live.hub)
    with desk.begin("login") as process:
        assert process.stdout is not None
        asked = json.loads(process.stdout.readline())
        person.http.post("/device/decision", data={"user_code": asked["user_code"], "decision": "deny"})
        lines = [json.loads(line) for line in process.stdout]
        assert process.wait() == 5
    assert lines[-1]["code"] == "access_denied"
