"""The credits that a work owes to its ancestors, generation by generation, and the forms in which people paste them.

Each line says title, author, source and licence (TASL), as Creative Commons asks for; of a source from elsewhere also
where it lies and when it was seen there, for its page may say something else by now.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urljoin

from remixhub.domain.errors import NotFound
from remixhub.domain.licences.grants import HeldBy
from remixhub.domain.licences.terms import Licence, licence_url, terms_of
from remixhub.domain.lineage.elsewhere import Seen
from remixhub.domain.states import SourceKind
from remixhub.domain.text import composed
from remixhub.domain.times import rfc3339

ARTIST_ROLE = "artist"

_MARKDOWN_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~])")


class CreditFormat(StrEnum):
    TEXT = "txt"
    MARKDOWN = "md"
    HTML = "html"
    JSON = "json"

    @property
    def media_type(self) -> str:
        return {"txt": "text/plain", "md": "text/markdown", "html": "text/html", "json": "application/json"}[self.value]


class CreditFormatUnknown(NotFound):
    code = "credit_format_unknown"
    title = "Credits are not written in this format"


@dataclass(frozen=True)
class Ancestor:
    """One work to be credited; `licence` as held when it was cited, `contributors` as (name, role) in its own order."""

    work_id: str
    title: str
    artist: str
    licence: Licence
    url: str
    used_as: tuple[SourceKind, ...]
    contributors: tuple[tuple[str, str], ...] = ()
    held_by: HeldBy | None = None
    """The grant by which whoever cited it held the licence."""
    seen: Seen | None = None
    """Of a source from elsewhere, whose `work_id` is its node's id and `url` its address."""


@dataclass(frozen=True)
class Credit:
    """One line owed to one person for one work."""

    work_id: str
    title: str
    artist: str
    role: str
    licence: Licence
    url: str
    used_as: tuple[SourceKind, ...]
    held_by: HeldBy | None = None
    seen: Seen | None = None


def credits_owed(ancestors: Iterable[Ancestor]) -> list[Credit]:
    """In the order of the ancestors, for each its artist first; nobody twice for the same role in the same work."""
    owed: dict[tuple[str, str, str], Credit] = {}
    for one in ancestors:
        for name, role in ((one.artist, ARTIST_ROLE), *one.contributors):
            key = (one.work_id, composed(name.casefold()), composed(role.casefold()))
            credit = Credit(
                one.work_id, one.title, name, role, one.licence, one.url, one.used_as, one.held_by, one.seen
            )
            owed.setdefault(key, credit)
    return list(owed.values())


def by_work(credits: Iterable[Credit]) -> dict[str, list[Credit]]:
    """The works in the order of their first credits, each with all that are credited for it."""
    works: dict[str, list[Credit]] = {}
    for credit in credits:
        works.setdefault(credit.work_id, []).append(credit)
    return works


@dataclass(frozen=True)
class CreditedWork:
    """A work by how few links it is away, with all that are credited for it, its artist first."""

    generation: int
    credits: Sequence[Credit]


@dataclass(frozen=True)
class FullCredits:
    title: str
    url: str
    works: Sequence[CreditedWork]
    """Nearest first."""
    left_out: bool = False
    """There are more ancestors than are listed."""


def written(credits: FullCredits, format: CreditFormat) -> str:
    """The whole of it, ready to paste; ends with a line break."""
    if format is CreditFormat.JSON:
        return _as_json(credits)
    lines: list[str] = [_HEADINGS[format].format(_escaped(f"“{credits.title}” is made from", format))]
    generation = 0
    for work in credits.works:
        if work.generation != generation:
            generation = work.generation
            lines += ["", _SUBHEADINGS[format].format(generation_name(generation)), ""]
        lines.append(_ITEMS[format].format(_line(work.credits, format)))
    if not credits.works:
        lines += ["", _escaped("Nothing else: it is an original.", format)]
    if credits.left_out:
        lines += ["", _escaped(f"More are listed at {credits.url}/credits.", format)]
    return "\n".join(lines) + "\n"


def _as_json(credits: FullCredits) -> str:
    """`generations`, nearest first, each with its works and all who are credited for them."""
    by_generation: dict[int, list[dict[str, object]]] = {}
    for work in credits.works:
        first = work.credits[0]
        by_generation.setdefault(work.generation, []).append(
            {
                "title": first.title,
                "artist": first.artist,
                "url": first.url,
                "licence": {
                    "id": first.licence.value,
                    "title": terms_of(first.licence).title,
                    "url": licence_url(first.licence, first.url),
                },
                **({"held_by": _grant_as_json(first.held_by, first.url)} if first.held_by else {}),
                **({"elsewhere": _seen_as_json(first.seen)} if first.seen else {}),
                "credits": [{"name": one.artist, "role": one.role} for one in work.credits],
            }
        )
    generations = [{"generation": number, "works": works} for number, works in by_generation.items()]
    whole = {"title": credits.title, "url": credits.url, "generations": generations, "left_out": credits.left_out}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _grant_as_json(held_by: HeldBy, page_url: str) -> dict[str, str]:
    return {
        "kind": held_by.kind.value,
        "id": held_by.id,
        "sha256": held_by.sha256,
        "granted_at": rfc3339(held_by.granted_at),
        **({"url": urljoin(page_url, held_by.path)} if held_by.path else {}),
    }


