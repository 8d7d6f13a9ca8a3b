"""Adding, changing and deleting webhooks: who may, what addresses, how many."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from remixhub.models import AuditEntry, Hook
from remixhub.outbound.posting import Outbound
from tests.integration.conftest import Hub
from tests.integration.hooks.conftest import HookStage
from tests.web_servers import WebServer

BODY = {"name": "Bot", "address": "https://93.184.215.14/hook?key=secret", "events": ["work.published"]}
DISCORD = "https://discord.com/api/webhooks/123456789012345678/" + "Ab3_-" * 13


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/", "http://93.184.215.14/x", "https://0x7f.1/", "https://[::ffff:10.0.0.1]/", "nonsense",
        "https://user:pass@93.184.215.14/", "https://93.184.215.14:8080/", "https://nowhere.invalid/",
        "https://discord.com/api/webhooks/123456789012345678/" + "a" * 68,
    ],
)  # fmt: skip
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_address_that_leads_nowhere_is_told_at_once(stage: HookStage, address: str) -> None:
    stage.hub.app.extensions["remixhub"] = replace(stage.hub.parts, outbound=Outbound())
    refused = stage.person("artist").post("/hooks", {**BODY, "address": address})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "hook_address_invalid")
    assert refused.get_json()["violations"][0]["pointer"] == "/address"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_answer_tells_which_inner_names_there_are(stage: HookStage) -> None:
    """An unknown name, one without an address and those that lead inside are one and the same, when it is added and in
    the log of what was sent.
    """
    inside = {
        "unknown.example": OSError("no such name"), "empty.example": [], "inner.example": [("10.0.0.7", 443)],
        "mixed.example": [("93.184.215.14", 443), ("169.254.169.254", 443)], "odd.example": [("fe80::1%eth0", 443)],
    }  # fmt: skip

    def resolve(host: str, _port: int) -> list[tuple[str, int]]:
        found = inside[host]
        if isinstance(found, OSError):
            raise found
        return found

    outbound = Outbound(resolve=resolve, refusal_seconds=0)
    artist = stage.person("artist")
    hook = artist.post("/hooks", BODY).get_json()
    stage.hub = Hub(stage.hub.app, replace(stage.hub.parts, outbound=outbound))
    stage.hub.app.extensions["remixhub"] = stage.hub.parts
    said = set()
    for host in inside:
        for address in (f"https://{host}/", f"https://{host}:8443/"):
            refused = artist.post("/hooks", {**BODY, "address": address})
            assert refused.status_code == 422
            said.add(refused.text.replace(host, "NAME").replace(refused.headers["X-Request-Id"], "ID"))
    assert len(said) == 1, said
    outcomes = set()
    for host in inside:
        with stage.hub.parts.database.writing() as session:
            session.execute(sa.update(Hook).values(address=f"https://{host}/"))
        artist.post(f"/hooks/{hook['id']}/tests")
        stage.hub.drain()
        line = stage.deliveries(artist, hook)[0]
        told = ("state", "status", "duration_ms", "answer", "error")
        outcomes.add(tuple(str(line[name]).replace(host, "NAME") for name in told))
    assert len(outcomes) == 1, outcomes


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_scope_hears_what_is_its_own(stage: HookStage) -> None:
    artist, host = stage.person("artist"), stage.person("host")
    for body in ({"events": ["entry.received"]}, {"events": ["hook.test"]}):
        refused = artist.post("/hooks", {**BODY, **body})
        assert (refused.status_code, refused.get_json()["code"]) == (422, "hook_events_invalid")
    of_label = {**BODY, "events": ["entry.received"], "scope": "label", "label": "nightshift"}
    assert artist.post("/hooks", of_label).get_json()["code"] == "label_members_only"
    assert artist.post("/hooks", {**of_label, "label": "nobody"}).get_json()["code"] == "label_not_found"
    made = host.post("/hooks", of_label)
    assert (made.status_code, made.get_json()["label"]) == (201, "nightshift")
    path = f"/hooks/{made.get_json()['id']}"
    assert artist.get(path).status_code == 404
    invitation = host.post("/labels/nightshift/invitations", {"role": "owner"}).get_json()
    artist.post(f"/label-invitations/{invitation['token']}/acceptance")
    assert artist.get(path).status_code == 200, "it is the label's, not who made it"
    assert artist.edit(path, {"events": ["contest.decided"]}).get_json()["events"] == ["contest.decided"]


def test_there_are_ten_at_most(stage: HookStage) -> None:
    artist = stage.person("artist")
    for _ in range(10):
        assert artist.post("/hooks", BODY).status_code == 201
    refused = artist.post("/hooks", BODY)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "hooks_limit")
    assert artist.delete(f"/hooks/{artist.get('/hooks').get_json()['hooks'][0]['id']}").status_code == 204
    assert artist.post("/hooks", BODY).status_code == 201
    assert stage.person("other").post("/hooks", BODY).status_code == 201


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_edit_says_what_it_saw(stage: HookStage) -> None:
    artist = stage.person("artist")
    hook = artist.post("/hooks", BODY).get_json()
    path = f"/hooks/{hook['id']}"
    assert artist.patch(path, {"name": "Other"}).status_code == 428
    assert artist.patch(path, {"name": "Other"}, revision=7).status_code == 412
    edited = artist.patch(path, {"name": "Other", "address": "https://93.184.215.15/"}, revision=hook["revision"])
    assert (edited.get_json()["name"], edited.get_json()["address"]) == ("Other", "https://93.184.215.15/")
    assert artist.patch(path, {"name": "Third"}, revision=hook["revision"]).status_code == 412
    assert artist.edit(path, {"address": "https://10.0.0.1/"}).get_json()["code"] == "hook_address_invalid"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_secrets_are_shown_once_and_logged_nowhere(stage: HookStage, capsys: pytest.CaptureFixture[str]) -> None:
    artist = stage.person("artist")
    hook = artist.post("/hooks", BODY, headers={"Idempotency-Key": "k1"}).get_json()
    discord = artist.post("/hooks", {**BODY, "kind": "discord", "address": DISCORD}).get_json()
    assert discord["secret"] is None
    assert discord["address"] == "https://discord.com/api/webhooks/123456789012345678/…"
    assert artist.post(f"/hooks/{discord['id']}/secret").get_json()["code"] == "hook_unsigned"
    token = DISCORD.rpartition("/")[2]
    shown = [artist.get(path).text for path in ("/hooks", f"/hooks/{hook['id']}", f"/hooks/{discord['id']}")]
    stored = [json.dumps({name: str(value) for name, value in vars(row).items()}) for row in stage.hub.rows(Hook)]
    audited = [json.dumps([entry.before, entry.after]) for entry in stage.hub.rows(AuditEntry)]
    for text in (*shown, *stored, *audited, capsys.readouterr().out):
        assert token not in text
        assert hook["secret"] not in text
    assert "key=secret" not in "".join(audited), "an address may hold a key"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_tests_are_not_for_flooding(stage: HookStage, receiver: WebServer) -> None:
    artist = stage.person("artist")
    hook = stage.hook(artist, receiver)
    answers = [artist.post(f"/hooks/{hook['id']}/tests").status_code for _ in range(21)]
    assert answers == [201] * 20 + [429]
