"""The parts of the service in this process: built once, before the worker forks, and used only by its work-horses."""

from __future__ import annotations

from functools import cache

from remixhub.compose import Parts, build_parts
from remixhub.config import Settings


@cache
def parts() -> Parts:
    return build_parts(Settings.from_env())
