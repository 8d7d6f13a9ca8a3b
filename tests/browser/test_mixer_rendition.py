"""Chromium decodes what the ingest made for it: as long as the original, aligned to the frame, and any part of it."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Browser, Page

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.ingest import ingest
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.probe import probe
from remixhub.config import Settings
from remixhub.domain.states import RenditionKind
from remixhub.storage.s3 import ObjectStore
from tests.signals import Sound, lag_frames, music, write_by_ffmpeg, write_sound

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
    # Exact but for half a step of 24 bits; and Chromium scales what is above zero a little differently.
    assert np.abs(heard - original).max() <= 1.01 / 32_768


PART = """async ([sound, index, start, frames]) => {
  const bytes = new DataView(await (await fetch(index)).arrayBuffer());
  const [block, first, count] = [bytes.getUint32(12, true), bytes.getUint32(20, true), bytes.getUint32(24, true)];
  const offsets = [first];
  for (let n = 0; n < count; n += 1) offsets.push(offsets[n] + bytes.getUint16(62 + 2 * n, true));
  const [from, to] = [Math.floor(start / block), Math.ceil((start + frames) / block)];
  const range = `bytes=${offsets[from]}-${offsets[to] - 1}`;
  const answer = await fetch(sound, { headers: { Range: range } });
  const raw = await answer.arrayBuffer();
  const heard = [];
  const decoder = new AudioDecoder({ output: audio => heard.push(audio), error: reason => heard.push(reason) });
  const head = new Uint8Array(42);
  head.set([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, 34]);
  head.set(new Uint8Array(bytes.buffer, 28, 34), 8);
  head.fill(0, 26);
  decoder.configure({
    codec: "flac", sampleRate: bytes.getUint32(8, true), numberOfChannels: bytes.getUint8(5), description: head,
  });
  for (let n = from; n < to; n += 1) {
    const data = raw.slice(offsets[n] - offsets[from], offsets[n + 1] - offsets[from]);
    decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: n, data }));
  }
  await decoder.flush();
  const samples = [];
  for (const audio of heard) {
    const plane = new Float32Array(audio.numberOfFrames);
    audio.copyTo(plane, { planeIndex: 0, format: "f32-planar" });
    samples.push(...plane);
  }
  return [answer.status, answer.headers.get("Content-Range"), from * block, samples];
}"""


def test_any_part_is_read_from_the_storage_and_decoded_exactly(
    page: Page, settings: Settings, sandbox: Sandbox, tmp_path: Path
) -> None:
    """As the mixer does it: by ranges of another origin's objects, in a page of the hub, under its policies."""
    store = ObjectStore(settings)
    page.goto("/sign-in")
    for subtype in ("PCM_16", "PCM_24"):
        sound = music(2, 44_100, seed=3)
        source = write_sound(tmp_path / "stem.wav", sound, 44_100, subtype)
        addresses = {}
        for file in ingest(source, tmp_path, sandbox).renditions:
            key = f"renditions/{subtype}/{file.path.name}"
            store.put_file(key, file.path, file.media_type)
            addresses[file.kind] = store.presign_get(key, media_type=file.media_type)
        whole, _ = soundfile.read(source, dtype="float32")
        for start, frames in ((0, 10), (30_000, 20_000), (len(sound) - 1, 1)):
            where = [addresses[RenditionKind.MIXER], addresses[RenditionKind.MIXER_INDEX], start, frames]
            status, range_, first, heard = page.evaluate(PART, where)
            assert status == 206
            assert range_.startswith("bytes ")
            assert first <= start < start + frames <= first + len(heard)
            assert np.array_equal(np.array(heard, np.float32), whole[first : first + len(heard), 0])
