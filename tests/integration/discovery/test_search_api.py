"""The search over HTTP, from what is published to what is found."""

from __future__ import annotations

from typing import Any

import pytest

from remixhub.domain.states import JobKind, JobState, WorkState
from remixhub.models import Account, Job, Label, SearchName, Work, now
from remixhub.services.discovery.search import indexing
from tests.integration.conftest import PASSWORD, Client, Hub
from tests.unit.rows import Rows


@pytest.fixture
def rows(hub: Hub) -> Rows:
    return Rows(hub.parts.database)


def ask(client: Client, path: str) -> Any:
    answer = client.get(f"/search{path}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def settle(hub: Hub) -> None:
    """As scheduler and worker do within a second."""
    indexing.order_due(hub.parts)
    hub.drain()


def test_what_is_published_is_found_by_each_kind(hub: Hub, rows: Rows) -> None:
    artist = rows.account("rainmaker", display_name="Rain Maker")
    work = rows.work(artist, "Rain Song", tempo_bpm=124.0, tags=["dub"])
    rows.pack(work, [rows.original()], key="A minor")
    rows.add(Label(handle="rain-tapes", name="Rain Tapes"))
    assert ask(hub.visitor(), "/works?q=rain")["works"] == []
    settle(hub)
    found = ask(hub.visitor(), "/works?q=rain&with_count=true")
    (shown,) = found["works"]
    assert (shown["work"]["title"], shown["tempo_bpm"], shown["is_tempo_detected"]) == ("Rain Song", 124.0, False)
    assert (shown["key"], shown["is_key_detected"], found["count"], found["next"]) == ("A minor", True, 1, None)
    (stem,) = ask(hub.visitor(), "/stems?q=rain&role=bass")["stems"]
    assert (stem["name"], stem["work"]["id"]) == ("Stem 0", work.id)
    everything = ask(hub.visitor(), "?q=rain")
    assert [one["handle"] for one in everything["artists"]] == ["rainmaker"]
    assert [one["handle"] for one in everything["labels"]] == ["rain-tapes"]
    assert (len(everything["works"]), len(everything["stems"]), everything["contests"]) == (1, 1, [])
    suggested = ask(hub.visitor(), "/suggestions?q=rai")["suggestions"]
    assert [(one["kind"], one["text"]) for one in suggested] == [
        ("word", "rain"), ("word", "rainmaker"), ("word", "raintapes"), ("work", "Rain Song"), ("artist", "Rain Maker"),
        ("label", "Rain Tapes"),
    ]  # fmt: skip


def test_pages_follow_by_their_cursor(hub: Hub, rows: Rows) -> None:
    artist = rows.account()
    for number in range(5):
        rows.work(artist, f"Wave {number}", remix_count=number)
    settle(hub)
    titles: list[str] = []
    path = "/works?q=wave&limit=2"
    while True:
        found = ask(hub.visitor(), path)
        titles += [one["work"]["title"] for one in found["works"]]
        if found["next"] is None:
            break
        path = f"/works?q=wave&limit=2&cursor={found['next']}"
    assert titles == [f"Wave {number}" for number in range(4, -1, -1)]
    elsewhere = hub.visitor().get(
        f"/search/stems?q=wave&limit=2&cursor={ask(hub.visitor(), '/works?q=wave&limit=2')['next']}"
    )
    assert elsewhere.get_json()["code"] == "cursor_invalid"


def test_what_cannot_be_asked_is_said(hub: Hub, rows: Rows) -> None:
    silent = rows.work(rows.account(), "Silent")
    settle(hub)
    codes = {
        "/search/works?key=H%20flat": (422, "invalid"), "/search/works?may=steal": (422, "invalid"),
        f"/search/works?mixes_with={silent.id}": (422, "key_not_known"),
        "/search/works?combines_with=none": (404, "not_found"), "/works?q=rain": (422, "invalid"),
    }  # fmt: skip
    for path, expected in codes.items():
        answer = hub.visitor().get(path)
        assert (answer.status_code, answer.get_json()["code"]) == expected, path


def test_a_deleted_account_is_found_no_more_at_once_and_its_works_lose_its_name(hub: Hub, rows: Rows) -> None:
    leaver = hub.browser("leaver")
    account = rows.one(Account, Account.handle == "leaver")
    rows.work(account, "Stays")
    settle(hub)
    assert [one["work"]["title"] for one in ask(hub.visitor(), "/works?q=leaver")["works"]] == ["Stays"]
    gone = leaver.delete("/account", {"password": PASSWORD, "works": "keep"})
    assert gone.status_code == 204, gone.text
    assert ask(hub.visitor(), "/artists?q=leaver")["artists"] == []
    assert rows.all(SearchName, SearchName.subject_id == account.id) == []
    settle(hub)
    assert ask(hub.visitor(), "/works?q=leaver")["works"] == []
    assert len(ask(hub.visitor(), "/works?q=stays")["works"]) == 1


def test_one_job_is_ordered_for_all_that_changed_and_a_dead_one_waits_for_an_operator(hub: Hub, rows: Rows) -> None:
    rows.work(rows.account(), "Song")
    for _ in range(2):
        indexing.order_due(hub.parts)
    assert len(rows.all(Job, Job.kind == JobKind.INDEX_SEARCH)) == 1
    hub.drain()
    indexing.order_due(hub.parts)
    assert [job.state for job in rows.all(Job, Job.kind == JobKind.INDEX_SEARCH)] == [JobState.DONE]
    rows.job(kind=JobKind.INDEX_SEARCH, subject_id=indexing.SEARCH, state=JobState.DEAD, finished_at=now())
    rows.change(Work, title="Other")
    indexing.order_due(hub.parts)
    assert len(rows.all(Job, Job.kind == JobKind.INDEX_SEARCH)) == 2


def test_who_shows_nothing_is_not_among_the_artists(hub: Hub, rows: Rows) -> None:
    def found() -> list[str]:
        settle(hub)
        return sorted(one["handle"] for one in ask(hub.visitor(), "/artists?q=quiet")["artists"])

    for handle in ("quiet-listener", "quiet-host", "quiet-collector"):
        rows.account(handle)
    artist = rows.account("quiet-artist")
    assert found() == []
    work = rows.work(artist, "Song")
    clients = [hub.browser(f"quiet{number}") for number in range(2)]
    clients[0].post("/labels", {"handle": "quiet-tapes", "name": "Quiet Tapes"})
    made = clients[1].post("/collections", {"title": "Set", "visibility": "private"}).get_json()["id"]
    assert found() == ["quiet-artist", "quiet0"]
    assert clients[1].edit(f"/collections/{made}", {"visibility": "public"}).status_code == 200
    assert found() == ["quiet-artist", "quiet0", "quiet1"]
    assert clients[1].delete(f"/collections/{made}", revision=2).status_code == 204
    with hub.parts.database.writing() as session:
        session.get_one(Work, work.id).state = WorkState.WITHDRAWN
    assert found() == ["quiet0"]
