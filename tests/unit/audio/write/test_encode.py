from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.ingest import measure
from remixhub.audio.tags import Tags
from remixhub.audio.write import wav_writer
from remixhub.audio.write.encode import AudioFormat, open_encoder
from remixhub.domain.media import EncoderFailed
from tests.signals import Sound, decode_by_ffmpeg, lag_frames, music

RATE_HZ = 48_000
TAGS = Tags(
    title="Night Bus",
    artist="Ada",
    credits=("Ada – Night Bus", "Ben – Rain"),
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    tempo_bpm=127.5,
    key="F# minor",
)


def encoded(path: Path, sound: Sound, format: AudioFormat, *, bit_depth: int | None = None, step: int = 7_777) -> Path:
    with open_encoder(
        path, format, RATE_HZ, sound.shape[1], ffmpeg=find_ffmpeg(), tags=TAGS, bit_depth=bit_depth
    ) as encoder:
        for start in range(0, len(sound), step):
            encoder.write(sound[start : start + step])
    return path


def written_tags(path: Path) -> dict[str, str]:
    command = [str(find_ffmpeg().ffprobe), "-v", "error", "-show_entries", "format_tags:stream_tags", "-of", "json"]
    answer = json.loads(subprocess.run([*command, str(path)], capture_output=True, check=True).stdout)
    groups = [answer["format"].get("tags", {}), *(stream.get("tags", {}) for stream in answer["streams"])]
    return {name.lower(): value for group in groups for name, value in group.items()}


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("format", AudioFormat)
def test_every_format_keeps_length_and_position(format: AudioFormat, channels: int, tmp_path: Path) -> None:
    sound = music(1.7, RATE_HZ, channels=channels)[:-3]
    result = decode_by_ffmpeg(encoded(tmp_path / f"out{format.suffix}", sound, format), channels)
    assert result.shape == sound.shape
    assert lag_frames(sound, result) == 0


@pytest.mark.parametrize("format", AudioFormat)
def test_every_format_carries_the_tags(format: AudioFormat, tmp_path: Path) -> None:
    tags = written_tags(encoded(tmp_path / f"out{format.suffix}", music(0.5, RATE_HZ), format))
    assert (tags["title"], tags["artist"]) == ("Night Bus", "Ada")
    told = " ".join(tags.values())
    assert "Ada – Night Bus; Ben – Rain" in told
    assert TAGS.licence_url in told
    assert "127" in told or "128" in told
    assert "F#m" in told or "F# minor" in told


def test_float_wav_is_untouched_above_full_scale_too(tmp_path: Path) -> None:
    sound = music(0.5, RATE_HZ, peak=3)
    samples, rate_hz = soundfile.read(encoded(tmp_path / "out.wav", sound, AudioFormat.WAV), dtype="float32")
    assert rate_hz == RATE_HZ
    assert np.array_equal(samples, sound)


@pytest.mark.parametrize("format", [AudioFormat.WAV, AudioFormat.FLAC])
def test_integers_round_to_24_bits_and_dither_to_16(format: AudioFormat, tmp_path: Path) -> None:
    sound = music(1, RATE_HZ)
    fine = decode_by_ffmpeg(encoded(tmp_path / f"24{format.suffix}", sound, format, bit_depth=24), 2)
    assert np.abs(fine - sound).max() <= 2**-24
    coarse = decode_by_ffmpeg(encoded(tmp_path / f"16{format.suffix}", sound, format, bit_depth=16), 2)
    error = (coarse - sound) * 32_768
    # Rounding adds 1/12, triangular dither of two steps' width 1/6.
    assert error.var() == pytest.approx(1 / 4, rel=0.05)
    assert np.abs(error).max() <= 1.51


@pytest.mark.parametrize("format", AudioFormat)
def test_equal_audio_gives_equal_bytes_however_it_is_cut(format: AudioFormat, tmp_path: Path) -> None:
    sound = music(1, RATE_HZ)
    first = encoded(tmp_path / f"first{format.suffix}", sound, format, bit_depth=16, step=65_536)
    second = encoded(tmp_path / f"second{format.suffix}", sound, format, bit_depth=16, step=1_000)
    assert first.read_bytes() == second.read_bytes()


def test_a_wav_beyond_four_gigabytes_becomes_rf64(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = music(0.5, RATE_HZ)
    path = tmp_path / "out.wav"
    writer = wav_writer.WavWriter(path, RATE_HZ, 2)
    writer.write(sound)
    monkeypatch.setattr(wav_writer, "_RIFF_LIMIT", 1_000)
    writer.close()
    assert path.read_bytes()[:4] == b"RF64"
    raw = bytearray(path.read_bytes())
    for at in (4, raw.index(b"data") + 4):
        raw[at : at + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(raw)
    assert measure(path, sandbox).duration_frames == len(sound)
    assert np.array_equal(decode_by_ffmpeg(path, 2), sound)


@pytest.mark.parametrize("format", AudioFormat)
def test_what_cannot_be_written_leaves_nothing(format: AudioFormat, tmp_path: Path) -> None:
    with pytest.raises(EncoderFailed):
        encoded(tmp_path / "no folder" / f"out{format.suffix}", music(2, RATE_HZ), format)


@pytest.mark.parametrize("format", AudioFormat)
def test_an_error_of_the_caller_leaves_nothing(format: AudioFormat, tmp_path: Path) -> None:
    path = tmp_path / f"out{format.suffix}"

    def fail() -> None:
        with open_encoder(path, format, RATE_HZ, 2, ffmpeg=find_ffmpeg()) as encoder:
            encoder.write(music(0.5, RATE_HZ))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not path.exists()
