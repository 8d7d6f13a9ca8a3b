"""A release to mix, and what its desk keeps."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from remixhub.dev.client import ApiClient
from remixhub.dev.music import SONGS
from remixhub.dev.performer import Performer
from tests.browser.test_publish_in_browser import RATE_HZ, tone

PASSWORD = "a long enough password 1"
BARS = 12
TEMPO_BPM = 120.0
BEAT = RATE_HZ // 2
BAR = 4 * BEAT
FRAMES = BARS * BAR
NAMES = ("Bass", "Pad", "Vox")


@pytest.fixture
def desk_address(live_hub: str, tmp_path: Path) -> str:
    """Of the stems of a release by somebody else, twelve bars at 120 BPM."""
    client = ApiClient(live_hub)
    client.sign_up("north-pier", PASSWORD, "North Pier")
    stems = [tone(tmp_path / f"{name}.wav", 110.0 * (at + 1), FRAMES / RATE_HZ) for at, name in enumerate(NAMES)]
    song = dataclasses.replace(SONGS[0], title="Pier Lights", tempo_bpm=TEMPO_BPM)
    performer = Performer(client)
    release = performer.publish_release(song, *performer.upload_all(stems, stems[0]))
    return f"/stem-packs/{release['stem_pack_id']}/mix"


def clips_of(draft: Any, lane: int) -> list[tuple[int, ...]]:
    """Offset, trims, fades."""
    names = ("offset_frames", "trim_start_frames", "trim_end_frames", "fade_in_frames", "fade_out_frames")
    return [tuple(clip[name] for name in names) for clip in draft["spec"]["lanes"][lane]["clips"]]
