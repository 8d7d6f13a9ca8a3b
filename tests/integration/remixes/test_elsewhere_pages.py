"""Sources from elsewhere through the pages alone: declared, mended, refused with what helps, and after publication."""

from __future__ import annotations

import flask.testing
import pytest

from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.foreign_addresses import node_id
from remixhub.domain.states import LinkState
from remixhub.models import ElsewhereSource, SourceLink, Work
from remixhub.services.accounts.accounts import make_operator
from tests.integration.conftest import PASSWORD, Client, Hub
from tests.integration.contests.conftest import ContestStage

RAIN = "https://freesound.org/people/ines/sounds/1/"
NODE = node_id(RAIN)
FORM = {"address": RAIN, "title": "Rain", "artist": "Ines", "licence": "CC BY 4.0", "seen_on": "2024-03-01"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages ask the services, which are tested on both databases."""
    return sqlite_url


@pytest.fixture
def stage(hub: Hub) -> ContestStage:
    return ContestStage(hub)


@pytest.fixture
def client(hub: Hub) -> Client:
    return hub.browser("fan")


@pytest.fixture
def fan(client: Client) -> flask.testing.FlaskClient:
    return client.http


@pytest.fixture
def draft(stage: ContestStage, fan: flask.testing.FlaskClient) -> str:
    beat = stage.catalogue.work("Beat", by="bob", licence=Licence.BY)
    return stage.give_audio(stage.catalogue.draft("Tide", [beat], by="fan", licence=Licence.BY))


def rows(hub: Hub) -> list[ElsewhereSource]:
    return hub.rows(ElsewhereSource)


def test_what_was_typed_stays_until_it_is_right(hub: Hub, fan: flask.testing.FlaskClient, draft: str) -> None:
    wrong = {**FORM, "licence": "public domain", "seen_on": "yesterday", "leave_words": "Go on."}
    refused = fan.post(f"/works/{draft}/elsewhere", data=wrong)
    assert refused.status_code == 422
    for fault in ("leaves open what is meant", "Write a day such as", "Say when."):
        assert fault in refused.text
    assert 'value="Rain"' in refused.text
    assert not rows(hub)
    assert fan.post(f"/works/{draft}/elsewhere", data=FORM).status_code == 303
    page = fan.get(f"/works/{draft}/edit").text
    assert "under CC BY 4.0 as you saw it on 1 March 2024" in page
    mended = {**FORM, "title": "Regen", "starts": "0:04", "ends": "0:09"}
    assert fan.post(f"/works/{draft}/elsewhere/{NODE}", data=mended).status_code == 303
    (row,) = rows(hub)
    assert (row.title, row.starts_seconds, row.seen_on.isoformat()) == ("Regen", 4.0, "2024-03-01")
    assert fan.post(f"/works/{draft}/elsewhere/{NODE}/remove").status_code == 303
    assert not rows(hub)


def test_a_refused_one_is_kept_and_leave_lets_it_in(hub: Hub, fan: flask.testing.FlaskClient, draft: str) -> None:
    closed = {**FORM, "licence": "All rights reserved"}
    fan.post(f"/works/{draft}/elsewhere", data=closed)
    assert [row.is_wanted for row in rows(hub)] == [True]
    page = fan.get(f"/works/{draft}/edit").text
    assert "If its artist gave you leave, say so below" in page
    assert fan.post(f"/works/{draft}/publish").status_code == 422
    leave = {"leave_licence": "CC BY 4.0", "leave_on": "2024-02-01", "leave_words": "Go on."}
    fan.post(f"/works/{draft}/elsewhere/{NODE}", data={**closed, **leave})
    assert [row.is_wanted for row in rows(hub)] == [False]
    assert "as you declare" in fan.get(f"/works/{draft}/edit").text
    assert fan.post(f"/works/{draft}/publish").status_code == 303
    shown = fan.get(f"/works/{draft}").text
    assert "by leave of its artist of 1 February 2024, as declared" in shown
    assert 'rel="nofollow noopener noreferrer ugc"' in shown


def test_an_address_of_this_hub_becomes_a_source_of_its_own(
    hub: Hub, stage: ContestStage, fan: flask.testing.FlaskClient, draft: str
) -> None:
    here = stage.catalogue.work("Here", by="ada", licence=Licence.BY)
    told = fan.post(f"/works/{draft}/elsewhere", data={**FORM, "address": hub.parts.addresses.work(here)})
    assert told.status_code == 303
    assert here in {link.source_id for link in hub.rows(SourceLink) if link.derivative_id == draft}
    assert not rows(hub)
    asked = fan.get(f"/works/{draft}/elsewhere/site", query_string={"address": hub.parts.addresses.work(here)})
    assert "on this hub" in asked.text
    assert "Freesound" in fan.get(f"/works/{draft}/elsewhere/site", query_string={"address": RAIN}).text
    assert "Begin it with https" in fan.get(f"/works/{draft}/elsewhere/site?address=freesound.org").text


def test_of_a_published_remix_it_is_added_disputed_and_decided(
    hub: Hub, fan: flask.testing.FlaskClient, draft: str
) -> None:
    assert fan.post(f"/works/{draft}/publish").status_code == 303
    refused = fan.post(f"/works/{draft}/elsewhere", data={**FORM, "licence": "CC BY-ND 4.0", "back": "links"})
    assert refused.status_code == 422
    assert "Sources and their history" in refused.text
    assert "which allows no remix to be published" in refused.text
    assert not rows(hub), "what is published wants nothing"
    assert fan.post(f"/works/{draft}/elsewhere", data={**FORM, "back": "links"}).status_code == 303
    page = fan.get(f"/works/{draft}/links").text
    assert "Sample from elsewhere, declared" in page
    act = {"source": NODE, "note": "It was another."}
    assert fan.post(f"/works/{draft}/links", data={**act, "act": "dispute"}).status_code == 303
    assert [row.state for row in rows(hub)] == [LinkState.DISPUTED]
    house = hub.browser("house").http
    make_operator(hub.parts, "house")
    assert house.post(f"/works/{draft}/links", data={**act, "act": "remove"}).status_code == 303
    assert not rows(hub)
    history = fan.get(f"/works/{draft}/links").text
    for words in ("Added", "Disputed", "Removed", "It was another."):
        assert words in history


def test_who_leaves_takes_drafts_along_and_nothing_that_is_published(
    hub: Hub, client: Client, fan: flask.testing.FlaskClient, draft: str
) -> None:
    fan.post(f"/works/{draft}/elsewhere", data=FORM)
    assert fan.post(f"/works/{draft}/publish").status_code == 303
    with hub.parts.database.writing() as session:
        account_id = session.get_one(Work, draft).account_id
        second = Work(kind="remix", account_id=account_id, title="Second", licence=Licence.BY)
        session.add(second)
        session.flush()
        second_id = second.id
    fan.post(f"/works/{second_id}/elsewhere", data=FORM)
    assert len(rows(hub)) == 2
    left = client.delete("/account", {"password": PASSWORD})
    assert left.status_code in (200, 204), left.text
    assert [row.derivative_id for row in rows(hub)] == [draft]
    assert hub.visitor().get(f"/elsewhere-sources/{NODE}").status_code == 200
