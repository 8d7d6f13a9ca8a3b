"""Pages of draft mixes: the desk of a draft, its file, what is shared by a link and copied, and silent stems."""

from __future__ import annotations

import json
import re
from typing import Any

import flask.testing
import pytest

from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WorkState
from remixhub.models import Mix, MixDraft
from tests.integration.conftest import PASSWORD, Hub
from tests.integration.reading_stage import ReadingStage


@pytest.fixture
def draft(stage: ReadingStage) -> str:
    """Of the host's release, by a fan."""
    spec = {"version": 1, "lanes": [{"stem": stage.ids["release_stem"], "gain_db": -7.5}]}
    begun = {"stem_pack_id": stage.ids["release_pack"], "spec": spec, "title": "At <dawn>"}
    made = stage.contests.person("fan0").post("/mix-drafts", begun)
    assert made.status_code == 201, made.text
    return str(made.get_json()["id"])


def desk_of(page: Any) -> dict[str, Any]:
    assert page.status_code == 200, page.text
    found = re.search(r'<mix-desk>.*?<script type="application/json">(.*?)</script>', page.text, re.DOTALL)
    assert found is not None
    read: dict[str, Any] = json.loads(found[1])
    return read


def link_of(stage: ReadingStage, draft: str) -> str:
    shared = stage.contests.person("fan0").post(f"/mix-drafts/{draft}/share").get_json()["share_url"]
    assert shared.startswith(stage.hub.parts.settings.public_url)
    return str(shared.removeprefix(stage.hub.parts.settings.public_url))


def test_a_new_desk_has_all_stems_and_keeps_nothing_yet(stage: ReadingStage, fan: flask.testing.FlaskClient) -> None:
    desk = desk_of(fan.get(f"/stem-packs/{stage.ids['release_pack']}/mix"))
    assert (desk["draft"], desk["is_read_only"], desk["may_keep"]) == (None, False, True)
    assert [lane["stem"] for lane in desk["spec"]["lanes"]] == [stem["id"] for stem in desk["pack"]["stems"]]
    assert desk["spec"]["grid"] == {"bpm": 120.0, "beats_per_bar": 4, "first_beat_frames": 0}
    assert (desk["pack"]["key"], desk["pack"]["stems"][0]["frames"]) == ("Am", 44_100)
    visitor = desk_of(stage.hub.visitor().http.get(f"/stem-packs/{stage.ids['release_pack']}/mix"))
    assert visitor["may_keep"] is False
    assert visitor["urls"]["sign_in"].startswith("/sign-in?next=%2Fstem-packs%2F")


def test_a_new_desk_leads_to_the_mix_of_the_same_stems_that_was_kept_last(
    stage: ReadingStage, draft: str, fan: flask.testing.FlaskClient
) -> None:
    new = f"/stem-packs/{stage.ids['release_pack']}/mix"
    page = fan.get(new).text
    assert f'<a href="/mix-drafts/{draft}"><bdi>At &lt;dawn&gt;</bdi></a>, kept' in page
    assert "You have a mix" not in stage.browser("fan1").get(new).text
    assert "You have a mix" not in fan.get(f"/mix-drafts/{draft}").text


def test_a_draft_is_opened_as_it_was_kept(draft: str, fan: flask.testing.FlaskClient) -> None:
    desk = desk_of(fan.get(f"/mix-drafts/{draft}"))
    assert (desk["draft"]["id"], desk["draft"]["revision"], desk["title"]) == (draft, 1, "At <dawn>")
    assert desk["spec"]["lanes"][0]["gain_db"] == -7.5
    assert desk["draft"]["share_url"] is None


def test_a_draft_is_somebody_s_own(stage: ReadingStage, draft: str) -> None:
    visitor, other = stage.hub.visitor().http, stage.browser("fan1")
    for rest in ("", "/mix.json"):
        assert visitor.get(f"/mix-drafts/{draft}{rest}").headers["Location"].startswith("/sign-in")
        assert other.get(f"/mix-drafts/{draft}{rest}").status_code == 404
    for rest in ("/render", "/delete"):
        assert other.post(f"/mix-drafts/{draft}{rest}").status_code == 404


def test_the_file_names_the_stems_as_the_zip_does(draft: str, fan: flask.testing.FlaskClient) -> None:
    file = fan.get(f"/mix-drafts/{draft}/mix.json")
    assert file.headers["Content-Disposition"] == 'attachment; filename="At _dawn_.mix.json"'
    spec = json.loads(file.text)
    assert list(spec["stems"].values()) == ["01 Stem 0.wav", "02 Stem 1.wav"]
    assert spec["lanes"][0]["stem"] in spec["stems"]


