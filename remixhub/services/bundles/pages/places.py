"""Where pages lie in a bundle, and how one names a file: relative and percent-encoded (RFC 3986), under any root."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

INDEX = "index.html"
FOLDER = "pages"
LINEAGE, CREDITS, ZINE, VERIFYING, ALL_WORKS = (
    f"{FOLDER}/{name}.html" for name in ("lineage", "credits", "zine", "verify", "works")
)
DRAWING = f"{FOLDER}/lineage.svg"
LOOK = f"{FOLDER}/look"
WORKS_A_PAGE = 40


def work_page(place: int, count: int) -> str:
    """Of the work at `place`, from 1; a work on its own has the index to itself. Numbers, as names meet on FAT32."""
    return INDEX if count == 1 else f"{FOLDER}/work-{place:03}.html"


def index_page(number: int) -> str:
    """From 1."""
    return INDEX if number == 1 else f"{FOLDER}/index-{number}.html"


def printed_cover(place: int) -> str:
    return f"{FOLDER}/covers/{place:03}.svg"


def link(page: str, path: str) -> str:
    """How `page` names the file at `path`; both within the bundle."""
    return "../" * page.count("/") + quote(path, safe="/")


def outward(url: str) -> str:
    """An address of the web, or nothing: what else there is in a bundle's values is no link on a page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""
