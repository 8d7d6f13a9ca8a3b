"""People's Markdown as HTML that is safe to show: CommonMark without raw HTML and without pictures.

What people typed stays as typed in storage and in the API. Two walls stand one behind the other: the parser knows no
HTML and makes links of http(s) and mailto alone, and the sanitiser lets through only the tags and attributes listed
here, whatever the parser has made.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_SAFE_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong", "ul",
}  # fmt: skip
_ATTRIBUTES: dict[str, set[str]] = {
    "*": set(), "a": {"href"}, "ol": {"start"}, **{tag: {"dir"} for tag in ("p", "li", "h2", "h3", "h4", "h5", "h6")},
}  # fmt: skip
_LOWEST_HEADING = 6
_KEPT_TEXTS = 256


def _parser() -> MarkdownIt:
    """Lines break where they were broken; leading spaces make no code, and a picture stays a link to it."""
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    parser.disable(["image", "html_block", "html_inline", "code"])
    parser.validateLink = lambda url: _SAFE_LINK.match(url) is not None  # type: ignore[method-assign]
    return parser


_PARSER = _parser()
_SANITISER = nh3.Cleaner(
    tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"}, url_relative="deny",
    link_rel="nofollow noopener",
)  # fmt: skip


@functools.lru_cache(maxsize=_KEPT_TEXTS)  # a brief is read far more often than it is written
def markdown(text: str, below: int = 2) -> Markup:
    """`below` is the level of the heading that the text stands under: its own begin one deeper and skip none."""
    tokens = _PARSER.parse(text)
    _settle(tokens, below)
    return Markup(_SANITISER.clean(_PARSER.renderer.render(tokens, _PARSER.options, {})))  # noqa: S704 - it is clean


def _settle(tokens: Sequence[Token], below: int) -> None:
    """Headings where they may stand, and every block in the direction of its own writing."""
    last = below
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            if token.type == "heading_open":
                last = min(below + int(token.tag[1:]), last + 1, _LOWEST_HEADING)
            token.tag = f"h{last}"
        if token.type in ("heading_open", "paragraph_open", "list_item_open"):
            token.attrSet("dir", "auto")