def test_one_s_drafts_stand_before_what_was_rendered(draft: str, fan: flask.testing.FlaskClient, hub: Hub) -> None:
    assert "No mixes yet" not in fan.get("/mixes").text
    assert "At &lt;dawn&gt;" in fan.get("/mixes").text
    rendered = fan.post(f"/mix-drafts/{draft}/render")
    assert rendered.status_code == 303
    mix_id = rendered.headers["Location"].rpartition("/")[2]
    assert f'href="/mixes/{mix_id}"' in fan.get("/mixes").text
    assert fan.post(f"/mixes/{mix_id}/draft").headers["Location"] == f"/mix-drafts/{draft}"
    gone = fan.post(f"/mix-drafts/{draft}/delete", follow_redirects=True)
    assert "The draft is deleted" in gone.text
    assert [mix.id for mix in hub.rows(Mix) if mix.id == mix_id] == [mix_id]


def test_a_draft_of_a_work_that_was_taken_down_says_so_and_is_still_a_file(
    stage: ReadingStage, draft: str, fan: flask.testing.FlaskClient
) -> None:
    link = link_of(stage, draft)
    stage.catalogue.set_state(stage.ids["release"], WorkState.TAKEN_DOWN)
    page = fan.get(f"/mix-drafts/{draft}")
    assert page.status_code == 200
    assert "took the work down: its stems have fallen silent" in page.text
    assert "<mix-desk>" not in page.text
    assert fan.get(f"/mix-drafts/{draft}/mix.json").status_code == 200
    assert "taken down" in fan.get("/mixes").text
    assert stage.hub.visitor().http.get(link).status_code == 409


def test_a_shared_mix_is_shown_to_whoever_has_the_link_and_to_no_robot(
    stage: ReadingStage, draft: str, fan: flask.testing.FlaskClient
) -> None:
    link = link_of(stage, draft)
    assert desk_of(fan.get(f"/mix-drafts/{draft}"))["draft"]["share_url"].endswith(link)
    shown = stage.hub.visitor().http.get(link)
    desk = desk_of(shown)
    assert (desk["is_read_only"], desk["may_keep"], desk["draft"]) == (True, False, None)
    assert (desk["by"], desk["urls"]["copy"]) == ("Fan0", f"{link}/copy")
    assert shown.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in shown.text
    assert "canonical" not in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    stage.contests.person("fan0").delete(f"/mix-drafts/{draft}/share")
    ended = stage.hub.visitor().http.get(link)
    assert ended.status_code == 404
    assert "The link was ended" in ended.text


def test_a_link_to_stems_under_a_contest_licence_is_for_those_who_accepted_it(stage: ReadingStage, draft: str) -> None:
    link = link_of(stage, draft)
    stage.catalogue.relicense(stage.ids["release"], Licence(stage.ids["entrants_licence"]))
    refused = stage.hub.visitor().http.get(link)
    assert refused.status_code == 403
    assert f'href="/contest-licences/{stage.ids["entrants_licence"]}?back=%2Fshared-mixes%2F' in refused.text


def test_a_visitor_who_makes_it_theirs_signs_in_and_finds_the_copy(stage: ReadingStage, draft: str, hub: Hub) -> None:
    link = link_of(stage, draft)
    hub.browser("newcomer")
    visitor = hub.visitor().http
    asked = visitor.post(f"{link}/copy")
    assert asked.headers["Location"].startswith("/sign-in?next=%2Fshared-mixes%2F")
    form = {"login": "newcomer", "password": PASSWORD, "next": f"{link}/copy"}
    signed_in = visitor.post("/sign-in", data=form)
    assert signed_in.headers["Location"] == f"{link}/copy"
    copied = visitor.get(f"{link}/copy")
    assert copied.headers["Location"].startswith("/mix-drafts/")
    assert "own copy" in visitor.get(copied.headers["Location"]).text
    assert visitor.get(f"{link}/copy").headers["Location"] == link
    assert len([one for one in hub.rows(MixDraft) if one.title == "At <dawn>"]) == 2


def test_following_a_link_copies_nothing(stage: ReadingStage, draft: str, hub: Hub) -> None:
    link = link_of(stage, draft)
    before = len(hub.rows(MixDraft))
    assert stage.browser("fan1").get(f"{link}/copy").headers["Location"] == link
    assert len(hub.rows(MixDraft)) == before
