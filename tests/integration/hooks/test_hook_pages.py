"""The pages of webhooks in the settings, without script."""

from __future__ import annotations

import json

import pytest

from tests.integration.conftest import Hub
from tests.integration.hooks.conftest import HookStage
from tests.web_servers import WebServer

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FORM = {"name": "Bot", "kind": "webhook", "events": ["work.published"], "whose": ""}


def test_what_is_wrong_stands_beside_the_field_and_nothing_is_lost(stage: HookStage) -> None:
    artist = stage.hub.browser("artist")
    refused = artist.http.post("/settings/hooks", data={**FORM, "address": "https://10.0.0.1/", "events": []})
    assert refused.status_code == 422
    assert "Choose at least one." in refused.text
    refused = artist.http.post("/settings/hooks", data={**FORM, "address": "https://10.0.0.1/"})
    assert "private or reserved network" in refused.text
    assert 'value="https://10.0.0.1/"' in refused.text
    assert "Nothing was sent" not in refused.text


def test_owners_of_labels_choose_whose_events(stage: HookStage, receiver: WebServer) -> None:
    artist = stage.hub.browser("artist")
    assert "The label" not in artist.http.get("/settings/hooks").text
    artist.post("/labels", {"handle": "mine", "name": "Mine"})
    page = artist.http.get("/settings/hooks?whose=label:mine").text
    assert "an entry is received" in page
    assert "Everything on this hub" not in page
    address = f"http://receiver.example:{receiver.port}/"
    form = {**FORM, "address": address, "whose": "label:mine", "events": ["entry.received"]}
    made = artist.http.post("/settings/hooks", data=form)
    assert "whsec_" in made.text
    assert made.headers["Cache-Control"] == "no-store"
    (hook,) = artist.get("/hooks").get_json()["hooks"]
    assert hook["label"] == "mine"
    assert "whsec_" not in artist.http.get("/settings/hooks").text


def test_two_edits_at_once_are_told(stage: HookStage, receiver: WebServer) -> None:
    artist = stage.hub.browser("artist")
    hook = stage.hook(artist, receiver)
    path = f"/settings/hooks/{hook['id']}"
    form = {"name": "Other", "events": ["work.remixed"], "revision": hook["revision"]}
    assert artist.http.post(path, data=form).status_code == 303
    late = artist.http.post(path, data={**form, "name": "Third"})
    assert late.status_code == 422
    assert "Somebody changed this" in late.text
    revision = artist.revision_of(f"/hooks/{hook['id']}")
    assert artist.http.post(path, data={**form, "name": "Third", "revision": revision}).status_code == 303
    assert artist.get(f"/hooks/{hook['id']}").get_json()["name"] == "Third"


def test_strangers_find_nothing(stage: HookStage, receiver: WebServer, hub: Hub) -> None:
    hook = stage.hook(stage.person("artist"), receiver)
    other = stage.hub.browser("other")
    for path in ("", "/test", "/secret", "/delete", "/turn", "/resend-failed"):
        asked = other.http.post(f"/settings/hooks/{hook['id']}{path}", data={**FORM, "revision": "1", "to": "off"})
        assert asked.status_code == 404, path
    assert other.http.get(f"/settings/hooks/{hook['id']}").status_code == 404
    assert stage.hub.visitor().http.get("/settings/hooks").status_code == 303
    assert "receiver.example" not in json.dumps(other.get("/hooks").get_json())
