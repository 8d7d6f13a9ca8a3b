"""Feeds as readers fetch them: valid, the same for all, whole over their pages, nothing in them secret."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
import sqlalchemy as sa
import urllib3

from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import RenditionKind, WorkState
from remixhub.models import Rendition, StemPack, Work, now
from remixhub.services.discovery.search import indexing
from remixhub.web import feeds
from tests.feed_rules import ATOM, atom_faults, json_faults
from tests.integration.conftest import Hub
from tests.integration.contests.conftest import JURY, ContestStage
from tests.integration.lineage.catalogue import Catalogue

SOUND = bytes(range(250)) * 40
ALL_WRITTEN = {"tags": ["dub techno"], "tempo_bpm": 124.0, "key": "A minor", "description": "Line one.\nLine <two>."}


@dataclass
class Reader:
    """A feed reader without cookies."""

    hub: Hub

    def __post_init__(self) -> None:
        self.http = self.hub.app.test_client(use_cookies=False)
        self.public_url = self.hub.parts.settings.public_url

    def atom(self, path: str) -> Element:
        answer = self.http.get(path)
        assert (answer.status_code, answer.content_type) == (200, "application/atom+xml; charset=utf-8"), answer.text
        assert atom_faults(answer.data, self.public_url + path) == []
        return ElementTree.fromstring(answer.data)

    def json(self, path: str) -> dict[str, Any]:
        answer = self.http.get(path)
        assert (answer.status_code, answer.content_type) == (200, "application/feed+json; charset=utf-8"), answer.text
        assert json_faults(answer.data, self.public_url + path) == []
        found: dict[str, Any] = answer.get_json(force=True)
        return found

    def titles(self, path: str) -> list[str]:
        """In both formats alike."""
        told = [one.findtext(f"{ATOM}title") or "" for one in self.atom(f"{path}.atom").iterfind(f"{ATOM}entry")]
        assert [one["title"] for one in self.json(f"{path}.json")["items"]] == told
        return told


@pytest.fixture
def reader(hub: Hub) -> Reader:
    return Reader(hub)


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


def change(hub: Hub, work_id: str, **values: Any) -> None:
    with hub.parts.database.writing() as session:
        work = session.get_one(Work, work_id)
        for name, value in values.items():
            setattr(work, name, value)


def give_sound(hub: Hub, catalogue: Catalogue, work_id: str) -> None:
    original = catalogue.original()
    key = f"renditions/aa/{original.sha256}/1/preview.mp3"
    hub.parts.store.ensure_bucket(["http://localhost"])
    hub.parts.store.put_bytes(key, SOUND, "audio/mpeg")
    with hub.parts.database.writing() as session:
        session.get_one(Work, work_id).mix_sha256 = original.sha256
        session.add(
            Rendition(
                subject_digest=original.sha256, kind=RenditionKind.PREVIEW, key=key, media_type="audio/mpeg",
                size_bytes=len(SOUND), engine_version="1",
            )
        )  # fmt: skip


def entry_of(feed: Element, title: str) -> Element:
    (found,) = [one for one in feed.iterfind(f"{ATOM}entry") if one.findtext(f"{ATOM}title") == title]
    return found


def linked(entry: Element, rel: str) -> list[str | None]:
    return [one.get("href") for one in entry.iterfind(f"{ATOM}link") if one.get("rel") == rel]


def test_a_work_stands_in_a_feed_with_all_that_its_page_says(hub: Hub, reader: Reader, catalogue: Catalogue) -> None:
    source = catalogue.work("Harbour", by="ada", licence=Licence.BY_SA)
    remix = catalogue.work(
        "Tide", [source], by="ben", licence=Licence.BY_SA, credits=[{"name": "Cy", "role": "vocals"}]
    )
    change(hub, remix, **ALL_WRITTEN)
    give_sound(hub, catalogue, remix)
    url = reader.public_url
    found = entry_of(reader.atom("/feed.atom"), "Tide")
    assert found.findtext(f"{ATOM}id") == f"{url}/works/{remix}"
    assert linked(found, "license") == ["https://creativecommons.org/licenses/by-sa/4.0/"]
    assert linked(found, "via") == [f"{url}/works/{source}"]
    assert [one.get("term") for one in found.iterfind(f"{ATOM}category")] == ["dub techno"]
    assert found.findtext(f"{ATOM}author/{ATOM}uri") == f"{url}/@ben"
    assert found.findtext(f"{ATOM}contributor/{ATOM}name") == "Cy"
    (enclosure,) = [one for one in found.iterfind(f"{ATOM}link") if one.get("rel") == "enclosure"]
    assert (enclosure.get("type"), enclosure.get("length")) == ("audio/mpeg", str(len(SOUND)))
    html = found.findtext(f"{ATOM}content") or ""
    facts = ("124 BPM · A minor · 8A · 0:01", "CC BY-SA 4.0", "Line one.<br>Line &lt;two&gt;.")
    for said in (*facts, "Harbour by Ada", "Cy — vocals"):
        assert said in html
    (item,) = [one for one in reader.json("/feed.json")["items"] if one["title"] == "Tide"]
    assert item["id"] == f"{url}/works/{remix}"
    assert item["attachments"][0]["duration_in_seconds"] == 1.0
    assert item["_remixhub"]["tempo_bpm"] == 124.0


def test_an_enclosure_answers_get_head_and_ranges_at_an_address_that_stays(
    hub: Hub, reader: Reader, catalogue: Catalogue
) -> None:
    give_sound(hub, catalogue, catalogue.work("Harbour"))
    (address,) = linked(entry_of(reader.atom("/feed.atom"), "Harbour"), "enclosure")
    path = (address or "").removeprefix(reader.public_url)
    asked = {"GET": {}, "HEAD": {}, "Range": {"Range": "bytes=100-199"}}
    answers = {}
    for name, headers in asked.items():
        method = "HEAD" if name == "HEAD" else "GET"
        sent_on = reader.http.open(path, method=method, headers=headers)
        assert sent_on.status_code == 302
        answers[name] = urllib3.request(method, sent_on.headers["Location"], headers=headers, retries=False)
    assert (answers["GET"].status, answers["GET"].data) == (200, SOUND)
    assert (answers["HEAD"].status, answers["HEAD"].data) == (200, b"")
    told = answers["HEAD"].headers
    assert (told["Content-Length"], told["Content-Type"]) == (str(len(SOUND)), "audio/mpeg")
    assert (answers["Range"].status, answers["Range"].data) == (206, SOUND[100:200])


def test_what_is_a_draft_or_gone_stands_in_no_feed(hub: Hub, reader: Reader, catalogue: Catalogue) -> None:
    stays, goes, taken = (catalogue.work(title, by="ada") for title in ("Stays", "Goes", "Taken"))
    catalogue.draft("Draft", by="ada")
    for work_id in (stays, goes, taken):
        change(hub, work_id, tags=["dub"])
    paths = ("/feed", "/@ada/feed")
    assert [reader.titles(path) for path in paths] == [["Taken", "Goes", "Stays"]] * 2
    catalogue.set_state(goes, WorkState.WITHDRAWN)
    catalogue.set_state(taken, WorkState.TAKEN_DOWN)
    assert [reader.titles(path) for path in paths] == [["Stays"]] * 2
    assert len(reader.json("/feed.json?tag=dub")["items"]) == 1


def test_a_feed_is_narrowed_as_the_start_page_is(hub: Hub, reader: Reader, catalogue: Catalogue) -> None:
    release = catalogue.work("Release")
    catalogue.work("Remix", [release], by="ben")
    change(hub, release, tags=["dub & bass"])
    tagged = reader.json("/feed.json?tag=dub%20%26%20bass")
    assert [one["title"] for one in tagged["items"]] == ["Release"]
    assert tagged["home_page_url"] == f"{reader.public_url}/?tag=dub%20%26%20bass"
    assert [one["title"] for one in reader.json("/feed.json?kind=remix")["items"]] == ["Remix"]
    assert reader.http.get("/feed.json?kind=cover").status_code == 404
    assert reader.http.get("/feed.rss").status_code == 404


def test_a_search_has_a_feed_of_what_is_new_in_it(hub: Hub, reader: Reader, catalogue: Catalogue) -> None:
    older, newer = catalogue.work("Rain over rain"), catalogue.work("Some rain")
    catalogue.work("Sun")
    catalogue.draft("Rain in a draft")
    change(hub, older, tempo_bpm=124.0)
    with hub.parts.database.writing() as session:
        while indexing.index_changes(session):
            pass
    found = reader.json("/search/works/feed.json?q=rain")
    assert [one["id"].rpartition("/")[2] for one in found["items"]] == [newer, older]
    assert found["home_page_url"] == f"{reader.public_url}/search/works?q=rain"
    assert found["title"].startswith("Search for “rain”")
    slower = reader.atom("/search/works/feed.atom?q=rain&min_tempo_bpm=120")
    assert [one.findtext(f"{ATOM}title") for one in slower.iterfind(f"{ATOM}entry")] == ["Rain over rain"]
    assert reader.http.get("/search/works/feed.atom?min_tempo_bpm=fast").status_code == 422
    catalogue.set_state(older, WorkState.WITHDRAWN)
    assert len(reader.json("/search/works/feed.json?q=rain")["items"]) == 1
    page = hub.visitor().http.get("/search/works?q=rain").text
    assert '<link rel="alternate" type="application/atom+xml" href="/search/works/feed.atom?q=rain"' in page


def test_a_feed_of_many_pages_holds_each_work_once(
    reader: Reader, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "ENTRIES_LIMIT", 2)
    works = [catalogue.work(str(number), by="ada") for number in range(5)]
    found, path = [], "/@ada/feed.json"
    while path:
        page = reader.json(path)
        found += [one["id"].rpartition("/")[2] for one in page["items"]]
        path = page.get("next_url", "").removeprefix(reader.public_url)
    assert found == works[::-1]
    first = reader.atom("/@ada/feed.atom")
    second = reader.atom((linked(first, "next")[0] or "").removeprefix(reader.public_url))
    assert second.findtext(f"{ATOM}id") == first.findtext(f"{ATOM}id")
    assert linked(second, "first") == linked(first, "self")
    assert reader.http.get("/@ada/feed.atom?cursor=made-up").status_code == 422


def test_a_title_that_changes_is_the_same_entry_and_news_make_it_newer(
    hub: Hub, reader: Reader, catalogue: Catalogue
) -> None:
    work_id = catalogue.work("Before")
    before = entry_of(reader.atom("/feed.atom"), "Before")
    change(hub, work_id, title="After")
    after = entry_of(reader.atom("/feed.atom"), "After")
    assert [one.findtext(f"{ATOM}id") for one in (before, after)] == [before.findtext(f"{ATOM}id")] * 2
    assert after.findtext(f"{ATOM}updated") == before.findtext(f"{ATOM}updated")
    catalogue.pack(work_id, [catalogue.original()])
    with hub.parts.database.writing() as session:
        session.execute(sa.update(StemPack).values(frozen_at=now(plus_seconds=60)))
    corrected = entry_of(reader.atom("/feed.atom"), "After").findtext(f"{ATOM}updated") or ""
    assert corrected > (after.findtext(f"{ATOM}updated") or "")
    change(hub, work_id, licensed_at=hub_time(hub, 120))
    feed = reader.atom("/feed.atom")
    assert (feed.findtext(f"{ATOM}updated") or "") > corrected


def hub_time(hub: Hub, plus_seconds: float) -> Any:
    with hub.parts.database.reading() as session:
        return session.execute(sa.select(now(plus_seconds))).scalar_one()


def test_a_reader_that_has_it_is_sent_nothing_until_something_changes(
    hub: Hub, reader: Reader, catalogue: Catalogue
) -> None:
    work_id = catalogue.work("Harbour")
    first = reader.http.get("/feed.atom")
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    held = {"If-None-Match": first.headers["ETag"], "If-Modified-Since": first.headers["Last-Modified"]}
    assert (again := reader.http.get("/feed.atom", headers=held)).status_code == 304
    assert again.data == b""
    change(hub, work_id, title="Renamed")
    assert reader.http.get("/feed.atom", headers=held).status_code == 200
    only_time = {"If-Modified-Since": first.headers["Last-Modified"]}
    catalogue.set_state(work_id, WorkState.WITHDRAWN)
    assert b"Harbour" not in reader.http.get("/feed.atom", headers=only_time).data


def test_who_asks_changes_nothing(hub: Hub, reader: Reader, catalogue: Catalogue) -> None:
    browser = hub.browser("ada")
    catalogue.draft("Draft", by="ada")
    catalogue.work("Out", by="ada")
    seen = browser.http.get("/@ada/feed.atom")
    assert seen.data == reader.http.get("/@ada/feed.atom").data
    assert "Set-Cookie" not in seen.headers


def test_stems_for_entrants_alone_are_no_enclosure(hub: Hub, reader: Reader, catalogue: Catalogue) -> None:
    work_id = catalogue.work("Harbour")
    give_sound(hub, catalogue, work_id)
    for licence, heard in ((Licence.BY, 1), (Licence("LicenseRef-contest-nc-0123456789"), 0)):
        change(hub, work_id, mix_sha256=None, stems_mix_digest="a" * 64, licence=licence)
        assert len(linked(entry_of(reader.atom("/feed.atom"), "Harbour"), "enclosure")) == heard


def test_a_contest_tells_its_news_and_its_entries_once_they_are_public(hub: Hub, reader: Reader) -> None:
    stage = ContestStage(hub)
    host = stage.label()
    sealed, shown = stage.contest({**JURY, "sealing": "sealed"}), stage.contest(JURY)
    for contest in (sealed, shown):
        path = f"/contests/{contest['id']}"
        assert reader.http.get(f"{path}/feed.atom").status_code == 404
        stage.announce(contest)
        stage.pass_hours(contest, 1.5)
        remix = stage.remix("fan", contest["release_id"], title=f"Tide of {contest['terms']['sealing']}")
        assert stage.enter("fan", contest, work_id=remix).status_code == 201
        assert host.post(f"{path}/announcements", {"text": "Half time."}).status_code == 201
    of_sealed, of_shown = (f"/contests/{one['id']}/feed" for one in (sealed, shown))
    news = ["Remix the harbour", "New contest: Remix the harbour"]
    assert reader.titles(of_sealed) == news
    assert sorted(reader.titles(of_shown)) == sorted(["Tide of public", *news])
    assert reader.titles("/contests/feed") == reader.titles("/labels/nightshift/feed")
    assert len(reader.titles("/contests/feed")) == 4
    stage.pass_hours(sealed, 3)
    assert "Tide of sealed" in reader.titles(of_sealed)


def test_every_page_that_has_a_feed_names_it(hub: Hub, reader: Reader, catalogue: Catalogue) -> None:
    catalogue.work("Harbour", by="ada")
    hub.browser("host").post("/labels", {"handle": "tapes", "name": "Tapes"})
    for page in ("/", "/@ada", "/labels/tapes", "/contests/"):
        below = f"{page.rstrip('/')}/"
        html = hub.visitor().http.get(page).text
        for ending, media_type in (("atom", "application/atom+xml"), ("json", "application/feed+json")):
            assert f'<link rel="alternate" type="{media_type}" href="{below}feed.{ending}"' in html
            assert reader.http.get(f"{below}feed.{ending}").status_code == 200
    assert json.loads(reader.http.get("/labels/tapes/feed.json").data)["items"] == []
