"""People's Markdown: what it becomes, and that nothing in it can become more than text, structure and links."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.markdown import markdown

_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong", "ul",
}  # fmt: skip
_NASTIES = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<!--", "-->", "<![CDATA[",
    "<a href='javascript:alert(1)'>", "<style>*{}</style>", "<iframe srcdoc='<script>1</script>'>", "</p>", "<math>",
    "[x](javascript:alert(1))", "[x](JaVa\tScript:alert(1))", "[x](&#106;avascript:alert(1))", "[x](vbscript:x)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](//evil.example)", "[x](/settings/delete)", "[x](\\\\evil.example)",
    "![x](https://evil.example/a.png)", "![x][r]", "[r]: javascript:alert(1) 'x'", "[r]: https://a.example \"t\"",
    "<javascript:alert(1)>", "<https://a.example/\"onclick=alert(1)>", "[x](https://a.example \"' onclick='alert(1)\")",
    "[a](<https://a.example/><b>)", "`<b>`", "```\n<b>\n```", "# ", "###### ", "> ", "- ", "1. ", "***", "\n\n", "\t",
    "&lt;script&gt;", "&#60;script&#62;", "\x00", "\u202e", "\ufeff", "é", "мир", "שלום", "a", " ",
)  # fmt: skip


class Seen(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.others: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


def require_safe(html: str) -> None:
    seen = Seen(html)
    assert seen.others == []
    for tag, attributes in seen.tags:
        assert tag in _TAGS, html
        assert set(attributes) <= {"a": {"href", "rel"}, "ol": {"start"}}.get(tag, {"dir"}), html
        if tag == "a" and "href" in attributes:
            assert (attributes["href"] or "").lower().startswith(("http://", "https://", "mailto:")), html
            assert attributes["rel"] == "nofollow noopener"


@pytest.mark.parametrize("nasty", _NASTIES)
def test_a_nasty_alone_is_harmless(nasty: str) -> None:
    require_safe(markdown(nasty))


@given(st.lists(st.one_of(st.sampled_from(_NASTIES), st.text(max_size=6)), max_size=12))
def test_nasties_in_any_mixture_are_harmless(pieces: list[str]) -> None:
    require_safe(markdown("".join(pieces)))


@given(st.text(st.characters(categories=["L", "N"], include_characters=" ,"), min_size=1, max_size=60))
def test_plain_words_stay_as_typed(words: str) -> None:
    assert Seen(markdown(f"a{words}b")).text.strip("\n") == f"a{words}b"


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("Make it *rain*.\nKeep the **foghorn**.", "Make it <em>rain</em>.<br>\nKeep the <strong>foghorn</strong>."),
        ("[the pier](https://a.example)", '<a href="https://a.example" rel="nofollow noopener">the pier</a>'),
        ("<me@a.example>", '<a href="mailto:me@a.example" rel="nofollow noopener">me@a.example</a>'),
        ("![cover](https://a.example/c)", '!<a href="https://a.example/c" rel="nofollow noopener">cover</a>'),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("I <3 this & that", "I &lt;3 this &amp; that"),
        ("    four spaces are no code", "four spaces are no code"),
    ],
)  # fmt: skip
def test_a_paragraph(typed: str, html: str) -> None:
    assert markdown(typed) == f'<p dir="auto">{html}</p>\n'


@pytest.mark.parametrize(
    ("typed", "below", "levels"),
    [
        ("# One\n## Two\n# Three", 2, ["h3", "h4", "h3"]),
        ("### First\n# Then", 2, ["h3", "h3"]),
        ("# One\n#### Deep\n##### Deeper", 1, ["h2", "h3", "h4"]),
        ("# One\n## Two\n### Three", 5, ["h6", "h6", "h6"]),
        ("One\n===\nTwo\n---", 2, ["h3", "h4"]),
    ],
)
def test_headings_stand_below_that_of_the_page_and_skip_none(typed: str, below: int, levels: list[str]) -> None:
    assert [tag for tag, _ in Seen(markdown(typed, below)).tags if tag.startswith("h")] == levels


def test_lists_keep_their_numbers_and_writing_its_direction() -> None:
    assert markdown("3. three\n4. four").startswith('<ol start="3">\n<li dir="auto">three</li>')
