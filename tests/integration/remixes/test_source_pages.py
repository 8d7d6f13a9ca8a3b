"""A draft's sources through the pages alone: picked, amended, refused with what would help, left out, put back."""

from __future__ import annotations

import re

import flask.testing
import pytest

from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WishState, WorkState
from remixhub.models import SourceLink, SourceWish, Work
from tests.integration.conftest import Hub
from tests.integration.contests.conftest import ContestStage


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages ask the services, which are tested on both databases."""
    return sqlite_url


@pytest.fixture
def stage(hub: Hub) -> ContestStage:
    return ContestStage(hub)


@pytest.fixture
def fan(hub: Hub) -> flask.testing.FlaskClient:
    return hub.browser("fan").http


@pytest.fixture
def beat(stage: ContestStage) -> str:
    return stage.catalogue.work("Beat", by="bob", licence=Licence.BY_SA)


@pytest.fixture
def song(stage: ContestStage) -> str:
    return stage.catalogue.work("Harbour", by="ada", licence=Licence.BY_NC)


@pytest.fixture
def draft(stage: ContestStage, fan: flask.testing.FlaskClient, beat: str) -> str:
    return stage.give_audio(stage.catalogue.draft("Tide", [beat], by="fan", licence=Licence.BY_SA))


def cited(hub: Hub, draft: str) -> dict[str, SourceLink]:
    return {one.source_id: one for one in hub.rows(SourceLink) if one.derivative_id == draft}


def test_a_remix_is_not_published_without_a_source_that_was_refused(
    hub: Hub, fan: flask.testing.FlaskClient, draft: str, beat: str, song: str
) -> None:
    named = fan.post(f"/works/{draft}/sources", data={"source": song})
    assert "Harbour" in fan.get(f"/works/{draft}/edit").text
    refused = fan.post(f"/works/{draft}/publish")
    assert (refused.status_code, "Harbour" in refused.text) == (422, True)
    assert next(one.state for one in hub.rows(Work) if one.id == draft) is WorkState.DRAFT
    assert named.status_code == 303
    assert named.location.endswith(f"#source-{song}")
    assert fan.post(f"/works/{draft}/sources/{song}/remove").status_code == 303
    assert fan.post(f"/works/{draft}/publish").status_code == 303
    assert list(cited(hub, draft)) == [beat]


def test_a_refusal_names_the_pair_by_their_names_and_each_way_out_has_a_key(
    hub: Hub, fan: flask.testing.FlaskClient, draft: str, beat: str, song: str
) -> None:
    fan.post(f"/works/{draft}/sources", data={"source": song})
    editor = fan.get(f"/works/{draft}/edit").text
    assert "“Beat” and “Harbour” cannot meet in one remix." in editor
    assert "CC BY-SA 4.0 asks for the same licence; CC BY-NC 4.0 forbids sale." in editor
    assert "Not refused any more, or left out: “Harbour”" in editor
    assert "without “<bdi>Harbour</bdi>”, refused so far" in editor
    assert "1 source refused" in editor
    row = editor.partition(f'id="source-{song}"')[2]
    assert row.count('class="lineage-path"') == 2
    assert "cc-by" not in re.sub(r"<[^>]*>", "", row.partition("</ul>")[0]), "names, not ids"
    for work in (beat, song):
        assert f"/works/{work}/leave?source={work}&amp;remix={draft}" in row
    instead = re.search(r'formaction="([^"]*instead_of=[^"]*)"', row)
    assert instead is not None
    stamp = re.search(r'name="seen" value="(\w+)">\s*<div class="field">\s*<label for="title"', editor)
    assert stamp is not None
    words = {"seen": stamp[1], "title": "Tide and song", "licence": "cc-by-sa-4.0"}
    assert fan.post(instead[1].replace("&amp;", "&"), data=words).status_code == 303
    assert next(one.title for one in hub.rows(Work) if one.id == draft) == "Tide and song", "what was typed is kept"
    assert list(cited(hub, draft)) == [song]
    left = fan.get(f"/works/{draft}/edit").text
    assert "Left out (1)" in left
    assert "Put Beat back" in left


def test_a_licence_that_suits_both_is_one_key_away(
    hub: Hub, stage: ContestStage, fan: flask.testing.FlaskClient, song: str
) -> None:
    free = stage.catalogue.work("Free", by="bob", licence=Licence.BY)
    draft = stage.catalogue.draft("Tide", [free], by="fan", licence=Licence.BY)
    fan.post(f"/works/{draft}/sources", data={"source": song})
    editor = fan.get(f"/works/{draft}/edit").text
    assert "So the remix cannot be under CC BY 4.0." in editor
    assert "Publish under CC BY-NC 4.0" in editor
    assert fan.post(f"/works/{draft}/sources/{song}/cite?licence=cc-by-nc-4.0").status_code == 303
    assert set(cited(hub, draft)) == {free, song}
    assert next(one.licence for one in hub.rows(Work) if one.id == draft) is Licence.BY_NC


def test_what_was_taken_of_a_source_is_said_and_mended(
    hub: Hub, stage: ContestStage, fan: flask.testing.FlaskClient, draft: str, beat: str
) -> None:
    stage.give_audio(beat, 65.0)
    page = fan.get(f"/works/{draft}/edit").text
    assert "It is 1:05 long." in page
    form = {"seen": _seen(page), "kind": "sample", "starts": "1:60", "ends": "later", "note": "the snare\r\nroll"}
    refused = fan.post(f"/works/{draft}/sources/{beat}", data=form)
    assert refused.status_code == 422
    assert refused.text.count("such as 1:07") >= 2, "both faulty fields at once"
    for kept in ('value="1:60"', 'value="later"', "the snare", 'value="sample" selected'):
        assert kept in refused.text
    late = fan.post(f"/works/{draft}/sources/{beat}", data={**form, "starts": "0:10", "ends": "1:10"})
    assert 'id="ends-' + beat + '-fault">It is 1:05 long.' in late.text
    assert (
        fan.post(f"/works/{draft}/sources/{beat}", data={**form, "starts": "0:10", "ends": "0:20.5"}).status_code == 303
    )
    link = cited(hub, draft)[beat]
    assert (link.kind, link.starts_seconds, link.ends_seconds, link.note) == ("sample", 10.0, 20.5, "the snare\nroll")
    outdated = fan.post(f"/works/{draft}/sources/{beat}", data={**form, "starts": "", "ends": ""})
    assert (outdated.status_code, "in the meantime" in outdated.text) == (422, True)
    assert fan.post(f"/works/{draft}/sources/{beat}/remove").status_code == 303
    assert [one.state for one in hub.rows(SourceWish)] == [WishState.LEFT_OUT]
    assert fan.post(f"/works/{draft}/sources/{beat}/cite").status_code == 303
    assert cited(hub, draft)[beat].note == "the snare\nroll"


def test_sources_are_found_as_one_types_and_without_script(
    hub: Hub, fan: flask.testing.FlaskClient, draft: str, beat: str, song: str
) -> None:
    address = f"/works/{draft}/sources/pick?q=HARB"
    page, piece = fan.get(address).text, fan.get(address, headers={"HX-Request": "true"}).text
    assert "<h1" in page
    assert "<h1" not in piece
    for shown in (page, piece):
        assert "Harbour" in shown
        assert "clashes; you can add it to see why" in shown
        assert f'name="source" value="{song}"' in shown
    assert "named already" in fan.get(f"/works/{draft}/sources/pick?q=beat").text
    assert f'value="{song}"' in fan.get(f"/works/{draft}/sources/pick?q=http://localhost/works/{song}").text
    assert "Nothing here is called that" in fan.get(f"/works/{draft}/sources/pick?q=zzz").text
    assert "no downloads or mixes yet" in fan.get(f"/works/{draft}/sources/pick").text
    assert hub.browser("bob2").http.get(address).status_code == 404
    assert hub.visitor().http.get(address).status_code == 303


def test_the_verdict_follows_the_licence_that_is_chosen(fan: flask.testing.FlaskClient, draft: str, beat: str) -> None:
    yes = fan.get(f"/works/{draft}/edit/verdict?licence=cc-by-sa-4.0").text
    assert "Your remix may stand under CC BY-SA 4.0." in yes
    no = fan.get(f"/works/{draft}/edit/verdict?licence=cc-by-4.0").text
    assert "“Beat” is under CC BY-SA 4.0, which asks for the same licence." in no
    assert 'class="lineage-path"' in no
    assert f"/works/{beat}/leave?source={beat}&amp;remix={draft}&amp;licence=cc-by-4.0" in no
    assert fan.get(f"/works/{draft}/edit/verdict?licence=none").status_code == 422


def _seen(page: str) -> str:
    found = re.search(r'/sources/\w+" novalidate>\s*<input type="hidden" name="seen" value="(\w+)"', page)
    assert found is not None
    return found[1]
