"""What measures sounds does not depend on who decoded them: `tests/unit/audio/read` holds the decoders together."""

from __future__ import annotations

import pytest

from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.sandbox import Sandbox, detect_sandbox


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return detect_sandbox(find_ffmpeg())
