"""Puts the pages together: which there are, from which template, with which works."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from remixhub.domain.addresses import Addresses
from remixhub.domain.bundles.contents import Bundle
from remixhub.domain.figures import count, decibels, duration, size
from remixhub.domain.lineage.generations import head_of
from remixhub.domain.lineage.svg_files import svg_file
from remixhub.domain.stems.roles import family
from remixhub.markdown import markdown
from remixhub.services.bundles.pages import look, places, waves
from remixhub.services.bundles.pages.lineage import Lineage, lineage_of
from remixhub.services.bundles.pages.shown import (
    Shown,
    day_of,
    licence_words,
    paper_name,
    print_of,
    shown_works,
    span,
    stem_label,
    stem_seconds,
)

_POLICY = "; ".join(
    [
        "default-src 'none'",
        *(f"{kind}-src 'self' file:" for kind in ("style", "script", "img", "media", "font")),
        "base-uri 'none'",
        "form-action 'none'",
    ]
)
"""`'self'` where somebody puts the folder on a server; `file:` where it lies on a stick, and browsers differ in what
they call its origin. Nothing else: no network, no inline script or style, no frame, no form."""


def written(bundle: Bundle) -> Mapping[str, bytes]:
    """The pages and all that they need besides the bundle's own files, by path; `index.html` is where one begins.

    Raises LookNotBuilt.
    """
    return {**look.files(), **_covers(bundle), **{path: text.encode() for path, text in _pages(bundle)}}


def _pages(bundle: Bundle) -> Iterator[tuple[str, str]]:
    works = shown_works(bundle)
    lineage = lineage_of(bundle)
    press = _Press(bundle, works, lineage)
    for shown in works:
        yield shown.page, press.page(shown.page, "work.html", shown=shown)
    if len(works) != 1:
        pages = [works[at : at + places.WORKS_A_PAGE] for at in range(0, len(works), places.WORKS_A_PAGE)] or [[]]
        for number, here in enumerate(pages, 1):
            path = places.index_page(number)
            yield path, press.page(path, "index.html", here=here, number=number, last=len(pages))
        if len(pages) > 1:
            yield places.ALL_WORKS, press.page(places.ALL_WORKS, "works.html")
    if lineage.picture:
        yield places.LINEAGE, press.page(places.LINEAGE, "lineage.html")
        yield (
            places.DRAWING,
            "".join(svg_file(bundle.title, lineage.picture, Addresses(places.outward(bundle.hub_url).rstrip("/")))),
        )
    for path, template in (
        (places.CREDITS, "credits.html"),
        (places.ZINE, "zine.html"),
        (places.VERIFYING, "verify.html"),
    ):
        yield path, press.page(path, template)


def _covers(bundle: Bundle) -> Mapping[str, bytes]:
    return {shown.cover: print_of(shown.work) for shown in shown_works(bundle) if shown.is_printed}


class _Press:
    def __init__(self, bundle: Bundle, works: Sequence[Shown], lineage: Lineage) -> None:
        self._environment = environment()
        self._values = {
            "bundle": bundle,
            "works": works,
            "lineage": lineage,
            "pages_of": {shown.work.id: shown.page for shown in works},
            "policy": _POLICY,
            "places": places,
            "has_index": len(works) != 1,
            "has_all": len(works) > places.WORKS_A_PAGE,
        }

    def page(self, path: str, template: str, **values: Any) -> str:
        to = functools.partial(places.link, path)
        return self._environment.get_template(template).render(page=path, to=to, **self._values, **values)


@functools.cache
def environment() -> Environment:
    """Escapes everywhere, and fails on a name that there is not."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "count": count, "day_of": day_of, "decibels": decibels, "duration": duration, "family": family,
        "head_of": head_of, "licence_words": licence_words, "markdown": markdown, "outward": places.outward,
        "paper_name": paper_name, "seconds": stem_seconds, "size": size, "span": span, "stem_label": stem_label,
        "strokes": waves.strokes, "wave_width": waves.width,
    }  # fmt: skip
    return made
