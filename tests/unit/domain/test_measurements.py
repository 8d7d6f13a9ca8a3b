"""Measurements survive being stored."""

from __future__ import annotations

import json

from remixhub.domain.measurements import Measurements, MediaWarning
from remixhub.domain.media import Container

MEASURED = Measurements(
    engine_version="1",
    container=Container.FLAC,
    codec="flac",
    sample_rate_hz=48_000,
    channels=2,
    bit_depth=24,
    duration_frames=72_000,
    declared_frames=None,
    integrated_lufs=-14.5,
    loudness_range_lu=None,
    true_peak_dbtp=-1.0,
    sample_peak_dbfs=-1.2,
    rms_dbfs=-17.0,
    dc_offset=0.0,
    clipping_runs=0,
    clipped_samples=0,
    longest_clip_frames=0,
    leading_silence_frames=10,
    trailing_silence_frames=20,
    silence_share=0.25,
    pcm_sha256="ab",
    mixer_gain_db=0.0,
    tags={"title": "Song"},
    warnings=(MediaWarning("trailing_bytes", "12 bytes follow the audio."),),
)


def test_what_is_stored_as_json_comes_back_equal() -> None:
    stored = json.loads(json.dumps(MEASURED.to_json()))
    assert stored["container"] == "flac"
    back = Measurements.from_json(stored)
    assert back == MEASURED
    assert back.container is Container.FLAC


def test_seconds_are_frames_over_the_rate() -> None:
    assert MEASURED.duration_seconds == 1.5
