"""Whether workers may start behind the walls that there are, and what everybody is told of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.sandbox import Sandbox, SandboxLevel
from remixhub.config import Environment, SandboxRequirement, Settings
from remixhub.services.upkeep import walls

RLIMITS, LANDLOCK, BUBBLEWRAP = SandboxLevel
PRODUCTION, DEVELOPMENT = Environment.PRODUCTION, Environment.DEVELOPMENT
SETTINGS = Settings("sqlite://", "redis://", "http://s3", "key", "secret", "x" * 32, "https://stems.example")


def at(level: SandboxLevel) -> Sandbox:
    return Sandbox(level, find_ffmpeg())


@pytest.mark.parametrize(
    ("environment", "asked", "enough", "too_little"),
    [
        (PRODUCTION, None, {LANDLOCK, BUBBLEWRAP}, {RLIMITS}),
        (DEVELOPMENT, None, {RLIMITS, LANDLOCK, BUBBLEWRAP}, set()),
        (PRODUCTION, SandboxRequirement.RLIMITS, {RLIMITS, LANDLOCK, BUBBLEWRAP}, set()),
        (PRODUCTION, SandboxRequirement.BUBBLEWRAP, {BUBBLEWRAP}, {RLIMITS, LANDLOCK}),
        (DEVELOPMENT, SandboxRequirement.LANDLOCK, {LANDLOCK, BUBBLEWRAP}, {RLIMITS}),
    ],
)
def test_production_asks_for_walls_unless_told_otherwise(
    environment: Environment,
    asked: SandboxRequirement | None,
    enough: set[SandboxLevel],
    too_little: set[SandboxLevel],
) -> None:
    settings = replace(SETTINGS, environment=environment, **({} if asked is None else {"sandbox_level": asked}))
    assert {level for level in SandboxLevel if not walls.refusal(settings, at(level))} == enough
    for level in too_little:
        assert "REMIXHUB_SANDBOX_LEVEL=rlimits" in walls.refusal(settings, at(level))


def test_limits_alone_are_warned_about_whoever_asked_for_them() -> None:
    assert "NO WALLS" in walls.warning(at(RLIMITS))
    assert "open sockets" in walls.warning(replace(at(RLIMITS), filters=False))
    assert walls.warning(at(LANDLOCK)) == walls.warning(at(BUBBLEWRAP)) == ""


@pytest.mark.parametrize(
    ("abi", "said"),
    [
        (-1, "no Landlock here"),
        (1, "Landlock ABI 1 here knows files, not TCP, signals and abstract Unix sockets, UDP, other sockets"),
        (4, "Landlock ABI 4 here knows files, TCP, not signals and abstract Unix sockets, UDP, other sockets"),
        (7, "Landlock ABI 7 here knows files, TCP, signals and abstract Unix sockets, not UDP, other sockets"),
    ],
)
def test_what_the_kernels_landlock_knows_is_said(abi: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walls, "landlock_abi", lambda _libc: abi)
    assert walls.described(at(LANDLOCK)) == f"sandbox level landlock, no sockets; {said}"
