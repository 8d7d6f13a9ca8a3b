"""How a mix begins, made from spans of indexed FLAC, is how the mix of the whole stems begins: to -120 dBFS."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.sandbox import Sandbox, SandboxLevel
from remixhub.audio.mix import Output, render_beginning, render_mix
from remixhub.audio.mixing.beginning import Beginning, StemShape, beginning_of
from remixhub.audio.mixing.excerpt import Excerpt
from remixhub.audio.read.flac_chunks import FlacIndex
from remixhub.audio.write.encode import AudioFormat
from remixhub.audio.write.indexed_flac import open_indexed_flac
from remixhub.domain.media import Damaged
from remixhub.domain.mix_spec import MixSpec, parse_mix_spec
from tests.mix_specs import mix_specs

RATE_HZ = 44_100
FRAMES = {"stereo": 150_001, "mono": 40_960, "loud": 100_000}
SANDBOX = Sandbox(SandboxLevel.RLIMITS, find_ffmpeg())


@dataclass
class Studio:
    """Stems as indexed FLAC, and as WAV of the same samples."""

    folder: Path
    indexes: dict[str, FlacIndex]

    def beginning(self, spec: MixSpec, frames: int) -> Beginning:
        shapes = {name: StemShape(index.total_frames, index.channels) for name, index in self.indexes.items()}
        return beginning_of(spec, shapes, frames)

    def first(self, spec: MixSpec, frames: int) -> Any:
        """Rendered from nothing but the spans that are heard."""
        beginning = self.beginning(spec, frames)
        out = self.folder / "first.wav"
        with ExitStack() as stack:
            reads = {}
            for number, (name, index) in enumerate(self.indexes.items()):
                file = stack.enter_context((self.folder / f"{number}.f32").open("w+b"))
                excerpt = Excerpt(index, file)
                whole = (self.folder / f"{name}.flac").read_bytes()
                for heard in beginning.heard().get(name, ()):
                    span = index.span(heard.start, heard.stop)
                    chunk = self.folder / "chunk.flac"
                    chunk.write_bytes(index.head(span.frames) + whole[span.first_byte : span.end_byte])
                    excerpt.add(span, chunk)
                reads[name] = excerpt.read
            render_beginning(spec, beginning, reads, Output(out, AudioFormat.WAV), SANDBOX)
        return soundfile.read(out, dtype="float32")[0]

    def whole(self, spec: MixSpec) -> Any:
        out = self.folder / "whole.wav"
        stems = {name: self.folder / f"{name}.wav" for name in self.indexes}
        render_mix(spec, stems, [Output(out, AudioFormat.WAV)], SANDBOX)
        return soundfile.read(out, dtype="float32")[0]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    folder = tmp_path_factory.mktemp("stems")
    indexes = {}
    for seed, (name, frames) in enumerate(FRAMES.items()):
        channels, halvings = (1 if name == "mono" else 2), (1 if name == "loud" else 0)
        sound = np.random.default_rng(seed).integers(-(2**21), 2**21, (frames, channels)) / 2**23
        with open_indexed_flac(folder / f"{name}.flac", RATE_HZ, channels, 24, SANDBOX.programs) as flac:
            flac.write(sound.astype(np.float32))
        indexes[name] = flac.index(halvings)
        soundfile.write(folder / f"{name}.wav", sound * 2**halvings, RATE_HZ, "FLOAT")
    return Studio(folder, indexes)


@pytest.mark.parametrize("number", range(24))
def test_it_is_the_mix_as_far_as_it_goes(studio: Studio, number: int) -> None:
    document = {**mix_specs(24, FRAMES, RATE_HZ)[number], "loudness": None}
    spec = parse_mix_spec(document)
    whole = studio.whole(spec)
    for frames in (1, 70_000, len(whole)):
        first = studio.first(spec, frames)
        assert first.shape == whole[:frames].shape
        assert np.abs(first - whole[:frames]).max() < 1e-6  # curves are worked out in blocks, which end elsewhere
    assert studio.beginning(spec, 70_000).whole_frames == len(whole)


def test_only_what_is_heard_is_asked_for(studio: Studio) -> None:
    """Spans that overlap or meet are one; what lies behind the end, or is silent, is not there."""
    clips = [
        {"trim_start_frames": 50_000, "trim_end_frames": 90_001, "offset_frames": 0},
        {"trim_start_frames": 55_000, "offset_frames": 500},
        {"trim_start_frames": 0, "offset_frames": 1_000},
    ]
    lanes = [{"stem": "stereo", "clips": clips}, {"stem": "mono"}, {"stem": "loud", "muted": True}]
    spec = parse_mix_spec({"version": 2, "sample_rate_hz": RATE_HZ, "lanes": lanes})
    heard = studio.beginning(spec, 20_000).heard()
    assert heard == {"stereo": [range(19_000), range(50_000, 74_500)], "mono": [range(20_000)]}


def test_its_loudness_is_that_of_its_own_seconds_under_the_ceiling(studio: Studio) -> None:
    """A mix that begins quietly: the opening alone would be raised to the ceiling, the whole is not."""
    points = [{"at_frames": 60_000, "gain_db": -30}, {"at_frames": 70_000, "gain_db": 0}]
    lanes = [{"stem": "stereo", "gain_points": points}]
    loudness = {"target_lufs": -20.0, "ceiling_dbtp": -1.0}
    spec = parse_mix_spec({"version": 2, "sample_rate_hz": RATE_HZ, "lanes": lanes, "loudness": loudness})
    first, whole = studio.first(spec, 50_000), studio.whole(spec)
    assert np.abs(first).max() < 10 ** (-1 / 20)
    louder = float(np.sqrt(np.mean(first**2) / np.mean(whole[:50_000] ** 2)))
    assert 20 * np.log10(louder) > 20
    assert np.allclose(first, whole[:50_000] * louder, atol=1e-6)


def test_a_mix_of_nothing_has_no_beginning(studio: Studio) -> None:
    lanes = [{"stem": "mono", "clips": [{"trim_start_frames": 50_000}]}]
    beginning = studio.beginning(parse_mix_spec({"version": 2, "sample_rate_hz": RATE_HZ, "lanes": lanes}), 1_000)
    assert (beginning.whole_frames, beginning.spans, beginning.heard()) == (0, [], {})


def test_damage_is_noticed(studio: Studio, tmp_path: Path) -> None:
    index = studio.indexes["stereo"]
    whole = (studio.folder / "stereo.flac").read_bytes()
    span = index.span(8_192, 30_000)
    raw = bytearray(index.head(span.frames) + whole[span.first_byte : span.end_byte])
    for damaged in (bytes(raw[:-9_000]), b"fLaC" + bytes(90), bytes(raw[:42])):
        chunk = tmp_path / "chunk.flac"
        chunk.write_bytes(damaged)
        with (tmp_path / "excerpt").open("w+b") as file, pytest.raises(Damaged):
            Excerpt(index, file).add(span, chunk)
