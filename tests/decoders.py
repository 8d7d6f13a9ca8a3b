"""Whatever reads sound is tried with every decoder that is installed: the system's and the wheels'."""

from __future__ import annotations

import pytest

from remixhub.audio.confine.ffmpeg import FfmpegPaths, installed_ffmpegs
from remixhub.audio.confine.sandbox import Sandbox, detect_sandbox

_DECODERS = [
    pytest.param(paths, id=FfmpegPaths.version(paths), marks=[pytest.mark.slow] if number else [])
    for number, paths in enumerate(installed_ffmpegs())
]
"""`make quick` has the preferred one alone."""


@pytest.fixture(scope="session", params=_DECODERS)
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Each test that uses it runs with every decoder."""
    return detect_sandbox(request.param)
