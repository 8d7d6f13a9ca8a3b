"""From a work that may not be remixed to the published remix through the pages alone, without script."""

from __future__ import annotations

import re

import pytest

from remixhub.domain.licences.permissions import PermissionState
from remixhub.domain.licences.terms import Licence
from remixhub.models import Permission, Work
from tests.integration.conftest import Client, Hub
from tests.integration.contests.conftest import ContestStage


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages ask the services, which are tested on both databases."""
    return sqlite_url


@pytest.fixture
def stage(hub: Hub) -> ContestStage:
    return ContestStage(hub)


@pytest.fixture
def people(hub: Hub) -> dict[str, Client]:
    return {handle: hub.browser(handle) for handle in ("ada", "fan", "bob")}


def test_leave_is_asked_on_the_page_of_a_work_and_the_remix_published(
    hub: Hub, stage: ContestStage, people: dict[str, Client]
) -> None:
    ada, fan, bob, visitor = (*(people[handle].http for handle in ("ada", "fan", "bob")), hub.visitor().http)
    song = stage.catalogue.work("Harbour", by="ada", licence=Licence.BY_ND)
    address = f"/works/{song}/leave"
    assert address in fan.get(f"/works/{song}").text
    assert address not in ada.get(f"/works/{song}").text
    assert address not in visitor.get(f"/works/{song}").text
    form = fan.get(address).text
    assert "Title of your remix" in form
    assert "nothing needs leave" in ada.get(address).text
    untitled = fan.post(address, data={"licence": "cc-by-nc-4.0", "note": "The choir.", "source": song})
    assert (untitled.status_code, "The choir." in untitled.text) == (422, True)
    asked = fan.post(address, data={"title": "Tide", "licence": "cc-by-nc-4.0", "note": "The choir.", "source": song})
    assert asked.status_code == 303
    (permission,) = hub.rows(Permission)
    shown = f"/permissions/{permission.id}"
    assert asked.location.endswith(shown)
    for page in ("/notices", "/my/permissions"):
        assert shown in ada.get(page).text
    assert shown in fan.get("/my/permissions?role=asker").text
    assert bob.get(shown).status_code == visitor.get(shown).status_code == 404
    question = ada.get(shown).text
    for said in ("The choir.", "Give leave", "Put the work itself under another licence", "Decline"):
        assert said in question
    assert "Give leave" not in fan.get(shown).text
    contradiction = {"answer": "grant", "licence": "cc-by-4.0", "money": "no", "scope": "remix", "words": "Gladly."}
    refused = ada.post(f"{shown}/answer", data=contradiction)
    assert (refused.status_code, "Gladly." in refused.text) == (422, True)
    assert ada.post(f"{shown}/answer", data={**contradiction, "licence": "cc-by-nc-4.0"}).status_code == 303
    assert "Gladly." in ada.get(shown).text
    draft = f"/works/{permission.remix_id}/edit"
    editor = fan.get(draft).text
    assert "Add Harbour" in editor
    added = fan.post(f"/works/{permission.remix_id}/sources", data={"source": song, "licence": "cc-by-nc-4.0"})
    assert added.status_code == 303, added.text
    stage.give_audio(permission.remix_id)
    assert fan.post(f"/works/{permission.remix_id}/publish").status_code == 303
    assert "cannot be changed any more" in ada.post(f"{shown}/revoke").text
    public = visitor.get(shown).text
    assert "Gladly." in public
    assert permission.remix_id in public
    assert "The choir." not in public


def test_a_refused_source_and_a_barred_licence_say_whose_leave_they_need(
    hub: Hub, stage: ContestStage, people: dict[str, Client]
) -> None:
    fan = people["fan"].http
    beat = stage.catalogue.work("Beat", by="bob", licence=Licence.BY_SA)
    song = stage.catalogue.work("Harbour", by="ada", licence=Licence.BY_NC)
    draft = stage.catalogue.draft("Tide", [beat], by="fan", licence=Licence.BY_SA)
    assert fan.post(f"/works/{draft}/sources", data={"source": song}).status_code == 303
    refused = fan.get(f"/works/{draft}/edit").text
    ways = re.findall(r'href="/works/(\w+)/leave\?source=(\w+)&amp;remix=(\w+)"', refused)
    assert ways == [(beat, beat, draft), (song, song, draft)]
    assert f"/works/{draft}/in-the-way?licence=cc-by-4.0" in fan.get(f"/works/{draft}/edit").text
    way = fan.get(f"/works/{draft}/in-the-way?licence=cc-by-4.0").text
    assert f"/works/{beat}/leave?source={beat}&amp;remix={draft}&amp;licence=cc-by-4.0" in way
    assert "Nothing: your sources allow it." in fan.get(f"/works/{draft}/in-the-way?licence=cc-by-sa-4.0").text
    assert people["ada"].http.get(f"/works/{draft}/in-the-way?licence=cc-by-4.0").status_code == 404
    form = fan.get(f"/works/{song}/leave?source={song}&remix={draft}").text
    enough = re.findall(r'value="(cc[\w.-]+)" required[^>]*><span><strong>[^<]*</strong> <span[^>]*>[^<]*</span>', form)
    assert enough == ["cc-by-sa-4.0"], "the only licence of the draft that the beat allows"


def test_a_question_is_taken_back_or_declined_with_a_word(
    hub: Hub, stage: ContestStage, people: dict[str, Client]
) -> None:
    ada, fan = people["ada"].http, people["fan"].http
    song = stage.catalogue.work("Harbour", by="ada", licence=Licence.ALL_RIGHTS_RESERVED)
    form = {"title": "Tide", "licence": "cc-by-nc-4.0", "source": song}
    for _ in range(2):
        assert fan.post(f"/works/{song}/leave", data=form).status_code == 303
    first, second = (one.id for one in hub.rows(Permission))
    assert fan.post(f"/permissions/{first}/withdraw").status_code == 303
    assert fan.post(f"/permissions/{second}/answer", data={"answer": "decline"}).status_code == 422
    declined = ada.post(f"/permissions/{second}/answer", data={"answer": "decline", "words": "Not this one."})
    assert declined.status_code == 303
    assert "Not this one." in fan.get(f"/permissions/{second}").text
    assert ada.post(f"/permissions/{second}/answer", data={"answer": "withdraw"}).status_code == 422
    states = {one.id: one.state for one in hub.rows(Permission)}
    assert states == {first: PermissionState.WITHDRAWN, second: PermissionState.DECLINED}
    third = {"answer": "relicense", "licence": "cc-by-4.0"}
    fan.post(f"/works/{song}/leave", data=form)
    (open_one,) = [one.id for one in hub.rows(Permission) if one.state is PermissionState.ASKED]
    assert ada.post(f"/permissions/{open_one}/answer", data=third).status_code == 303
    assert next(one.licence for one in hub.rows(Work) if one.id == song) is Licence.BY
