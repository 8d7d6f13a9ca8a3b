"""What a bundle has for a printer: J-cards, labels with square codes, and a zine of eight pages from one sheet."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from remixhub.domain.bundles.contents import Bundle
from remixhub.services.bundles.paper.words import Picture

FOLDER = "print"


def written(bundle: Bundle, picture: Picture = lambda work: None, *, language: str = "en") -> Mapping[str, bytes]:
    """PDFs by their path in the bundle. Equal bundles and pictures give equal bytes; whatever is typed in them prints.

    Takes a few seconds: for a worker, not for a request.
    """
    # fonts and PDF take a while to load, and few processes print
    from remixhub.services.bundles.paper import cards, labels, zine
    from remixhub.services.bundles.paper.fonts import FontCase

    shown = {work.id: picture(work) for work in bundle.works if not work.is_tombstone}
    with tempfile.TemporaryDirectory(prefix="remixhub-fonts-") as folder:
        case = FontCase(Path(folder), "".join(_texts(dataclasses.asdict(bundle))))
        printed = {
            "zine": zine.printed(bundle, shown, case, language),
            "labels": labels.printed(bundle, case, language),
            "stick-labels": labels.printed_for_stick(bundle, case, language),
        }
        if shown:
            printed["j-cards"] = cards.printed(bundle, shown, case, language)
    return {f"{FOLDER}/{name}.pdf": body for name, body in sorted(printed.items())}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
