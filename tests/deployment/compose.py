"""`docker-compose.yml` as data: anchors merged, `${…}` filled in as Compose does."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

import yaml

from tests.deployment.doors import ROOT

_VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::([-?])((?:[^{}]|\{[^{}]*\})*))?\}")
"""A default may be another variable."""
HUB_USER = "10001"


@functools.cache
def read_compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return read


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = read_compose()["services"]
    return found


def filled_in(text: str, environ: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        given = environ.get(found[1], "")
        if not given and found[2] == "?":
            raise KeyError(f"{found[1]}: {found[3]}")
        return given or (filled_in(found[3], environ) if found[2] == "-" else "")

    return _VARIABLE.sub(value, text)


def command_of(name: str, environ: Mapping[str, str]) -> list[str]:
    """Entry point and command; a service without is started by its image's."""
    service = services()[name]
    words: list[str] = [*service.get("entrypoint", []), *service.get("command", [])]
    return [filled_in(word, environ) for word in words]


def environment_of(name: str, environ: Mapping[str, str]) -> dict[str, str]:
    return {key: filled_in(str(value), environ) for key, value in services()[name].get("environment", {}).items()}


def user_of(name: str) -> str:
    """As whom a service reads its secrets; images of our own name it in the Dockerfile."""
    service = services()[name]
    given = str(service.get("user", HUB_USER if service["image"].startswith("remixhub:") else "0"))
    return given.partition(":")[0]
