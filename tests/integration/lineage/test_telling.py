"""Who is told of a remix: each once, with what was used, whatever is killed or asked for twice."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WorkState
from remixhub.models import SourceLink, Work
from remixhub.services.lineage import settling, telling
from tests.integration.conftest import PASSWORD, Client, Hub
from tests.integration.lineage.catalogue import Catalogue


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


@pytest.fixture
def mara(hub: Hub) -> Client:
    return hub.browser("mara")


def told(client: Client) -> list[tuple[str, str]]:
    """Headline and text of each notice of a remix, the oldest first."""
    rows: list[dict[str, Any]] = client.get("/account/notices").get_json()["notices"]
    return [(one["title"], one["text"]) for one in reversed(rows) if one["kind"] == "remixed"]


def test_the_artist_of_each_source_is_told_with_the_stems_that_were_used(
    hub: Hub, catalogue: Catalogue, mara: Client
) -> None:
    ben = hub.browser("ben")
    first, second = catalogue.work("Harbour", by="mara"), catalogue.work("Quay", by="mara")
    original = catalogue.original()
    _, stems = catalogue.pack(first, [original, original])
    remix = catalogue.draft("Dawn", [first, second], by="ben")
    with hub.parts.database.writing() as session:
        session.get_one(SourceLink, (remix, first)).stems = stems[:1]
    catalogue.publish(remix)
    hub.drain()
    assert told(mara) == [
        (
            "“Dawn” by ben is a remix of your “Harbour”",
            "Harbour: remix, with the stem Stem 0.\nQuay: remix; which stems were used is not said.",
        )
    ]
    assert "Hear the remix" in mara.http.get("/notices").text
    assert told(ben) == []


def test_followers_of_the_source_are_told_and_who_follows_later_is_not(hub: Hub, catalogue: Catalogue) -> None:
    fan, late = hub.browser("fan"), hub.browser("late")
    source = catalogue.work("Harbour", by="mara")
    fan.post(f"/works/{source}/follow")
    catalogue.work("Dawn", [source], by="ben")
    hub.drain()
    late.post(f"/works/{source}/follow")
    hub.drain()
    assert [title for title, _ in told(fan)] == ["“Dawn” by Ben is a remix of “Harbour”"]
    assert told(late) == []


def test_those_further_up_are_told_if_they_wish_and_nobody_of_their_own(
    hub: Hub, catalogue: Catalogue, mara: Client
) -> None:
    fan, other = hub.browser("fan"), hub.browser("other")
    root = catalogue.work("Root", by="mara")
    second_root = catalogue.work("Second root", by="other")
    fan.post(f"/works/{root}/follow")
    remix = catalogue.work("Remix", [root, second_root], by="ben")
    hub.drain()
    for client in (mara, fan):
        assert client.post("/account/far-remixes/wish").status_code == 204
    before = [len(told(client)) for client in (mara, fan, other)]
    catalogue.work("Far", [remix], by="cleo")
    catalogue.work("Own", [remix], by="mara")
    hub.drain()
    news = [
        sorted(title for title, _ in told(client)[count:])
        for client, count in zip((mara, fan, other), before, strict=True)
    ]
    assert news == [
        ["“Far” by Cleo goes back to your “Root”"],
        ["“Far” by Cleo goes back to “Root”", "“Own” by mara goes back to “Root”"],
        [],
    ]
    assert fan.delete("/account/far-remixes/wish").status_code == 204
    catalogue.work("Farther", [remix], by="cleo")
    hub.drain()
    assert len(told(fan)) == before[1] + 2


def test_a_link_that_is_added_later_tells_its_source_and_nobody_twice(
    hub: Hub, catalogue: Catalogue, mara: Client
) -> None:
    other = hub.browser("other")
    first, second = catalogue.work("Harbour", by="mara"), catalogue.work("Quay", by="other")
    ben = hub.browser("ben")
    remix = catalogue.work("Dawn", [first], by="ben", licence=Licence.BY)
    hub.drain()
    assert (len(told(mara)), len(told(other))) == (1, 0)
    added = ben.post(f"/works/{remix}/links", {"source_id": second, "kind": "sample"})
    assert added.status_code in (200, 201), added.text
    hub.drain()
    assert len(told(mara)) == 1
    assert [title for title, _ in told(other)] == ["“Dawn” by ben samples your “Quay”"]


def test_in_batches_each_is_told_once_though_steps_are_repeated(
    hub: Hub, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "_AT_ONCE", 2)
    fans = [hub.browser(f"fan{n}") for n in range(5)]
    source = catalogue.work("Harbour", by="mara")
    for fan in fans:
        fan.post(f"/works/{source}/follow")
    remix = catalogue.work("Dawn", [source], by="ben")
    assert settling.tell_rest(hub.parts)
    with hub.parts.database.writing() as session:
        telling.tell_some(session)
        session.rollback()  # killed before the commit
    while settling.tell_rest(hub.parts):
        pass
    with hub.parts.database.writing() as session:  # ordered once more, as by a link
        session.execute(sa.update(Work).where(Work.id == remix).values(is_untold=True))
    hub.drain()
    while settling.tell_rest(hub.parts):
        pass
    assert [len(told(fan)) for fan in fans] == [1] * 5


def test_of_what_was_withdrawn_before_anybody_was_told_nobody_is_and_who_left_or_blocks_neither(
    hub: Hub, catalogue: Catalogue, mara: Client
) -> None:
    source = catalogue.work("Harbour", by="mara")
    gone, blocking = hub.browser("gone"), hub.browser("blocking")
    for fan in (gone, blocking):
        fan.post(f"/works/{source}/follow")
    catalogue.account("ben")
    blocking.post("/accounts/ben/block")
    assert gone.delete("/account", {"password": PASSWORD}).status_code == 204
    catalogue.set_state(catalogue.work("Withdrawn", [source], by="ben"), WorkState.WITHDRAWN)
    catalogue.work("Dawn", [source], by="ben")
    hub.drain()
    assert [title for title, _ in told(mara)] == ["“Dawn” by Ben is a remix of your “Harbour”"]
    assert told(blocking) == []
