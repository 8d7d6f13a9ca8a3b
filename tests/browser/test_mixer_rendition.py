"""Chromium decodes what the ingest made for it: as long as the original, and aligned to the frame."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.ingest import ingest
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.probe import probe
from remixhub.domain.states import RenditionKind
from tests.signals import Sound, lag_frames, music, write_by_ffmpeg

DECODE = """async ([encoded, rate]) => {
  const bytes = Uint8Array.from(atob(encoded), letter => letter.charCodeAt(0));
  const audio = await new OfflineAudioContext(2, 1, rate).decodeAudioData(bytes.buffer);
  const raw = new Uint8Array(audio.getChannelData(0).slice().buffer);
  let text = "";
  for (let at = 0; at < raw.length; at += 32768) text += String.fromCharCode(...raw.subarray(at, at + 32768));
  return [audio.numberOfChannels, btoa(text)];
}"""


def decoded_by_browser(browser: Browser, path: Path, sample_rate_hz: int) -> Sound:
    page = browser.new_page()
    channels, encoded = page.evaluate(DECODE, [base64.b64encode(path.read_bytes()).decode(), sample_rate_hz])
    page.close()
    assert channels == 2
    return np.frombuffer(base64.b64decode(encoded), "<f4")[:, None]


@pytest.mark.parametrize(
    ("suffix", "options", "sample_rate_hz"),
    [
        ("wav", "-c:a pcm_s24le", 44_100),
        ("wav", "-c:a pcm_f32le", 96_000),
        ("flac", "-c:a flac", 48_000),
        ("mp3", "-c:a libmp3lame -b:a 192k", 44_100),
        ("opus", "-c:a libopus", 48_000),
        ("m4a", "-c:a aac", 44_100),
    ],
)
def test_the_mixer_rendition_is_aligned_to_the_frame(
    suffix: str, options: str, sample_rate_hz: int, browser: Browser, sandbox: Sandbox, tmp_path: Path
) -> None:
    source = write_by_ffmpeg(
        tmp_path / f"stem.{suffix}", music(2.3, sample_rate_hz)[:-7], sample_rate_hz, *options.split()
    )
    result = ingest(source, tmp_path, sandbox)
    mixer = next(file.path for file in result.renditions if file.kind is RenditionKind.MIXER)
    heard = decoded_by_browser(browser, mixer, sample_rate_hz)
    with open_blocks(source, probe(source, sandbox), sandbox) as blocks:
        original = np.concatenate(list(blocks))[:, :1]
    assert len(heard) == len(original) == result.measurements.duration_frames
    assert lag_frames(original, heard) == 0
    # Dither and rounding of one and a half steps; and Chromium scales what is above zero a little differently.
    assert np.abs(heard - original).max() <= 2.5 / 32_768
