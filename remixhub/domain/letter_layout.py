"""How letters look: one layout as plain text, one as HTML. No picture is fetched and nothing counts who opened it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from html import escape

from remixhub.domain.letters import Letter

_WIDTH = 72
_PAPER, _SHEET, _INK, _SOFT, _SPOT, _PLATE = "#f3eee2", "#fbf8f0", "#17161a", "#55504a", "#f04a23", "#2a47c9"
_NIGHT = """
@media (prefers-color-scheme: dark) {
  .paper { background: #14161b !important; color: #f1ebdd !important; }
  .sheet { background: #1b1e25 !important; border-color: #f1ebdd !important; }
  .head { border-color: #f1ebdd !important; }
  .soft, .soft a { color: #b9b3a6 !important; }
  .key { background: #ff7f5c !important; border-color: #f1ebdd !important; box-shadow: 5px 5px 0 #8ea4ff !important; }
}"""


@dataclass(frozen=True)
class Foot:
    """Why it came, and how no more like it do."""

    hub: str
    """Its address."""
    name: str
    handle: str | None = None
    topic: str = ""
    """What it is about, of mail that can be stopped."""
    unsubscribe: str = ""


def as_text(letter: Letter, foot: Foot) -> str:
    """Lines of at most 72 characters; addresses stand whole on lines of their own."""
    first, *rest = letter.paragraphs
    blocks = [letter.subject.upper() if len(letter.subject) <= _WIDTH else "", _wrapped(first)]
    if letter.button:
        words, url = letter.button
        blocks.append(f"{words}:\n{url}")
    blocks += [_wrapped(text) for text in (*rest, letter.closing)]
    return "\n\n".join(block for block in blocks if block) + "\n\n-- \n" + _foot_text(foot) + "\n"


def as_html(letter: Letter, foot: Foot) -> str:
    first, *rest = letter.paragraphs
    parts = [_paragraph(first)]
    if letter.button:
        parts.append(_key(*letter.button))
    parts += [_paragraph(text) for text in rest]
    if letter.closing:
        parts.append(f'<p class="soft" style="margin:20px 0 0;color:{_SOFT}">{_lines(letter.closing)}</p>')
    return _PAGE.format(
        title=escape(letter.subject),
        name=escape(foot.name),
        body="\n".join(parts),
        foot=_foot_html(foot),
        night=_NIGHT,
        paper=_PAPER,
        sheet=_SHEET,
        ink=_INK,
        soft=_SOFT,
    )


def _wrapped(text: str) -> str:
    lines = (textwrap.wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False) for line in text.splitlines())
    return "\n".join(line for wrapped in lines for line in wrapped)


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())


def _paragraph(text: str) -> str:
    return f'<p dir="auto" style="margin:0 0 16px">{_lines(text)}</p>'


def _key(words: str, url: str) -> str:
    style = (
        f"display:inline-block;padding:11px 18px;background:{_SPOT};color:{_INK};font-weight:bold;"
        f"text-decoration:none;border:2px solid {_INK};box-shadow:5px 5px 0 {_PLATE}"
    )
    return (
        f'<p style="margin:8px 0 24px"><a class="key" href="{escape(url)}" style="{style}">{escape(words)}</a></p>\n'
        f'<p class="soft" style="margin:0 0 16px;font-size:13px;color:{_SOFT};word-break:break-all">'
        f'Or open this address: <a href="{escape(url)}" style="color:{_SOFT}">{escape(url)}</a></p>'
    )


def _foot_text(foot: Foot) -> str:
    lines = [f"{foot.name}, {foot.hub}"]
    if foot.handle:
        lines.append(f"To you as @{foot.handle}.")
    if foot.unsubscribe:
        lines.append(f"{foot.topic}: no more by mail:\n{foot.unsubscribe}")
    return "\n".join(lines)


def _foot_html(foot: Foot) -> str:
    said = f'{escape(foot.name)}, <a href="{escape(foot.hub)}" style="color:{_SOFT}">{escape(foot.hub)}</a>'
    if foot.handle:
        said += f"<br>To you as @{escape(foot.handle)}."
    if foot.unsubscribe:
        link = f'<a href="{escape(foot.unsubscribe)}" style="color:{_SOFT}">No more of this by mail</a>'
        said += f"<br>{escape(foot.topic)}. {link}"
    return said


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<style>{night}
</style>
</head>
<body class="paper" style="margin:0;padding:24px 12px;background:{paper};color:{ink};\
font:16px/1.5 Archivo,'Helvetica Neue',Arial,sans-serif">
<div class="sheet" style="max-width:560px;margin:0 auto;background:{sheet};border:3px solid {ink};padding:0 24px 28px">
<p class="head" style="margin:0 0 24px;padding:12px 0 10px;border-bottom:2px solid {ink};\
font:bold 11px/1.4 'Martian Mono',Menlo,Consolas,monospace;letter-spacing:.06em;text-transform:uppercase">{name}</p>
<h1 dir="auto" style="margin:0 0 16px;font:900 28px/1 Archivo,'Archivo Narrow','Arial Narrow','Helvetica Neue',Arial,\
sans-serif;font-stretch:70%;text-transform:uppercase;overflow-wrap:anywhere">{title}</h1>
{body}
</div>
<p class="soft" style="max-width:560px;margin:16px auto 0;font-size:13px;color:{soft}">{foot}</p>
</body>
</html>
"""
