"""What programs find at the door: robots.txt, the sitemap, security.txt, the manifest, and what links show."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from xml.etree import ElementTree

import pytest

from remixhub.domain.states import RenditionKind, WorkState
from remixhub.models import Rendition, Work
from remixhub.services.discovery import sitemap
from remixhub.web.robots import is_open
from tests.integration.conftest import Hub
from tests.integration.lineage.catalogue import Catalogue
from tests.integration.reading_stage import ReadingStage, asks

_SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def locations(hub: Hub, path: str = "/sitemap.xml", root: str = "urlset") -> list[str]:
    """Paths, in the order of the file."""
    answer = hub.visitor().http.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    tree = ElementTree.fromstring(answer.text)
    assert tree.tag == _SPACE + root
    found = [one.text or "" for one in tree.iter(f"{_SPACE}loc")]
    assert all(one.startswith(hub.parts.settings.public_url) for one in found)
    return [one.removeprefix(hub.parts.settings.public_url) for one in found]


def meta(page: str, name: str) -> str | None:
    found = re.search(rf'<meta (?:property|name)="{name}" content="([^"]*)">', page)
    return found[1] if found else None


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


def test_the_sitemap_has_what_is_published_and_who_made_it_and_nothing_else(hub: Hub, catalogue: Catalogue) -> None:
    out = catalogue.work("Out", by="ada")
    catalogue.draft("In", by="ben")
    for number, state in enumerate((WorkState.WITHDRAWN, WorkState.TAKEN_DOWN)):
        catalogue.set_state(catalogue.work("Gone", by=f"gone{number}"), state)
    hub.browser("host").post("/labels", {"handle": "tapes", "name": "Tapes"})
    assert locations(hub) == ["/", "/contests/", "/charts", "/licences", f"/works/{out}", "/@ada", "/labels/tapes"]


def test_every_address_in_the_sitemap_answers_and_is_open_to_robots(hub: Hub, catalogue: Catalogue) -> None:
    catalogue.work("Out", by="ada")
    robots = hub.visitor().http.get("/robots.txt")
    assert f"Sitemap: {hub.parts.settings.public_url}/sitemap.xml" in robots.text
    for path in locations(hub):
        page = hub.visitor().http.get(path)
        assert page.status_code == 200
        assert f'<link rel="canonical" href="{hub.parts.settings.public_url}{path}">' in page.text


def test_a_large_sitemap_is_an_index_of_files_that_hold_each_address_once(
    hub: Hub, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = [catalogue.work(str(number), by=f"artist{number}") for number in range(7)]
    whole = locations(hub)
    monkeypatch.setattr(sitemap, "FILE_LIMIT", 7)  # as many artists as may begin with the same digit by chance
    monkeypatch.setattr(sitemap, "_PAGE", 2)
    files = locations(hub, root="sitemapindex")
    found = [path for file in files for path in locations(hub, file)]
    assert sorted(found) == sorted(whole)
    assert {f"/works/{one}" for one in works} <= set(found)
    for name in ("works", "works-", "works--1", "works-1x", "artists-g", "artists-10", "drafts-0", "works-9999999999"):
        assert hub.visitor().http.get(f"/sitemaps/{name}.xml").status_code == 404


def test_security_txt_is_there_once_somebody_is_named_and_never_stale(hub: Hub) -> None:
    answer = hub.visitor().http.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert answer.mimetype == "text/plain"
    assert fields["Contact"] == "mailto:security@stems.example"
    assert fields["Canonical"] == f"{hub.parts.settings.public_url}/.well-known/security.txt"
    left = dt.datetime.fromisoformat(fields["Expires"]) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(days=30) < left < dt.timedelta(days=365)
    nobody = dataclasses.replace(hub.parts.settings, security_contact="")
    hub.app.extensions["remixhub"] = dataclasses.replace(hub.parts, settings=nobody)
    assert hub.visitor().http.get("/.well-known/security.txt").status_code == 404


def test_the_manifest_names_icons_that_are_there(hub: Hub) -> None:
    visitor = hub.visitor().http
    page = visitor.get("/").text
    answer = visitor.get(re.search(r'rel="manifest" href="([^"]+)"', page)[1])  # type: ignore[index]
    assert answer.mimetype == "application/manifest+json"
    manifest = answer.get_json(force=True)
    assert {icon["sizes"] for icon in manifest["icons"]} == {"any", "192x192", "512x512"}
    for icon in manifest["icons"]:
        with visitor.get(icon["src"]) as picture:
            assert (picture.status_code, picture.mimetype) == (200, icon["type"])
    assert page.count('name="theme-color"') == 2


def test_a_link_to_a_work_shows_what_it_is(hub: Hub, catalogue: Catalogue) -> None:
    work_id = catalogue.work('Say "hi" & <go>', by="ada")
    page = hub.visitor().http.get(f"/works/{work_id}").text
    assert meta(page, "og:title") == "Say &#34;hi&#34; &amp; &lt;go&gt; by Ada"
    assert meta(page, "og:type") == "music.song"
    assert meta(page, "og:url") == f"{hub.parts.settings.public_url}/works/{work_id}"
    assert meta(page, "og:description") == meta(page, "description")
    assert (meta(page, "og:image") or "").startswith(f"{hub.parts.settings.public_url}/static/icons/link-picture.png")
    assert meta(page, "og:audio") is None
    mix = catalogue.original("c" * 64)
    facts = {"media_type": "image/png", "size_bytes": 1, "engine_version": "1"}
    with hub.parts.database.writing() as session:
        work = session.get_one(Work, work_id)
        work.print_digest, work.mix_sha256 = "b" * 64, mix.sha256
        session.add(Rendition(subject_digest="b" * 64, kind=RenditionKind.LINK_PICTURE, key="p", **facts))
        session.add(Rendition(subject_digest=mix.sha256, kind=RenditionKind.PREVIEW, key="a", **facts))
    page = hub.visitor().http.get(f"/works/{work_id}").text
    for name in ("og:image", "og:audio"):
        address = meta(page, name) or ""
        assert address.startswith(f"{hub.parts.settings.public_url}/media/works/{work_id}/")
        assert hub.visitor().http.get(address.removeprefix(hub.parts.settings.public_url)).status_code == 302
    catalogue.set_state(work_id, WorkState.TAKEN_DOWN)
    gone = hub.visitor().http.get(f"/works/{work_id}").text
    assert "/media/" not in (meta(gone, "og:image") or "")
    assert meta(gone, "og:audio") is None


def test_what_is_not_for_robots_has_no_address_to_share(hub: Hub) -> None:
    browser = hub.browser("ada").http
    for path in ("/sign-in", "/my/works", "/settings/profile", "/works/none"):
        page = browser.get(path).text
        assert "og:" not in page
        assert 'rel="canonical"' not in page


def test_a_leaf_of_a_listing_is_not_another_page_but_a_filter_is(hub: Hub) -> None:
    page = hub.visitor().http.get("/?kind=remix&utm_source=x").text
    assert meta(page, "og:url") == f"{hub.parts.settings.public_url}/?kind=remix"


def test_a_page_that_wants_to_know_who_asks_is_not_for_robots(hub: Hub) -> None:
    visitor = hub.visitor().http
    told = {}
    for name, ask in asks(ReadingStage(hub, 2)).items():
        if not ask.address.startswith(("/api/", "/companion/")) and is_open(ask.address):
            with visitor.get(ask.address) as answer:
                told[name] = (answer.status_code, answer.headers.get("Location", ""))
    assert len(told) > 20
    assert [name for name, (status, goal) in told.items() if status in (401, 403) or goal.startswith("/sign-in")] == []


def test_every_public_page_says_in_words_of_its_own_what_it_is(hub: Hub) -> None:
    visitor = hub.visitor().http
    start = visitor.get("/").text
    without = []
    for name, ask in asks(ReadingStage(hub, 2)).items():
        if name == "/" or not is_open(ask.address) or ask.address.startswith(("/media", "/sitemap")):
            continue
        with visitor.get(ask.address) as answer:
            page = answer.text if (answer.status_code, answer.mimetype) == (200, "text/html") else ""
        if page and (
            meta(page, "og:description") in (None, meta(start, "og:description")) or not meta(page, "og:title")
        ):
            without.append(name)
    assert without == []


def test_a_link_to_an_artist_shows_the_newest_work(hub: Hub, catalogue: Catalogue) -> None:
    catalogue.work("Old", by="ada")
    newest = catalogue.work("New", by="ada")
    with hub.parts.database.writing() as session:
        session.get_one(Work, newest).print_digest = "b" * 64
    page = hub.visitor().http.get("/@ada").text
    assert f"/media/works/{newest}/link-picture" in (meta(page, "og:image") or "")
    assert (meta(page, "og:type"), meta(page, "og:description")) == ("profile", "Releases and remixes by Ada.")
