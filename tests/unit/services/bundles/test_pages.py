"""The pages of a bundle as text: nothing in them becomes markup, all links lead to files that are there."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

from remixhub.domain.bundles.contents import Bundle, BundledRemix, BundleKind
from remixhub.services.bundles.pages import written
from tests import sticks

BESIDE = {"SHA256SUMS", "SHA256SUMS.sig", "hub-key.pem", "bundle.json", "README.txt"}
"""Written with the folder, not with the pages."""
NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> [x](javascript:alert(1)) {{ 7*7 }} & ]]>"
BAD_ADDRESSES = ("javascript:alert(1)", "data:text/html,<script>1</script>", "file:///etc/passwd", "//evil", "http://[")
HANDLERS = ("on", "style", "srcdoc", "formaction", "xlink:href")


class Seen(HTMLParser):
    def __init__(self, held: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(held.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def links(self) -> list[str]:
        return [one[name] or "" for _, one in self.tags for name in ("href", "src") if name in one]


def html_of(pages: Mapping[str, bytes]) -> dict[str, Seen]:
    return {path: Seen(held) for path, held in pages.items() if path.endswith(".html")}


BUNDLES = {
    "a pack of 40": sticks.pack_of_40, "a contest": sticks.contest_with_6, "a label": lambda: sticks.label_with(30),
    "more than a page": lambda: sticks.label_with(90, 0),
    "nothing": lambda: sticks.bundle(BundleKind.COLLECTION, "Empty", []),
}  # fmt: skip


@pytest.mark.parametrize("made", BUNDLES.values(), ids=BUNDLES)
def test_links_lead_to_files_of_the_bundle_or_out_to_the_web(made) -> None:
    bundle = made()
    pages = written(bundle)
    there = {*pages, *BESIDE, *(file.path for file in sticks.files_of(bundle)), *sticks.texts_of(bundle)}
    reached, ways = {"index.html"}, ["index.html"]
    seen = html_of(pages)
    for page in ways:
        for link in seen[page].links():
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme == "https"
                continue
            assert not link.startswith("/")
            if not parts.path:
                assert parts.fragment
                continue
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
            assert path in there, (page, link)
            assert not parts.query
            if path in seen and path not in reached:
                ways.append(path)
            reached.add(path)
    unseen = {path for path in there - reached if not path.startswith("pages/look/")}
    assert not unseen, "nobody finds these"


def hostile() -> Bundle:
    work = sticks.work(
        0, 2, title=NASTY, artist=NASTY, description=NASTY, note=NASTY, withheld=NASTY, tags=(NASTY,), key=NASTY,
        credits=((NASTY, NASTY),), credit_lines=(NASTY,), licence=NASTY, licence_name=NASTY, published_at=NASTY,
        kind=NASTY, url=BAD_ADDRESSES[0], licence_url=BAD_ADDRESSES[1], sources=(),
    )  # fmt: skip
    sources = [sticks.source(None, title=NASTY, artist=NASTY, url=url, licence=NASTY) for url in BAD_ADDRESSES]
    remix = sticks.work(1, 0, [*sources, sticks.source(work, kind=NASTY, stem_names=(NASTY,))])
    return sticks.bundle(
        BundleKind.LABEL, NASTY, [work, remix], by=NASTY, text=NASTY, hub_name=NASTY, hub_url=BAD_ADDRESSES[0]
    )


def test_what_people_wrote_is_text_and_no_markup() -> None:
    pages = written(hostile())
    for path, seen in html_of(pages).items():
        scripts = [one for tag, one in seen.tags if tag == "script"]
        assert [list(one) for one in scripts] == [["defer", "src"]], path
        for tag, attributes in seen.tags:
            assert tag not in ("iframe", "object", "embed", "base", "form", "style", "math", "foreignobject"), path
            assert not [name for name in attributes if name.startswith(HANDLERS[0]) or name in HANDLERS[1:]], (
                path,
                tag,
            )
            if tag == "img":
                assert "look" in (attributes["src"] or "") or "covers" in (attributes["src"] or ""), path
        assert {urlsplit(link).scheme for link in seen.links()} <= {"", "https"}, path
        assert b"{{ 7*7 }}" in pages[path] or "verify" in path  # nor a template
    assert b"<script" not in pages["pages/lineage.svg"]
    assert b"javascript:" not in pages["pages/lineage.svg"].replace(b"(javascript:alert(1))", b"")


def test_every_page_forbids_the_network_before_all_else() -> None:
    for path, seen in html_of(written(sticks.contest_with_6())).items():
        (policy,) = [one["content"] for tag, one in seen.tags if one.get("http-equiv") == "Content-Security-Policy"]
        assert policy.startswith("default-src 'none'"), path
        assert "http" not in policy, path
        assert [tag for tag, _ in seen.tags].index("meta") < [tag for tag, _ in seen.tags].index("link"), path


def test_equal_bundles_give_equal_pages_and_names_that_sticks_take() -> None:
    pages = written(sticks.label_with(30))
    assert pages == written(sticks.label_with(30))
    assert len({path.casefold() for path in pages}) == len(pages)
    assert all(path.isascii() for path in pages)


def test_what_is_withheld_or_gone_is_said_and_links_that_go_round_are_listed() -> None:
    contest = sticks.contest_with_6()
    pages = written(contest)
    assert "entrants alone have these stems" in pages["pages/work-004.html"].decode()
    gone = pages["pages/work-007.html"].decode()
    assert "gone from its hub" in gone
    assert "<audio" not in gone
    one, other = sticks.work(0), sticks.work(1)
    round_ = [sticks.work(0, 0, [sticks.source(other)]), sticks.work(1, 0, [sticks.source(one)])]
    assert "pages/lineage.html" not in written(sticks.bundle(BundleKind.LABEL, "Round", round_))


def test_remixes_that_are_not_in_the_folder_are_drawn_and_told() -> None:
    address = "https://hub.example/works/{}"
    remixes = [
        BundledRemix(
            f"r{n}", 90 + n, f"Pier Mix {n}", "Kofi", address.format(f"r{n}"), "cc-by-4.0", is_tombstone=n == 1
        )
        for n in range(2)
    ]
    pages = written(sticks.bundle(BundleKind.WORK, "Alone", [sticks.work(0, remixes=remixes, remixes_beyond=3)]))
    page, told, drawn = (pages[path].decode() for path in ("index.html", "pages/lineage.html", "pages/lineage.svg"))
    for text in (page, told, drawn):
        assert address.format("r0") in text
        assert "Pier Mix 1" in text
    assert "gone from its hub" in page
    assert "3 remixes more" in page
    assert "and 3 more" in told
    assert told.count("lineage-box outside") == 1
    assert told.count('lineage-box gone"') == 1


def test_a_label_of_500_works_is_read_in_light_pages() -> None:
    pages = written(sticks.label_with(500, 0))
    assert len(pages["index.html"]) < 100_000
    assert max(len(held) for path, held in pages.items() if path.endswith(".html")) < 300_000
