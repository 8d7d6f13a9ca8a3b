"""`Idempotency-Key`: a POST that is sent again is answered again, and done once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from remixhub.domain.access import SYSTEM
from remixhub.models import AccessToken, Account, CodeApp, IdempotentAnswer, Row, Upload, now
from remixhub.services.house.furnishing import furnish
from tests.integration.conftest import PASSWORD, Client, Hub
from tests.integration.lineage.catalogue import Catalogue

UPLOAD = {"filename": "a.wav", "size_bytes": 1000, "purpose": "stem"}
SECRET_WORDS = {"code", "key", "link", "links", "password", "secret", "token", "url"}
OPEN = set(
    "Account.links Archive.url BegunMixDraft.share_url Contest.is_secret_remixer ElsewhereSource.link_state "
    "Finding.code Hook.old_secret_until MadeHook.old_secret_until Mix.mixdown_url Mix.opening_url Mix.peaks_url "
    "Mix.preview_url MixFile.url ReceiptOfEntry.code Refusal.code Source.link_state Stem.mixer_index_url "
    "Stem.mixer_url Stem.peaks_coarse_url Stem.peaks_url Stem.preview_url StemPack.key StemPack.key_confidence "
    "Work.cover_url Work.key Work.peaks_url Work.preview_url WorkCard.key".split()
)
"""What is named like a secret and is none: codes of problems, musical keys, links of a profile, and the addresses of
renditions, which every reading shows anew; and a new draft has no link yet."""


class Field(NamedTuple):
    path: str
    schema: str
    name: str
    is_secret: bool


def answered_fields(hub: Hub) -> Iterator[Field]:
    """Every field of every answer to a POST, as the OpenAPI document has them."""
    spec = hub.visitor().get("/openapi.json").get_json()
    for path, operations in spec["paths"].items():
        for status, response in operations.get("post", {"responses": {}})["responses"].items():
            for media in response.get("content", {}).values() if status.startswith("2") else ():
                for schema, name, facts in fields_within(spec, media["schema"]):
                    yield Field(path.removeprefix("/api/v1"), schema, name, facts.get("x-secret", False))


def fields_within(spec: Any, facts: Any, schema: str = "") -> Iterator[tuple[str, str, Any]]:
    if "$ref" in facts:
        schema = facts["$ref"].rpartition("/")[2]
        facts = spec["components"]["schemas"][schema]
    for within in (facts["items"],) if "items" in facts else facts.get("allOf", facts.get("anyOf", ())):
        yield from fields_within(spec, within, schema)
    for name, its in facts.get("properties", {}).items():
        yield schema, name, its
        yield from fields_within(spec, its, schema)


def everything_stored(hub: Hub) -> list[str]:
    with hub.parts.database.reading() as session:
        return [str(row) for table in Row.metadata.sorted_tables for row in session.execute(sa.select(table))]


def post(client: Client, body: Any, key: str = "one", path: str = "/uploads") -> TestResponse:
    return client.post(path, body, headers={"Idempotency-Key": key})


def test_the_same_request_with_the_same_key_is_answered_once(hub: Hub) -> None:
    artist = hub.account()
    body = {"filename": "a.wav", "size_bytes": 1000, "purpose": "stem"}
    first = artist.post("/uploads", body, headers={"Idempotency-Key": "one"})
    again = artist.post("/uploads", body, headers={"Idempotency-Key": "one"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert again.headers["Location"] == first.headers["Location"]
    assert len(artist.get("/uploads").get_json()["uploads"]) == 1
    other = artist.post("/uploads", {**body, "size_bytes": 2000}, headers={"Idempotency-Key": "one"})
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_key_reused")
    mine = hub.account("other").post("/uploads", body, headers={"Idempotency-Key": "one"})
    assert mine.get_json()["id"] != first.get_json()["id"]


def test_a_refusal_is_answered_again_as_it_was(hub: Hub) -> None:
    artist = hub.account()
    first = post(artist, {**UPLOAD, "size_bytes": 0})
    again = post(artist, {**UPLOAD, "size_bytes": 0})
    assert (first.status_code, again.status_code) == (422, 422)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.content_type == "application/problem+json"
    assert again.get_json() == first.get_json()


def test_requests_at_once_with_one_key_are_done_once(hub: Hub) -> None:
    hub.account()
    (token,) = (hub.account("other").headers["Authorization"],)
    clients = [Client(hub.app.test_client(), hub.parts, headers={"Authorization": token}) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda client: post(client, UPLOAD), clients))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.get_json().get("code") for answer in answers if answer.status_code == 409} <= {
        "idempotency_in_progress"
    }
    assert len(hub.rows(Upload)) == 1


def test_a_key_is_free_again_after_a_passing_fault(hub: Hub) -> None:
    reader = hub.account("reader", scopes=("read",))
    with hub.parts.database.writing() as session:
        session.execute(sa.update(AccessToken).values(revoked_at=now()))
    assert post(reader, UPLOAD).status_code == 401
    assert hub.rows(IdempotentAnswer) == []


def test_a_request_that_never_ended_gives_its_key_back(hub: Hub) -> None:
    artist = hub.account()
    post(artist, UPLOAD)
    with hub.parts.database.writing() as session:
        session.execute(sa.update(IdempotentAnswer).values(status=None, body=None))
    waiting = post(artist, UPLOAD)
    assert (waiting.status_code, waiting.get_json()["code"]) == (409, "idempotency_in_progress")
    with hub.parts.database.writing() as session:
        session.execute(sa.update(IdempotentAnswer).values(created_at=now(-61)))
    assert post(artist, UPLOAD).status_code == 201


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_answer_that_could_show_a_secret_says_whether_it_does(hub: Hub) -> None:
    named_so = {
        f"{field.schema}.{field.name}"
        for field in answered_fields(hub)
        if SECRET_WORDS & set(field.name.split("_")) and not field.is_secret
    }
    assert named_so == OPEN


def add_code_app(hub: Hub) -> None:
    (account,) = (one for one in hub.rows(Account) if one.handle == "artist")
    with hub.parts.database.writing() as session:
        session.add(CodeApp(account_id=account.id, sealed_secret="none", confirmed_at=now()))


def test_a_secret_is_shown_once_and_stands_in_no_table(hub: Hub) -> None:
    browser = hub.browser()
    browser.post("/labels", {"handle": "rooftop", "name": "Rooftop"})
    upload = browser.post("/uploads", UPLOAD).get_json()
    catalogue = Catalogue(hub.parts)
    pack, (stem,) = catalogue.pack(catalogue.work("Release", by="artist"), [catalogue.original()])
    begun = {"stem_pack_id": pack, "spec": {"version": 1, "lanes": [{"stem": stem}]}}
    draft = browser.post("/mix-drafts", begun).get_json()
    work_id = catalogue.work("Heard", by="somebody")
    furnish(SYSTEM, hub.parts, {"invitations_each": 1}, revision=None)
    webhook = {"name": "Bot", "address": "https://93.184.216.34/hook", "events": ["work.published"]}
    hook_id = browser.post("/hooks", webhook).get_json()["id"]
    app = {"name": "Site", "redirects": ["https://site.example/"], "scopes": ["read"], "is_confidential": True}
    client_id = browser.post("/oauth-clients", app).get_json()["id"]
    asked: dict[str, dict[str, Any]] = {
        "/mix-drafts/{mix_draft_id}/share": {},
        "/tokens": {"name": "t", "scopes": ["read"]},
        "/invitations": {},
        "/labels/{label}/invitations": {"role": "judge"},
        "/uploads/{upload_id}/parts": {"part_numbers": [1]},
        "/account/recovery-codes": {},
        "/account/code-app": {},
        "/works/{work_id}/plays": {},
        "/hooks": webhook,
        "/hooks/{hook_id}/secret": {},
        "/oauth-clients": app,
        "/oauth-clients/{client_id}/secret": {},
        "/sessions": {"login": "artist", "password": PASSWORD},
    }
    secret = {field.path: field.name for field in answered_fields(hub) if field.is_secret}
    assert set(asked) == set(secret)
    add_code_app(hub)
    for rule, body in asked.items():
        path = rule.format(
            label="rooftop",
            upload_id=upload["id"],
            mix_draft_id=draft["id"],
            work_id=work_id,
            hook_id=hook_id,
            client_id=client_id,
        )
        first = post(browser, body, key=rule, path=path)
        assert first.status_code in (200, 201, 202), first.text
        assert first.headers["Cache-Control"] == "no-store"
        shown = re.findall(rf'"{secret[rule]}": ?\[?"([^"]+)"', first.text)
        assert shown
        assert not [row for row in everything_stored(hub) if any(one in row for one in shown)]
        again = post(browser, body, key=rule, path=path)
        assert (again.status_code, again.get_json()["code"]) == (409, "idempotency_answer_secret")
    assert len(browser.get("/tokens").get_json()["tokens"]) == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "a\x7fb"])
def test_an_unusable_key_is_refused(hub: Hub, key: str) -> None:
    answer = post(hub.account(), UPLOAD, key)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency_key_invalid")
    assert hub.rows(Upload) == []


def test_a_visitor_s_key_changes_nothing(hub: Hub) -> None:
    assert post(hub.visitor(), UPLOAD).get_json()["code"] == "unauthenticated"
    assert hub.rows(IdempotentAnswer) == []
