"""Credits to paste: every title is text in every format, and tags hold what fits."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.credits import CreditedWork, CreditFormat, FullCredits, plain_lines, tag_lines, written
from remixhub.domain.licensing import Licence, terms_of
from remixhub.domain.lineage import Credit
from remixhub.domain.states import SourceKind

texts = st.text(min_size=1, max_size=40)


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
    assert "original" in written(full(), CreditFormat.TEXT)
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
