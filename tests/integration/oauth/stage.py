"""An app that asks, and what a person does about it in a browser."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import secrets
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from werkzeug.test import TestResponse

from tests.integration.conftest import Client, Hub

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
TERMINAL = "remixhub-cli"
BACK = "http://127.0.0.1/back"


def post(hub: Hub, path: str, **fields: Any) -> TestResponse:
    """By a program: without cookies."""
    headers = fields.pop("headers", {})
    return hub.visitor().http.post(path, data=fields, headers=headers)


def ask_device(hub: Hub, **fields: str) -> dict[str, Any]:
    begun = post(hub, "/oauth/device-authorization", **{"client_id": TERMINAL, **fields})
    assert begun.status_code == 200, begun.text
    body: dict[str, Any] = begun.get_json()
    return body


def poll(hub: Hub, device_code: str, client_id: str = TERMINAL, **fields: str) -> TestResponse:
    return post(hub, "/oauth/token", grant_type=DEVICE_GRANT, device_code=device_code, client_id=client_id, **fields)


def decide_device(person: Client, user_code: str, decision: str = "allow") -> TestResponse:
    return person.http.post("/device/decision", data={"user_code": user_code, "decision": decision})


def device_tokens(hub: Hub, person: Client, **fields: str) -> dict[str, Any]:
    asked = ask_device(hub, **fields)
    assert decide_device(person, asked["user_code"]).status_code == 200
    given = poll(hub, asked["device_code"], fields.get("client_id", TERMINAL))
    assert given.status_code == 200, given.text
    body: dict[str, Any] = given.get_json()
    return body


def refresh(hub: Hub, refresh_token: str, client_id: str = TERMINAL, **fields: Any) -> TestResponse:
    return post(
        hub, "/oauth/token", grant_type="refresh_token", refresh_token=refresh_token, client_id=client_id, **fields
    )


def by_token(hub: Hub, token: str) -> Client:
    return Client(hub.app.test_client(use_cookies=False), hub.parts, None, {"Authorization": f"Bearer {token}"})


class App:
    """A public client that asks by the browser, with PKCE."""

    def __init__(self, client_id: str, redirect: str = BACK, secret: str | None = None) -> None:
        self.client_id, self.redirect, self.secret = client_id, redirect, secret
        self.verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def question(self, **changes: str | None) -> dict[str, str]:
        """The fields of an authorisation; None leaves one out."""
        fields: dict[str, str | None] = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": self.redirect,
            "scope": "read publish", "state": "its own &=", "code_challenge": self.challenge,
            "code_challenge_method": "S256", **changes,
        }  # fmt: skip
        return {name: value for name, value in fields.items() if value is not None}

    def address(self, **changes: str | None) -> str:
        return f"/oauth/authorize?{urlencode(self.question(**changes))}"

    def allowed_by(self, person: Client, decision: str = "allow", **changes: str | None) -> dict[str, str]:
        """The fields that came back."""
        answered = person.http.post("/oauth/authorize", data={**self.question(**changes), "decision": decision})
        assert answered.status_code == 200, answered.text
        return came_back(answered, changes.get("redirect_uri") or self.redirect)

    def exchange(self, hub: Hub, code: str, **changes: Any) -> TestResponse:
        fields = {
            "grant_type": "authorization_code", "code": code, "client_id": self.client_id,
            "redirect_uri": self.redirect, "code_verifier": self.verifier, "client_secret": self.secret, **changes,
        }  # fmt: skip
        return post(hub, "/oauth/token", **{name: value for name, value in fields.items() if value is not None})

    def tokens(self, hub: Hub, person: Client, **changes: str | None) -> dict[str, Any]:
        given = self.exchange(hub, self.allowed_by(person, **changes)["code"])
        assert given.status_code == 200, given.text
        body: dict[str, Any] = given.get_json()
        return body


def came_back(answered: TestResponse, redirect: str) -> dict[str, str]:
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answered.text)
    assert found is not None, answered.text
    address = html.unescape(found[1])
    assert address.split("?")[0] == redirect.split("?")[0]
    return dict(parse_qsl(urlsplit(address).query))
