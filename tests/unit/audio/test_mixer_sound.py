"""What browsers mix, made by itself: the files of the ingest at the own rate, the sound of the mix at another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.ingest import ingest
from remixhub.audio.mix import Output, render_mix
from remixhub.audio.mixer_sound import INDEX_NAME, SOUND_NAME, write_mixer_sound
from remixhub.audio.read.flac_chunks import FlacIndex
from remixhub.audio.resample import resampled_frames
from remixhub.audio.write.encode import AudioFormat
from remixhub.domain.media import Cancelled
from remixhub.domain.mix_spec import parse_mix_spec
from tests.signals import Sound, decode_by_ffmpeg, music, write_by_ffmpeg, write_sound

RATE_HZ = 44_100


def folder(tmp_path: Path, name: str) -> Path:
    made = tmp_path / name
    made.mkdir()
    return made


def restored(out: Path) -> tuple[FlacIndex, Sound]:
    """As it is heard: the halvings taken back."""
    index = FlacIndex.parse((out / INDEX_NAME).read_bytes())
    return index, decode_by_ffmpeg(out / SOUND_NAME, index.channels) * np.float32(2**index.halvings)


@pytest.mark.parametrize(("subtype", "peak"), [("PCM_16", 0.5), ("PCM_24", 0.5), ("FLOAT", 0.5), ("FLOAT", 3.7)])
def test_at_its_own_rate_it_is_what_the_ingest_made(
    subtype: str, peak: float, tmp_path: Path, sandbox: Sandbox
) -> None:
    source = write_sound(tmp_path / "source.wav", music(1.5, RATE_HZ, peak=peak), RATE_HZ, subtype)
    first, second = folder(tmp_path, "first"), folder(tmp_path, "second")
    ingest(source, first, sandbox)
    write_mixer_sound(source, second, sandbox, RATE_HZ)
    for name in (SOUND_NAME, INDEX_NAME):
        assert (first / name).read_bytes() == (second / name).read_bytes()


@pytest.mark.parametrize(("from_hz", "to_hz"), [(48_000, 44_100), (44_100, 48_000), (22_050, 96_000), (96_000, 44_100)])
@pytest.mark.parametrize("peak", [0.5, 0.99, 2.5])
def test_at_another_rate_it_is_what_the_mix_hears(
    from_hz: int, to_hz: int, peak: float, tmp_path: Path, sandbox: Sandbox
) -> None:
    """To half a step of 24 bits, also of what overshoots; a lane in the middle of a mono mix is 3 dB lower."""
    sound = music(1.3, from_hz, peak=peak)[:-3]
    source = write_sound(tmp_path / "source.wav", sound, from_hz, "FLOAT")
    write_mixer_sound(source, tmp_path, sandbox, to_hz)
    index, heard = restored(tmp_path)
    assert (index.sample_rate_hz, index.bit_depth, index.channels) == (to_hz, 24, 2)
    assert len(heard) == index.total_frames == resampled_frames(len(sound), from_hz, to_hz)
    mixdown = Output(tmp_path / "mix.wav", AudioFormat.WAV)
    spec = parse_mix_spec({"version": 1, "sample_rate_hz": to_hz, "lanes": [{"stem": "a"}], "loudness": None})
    render_mix(spec, {"a": source}, [mixdown], sandbox)
    mixed = decode_by_ffmpeg(mixdown.path, 2)
    assert mixed.shape == heard.shape
    assert np.abs(mixed.astype(float) - heard).max() <= 0.51 * 2**index.halvings / 2**23
    assert index.halvings == (0 if peak < 0.9 else 2 if peak > 2 else index.halvings)


def test_sixteen_bits_at_another_rate_have_24(tmp_path: Path, sandbox: Sandbox) -> None:
    source = write_sound(tmp_path / "source.flac", music(1, 48_000, channels=1), 48_000, "PCM_16")
    write_mixer_sound(source, tmp_path, sandbox, RATE_HZ)
    index, heard = restored(tmp_path)
    assert (index.channels, index.bit_depth, len(heard)) == (1, 24, RATE_HZ)


def test_equal_sound_gives_equal_bytes(tmp_path: Path, sandbox: Sandbox) -> None:
    source = write_by_ffmpeg(tmp_path / "a.opus", music(1, 48_000), 48_000, "-c:a", "libopus")
    written = []
    for name in ("first", "second"):
        files = write_mixer_sound(source, folder(tmp_path, name), sandbox, RATE_HZ)
        written.append([file.path.read_bytes() for file in files])
    assert written[0] == written[1]


def test_it_tells_how_far_it_is_and_stops_when_it_is_told(tmp_path: Path, sandbox: Sandbox) -> None:
    source = write_sound(tmp_path / "source.wav", music(4, RATE_HZ), RATE_HZ, "PCM_16")
    told: list[float] = []
    write_mixer_sound(source, tmp_path, sandbox, 48_000, on_progress=lambda share, step: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1
    out = folder(tmp_path, "out")
    with pytest.raises(Cancelled):
        write_mixer_sound(source, out, sandbox, 48_000, cancelled=lambda: True)
    assert list(out.iterdir()) == []
