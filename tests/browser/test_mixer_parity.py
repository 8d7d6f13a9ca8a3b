"""The desk's own render and the server's are the same mix: random specs over stems as the ingest makes them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.ingest import ingest
from remixhub.audio.mix import Mixdown, Output, render_mix
from remixhub.audio.mixer_sound import write_mixer_sound
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.probe import probe
from remixhub.audio.write.encode import AudioFormat
from remixhub.domain.mix_spec import parse_mix_spec
from remixhub.domain.states import RenditionKind
from tests.browser.mixer_rig import Rig, floats, opened_rig
from tests.mix_specs import mix_specs
from tests.signals import Sound, music, write_sound

RATE_HZ = 44_100
SPECS = 64
WORST_DBFS = -120.0
SOURCE = """
export { Loader } from "./mixing/sound/chunks";
export { loudnessOf } from "./mixing/sound/measuring";
export { planMix, unrolledFrames } from "./mixing/sound/plan";
export { readMix } from "./mixing/document/reading";
"""
RENDER = """async ([specs, stems]) => {
  const fallback = () => { throw new Error("WebCodecs decodes"); };
  const loader = new code.Loader(stems, fallback, () => undefined);
  const heard = [];
  for (const spec of specs) {
    const mix = code.readMix(spec);
    const frames = code.unrolledFrames(code.planMix(mix, stems));
    const sound = [new Float32Array(frames), new Float32Array(frames)];
    let at = 0;
    const loudness = await code.loudnessOf(mix, stems, loader, (left, right, frames) => {
      sound[0].set(left.subarray(0, frames), at);
      sound[1].set(right.subarray(0, frames), at);
      at += frames;
    });
    heard.push([code.encoded(...sound), loudness]);
  }
  return heard;
}"""


@pytest.fixture(scope="module")
def rig(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with opened_rig(browser, SOURCE, tmp_path_factory.mktemp("rig")) as opened:
        yield opened


STEMS: dict[str, tuple[Sound, int, str]] = {
    "drums": (music(3.3, RATE_HZ, seed=1), RATE_HZ, "PCM_24"),
    "bass": (music(1.2, RATE_HZ, channels=1, seed=2), RATE_HZ, "PCM_24"),
    "keys": (music(2.1, RATE_HZ, seed=3), RATE_HZ, "PCM_16"),
    "voice": (music(1.7, 48_000, seed=4), 48_000, "PCM_24"),
    "hot": (music(0.9, RATE_HZ, channels=1, seed=5, peak=1.9), RATE_HZ, "FLOAT"),
}
"""The last is halved for its rendition, which costs it a bit."""


def prepared(rig: Rig, sandbox: Sandbox, folder: Path) -> dict[str, Path]:
    sources = {}
    for name, (sound, rate_hz, subtype) in STEMS.items():
        own = folder / name
        own.mkdir()
        sources[name] = write_sound(own / f"{name}.wav", sound, rate_hz, subtype)
        if rate_hz == RATE_HZ:
            put_ingested(rig, name, sources[name], sandbox)
        else:
            flac, index = write_mixer_sound(sources[name], own, sandbox, RATE_HZ)
            rig.shop.put_stem(name, flac.path, index.path)
    return sources


def put_ingested(rig: Rig, stem_id: str, source: Path, sandbox: Sandbox) -> None:
    files = {made.kind: made.path for made in ingest(source, source.parent, sandbox).renditions}
    rig.shop.put_stem(stem_id, files[RenditionKind.MIXER], files[RenditionKind.MIXER_INDEX])


def test_the_desk_renders_what_the_server_renders(rig: Rig, sandbox: Sandbox, tmp_path: Path) -> None:
    sources = prepared(rig, sandbox, tmp_path)
    stems = [rig.stem(name) for name in STEMS]
    specs = mix_specs(SPECS, {stem["id"]: stem["frames"] for stem in stems}, RATE_HZ)
    heard = rig.call(RENDER, [specs, stems])
    worst: dict[int, float] = {}
    for at, (spec, (encoded, loudness)) in enumerate(zip(specs, heard, strict=True)):
        expected, mixdown = by_the_server(spec, sources, sandbox, tmp_path)
        own = floats(encoded) * np.float32(10 ** (loudness["gainDb"] / 20))
        assert len(own) == len(expected), f"spec {at}"
        worst[at] = dbfs(np.abs(own - expected).max())
        for own_level, level in (
            (loudness["integratedLufs"], mixdown.integrated_lufs),
            (loudness["truePeakDbtp"], mixdown.true_peak_dbtp),
        ):
            raised = None if own_level is None else own_level + loudness["gainDb"]
            assert raised == pytest.approx(level, abs=0.02), f"spec {at}"
        assert loudness["gainDb"] == pytest.approx(mixdown.loudness_gain_db, abs=0.01), f"spec {at}"
    failing = {at: round(residual, 1) for at, residual in worst.items() if residual > WORST_DBFS}
    assert failing == {}


def by_the_server(spec: Any, sources: dict[str, Path], sandbox: Sandbox, folder: Path) -> tuple[Sound, Mixdown]:
    out = folder / "server.wav"
    mixdown = render_mix(parse_mix_spec(spec), sources, [Output(out, AudioFormat.WAV)], sandbox)
    with open_blocks(out, probe(out, sandbox), sandbox) as blocks:
        return np.concatenate(list(blocks)), mixdown


def dbfs(peak: float) -> float:
    return 20 * math.log10(peak) if peak > 0 else -math.inf


SOUND = """async ([stem, places]) => {
  const loader = new code.Loader([stem], () => { throw new Error("WebCodecs decodes"); }, () => undefined);
  const found = [];
  for (const place of places) {
    const { left, right } = await loader.piece(0, place, place % 2 === 0, () => new Float32Array(32768));
    found.push(code.encoded(left, right ?? left));
  }
  return found;
}"""


@pytest.mark.parametrize(("subtype", "peak"), [("PCM_24", 0.9), ("PCM_16", 0.9), ("FLOAT", 3.5)])
@pytest.mark.parametrize("channels", [1, 2])
def test_pieces_are_the_samples_of_the_file(
    subtype: str, peak: float, channels: int, rig: Rig, sandbox: Sandbox, tmp_path: Path
) -> None:
    """In whatever order they are asked for; of floats the nearest 24 bits."""
    sound = music(3.5, RATE_HZ, channels=channels, seed=7, peak=peak)
    source = write_sound(tmp_path / "stem.wav", sound, RATE_HZ, subtype)
    stem_id = f"one-{subtype}-{channels}"
    put_ingested(rig, stem_id, source, sandbox)
    places = [3, 0, 1, 4, 2]
    found = rig.call(SOUND, [rig.stem(stem_id), places])
    pieces = dict(zip(places, (floats(encoded)[:, :channels] for encoded in found), strict=True))
    decoded = np.concatenate([pieces[place] for place in range(5)])
    with open_blocks(source, probe(source, sandbox), sandbox) as blocks:
        original = np.concatenate(list(blocks))
    assert not decoded[len(original) :].any()
    leeway = 0 if subtype != "FLOAT" else 4 * 2**-24
    assert np.abs(decoded[: len(original)] - original).max() <= leeway
