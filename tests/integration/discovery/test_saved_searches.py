"""Searches that people keep: told of what is published since, once, and of nothing else."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.domain.states import WorkState
from remixhub.models import Account, Notice, SavedSearch, Work
from remixhub.services.discovery.search import indexing, matching
from tests.integration.conftest import PASSWORD, Client, Hub
from tests.unit.rows import Rows


class Kept:
    def __init__(self, hub: Hub) -> None:
        self.hub, self.rows, self.fan = hub, Rows(hub.parts.database), hub.account("fan")
        self.artist = self.rows.account("artist")

    def save(self, searched: str = "works", who: Client | None = None, **words: str) -> Any:
        answer = (who or self.fan).post("/account/searches", {"searched": searched, "words": words})
        assert answer.status_code == 201, answer.text
        return answer.get_json()

    def publish(self, title: str, *, index: bool = True, **facts: Any) -> Work:
        work = self.rows.work(facts.pop("by", self.artist), title, **facts)
        if index:
            self.index()
        return work

    def index(self) -> None:
        with self.hub.parts.database.writing() as session:
            while indexing.index_changes(session):
                pass

    def told(self) -> list[str]:
        """What the notices say, the oldest first, after whatever is due was looked at."""
        matching.order_due(self.hub.parts)
        self.hub.drain()
        with self.hub.parts.database.reading() as session:
            return list(session.scalars(sa.select(Notice.text).order_by(Notice.created_at, Notice.id)))


@pytest.fixture
def kept(hub: Hub) -> Kept:
    return Kept(hub)


def test_what_is_published_afterwards_is_told_once(kept: Kept) -> None:
    kept.publish("Old Rain")
    saved = kept.save(q="rain")
    assert (saved["name"], saved["tells"], saved["words"]) == ("rain", True, {"q": "rain"})
    assert kept.told() == []
    kept.publish("New Rain")
    kept.publish("Sun")
    assert kept.told() == ["“New Rain” by Artist."]
    assert kept.told() == ["“New Rain” by Artist."]
    kept.publish("Rain again")
    assert kept.told()[1:] == ["“Rain again” by Artist."]


def test_several_are_told_together_and_the_rest_is_counted(kept: Kept) -> None:
    kept.save(q="rain")
    for number in range(5):
        kept.publish(f"Rain {number}")
    assert kept.told() == ["“Rain 4” by Artist, “Rain 3” by Artist, “Rain 2” by Artist and 2 more."]


def test_one_is_told_neither_of_ones_own_nor_of_what_does_not_fit_nor_of_what_is_gone(kept: Kept) -> None:
    kept.save(q="rain", min_tempo_bpm="120")
    with kept.hub.parts.database.reading() as session:
        fan = session.scalars(sa.select(Account).where(Account.handle == "fan")).one()
    kept.publish("Rain of mine", by=fan, tempo_bpm=124)
    kept.publish("Slow Rain", tempo_bpm=90)
    gone = kept.publish("Gone Rain", tempo_bpm=124, index=False)
    with kept.hub.parts.database.writing() as session:
        session.execute(sa.update(Work).where(Work.id == gone.id).values(state=WorkState.WITHDRAWN))
    kept.index()
    assert kept.told() == []


def test_what_is_indexed_late_is_not_passed_over(kept: Kept) -> None:
    kept.save(q="rain")
    kept.publish("Late Rain", index=False)
    early = kept.publish("Early Rain", index=False)
    with kept.hub.parts.database.writing() as session:  # as another batch would have it
        indexing.project_works(session, [early.seq])
    assert kept.told() == []
    kept.index()
    assert kept.told() == ["“Early Rain” by Artist, “Late Rain” by Artist."]


def test_who_wants_no_word_gets_none_and_begins_anew_when_they_do(kept: Kept) -> None:
    saved = kept.save(q="rain")
    address = f"/account/searches/{saved['id']}"
    assert kept.fan.edit(address, {"tells": False}).status_code == 200
    kept.publish("Unheard Rain")
    assert kept.told() == []
    assert kept.fan.edit(address, {"tells": True}).status_code == 200
    assert kept.told() == []
    kept.publish("Heard Rain")
    assert kept.told() == ["“Heard Rain” by Artist."]


def test_an_edit_names_the_revision_that_it_saw(kept: Kept) -> None:
    address = f"/account/searches/{kept.save(q='rain')['id']}"
    assert kept.fan.patch(address, {"name": "Wet"}).status_code == 428
    assert kept.fan.patch(address, {"name": "Wet"}, revision=1).get_json()["name"] == "Wet"
    assert kept.fan.patch(address, {"name": "Dry"}, revision=1).status_code == 412
    assert kept.fan.get(address).get_json()["name"] == "Wet"


def test_a_search_is_private(kept: Kept) -> None:
    address = f"/account/searches/{kept.save(q='rain')['id']}"
    other = kept.hub.account("other")
    assert other.get(address).status_code == 404
    assert other.patch(address, {"name": "Mine"}, revision=1).status_code == 404
    assert other.delete(address).status_code == 404
    assert kept.fan.get(address).status_code == 200
    assert kept.fan.delete(address).status_code == 204
    assert kept.fan.get(address).status_code == 404


@pytest.mark.parametrize(
    ("words", "pointer"), [({"key": "H flat"}, "/key"), ({"min_tempo_bpm": "fast"}, "/min_tempo_bpm")]
)
def test_what_cannot_be_searched_for_is_not_kept(kept: Kept, words: dict[str, str], pointer: str) -> None:
    answer = kept.fan.post("/account/searches", {"searched": "works", "words": words})
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.get_json()["violations"]] == [pointer]
    assert kept.hub.rows(SavedSearch) == []


def test_there_are_only_so_many(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remixhub.services.discovery.search.saved.MOST_SAVED", 2)
    kept.save(q="one")
    kept.save(q="two")
    full = kept.fan.post("/account/searches", {"searched": "works", "words": {"q": "three"}})
    assert (full.status_code, full.get_json()["code"]) == (409, "saved_searches_full")


def test_a_search_whose_work_is_gone_stops_nobody_else(kept: Kept) -> None:
    keyed = kept.publish("Keyed", key="A minor")
    kept.save(mixes_with=keyed.id)
    kept.save(q="rain")
    with kept.hub.parts.database.writing() as session:
        session.execute(sa.update(Work).where(Work.id == keyed.id).values(key=None))
    kept.publish("Rain")
    assert kept.told() == ["“Rain” by Artist."]


def test_a_job_that_dies_while_it_tells_tells_once(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.save(q="rain")
    kept.publish("Rain")
    send, tried = matching.notices.send, []

    def die_first(*args: Any, **kwargs: Any) -> None:
        tried.append(args)
        send(*args, **kwargs)
        if len(tried) == 1:
            raise OSError("killed")

    monkeypatch.setattr(matching.notices, "send", die_first)
    matching.order_due(kept.hub.parts)
    kept.hub.drain(every_attempt=True)
    assert len(tried) == 2
    assert len(kept.told()) == 1


def test_searches_go_with_their_account(kept: Kept) -> None:
    browser = kept.hub.browser("leaver")
    assert browser.post("/account/searches", {"searched": "stems", "words": {"role": "bass"}}).status_code == 201
    assert browser.delete("/account", {"password": PASSWORD}).status_code == 204
    assert kept.hub.rows(SavedSearch) == []


def test_what_was_there_before_it_was_indexed_is_not_new(kept: Kept) -> None:
    kept.publish("Old Rain", index=False)
    kept.save(q="rain")
    kept.index()
    assert kept.told() == []


def test_of_whom_one_blocks_nothing_is_told(kept: Kept) -> None:
    kept.save(q="rain")
    kept.hub.account("pest")
    assert kept.fan.post("/accounts/pest/block").status_code in (200, 204)
    (pest,) = (one for one in kept.hub.rows(Account) if one.handle == "pest")
    kept.publish("Pest Rain", by=pest)
    assert kept.told() == []
