"""A plug-in that listens on one's own machine, and a terminal, let in and put out as people do it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import urllib3
from playwright.sync_api import Page, expect

from tests.browser.test_publish_in_browser import sign_up, watch
from tests.web_servers import WebServer, web_server

TOUR = Path(__file__).parents[2] / "docs/oauth.md"
VERIFIER = "a verifier that nobody guesses".replace(" ", "-") * 2
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def plugin() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


def send(hub: str, path: str, **fields: str) -> dict[str, Any]:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = urllib3.request("POST", hub + path, body=urlencode(fields), headers=form, retries=False)
    body: dict[str, Any] = answer.json()
    return body


def status_of(hub: str, access_token: str) -> int:
    headers = {"Authorization": f"Bearer {access_token}"}
    return urllib3.request("GET", f"{hub}/api/v1/account", headers=headers, retries=False).status


def sign_in(page: Page, handle: str) -> None:
    page.get_by_label("Handle or e-mail").fill(handle)
    page.get_by_label("Password").fill("a long and quiet sentence")
    page.get_by_role("button", name="Sign in").click()


def test_a_plug_in_is_registered_let_in_and_put_out(page: Page, live_hub: str, plugin: WebServer) -> None:
    said = watch(page)
    sign_up(page, "artist")
    page.goto("/settings/profile")
    page.get_by_role("link", name="Apps").click()
    page.get_by_role("link", name="Register it").click()
    page.get_by_label("Name").fill("Tape Deck")
    page.get_by_label("Where answers go").fill("http://127.0.0.1/signed-in")
    page.get_by_role("checkbox", name="publish").check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("“Tape Deck” is registered.")).to_be_visible()
    client_id = re.findall(r"\b[0-9a-f]{32}\b", page.locator("#main").inner_text())[0]

    page.context.clear_cookies()  # so that the way goes over the form for signing in
    asked = {
        "response_type": "code", "client_id": client_id, "scope": "read publish", "state": "its own",
        "redirect_uri": f"http://127.0.0.1:{plugin.port}/signed-in",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    }  # fmt: skip
    page.goto(f"/oauth/authorize?{urlencode(asked)}")
    sign_in(page, "artist")
    expect(page.get_by_role("heading", name="Let it in?")).to_be_visible()
    expect(page.get_by_text("upload, publish and change works")).to_be_visible()
    page.get_by_role("button", name="Let it in").click()
    expect(page.get_by_text("thanks")).to_be_visible()
    (back,) = [request for request in plugin.requests if request.path.startswith("/signed-in")]
    assert "referer" not in back.headers
    fields = parse_qs(urlsplit(back.path).query)
    assert (fields["state"], fields["iss"]) == (["its own"], [live_hub])
    tokens = send(
        live_hub, "/oauth/token", grant_type="authorization_code", code=fields["code"][0], client_id=client_id,
        code_verifier=VERIFIER,
    )  # fmt: skip
    assert status_of(live_hub, tokens["access_token"]) == 200

    page.goto("/settings/apps")
    page.locator("summary", has_text="Put out").click()
    page.get_by_role("button", name="Put it out").click()
    expect(page.get_by_text("It is out.")).to_be_visible()
    assert status_of(live_hub, tokens["access_token"]) == 401
    assert [one for one in said if "favicon" not in one] == []


def test_a_terminal_is_let_in_without_script_as_the_tour_has_it(
    scriptless_page: Page, live_hub: str, tmp_path: Path
) -> None:
    """The commands of docs/oauth.md, as they stand there."""
    page = scriptless_page
    ask, use = re.findall(r"```sh\n(.*?)```", TOUR.read_text(encoding="utf-8"), re.DOTALL)
    sign_up(page, "artist")
    page.context.clear_cookies()
    run(ask, live_hub, tmp_path)
    asked = json.loads((tmp_path / "asked.json").read_bytes())
    page.goto(asked["verification_uri_complete"])
    sign_in(page, "artist")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text(asked["user_code"])).to_be_visible()
    expect(page.get_by_text("RemixHub in the terminal")).to_be_visible()
    page.get_by_role("button", name="Let it in").click()
    expect(page.get_by_role("heading", name="It is in")).to_be_visible()
    assert '"handle":"artist"' in run(use, live_hub, tmp_path).replace(" ", "")
    first, second = (json.loads((tmp_path / f"{name}.json").read_bytes()) for name in ("tokens", "tokens-2"))
    assert first["refresh_token"] != second["refresh_token"]
    assert status_of(live_hub, second["access_token"]) == 401, "it was revoked"


def run(commands: str, hub: str, folder: Path) -> str:
    """What they print."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands], cwd=folder, env={**os.environ, "HUB": hub}, check=True,
        capture_output=True, timeout=60,
    )  # fmt: skip
    return done.stdout.decode()
