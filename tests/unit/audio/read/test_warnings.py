from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[4]


def test_every_warning_is_documented_and_none_else() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "remixhub/audio/read").rglob("*.py"))
    given = set(re.findall(r"""(?:MediaWarning|\.warn|_warning)\(\s*"([a-z_]+)",""", sources))
    documented = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/audio-files.md").read_text(), re.MULTILINE))
    assert documented == given
