"""The feed: what is new from all that one follows, page by page, each work once and with the reasons."""

from __future__ import annotations

import random
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.domain.states import WorkState
from remixhub.models import Work
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue


@pytest.fixture
def fan(hub: Hub) -> Client:
    return hub.browser("fan")


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


def read(fan: Client, *, limit: int = 50) -> list[dict[str, Any]]:
    """All pages, one after the other."""
    entries, cursor = [], ""
    while True:
        page = fan.get(f"/feed?limit={limit}{cursor}").get_json()
        assert len(page["entries"]) <= limit
        entries += page["entries"]
        if page["next"] is None:
            return entries
        cursor = f"&cursor={page['next']}"


def titles(entries: list[dict[str, Any]]) -> list[str]:
    return [one["work"]["title"] for one in entries]


def tagged(hub: Hub, work_id: str, *tags: str) -> None:
    with hub.parts.database.writing() as session:
        session.get_one(Work, work_id).tags = list(tags)


def test_each_entry_says_why_it_is_there(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    host = hub.browser("host")
    host.post("/labels", {"handle": "nightshift", "name": "Nightshift"})
    source = catalogue.work("Source", by="mara")
    fan.post("/accounts/mara/follow")
    fan.post(f"/works/{source}/follow")
    fan.post("/account/tag-follows", {"tag": "dub"})
    fan.post("/labels/nightshift/follow")
    remix = catalogue.work("Remix", [source], by="mara")
    tagged(hub, remix, "dub", "slow")
    released = catalogue.work("Released", by="host")
    assert host.post("/labels/nightshift/releases", {"work_id": released}).status_code == 204
    catalogue.work("Further remix", [remix], by="somebody")
    catalogue.work("Something else", by="somebody")
    entries = read(fan)
    assert titles(entries) == ["Released", "Remix", "Source"]
    reasons = [sorted((reason["kind"], reason["name"]) for reason in one["reasons"]) for one in entries]
    assert reasons == [
        [("label", "Nightshift")],
        [("artist", "Mara"), ("tag", "dub"), ("work", "Source")],
        [("artist", "Mara")],
    ]
    assert next(one for one in entries[1]["reasons"] if one["kind"] == "work")["work_id"] == source
    page = fan.http.get("/feed").text
    assert "remixes of" in page
    assert "Something else" not in page


def test_works_of_whom_one_blocks_are_left_out(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    fan.post("/account/tag-follows", {"tag": "dub"})
    for by in ("mara", "troll"):
        tagged(hub, catalogue.work(f"By {by}", by=by), "dub")
    assert titles(read(fan)) == ["By troll", "By mara"]
    assert fan.post("/accounts/troll/block").status_code == 200
    assert titles(read(fan)) == ["By mara"]


def test_what_is_gone_and_ones_own_are_left_out(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    fan.post("/account/tag-follows", {"tag": "dub"})
    works = {title: catalogue.work(title, by=by) for title, by in (("Old", "mara"), ("Own", "fan"), ("Gone", "mara"))}
    for work_id in works.values():
        tagged(hub, work_id, "dub")
    catalogue.set_state(works["Gone"], WorkState.WITHDRAWN)
    assert titles(read(fan)) == ["Old"]
    assert titles(read(fan, limit=1)) == ["Old"]


def test_pages_hold_each_work_once_and_in_order_whatever_is_followed(
    hub: Hub, catalogue: Catalogue, fan: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(3)
    artists, tags = [f"artist{n}" for n in range(6)], [f"tag {n}" for n in range(4)]
    for artist in artists[:4]:
        catalogue.account(artist)
        fan.post(f"/accounts/{artist}/follow")
    for tag in tags[:2]:
        fan.post("/account/tag-follows", {"tag": tag})
    ids: list[str] = []
    followed_works: set[str] = set()
    expected = []
    for n in range(60):
        by = chance.choice(artists)
        sources = chance.sample(ids, min(len(ids), chance.choice((0, 1, 2))))
        own_tags = chance.sample(tags, chance.choice((0, 1, 2)))
        work_id = catalogue.work(f"{n}", sources, by=by)
        tagged(hub, work_id, *own_tags)
        if by in artists[:4] or set(own_tags) & set(tags[:2]) or set(sources) & followed_works:
            expected.append((f"{n}", work_id))
        if chance.random() < 0.2:
            fan.post(f"/works/{work_id}/follow")
            followed_works.add(work_id)
        ids.append(work_id)
    gone = {work_id for _, work_id in chance.sample(expected, 8)}
    for work_id in gone:
        catalogue.set_state(work_id, WorkState.TAKEN_DOWN)
    right = [title for title, work_id in reversed(expected) if work_id not in gone]
    for limit in (1, 2, 5, 50):
        assert titles(read(fan, limit=limit)) == right
    said = [(one["work"]["title"], sorted(map(str, one["reasons"]))) for one in read(fan)]
    monkeypatch.setattr("remixhub.services.discovery.feed._LEAST", 1)
    for reasons in (1, 2, 40):  # follows looked at for a work: by few a page ends among those of one work
        monkeypatch.setattr("remixhub.services.discovery.feed._REASONS", reasons)
        for limit in (1, 2, 5):
            entries = read(fan, limit=limit)
            assert titles(entries) == right
            if reasons == 40:
                assert [(one["work"]["title"], sorted(map(str, one["reasons"]))) for one in entries] == said


def test_who_follows_nothing_reads_what_to_do(hub: Hub, fan: Client) -> None:
    assert fan.get("/feed").get_json() == {"entries": [], "next": None}
    assert "Nothing here yet" in fan.http.get("/feed").text
    assert fan.get("/feed?cursor=nonsense").get_json()["code"] == "cursor_invalid"


def test_a_page_of_much_that_is_not_seen_ends_and_the_next_goes_on(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    catalogue.work("Old", by="mara")
    gone = [catalogue.work(f"Gone {number}", by="mara") for number in range(260)]
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Work).where(Work.id.in_(gone)).values(state=WorkState.WITHDRAWN))
    fan.post("/accounts/mara/follow")
    first = fan.get("/feed?limit=10").get_json()
    assert (first["entries"], first["next"] is None) == ([], False)
    page = fan.http.get("/feed")
    assert "Earlier ones" in page.text
    assert "Nothing here yet" not in page.text
    assert titles(read(fan, limit=10)) == ["Old"]
