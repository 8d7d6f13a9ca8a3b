"""The files that all pages share: styles, the small script, type; built by esbuild from the hub's own parts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import remixhub
from remixhub.services.bundles.pages.places import LOOK

_STATIC = Path(remixhub.__file__).parent / "web" / "static"
_BUILT = _STATIC / "build" / "stick"
_FONTS = _STATIC / "build" / "fonts"


class LookNotBuilt(RuntimeError):
    """The front end has not been built; `make setup` does it."""


def files() -> Mapping[str, bytes]:
    """By path within the bundle. Raises LookNotBuilt."""
    found = [*sorted(_BUILT.glob("stick.*")), *sorted(_BUILT.glob("*.txt")), *sorted(_FONTS.glob("*.woff2"))]
    if not any(path.name == "stick.css" for path in found):
        raise LookNotBuilt("The front end is not built: run `make setup`.")
    held = {path.name: path.read_bytes() for path in found if path.suffix != ".map"}
    held["favicon.svg"] = (_STATIC / "favicon.svg").read_bytes()
    return {f"{LOOK}/{name}": held[name] for name in held}
