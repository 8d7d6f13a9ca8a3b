"""From a rendered mix to a published remix by two keys, and what is said where that does not go."""

from __future__ import annotations

import re

import flask.testing
import pytest
import sqlalchemy as sa

from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import IngestState, WorkState
from remixhub.models import Mixdown, StemPack, Work, now
from tests.integration.conftest import Hub
from tests.integration.reading_stage import ReadingStage


@pytest.fixture
def mix(stage: ReadingStage) -> str:
    return mixed(stage)


def mixed(stage: ReadingStage) -> str:
    with stage.hub.parts.database.writing() as session:
        session.execute(sa.update(StemPack).values(frozen_at=now()))
    spec = {
        "version": 2,
        "lanes": [{"stem": stage.ids["release_stem"], "clips": [{"trim_start_frames": 100}]}],
        "markers": [{"at_frames": 0, "name": "Drop"}],
    }
    body = {"stem_pack_id": stage.ids["release_pack"], "spec": spec, "title": "Late"}
    made = stage.contests.person("fan0").post("/mixes", body)
    assert made.status_code == 201, made.text
    assert made.get_json()["spec"]["markers"] == spec["markers"]
    return str(made.get_json()["id"])


def render(hub: Hub) -> None:
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Mixdown).values(state=IngestState.READY, duration_frames=44_100))


def test_two_keys_lead_from_a_rendered_mix_to_a_published_remix(
    hub: Hub, stage: ReadingStage, fan: flask.testing.FlaskClient, mix: str
) -> None:
    begun = fan.post(f"/mixes/{mix}/remix")
    assert begun.status_code == 303, begun.text
    sheet = fan.get(begun.headers["Location"])
    assert "it is being rendered" in sheet.text
    assert re.search(r'<button class="primary" form="sheet" disabled>Publish now', sheet.text)
    render(hub)
    assert fan.post(f"/mixes/{mix}/remix").headers["Location"] == begun.headers["Location"]
    sheet = fan.get(begun.headers["Location"])
    assert 'value="Late"' in sheet.text
    assert re.search(r'value="cc-by-4.0" checked', sheet.text)
    assert "Stem 0</span>" in sheet.text
    assert "Stem 1</span>" not in sheet.text
    published = fan.post(begun.headers["Location"], data={"title": "Late", "licence": "cc-by-4.0"})
    assert published.headers["Location"] == begun.headers["Location"].removesuffix("/sheet")
    assert f'Published as <a href="{published.headers["Location"]}">' in fan.get(f"/mixes/{mix}").text
    own = fan.get("/mixes").text
    assert "Publish as remix" not in own
    assert f'href="{published.headers["Location"]}">Published' in own
    assert hub.visitor().http.get(published.headers["Location"]).status_code == 200
    assert fan.get(begun.headers["Location"]).headers["Location"] == published.headers["Location"]


def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(
    hub: Hub, fan: flask.testing.FlaskClient, mix: str
) -> None:
    render(hub)
    address = fan.post(f"/mixes/{mix}/remix").headers["Location"]
    empty = fan.post(address, data={"title": "", "licence": "cc-by-sa-4.0"})
    assert empty.status_code == 422
    assert 'id="title-fault"' in empty.text
    assert re.search(r'value="cc-by-sa-4.0" checked', empty.text)
    closed = fan.post(address, data={"title": "Typed", "licence": "cc0-1.0"})
    assert closed.status_code == 422
    assert 'value="Typed"' in closed.text
    drafts = [one.title for one in hub.rows(Work) if one.state is WorkState.DRAFT and one.title == "Late"]
    assert drafts == ["Late"]


def test_a_mix_that_may_not_be_published_says_why_and_what_helps(
    stage: ReadingStage, fan: flask.testing.FlaskClient
) -> None:
    stage.catalogue.relicense(stage.ids["release"], Licence.BY_ND)
    mix = mixed(stage)
    page = fan.get(f"/mixes/{mix}").text
    assert "It cannot be published." in page
    assert f'href="/works/{stage.ids["release"]}/leave"' in page
    sheet = fan.get(fan.post(f"/mixes/{mix}/remix").headers["Location"]).text
    assert "It cannot be published yet." in sheet
    assert "See what helps" in sheet
    assert 'name="licence" value' in sheet


def test_the_sheet_is_its_artist_s_alone(
    hub: Hub, stage: ReadingStage, fan: flask.testing.FlaskClient, mix: str
) -> None:
    address = fan.post(f"/mixes/{mix}/remix").headers["Location"]
    other = stage.browser("fan1")
    assert other.get(address).status_code == 404
    assert other.post(address, data={"title": "Mine", "licence": "cc-by-4.0"}).status_code == 404
    assert hub.visitor().http.get(address).headers["Location"].startswith("/sign-in")
