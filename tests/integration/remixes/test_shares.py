"""Credit splits through the API: stated on works, held by links, simulated and shown."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


def state(client: Client, work_id: str, **facts: Any) -> None:
    revision = client.get(f"/works/{work_id}").get_json()["revision"]
    answer = client.patch(f"/works/{work_id}", facts, revision=revision)
    assert answer.status_code == 200, answer.text


def lines(answer: Any) -> list[tuple[str, int, float]]:
    return [(one["name"], one["generation"], one["percent"]) for one in answer.get_json()["shares"]]


def test_shares_pass_through_the_generations_as_they_were_held(hub: Hub, catalogue: Catalogue) -> None:
    artist, fan = hub.account("artist"), hub.account("fan")
    root = catalogue.work("Root", by="artist")
    state(
        artist,
        root,
        inherited_shares=[20, 5],
        credits=[{"name": "Bo", "role": "bass", "share_percent": 25}, {"name": "Cy", "role": "keys"}],
    )
    assert artist.get(f"/works/{root}").get_json()["inherited_shares"] == [20.0, 5.0]
    first = fan.post("/remixes", {"title": "First", "sources": [{"source_id": root}], "inherited_shares": [10]})
    first_id = first.get_json()["id"]
    expected = [("fan", 0, 80.0), ("artist", 1, 15.0), ("Bo", 1, 5.0)]
    assert lines(fan.get(f"/works/{first_id}/shares")) == expected
    state(artist, root, inherited_shares=[90])
    assert lines(fan.get(f"/works/{first_id}/shares")) == expected, "a link keeps what was stated then"
    catalogue.publish(first_id)
    simulated = hub.visitor().post("/share-simulations", {"sources": [first_id]})
    assert lines(simulated) == [("You", 0, 85.0), ("fan", 1, 10.0), ("artist", 2, 3.75), ("Bo", 2, 1.25)]
    both = hub.visitor().post("/share-simulations", {"sources": [first_id, root]}).get_json()
    assert not both["is_cut"]
    assert sum(one["percent"] for one in both["shares"]) == 100
    state(fan, first_id, inherited_shares=[60])
    cut = hub.visitor().post("/share-simulations", {"sources": [first_id, root]}).get_json()
    assert cut["is_cut"]
    assert [one["percent"] for one in cut["shares"]] == [0.0, 40.0, 45.0, 15.0]
    page = fan.http.get(f"/works/{first_id}", headers=fan.headers).text
    assert "15 %" in page


@pytest.mark.parametrize(
    "facts",
    [
        {"inherited_shares": [101]},
        {"inherited_shares": [1] * 9},
        {"inherited_shares": [0.001]},
        {"credits": [{"name": "Bo", "share_percent": 60}, {"name": "Cy", "share_percent": 60}]},
    ],
)
def test_odd_shares_are_refused(hub: Hub, facts: dict[str, Any]) -> None:
    refused = hub.account("artist").post("/releases", {"title": "Mine", "licence": "cc-by-4.0", **facts})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "shares_invalid")


def test_a_simulation_of_nothing_is_refused(hub: Hub) -> None:
    assert hub.visitor().post("/share-simulations", {"sources": ["nowhere"]}).status_code == 404
    assert hub.visitor().post("/share-simulations", {"sources": []}).status_code == 422


def seen(page: str) -> str:
    return page.partition('name="seen" value="')[2][:16]


def test_the_form_reads_shares_as_they_are_shown(hub: Hub, catalogue: Catalogue) -> None:
    artist = hub.browser("artist")
    root = catalogue.work("Root", by="artist")
    edit = f"/works/{root}/edit"
    form = {"title": "Root", "licence": "cc-by-4.0", "credits": "Bo, bass, 12.5 %\nCy, keys"}
    form["seen"] = seen(artist.http.get(edit).text)
    refused = artist.http.post(edit, data={**form, "inherited_shares": "a lot"})
    assert refused.status_code == 422
    form["seen"] = seen(refused.text)  # what was right is kept
    assert artist.http.post(edit, data={**form, "inherited_shares": "20 %, 5"}).status_code == 303
    work = artist.get(f"/works/{root}").get_json()
    assert work["inherited_shares"] == [20.0, 5.0]
    assert work["credits"][0] == {"name": "Bo", "role": "bass", "share_percent": 12.5}
    page = artist.http.get(edit).text
    assert "Bo, bass, 12.5 %" in page
    assert 'value="20, 5"' in page
