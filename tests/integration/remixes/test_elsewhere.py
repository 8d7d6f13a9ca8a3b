"""Sources from elsewhere: declared in a draft, judged as declared, published, credited, and disputed afterwards."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.foreign_addresses import node_id
from remixhub.domain.states import IngestState, WorkState
from remixhub.models import AuditEntry, ElsewhereEvent, ElsewhereSource, Work
from remixhub.services.accounts.accounts import make_operator
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue
from tests.integration.remixes.test_remixes import problem

RAIN = "https://freesound.org/people/ines/sounds/1/"
NODE = node_id(RAIN)


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


@pytest.fixture
def fan(hub: Hub) -> Client:
    return hub.account("fan")


def rain(**facts: Any) -> dict[str, Any]:
    return {"address": RAIN, "title": "Rain", "artist": "Ines", "licence": "CC BY 4.0", **facts}


def drafted(client: Client, *elsewhere: dict[str, Any], **facts: Any) -> str:
    body = {"title": "Remix", "sources": [], "elsewhere_sources": list(elsewhere or [rain()]), **facts}
    answer = client.post("/remixes", body)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def published(hub: Hub, client: Client, work_id: str) -> str:
    """With audio that is ready, by hand."""
    with hub.parts.database.writing() as session:
        work = session.get_one(Work, work_id)
        work.mix_sha256 = "a" * 64
    answer = client.post(f"/works/{work_id}/publish")
    assert answer.status_code == 200, answer.text
    return work_id


@pytest.fixture(autouse=True)
def audio(catalogue: Catalogue) -> None:
    catalogue.original(state=IngestState.READY)


def test_a_remix_may_come_from_elsewhere_alone(hub: Hub, fan: Client) -> None:
    work_id = drafted(fan, rain(address="HTTP://www.freesound.org:80/people/ines/sounds/1/#x", licence="cc-by-nc-3.0"))
    (found,) = fan.get(f"/works/{work_id}/elsewhere-sources").get_json()["elsewhere_sources"]
    assert (found["id"], found["address"], found["site"]) == (NODE, RAIN, "Freesound")
    assert (found["licence"], found["kind"], found["is_wanted"]) == ("cc-by-nc-3.0", "sample", False)
    assert found["leave"] is None
    assert fan.get(f"/works/{work_id}").get_json()["licence"] == "cc-by-nc-4.0", (
        "the strictest held, in its newest version"
    )
    assert hub.visitor().get(f"/works/{work_id}/elsewhere-sources").status_code == 404
    published(hub, fan, work_id)
    work = hub.visitor().get(f"/works/{work_id}").get_json()
    assert (work["kind"], work["state"]) == ("remix", "published")
    (row,) = hub.rows(ElsewhereSource)
    assert row.derivative_seq == work["seq"]
    hub.drain()
    (stored,) = hub.rows(Work)
    assert (stored.generation, stored.remix_count, stored.descendant_count) == (0, 0, 0), "a root, as far as known here"
    lineage = hub.visitor().get(f"/works/{work_id}/lineage").get_json()
    assert [node["id"] for node in lineage["nodes"]] == [work_id]
    assert lineage["links"] == []
    (node,) = lineage["elsewhere"]
    assert [one["derivative_id"] for one in node["citations"]] == [work_id]
    (credit,) = hub.visitor().get(f"/works/{work_id}/credits").get_json()["credits"]
    assert (credit["work_id"], credit["url"], credit["elsewhere"]["site"]) == (NODE, RAIN, "Freesound")
    page = hub.visitor().get(f"/elsewhere-sources/{NODE}").get_json()
    assert [one["work"]["id"] for one in page["citing"]] == [work_id]


def test_a_remix_of_a_remix_is_bound_by_it(hub: Hub, fan: Client, catalogue: Catalogue) -> None:
    first = published(hub, fan, drafted(fan, rain(licence="by-nc 4.0")))
    own = catalogue.work("Own", licence=Licence.BY, by="fan")
    sources = [{"source_id": first}, {"source_id": own}]
    refused = fan.post("/remixes", {"title": "Second", "sources": sources, "licence": "cc-by-4.0"})
    assert problem(refused) == (422, "licence_conflict")
    first_way = refused.get_json()["context"]["sources"][0]
    assert first_way["licence"] == "cc-by-nc-4.0"
    second = fan.post("/remixes", {"title": "Second", "sources": sources})
    assert second.get_json()["licence"] == "cc-by-nc-4.0"
    allowed = hub.visitor().get(f"/works/{first}/allowed-licences").get_json()
    assert "cc-by-4.0" not in allowed["for_remixes"]
    catalogue.relicense(first, Licence.BY)  # as if it had been freer: what it cites binds all the same
    verdict = hub.visitor().post("/licence-checks", {"sources": [first], "licence": "cc-by-4.0"}).get_json()
    assert verdict["conflict"]["sources"][0]["titles"] == ["Remix", "Rain (Freesound)"]


def test_all_rights_reserved_is_refused_with_a_way_out(hub: Hub, fan: Client) -> None:
    work_id = drafted(fan)
    loop = rain(address="https://ines.bandcamp.com/track/loop", title="Loop", licence="all rights reserved")
    refused = fan.post(f"/works/{work_id}/elsewhere-sources", loop)
    assert problem(refused) == (422, "licence_conflict")
    remedies = " ".join(refused.get_json()["context"]["remedies"])
    assert "If the artist of “Loop (Bandcamp)” gave you leave" in remedies
    assert "POST /permissions" not in remedies
    leave = {"licence": "cc-by-4.0", "words": "Use it!", "given_on": "2024-03-01"}
    added = fan.post(f"/works/{work_id}/elsewhere-sources", {**loop, "leave": leave})
    assert added.status_code == 201, added.text
    assert added.get_json()["leave"] == leave
    published(hub, fan, work_id)
    sources, node = f"/works/{work_id}/elsewhere-sources", added.get_json()["id"]
    assert "Use it!" in fan.get(sources).text
    for path in (sources, f"{sources}/{node}", f"/elsewhere-sources/{node}"):
        answer = hub.visitor().get(path)
        assert (answer.status_code, "2024-03-01" in answer.text, "Use it!" in answer.text) == (200, True, False), path
    assert "Use it!" not in hub.visitor().http.get(f"/works/{work_id}/links").text
    text = hub.visitor().get(f"/works/{work_id}/credits/txt").get_data(as_text=True)
    assert "used by leave of the artist of 1 March 2024, as declared" in text


def test_it_is_edited_and_left_out_by_who_saw_the_revision(fan: Client, hub: Hub) -> None:
    work_id = drafted(fan)
    path = f"/works/{work_id}/elsewhere-sources/{NODE}"
    assert problem(fan.send("PATCH", path, json={"title": "Regen"})) == (428, "revision_required")
    revision = fan.revision_of(path)
    edited = fan.patch(path, {"title": "Regen", "licence": "CC0"}, revision=revision)
    assert (edited.status_code, edited.get_json()["title"], edited.get_json()["licence"]) == (200, "Regen", "cc0-1.0")
    assert problem(fan.patch(path, {"title": "Pluie"}, revision=revision)) == (412, "revision_outdated")
    moved = fan.edit(path, {"address": "https://ccmixter.org/files/ines/2"})
    assert moved.get_json()["site"] == "ccMixter"
    assert fan.get(path).status_code == 404, "another address is another source"
    nd = fan.edit(f"/works/{work_id}/elsewhere-sources/{moved.get_json()['id']}", {"licence": "cc-by-nd-4.0"})
    assert problem(nd) == (422, "licence_conflict")
    path = f"/works/{work_id}/elsewhere-sources/{moved.get_json()['id']}"
    assert fan.delete(path, revision=fan.revision_of(path)).status_code == 204
    assert problem(fan.post(f"/works/{work_id}/publish")) == (422, "sources_missing")
    acts = {entry.action for entry in hub.rows(AuditEntry)}
    assert {"remix.created", "remix.elsewhere_amended", "remix.elsewhere_left_out"} <= acts


@pytest.mark.parametrize(
    ("facts", "code", "pointer"),
    [
        ({"address": "freesound.org/s/1"}, "elsewhere_address_invalid", "/address"),
        ({"address": "https://a:b@freesound.org/s/1"}, "elsewhere_address_invalid", "/address"),
        ({"seen_on": (dt.date.today() + dt.timedelta(days=3)).isoformat()}, "elsewhere_date_invalid", "/seen_on"),
        ({"starts_seconds": 4, "ends_seconds": 3}, "source_range_invalid", "/ends_seconds"),
        ({"licence": "LicenseRef-contest-0123456789"}, "elsewhere_licence_unfit", "/licence"),
        ({"licence": "public domain"}, "invalid", "/licence"),
        ({"title": " "}, "invalid", "/title"),
        ({}, "source_duplicate", "/address"),
        (
            {
                "address": RAIN + "2",
                "leave": {"licence": "all rights reserved", "words": "x", "given_on": "2024-01-01"},
            },
            "elsewhere_licence_unfit", "/leave/licence",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_where_it_stands(fan: Client, facts: dict[str, Any], code: str, pointer: str) -> None:
    work_id = drafted(fan)
    refused = fan.post(f"/works/{work_id}/elsewhere-sources", rain(**facts))
    assert problem(refused) == (422, code)
    assert pointer in [one["pointer"] for one in refused.get_json()["violations"]]
    listed = fan.post("/remixes", {"title": "R", "sources": [], "elsewhere_sources": [rain(), rain(**facts)]})
    pointers = [one["pointer"] for one in listed.get_json()["violations"]]
    assert f"/elsewhere_sources/1{pointer}" in pointers


def test_an_address_of_this_hub_is_no_source_from_elsewhere(hub: Hub, fan: Client, catalogue: Catalogue) -> None:
    here = catalogue.work("Here")
    body = rain(address=hub.parts.addresses.work(here))
    refused = fan.post("/remixes", {"title": "R", "sources": [], "elsewhere_sources": [body]})
    assert problem(refused) == (409, "source_is_here")
    assert refused.get_json()["context"]["source_id"] == here


def test_after_publication_it_is_added_disputed_and_decided(hub: Hub, fan: Client) -> None:
    work_id = published(hub, fan, drafted(fan))
    path = f"/works/{work_id}/elsewhere-sources"
    assert problem(fan.post(path, rain(address=RAIN + "2", licence="cc-by-nd-4.0"))) == (422, "licence_conflict")
    added = fan.post(path, rain(address=RAIN + "2", title="Thunder", note="At 0:30."))
    assert added.status_code == 201, added.text
    thunder = f"{path}/{added.get_json()['id']}"
    assert fan.patch(thunder, {"title": "X"}, revision=fan.revision_of(thunder)).status_code == 409
    other, house = hub.account("other"), hub.browser("house")
    make_operator(hub.parts, "house")
    assert problem(other.post(f"{thunder}/dispute", {"note": "No."})) == (403, "link_act_forbidden")
    assert problem(house.post(f"{thunder}/decision", {"uphold": True, "note": "Yes."})) == (409, "link_not_disputed")
    assert fan.post(f"{thunder}/dispute", {"note": "It was another."}).status_code == 204
    assert problem(fan.post(f"{thunder}/dispute", {"note": "Again."})) == (409, "link_disputed")
    assert fan.get(thunder).get_json()["link_state"] == "disputed"
    assert problem(fan.post(f"{thunder}/decision", {"uphold": False, "note": "No."})) == (403, "link_act_forbidden")
    assert house.post(f"{thunder}/decision", {"uphold": False, "note": "Right."}).status_code == 204
    assert fan.get(thunder).status_code == 404
    again = fan.post(path, rain(address=RAIN + "2", title="Thunder"))
    assert problem(again) == (403, "link_act_forbidden")
    events = hub.visitor().get(f"/works/{work_id}/elsewhere-events").get_json()["events"]
    assert [(one["act"], one["by"]["handle"], one["title"], one["note"]) for one in events] == [
        ("removed", "house", "Thunder", "Right."), ("disputed", "fan", "Thunder", "It was another."),
        ("added", "fan", "Thunder", "At 0:30."),
    ]  # fmt: skip


def test_what_it_cites_stays_with_a_tombstone_and_goes_with_a_draft(hub: Hub, fan: Client) -> None:
    work_id = published(hub, fan, drafted(fan))
    fan.post(f"/works/{work_id}/withdraw")
    page = hub.visitor().get(f"/elsewhere-sources/{NODE}").get_json()
    assert [one["work"]["state"] for one in page["citing"]] == [WorkState.WITHDRAWN]
    assert hub.visitor().get(f"/works/{work_id}/credits").get_json()["credits"]
    second = drafted(fan, rain(address=RAIN + "2"))
    assert fan.delete(f"/works/{second}", revision=fan.revision_of(f"/works/{second}")).status_code == 204
    assert [one.derivative_id for one in hub.rows(ElsewhereSource)] == [work_id]
    assert not hub.rows(ElsewhereEvent)


def test_who_cites_the_same_is_listed_in_pages(hub: Hub, fan: Client) -> None:
    made = [published(hub, fan, drafted(fan, rain(title=f"Rain {number}"))) for number in range(3)]
    listed: list[str] = []
    path = f"/elsewhere-sources/{NODE}?limit=2"
    while path:
        page = hub.visitor().get(path).get_json()
        assert page["title"] == "Rain 2"
        listed += [one["work"]["id"] for one in page["citing"]]
        path = f"/elsewhere-sources/{NODE}?limit=2&cursor={page['next']}" if page["next"] else ""
    assert listed == made[::-1]
    assert problem(hub.visitor().get(f"/elsewhere-sources/{'0' * 64}")) == (404, "elsewhere_not_found")


def test_sources_here_are_replaced_beside_what_comes_from_elsewhere(
    hub: Hub, fan: Client, catalogue: Catalogue
) -> None:
    work_id = drafted(fan, rain(licence="cc-by-sa-4.0"))
    nc = catalogue.work("NC", licence=Licence.BY_NC)
    path = f"/works/{work_id}/sources"
    refused = fan.put(path, {"sources": [{"source_id": nc}]}, revision=fan.revision_of(f"/works/{work_id}"))
    assert problem(refused) == (422, "licence_conflict")
    free = catalogue.work("Free", licence=Licence.CC0)
    set_ = fan.put(path, {"sources": [{"source_id": free}]}, revision=fan.revision_of(f"/works/{work_id}"))
    assert set_.get_json()["licence"] == "cc-by-sa-4.0"
    none = fan.put(path, {"sources": []}, revision=fan.revision_of(f"/works/{work_id}"))
    assert none.status_code == 200, "what comes from elsewhere is source enough"
    licence = fan.edit(f"/works/{work_id}", {"licence": "cc-by-4.0"})
    assert problem(licence) == (422, "licence_conflict")
    release = catalogue.work("Release", by="fan")
    assert problem(fan.post(f"/works/{release}/elsewhere-sources", rain())) == (409, "not_a_remix")
