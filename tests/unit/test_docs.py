"""The documents: every link from one file to another leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).parents[2]
_LINK = re.compile(r"\]\(([^()\s]+)\)")


def test_every_link_leads_to_a_file() -> None:
    lost = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
        for link in _LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in link and not link.startswith(("#", "mailto:", "/"))
        if not (page.parent / unquote(link.partition("#")[0])).exists()
    ]
    assert lost == []
