"""Credits to paste: every title is text in every format, and tags hold what fits."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.licences.grants import GrantKind, HeldBy
from remixhub.domain.licences.terms import Licence, terms_of
from remixhub.domain.lineage.credits import (
    Ancestor,
    Credit,
    CreditedWork,
    CreditFormat,
    FullCredits,
    credits_owed,
    plain_lines,
    tag_lines,
    text_of,
    written,
)
from remixhub.domain.states import SourceKind

texts = st.text(min_size=1, max_size=40)


def ancestor(work_id: str, artist: str, *contributors: tuple[str, str]) -> Ancestor:
    url = f"https://hub.example/works/{work_id}"
    return Ancestor(work_id, f"Song {work_id}", artist, Licence.BY, url, (SourceKind.REMIX,), contributors)


def credited(title: str, artist: str, generation: int = 1) -> CreditedWork:
    url = "https://hub.example/works/1"
    credit = Credit("1", title, artist, "artist", Licence.BY, url, (SourceKind.REMIX,))
    return CreditedWork(generation, (credit, Credit("1", title, "Ben", "cello", Licence.BY, url, ())))


def full(*works: CreditedWork, left_out: bool = False) -> FullCredits:
    return FullCredits("Mine", "https://hub.example/works/9", works, left_out)


def test_each_format_says_title_author_source_and_licence_by_generation() -> None:
    owed = full(credited("One", "Ada"), credited("Two", "Cleo", generation=2))
    assert written(owed, CreditFormat.TEXT).splitlines()[2:8] == [
        "Its sources:",
        "",
        f"“One” by Ada, Ben (cello) – https://hub.example/works/1 – "
        f"{terms_of(Licence.BY).title}, {terms_of(Licence.BY).url}",
        "",
        "2 generations back:",
        "",
    ]
    assert "- “[One](https://hub.example/works/1)” by Ada, Ben \\(cello\\)" in written(owed, CreditFormat.MARKDOWN)
    assert '<a href="https://hub.example/works/1">One</a>” by Ada' in written(owed, CreditFormat.HTML)
    bare = written(full(), CreditFormat.TEXT).splitlines()
    assert bare == ["“Mine” is made from", "", "Nothing else: it is an original."]
    assert "/works/9/credits" in written(full(credited("One", "Ada"), left_out=True), CreditFormat.TEXT)


def test_json_has_the_same_by_generation() -> None:
    owed = full(credited("One", "Ada"), credited("Two", "Cleo", generation=2), credited("Three", "Dai", generation=2))
    told = json.loads(written(owed, CreditFormat.JSON))
    assert [(one["generation"], [work["title"] for work in one["works"]]) for one in told["generations"]] == [
        (1, ["One"]),
        (2, ["Two", "Three"]),
    ]
    (one,) = told["generations"][0]["works"]
    assert one["licence"] == {"id": "cc-by-4.0", "title": terms_of(Licence.BY).title, "url": terms_of(Licence.BY).url}
    assert one["credits"] == [{"name": "Ada", "role": "artist"}, {"name": "Ben", "role": "cello"}]
    assert (one["title"], one["artist"], one["url"]) == ("One", "Ada", "https://hub.example/works/1")
    whole = {"title": "Mine", "url": "https://hub.example/works/9", "generations": told["generations"]}
    assert told == {**whole, "left_out": False}
    assert json.loads(written(full(left_out=True), CreditFormat.JSON))["left_out"] is True


def test_what_was_held_by_a_grant_says_so_in_every_format() -> None:
    receipt = HeldBy(GrantKind.RECEIPT, "r1", "0" * 64, dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC))
    owed = full(CreditedWork(1, (dataclasses.replace(credited("One", "Ada").credits[0], held_by=receipt),)))
    for format in (CreditFormat.TEXT, CreditFormat.MARKDOWN, CreditFormat.HTML):
        assert "by a receipt of 1 March 2026" in written(owed, format)
    ((work,),) = (one["works"] for one in json.loads(written(owed, CreditFormat.JSON))["generations"])
    assert work["held_by"] == {
        "kind": "receipt", "id": "r1", "sha256": "0" * 64, "granted_at": "2026-03-01T12:00:00.000Z",
    }  # fmt: skip


def test_a_permission_is_named_with_the_address_where_everybody_reads_it() -> None:
    permission = HeldBy(GrantKind.PERMISSION, "p1", "0" * 64, dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC))
    owed = full(CreditedWork(1, (dataclasses.replace(credited("One", "Ada").credits[0], held_by=permission),)))
    words, url = "by the artist's permission of 1 March 2026", "https://hub.example/permissions/p1"
    assert f", {words}, {url}\n" in written(owed, CreditFormat.TEXT)
    assert f", [{words}]({url})" in written(owed, CreditFormat.MARKDOWN)
    assert f', <a href="{url}">by the artist&#x27;s permission of 1 March 2026</a>' in written(owed, CreditFormat.HTML)
    ((work,),) = (one["works"] for one in json.loads(written(owed, CreditFormat.JSON))["generations"])
    assert work["held_by"]["url"] == url


def test_json_is_to_be_read_by_people_too() -> None:
    assert written(full(), CreditFormat.JSON) == (
        '{\n  "title": "Mine",\n  "url": "https://hub.example/works/9",\n  "generations": [],\n  "left_out": false\n}\n'
    )
    assert '"title": "Größe"' in written(full(credited("Größe", "Ada")), CreditFormat.JSON)


def test_each_format_has_its_media_type() -> None:
    assert {one.value: one.media_type for one in CreditFormat} == {
        "txt": "text/plain", "md": "text/markdown", "html": "text/html", "json": "application/json",
    }  # fmt: skip


def test_the_whole_is_written_as_each_format_has_it() -> None:
    owed = full(credited("A & B", "[Ada]"), left_out=True)
    title, url = terms_of(Licence.BY).title, terms_of(Licence.BY).url
    assert written(owed, CreditFormat.TEXT) == (
        "“Mine” is made from\n\nIts sources:\n\n"
        f"“A & B” by [Ada], Ben (cello) – https://hub.example/works/1 – {title}, {url}\n\n"
        "More are listed at https://hub.example/works/9/credits.\n"
    )
    markdown = title.replace(".", "\\.")
    assert written(owed, CreditFormat.MARKDOWN) == (
        "## “Mine” is made from\n\n### Its sources\n\n"
        f"- “[A & B](https://hub.example/works/1)” by \\[Ada\\], Ben \\(cello\\), [{markdown}]({url})\n\n"
        "More are listed at https://hub\\.example/works/9/credits\\.\n"
    )
    assert written(owed, CreditFormat.HTML) == (
        "<h2>“Mine” is made from</h2>\n\n<h3>Its sources</h3>\n\n"
        '<p>“<a href="https://hub.example/works/1">A &amp; B</a>” by [Ada], Ben (cello), '
        f'<a rel="license" href="{url}">{title}</a></p>\n\n'
        "More are listed at https://hub.example/works/9/credits.\n"
    )


def test_who_has_no_role_is_named_alone_and_addresses_are_attributes() -> None:
    url = "https://hub.example/works/1?a=1&b=2"
    credits = (
        Credit("1", "One", "Ada", "artist", Licence.BY, url, ()),
        Credit("1", "One", "Ben", "", Licence.BY, url, ()),
    )
    owed = full(CreditedWork(1, credits))
    assert "“One” by Ada, Ben – " in written(owed, CreditFormat.TEXT)
    assert 'href="https://hub.example/works/1?a=1&amp;b=2"' in written(owed, CreditFormat.HTML)


def test_tags_hold_the_nearest_lines_that_fit_to_the_character() -> None:
    owed = full(credited("One", "Ada"), credited("Two", "Cleo", generation=2))
    one, two, rest = *plain_lines(owed).splitlines(), "All credits: https://hub.example/works/9/credits"
    room = len("; ".join([one, two, rest]))
    assert tag_lines(owed, longest=room) == (one, two)
    assert tag_lines(owed, longest=room - 1) == (one, rest)
    left = len("; ".join([one, rest]))
    assert tag_lines(owed, longest=left) == (one, rest)
    assert tag_lines(owed, longest=left - 1) == (rest,)
    assert tag_lines(full(credited("One", "Ada"), left_out=True), longest=1000) == (one, rest)


def test_plain_lines_have_a_line_for_each_work_and_say_where_the_others_are() -> None:
    owed = full(credited("One", "Ada"), credited("Two", "Cleo", generation=2), left_out=True)
    one, two, rest = plain_lines(owed).splitlines()
    assert (one[:21], two[:22]) == ("“One” by Ada, Ben (ce", "“Two” by Cleo, Ben (ce")
    assert rest == "More are listed at https://hub.example/works/9/credits."
    assert plain_lines(full()) == ""


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(texts, texts)
def test_no_title_and_no_name_is_markup(title: str, artist: str) -> None:
    owed = full(credited(title, artist))
    seen = Seen()
    seen.feed(written(owed, CreditFormat.HTML))
    assert seen.tags == ["h2", "h3", "p", "a", "a"]
    assert " ".join(title.split()) in seen.text
    assert len(written(owed, CreditFormat.TEXT).splitlines()) == 5 or "\x85" in title + artist
    unescaped = re.sub(r"\\.", "", written(owed, CreditFormat.MARKDOWN).splitlines()[4])
    assert unescaped.count("](") == 2


@given(st.lists(st.tuples(texts, texts), max_size=30), st.integers(100, 1_000))
def test_tags_never_grow_beyond_their_room(works: list[tuple[str, str]], longest: int) -> None:
    owed = full(*(credited(title, artist) for title, artist in works))
    lines = tag_lines(owed, longest=longest)
    assert len("; ".join(lines)) <= longest
    complete = len(lines) == len(works)
    assert complete or lines[-1] == "All credits: https://hub.example/works/9/credits"


def test_the_artist_comes_first_and_then_the_contributors_in_their_own_order() -> None:
    owed = credits_owed([ancestor("1", "Ada", ("Ben", "cello"), ("Cy", "mixing")), ancestor("2", "Dee")])
    assert [(credit.artist, credit.role) for credit in owed] == [
        ("Ada", "artist"),
        ("Ben", "cello"),
        ("Cy", "mixing"),
        ("Dee", "artist"),
    ]


def test_nobody_is_credited_twice_for_the_same_role_in_a_work() -> None:
    owed = credits_owed([ancestor("1", "Ada", ("ben", "Cello"), ("Ben", "cello")), ancestor("1", "Ada")])
    assert [(credit.artist, credit.role) for credit in owed] == [("Ada", "artist"), ("ben", "Cello")]


def test_the_same_artist_is_credited_for_each_work() -> None:
    assert len(credits_owed([ancestor("1", "Ada"), ancestor("2", "Ada")])) == 2


def test_the_text_names_title_author_address_and_licence_of_each_work() -> None:
    told = [ancestor("1", "Ada", ("Ben", "cello"), ("Cy", "")), ancestor("2", "Dee")]
    text = text_of(credits_owed(told))
    assert text.splitlines() == [
        "“Song 1” by Ada, Ben (cello), Cy – https://hub.example/works/1 – Creative Commons Attribution 4.0, "
        "https://creativecommons.org/licenses/by/4.0/",
        "“Song 2” by Dee – https://hub.example/works/2 – Creative Commons Attribution 4.0, "
        "https://creativecommons.org/licenses/by/4.0/",
    ]
