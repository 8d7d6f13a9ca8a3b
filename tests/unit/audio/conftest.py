"""Whatever reads sound is tried with every decoder that is installed: the system's and the wheels'."""

from __future__ import annotations

import pytest

from remixhub.audio.confine.ffmpeg import FfmpegPaths, installed_ffmpegs
from remixhub.audio.confine.sandbox import Sandbox, detect_sandbox


@pytest.fixture(scope="session", params=installed_ffmpegs(), ids=FfmpegPaths.version)
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Each test that uses it runs with every decoder."""
    return detect_sandbox(request.param)