def _seen_as_json(seen: Seen) -> dict[str, str | None]:
    leave_on = None if seen.leave_on is None else seen.leave_on.isoformat()
    return {"site": seen.site, "seen_on": seen.seen_on.isoformat(), "leave_on": leave_on}


def generation_name(generation: int) -> str:
    return "Its sources" if generation == 1 else f"{generation} generations back"


def plain_lines(credits: FullCredits) -> str:
    """A line for each work, nearest first, then where the others are; empty for an original."""
    lines = [_line(work.credits, CreditFormat.TEXT) for work in credits.works]
    return "\n".join([*lines, f"More are listed at {credits.url}/credits."] if credits.left_out else lines)


def text_of(credits: Iterable[Credit]) -> str:
    """A line for each work, in their order."""
    return "\n".join(_line(lines, CreditFormat.TEXT) for lines in by_work(credits).values())


def tag_lines(credits: FullCredits, *, longest: int) -> tuple[str, ...]:
    """As many lines as fit `longest` characters, nearest first; then where the others are."""
    lines: list[str] = []
    rest = f"All credits: {credits.url}/credits"
    room = longest - len(rest)
    for work in credits.works:
        line = _line(work.credits, CreditFormat.TEXT)
        room -= len(line) + 2
        if room < 0:
            return (*lines, rest)
        lines.append(line)
    return (*lines, rest) if credits.left_out else tuple(lines)


_HEADINGS = {CreditFormat.TEXT: "{}", CreditFormat.MARKDOWN: "## {}", CreditFormat.HTML: "<h2>{}</h2>"}
_SUBHEADINGS = {CreditFormat.TEXT: "{}:", CreditFormat.MARKDOWN: "### {}", CreditFormat.HTML: "<h3>{}</h3>"}
_ITEMS = {CreditFormat.TEXT: "{}", CreditFormat.MARKDOWN: "- {}", CreditFormat.HTML: "<p>{}</p>"}


def _line(credits: Sequence[Credit], format: CreditFormat) -> str:
    """Of one work."""
    first = credits[0]
    terms, terms_url = terms_of(first.licence), licence_url(first.licence, first.url)
    names = [first.artist, *(f"{one.artist} ({one.role})" if one.role else one.artist for one in credits[1:])]
    people = _escaped(", ".join(names), format)
    held = f", {_grant(first.held_by, first.url, format)}" if first.held_by else ""
    if first.seen is not None:
        held = f", {_escaped(f'at {first.seen.site}, {first.seen.words}', format)}"
    match format:
        case CreditFormat.MARKDOWN:
            title = _escaped(first.title, format)
            return f"“[{title}]({first.url})” by {people}, [{_escaped(terms.title, format)}]({terms_url}){held}"
        case CreditFormat.HTML:
            title, url = _escaped(first.title, format), html.escape(first.url)
            rel = ' rel="nofollow noopener noreferrer ugc"' if first.seen else ""
            licence = f'<a rel="license" href="{html.escape(terms_url)}">{_escaped(terms.title, format)}</a>'
            return f'“<a href="{url}"{rel}>{title}</a>” by {people}, {licence}{held}'
        case _:
            return f"“{_escaped(first.title, format)}” by {people} – {first.url} – {terms.title}, {terms_url}{held}"


def _grant(held_by: HeldBy, page_url: str, format: CreditFormat) -> str:
    """With the address where it can be read, if it is for everybody to read."""
    words = _escaped(held_by.words, format)
    if held_by.path is None:
        return words
    url = urljoin(page_url, held_by.path)
    match format:
        case CreditFormat.MARKDOWN:
            return f"[{words}]({url})"
        case CreditFormat.HTML:
            return f'<a href="{html.escape(url)}">{words}</a>'
        case _:
            return f"{words}, {url}"


def _escaped(text: str, format: CreditFormat) -> str:
    """On one line, and without meaning in the format."""
    flat = " ".join(text.split())
    if format is CreditFormat.HTML:
        return html.escape(flat)
    return _MARKDOWN_SPECIAL.sub(r"\\\1", flat) if format is CreditFormat.MARKDOWN else flat
