"""What the logs of the web say of a request, and what they keep to themselves."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
import urllib3

from remixhub.compose import Parts
from remixhub.config import Settings
from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.dev.process import Process
from remixhub.edge.requests import path_without_secrets
from tests.integration.conftest import PASSWORD, Hub

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ROOT = Path(__file__).parents[2]
SECRET = "vErY-SeCrEt_0123456789"
HASH = "#" + hashlib.sha256(SECRET.encode()).hexdigest()[:12]
ADDRESSES = {
    f"/verify-address/{SECRET}": f"/verify-address/{HASH}",
    f"/label-invitations/{SECRET}": f"/label-invitations/{HASH}",
    f"/api/v1/label-invitations/{SECRET}": f"/api/v1/label-invitations/{HASH}",
    f"/verify-address/{SECRET}/": "/verify-address/…",
    f"/label-invitations/{SECRET}/accept": "/label-invitations/…",
    f"/verify_address/{SECRET}": "/verify_address/…",
    f"/sign-in?next=/label-invitations/{SECRET}": "/sign-in",
    f"/works/{'0' * 32}/lineage": f"/works/{'0' * 32}/lineage",
    "/made-up": "/made-up",
}


def test_every_part_of_an_address_that_is_a_secret_is_hashed(hub: Hub) -> None:
    secret_rules = []
    for rule in hub.app.url_map.iter_rules():
        values: dict[str, Any] = {name: 7 if f"<int:{name}>" in rule.rule else f"v-{name}" for name in rule.arguments}
        method = min(rule.methods or {"GET"})
        _, address = rule.build(values, append_unknown=False) or ("", rule.rule)
        with hub.app.test_request_context(address, method=method) as context:
            shown = path_without_secrets(context.request)
        secret = {name for name in rule.arguments if re.search(r"token$|code$|secret", name)}
        assert all((f"v-{name}" in shown) == (name not in secret) for name in values if values[name] != 7), rule.rule
        secret_rules += [rule.rule] if secret else []
    assert len(secret_rules) >= 6


def test_an_answer_to_an_address_that_may_hold_a_secret_is_kept_and_referred_to_by_nobody(hub: Hub) -> None:
    browser = hub.signed_up()
    browser.post("/labels", {"handle": "rooftop", "name": "Rooftop"})
    token = browser.post("/labels/rooftop/invitations", {"role": "judge"}).get_json()["token"]
    other = hub.visitor().http
    for address in (*ADDRESSES, f"/label-invitations/{token}", f"/api/v1/label-invitations/{token}"):
        for answer in (other.get(address), other.post(address)):
            if "works" not in address:
                assert answer.headers["Cache-Control"] == "no-store", address
                assert answer.headers["Referrer-Policy"] == "strict-origin", address
    assert other.get("/").headers["Referrer-Policy"] == "same-origin"


def test_pages_that_show_a_secret_are_kept_by_no_cache(hub: Hub) -> None:
    browser = hub.signed_up()
    browser.post("/labels", {"handle": "rooftop", "name": "Rooftop"})
    invited = browser.http.post("/labels/rooftop/invitations", data={"role": "judge"})
    assert "/label-invitations/" in invited.text
    made = browser.http.post("/settings/tokens", data={"name": "script", "scopes": ["read"]})
    assert "rh_" in made.text
    assert [one.headers["Cache-Control"] for one in (invited, made)] == ["no-store"] * 2


def test_the_server_as_it_runs_in_production_writes_no_secret(settings: Settings, parts: Parts, tmp_path: Path) -> None:
    """Of addresses, forms and what the database says of a row; by the command of the Dockerfile, with another port."""
    with parts.database.writing() as session:
        session.execute(
            sa.text(
                "CREATE TRIGGER broken BEFORE INSERT ON browser_sessions BEGIN SELECT RAISE(ABORT, 'it broke'); END"
            )
        )
    command = json.loads((ROOT / "Dockerfile").read_text(encoding="utf-8").rpartition("\nCMD ")[2])
    address = f"{LOOPBACK}:{free_ports(1)[0]}"
    command = [address if one == "0.0.0.0:8000" else one for one in command]
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environ = {**settings.to_env(), "REMIXHUB_LOG_LEVEL": "DEBUG", "PATH": programs}
    web = Process("web", command, tmp_path / "web.log", environ, folder=ROOT)
    web.start()
    try:
        web.wait_until(lambda: is_answering(address))
        for path in ADDRESSES:
            urllib3.request("GET", f"http://{address}{path}", redirect=False)
            urllib3.request("POST", f"http://{address}{path}", redirect=False)
        account = {"handle": "ada", "email": "ada@example.org", "password": PASSWORD}
        assert urllib3.request("POST", f"http://{address}/api/v1/accounts", json=account).status == 201
        wrong = {"login": "ada", "password": SECRET}
        assert urllib3.request("POST", f"http://{address}/api/v1/sessions", json=wrong).status == 401
        form = urlencode({"login": "ada", "password": PASSWORD})
        headers = {"User-Agent": SECRET, "Referer": f"http://{address}/{SECRET}", "Cookie": f"a={SECRET}"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        broken = urllib3.request("POST", f"http://{address}/sign-in?x={SECRET}", headers=headers, body=form)
        assert broken.status == 500
    finally:
        web.stop()
    written = web.log.read_text(encoding="utf-8")
    assert SECRET not in written
    assert PASSWORD not in written
    requests = [json.loads(line) for line in written.splitlines() if '"event": "request"' in line]
    refused = {one["code"]: one["address"] for one in requests if one["code"]}
    assert {"sign_in_failed", "not_found", "internal"} <= refused.keys()
    assert set(refused.values()) == {LOOPBACK}
    assert "it broke" in written, "the traceback itself is told"
    lines = [json.loads(line) for line in written.splitlines() if line.startswith('{"method"')]
    shown = [line["path"] for line in lines if line["method"] == "GET"]
    assert shown == list(ADDRESSES.values())


def is_answering(address: str) -> bool:
    try:
        return urllib3.request("GET", f"http://{address}/healthz", retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False
