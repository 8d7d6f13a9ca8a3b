"""What a comment marks: mentions of accounts and links, and nothing that only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.comment_text import MENTIONS_LIMIT, PieceKind, mentioned, pieces

_BITS = st.sampled_from(
    [
        "@ada",
        "@Ada-2",
        "me@ada.org",
        "https://hub.example/@ada?x=1)",
        "`@ada`",
        "```",
        "`",
        "@",
        "\n",
        " ",
        "(",
        ").",
        "é",
        "http://",
        "@@ada",
        "@ada@hub.example",
        "<b>",
        "&amp;",
    ]
)


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("@ada listen", ["ada"]),
        ("(@ada), @Oda! and @north-pier.", ["ada", "oda", "north-pier"]),
        ("@ada @ADA @ada", ["ada"]),
        ("@ada's bass", ["ada"]),
        ("für @ada。", ["ada"]),
        ("write to me@ada.org", []),
        ("write to ada.b@oda", []),
        ("@ada@hub.example is elsewhere", []),
        ("see @ada.example", []),
        ("https://hub.example/@ada", []),
        ("https://hub.example/?q=@ada, @oda", ["oda"]),
        ("`@ada` is how one writes it, @oda", ["oda"]),
        ("```\n@ada\n``` @oda", ["oda"]),
        ("```\n@ada without an end", []),
        ("@ad @a--b @-ada @ada-", []),
        ("@@ada", []),
        ("x@ada", []),
    ],
)
def test_an_account_is_mentioned_by_its_handle_after_an_at_sign_alone(text: str, handles: list[str]) -> None:
    assert mentioned(text) == handles


def test_a_comment_tells_ten_at_most() -> None:
    assert len(mentioned(" ".join(f"@fan{n}" for n in range(30)))) == MENTIONS_LIMIT


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("see https://hub.example/a.", "https://hub.example/a"),
        ("(https://hub.example/a_(b))", "https://hub.example/a_(b)"),
        ("“https://hub.example/?a=1&b=2”!", "https://hub.example/?a=1&b=2"),
        ("http://hub.example:8000/x#y, and", "http://hub.example:8000/x#y"),
    ],
)
def test_a_link_ends_before_the_signs_of_its_sentence(text: str, link: str) -> None:
    assert [one.text for one in pieces(text, ()) if one.kind is PieceKind.LINK] == [link]


def test_only_http_is_a_link() -> None:
    text = "javascript:alert(1) data:text/html,x //hub.example ftp://hub.example https://."
    assert [one.kind for one in pieces(text, ())] == [PieceKind.TEXT]


@given(st.lists(_BITS | st.text(max_size=5), max_size=30).map("".join))
def test_the_pieces_are_the_text_and_mark_what_is_mentioned(text: str) -> None:
    found = list(pieces(text, ["ada", "ada-2"]))
    assert "".join(one.text for one in found) == text
    assert all(one.text for one in found)
    marked = {one.text.lower().removeprefix("@") for one in found if one.kind is PieceKind.MENTION}
    assert marked == set(mentioned(text)) & {"ada", "ada-2"}
    for one in found:
        if one.kind is PieceKind.LINK:
            assert one.text.startswith(("http://", "https://"))
            assert not set(one.text) & set(' \n\t<>"`')
