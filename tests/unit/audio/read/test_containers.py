"""Every accepted container: nothing lost, nothing added, nothing moved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.pcm import SampleType, to_float
from remixhub.audio.read.probe import probe
from remixhub.domain.media import Container
from tests.signals import Sound, lag_frames, music, write_by_ffmpeg, write_sound

# Suffix, libsndfile's subtype, container, bit depth, largest error that the depth explains.
BY_SNDFILE = [
    ("wav", "PCM_U8", Container.WAV, 8, 1 / 128),
    ("wav", "PCM_16", Container.WAV, 16, 1 / 32_768),
    ("wav", "PCM_24", Container.WAV, 24, 2**-22),
    ("wav", "PCM_32", Container.WAV, 32, 2**-22),
    ("wav", "FLOAT", Container.WAV, 32, 0.0),
    ("wav", "DOUBLE", Container.WAV, 64, 0.0),
    ("aiff", "PCM_S8", Container.AIFF, 8, 1 / 128),
    ("aiff", "PCM_16", Container.AIFF, 16, 1 / 32_768),
    ("aiff", "PCM_24", Container.AIFF, 24, 2**-22),
    ("aiff", "PCM_32", Container.AIFF, 32, 2**-22),
    ("aiff", "FLOAT", Container.AIFF, 32, 0.0),
    ("flac", "PCM_16", Container.FLAC, 16, 1 / 32_768),
    ("flac", "PCM_24", Container.FLAC, 24, 2**-22),
]
# Suffix, ffmpeg's options, container, codec.
BY_FFMPEG = [
    ("wav", "-c:a pcm_s24le -rf64 always", Container.WAV, "pcm_s24le"),
    ("aiff", "-c:a pcm_s16le", Container.AIFF, "pcm_s16le"),
    ("m4a", "-c:a alac", Container.MP4, "alac"),
    ("mp3", "-c:a libmp3lame -b:a 128k", Container.MP3, "mp3"),
    ("mp3", "-c:a libmp3lame -q:a 2", Container.MP3, "mp3"),
    ("m4a", "-c:a aac -b:a 192k", Container.MP4, "aac"),
    ("m4a", "-c:a aac -movflags +faststart", Container.MP4, "aac"),
    ("opus", "-c:a libopus -b:a 160k", Container.OGG, "opus"),
]


def decoded(path: Path, sandbox: Sandbox, block_frames: int = 65_536) -> Sound:
    with open_blocks(path, probe(path, sandbox), sandbox, block_frames=block_frames) as blocks:
        return np.concatenate(list(blocks))


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("suffix", "subtype", "container", "bit_depth", "error"), BY_SNDFILE)
def test_uncompressed_and_lossless_audio_comes_out_as_it_went_in(
    suffix: str,
    subtype: str,
    container: Container,
    bit_depth: int,
    error: float,
    channels: int,
    tmp_path: Path,
    sandbox: Sandbox,
) -> None:
    # libsndfile counts the byte that pads an odd AIFF of 8 bits as a frame.
    frames = 30_000 if subtype == "PCM_S8" else 30_001
    sound = music(0.7, 44_100, channels=channels)[:frames]
    path = write_sound(tmp_path / f"sound.{suffix}", sound, 44_100, subtype)
    found = probe(path, sandbox)
    assert (found.container, found.bit_depth, found.channels) == (container, bit_depth, channels)
    assert (found.sample_rate_hz, found.declared_frames) == (44_100, frames)
    assert found.warnings == ()
    result = decoded(path, sandbox)
    assert result.shape == sound.shape
    assert np.abs(result - sound).max() <= error


@pytest.mark.parametrize("sample_rate_hz", [44_100, 48_000])
@pytest.mark.parametrize(("suffix", "options", "container", "codec"), BY_FFMPEG)
def test_length_and_position_are_kept_to_the_frame(
    suffix: str, options: str, container: Container, codec: str, sample_rate_hz: int, tmp_path: Path, sandbox: Sandbox
) -> None:
    if codec == "opus" and sample_rate_hz != 48_000:
        sample_rate_hz = 24_000
    sound = music(2.3, sample_rate_hz)[:-7]
    path = write_by_ffmpeg(tmp_path / f"sound.{suffix}", sound, sample_rate_hz, *options.split())
    found = probe(path, sandbox)
    assert (found.container, found.codec) == (container, codec)
    result = decoded(path, sandbox)
    if codec == "opus" and sample_rate_hz == 24_000:
        # Opus always decodes at 48 kHz.
        assert len(result) == 2 * len(sound)
        return
    assert found.declared_frames == len(result) == len(sound)
    assert lag_frames(sound, result) == 0


@pytest.mark.parametrize("sample_rate_hz", [8_000, 11_025, 32_000, 96_000, 192_000])
def test_unusual_rates_are_read(sample_rate_hz: int, tmp_path: Path, sandbox: Sandbox) -> None:
    sound = music(0.3, sample_rate_hz)
    for suffix in ("wav", "flac"):
        path = write_sound(tmp_path / f"sound.{suffix}", sound, sample_rate_hz, "PCM_16")
        assert probe(path, sandbox).sample_rate_hz == sample_rate_hz
        assert len(decoded(path, sandbox)) == len(sound)


@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_blocks_are_equally_long_but_for_the_last(suffix: str, tmp_path: Path, sandbox: Sandbox) -> None:
    path = write_sound(tmp_path / f"sound.{suffix}", music(0.5, 44_100)[:10_500], 44_100, "PCM_16")
    with open_blocks(path, probe(path, sandbox), sandbox, block_frames=1_000) as blocks:
        assert [len(block) for block in blocks] == [1_000] * 10 + [500]


def test_wave_format_extensible_is_read_as_float(tmp_path: Path, sandbox: Sandbox) -> None:
    sound = music(0.3, 44_100)
    path = write_by_ffmpeg(tmp_path / "sound.wav", sound, 44_100, "-c:a", "pcm_f32le")
    assert path.read_bytes()[20:22] in (b"\3\0", b"\xfe\xff")
    assert np.array_equal(decoded(path, sandbox), sound)


@pytest.mark.parametrize("big_endian", [False, True])
def test_24_bit_samples_are_unpacked_exactly(big_endian: bool) -> None:
    values = [0, 1, -1, 2**23 - 1, -(2**23), 0x123456, -0x123456]
    raw = b"".join(value.to_bytes(3, "big" if big_endian else "little", signed=True) for value in values)
    assert to_float(raw, SampleType.S24, big_endian).tolist() == [value / 2**23 for value in values]


def test_tags_are_read_and_cleaned(tmp_path: Path, sandbox: Sandbox) -> None:
    named = ["-metadata", "title=Night\x07 \x1b[31mBus", "-metadata", "TBPM=128", "-metadata", "TKEY=Am"]
    path = write_by_ffmpeg(tmp_path / "sound.mp3", music(0.5, 44_100), 44_100, *named)
    assert probe(path, sandbox).tags == {"title": "Night [31mBus", "tbpm": "128", "tkey": "Am"}
    path = write_by_ffmpeg(tmp_path / "sound.wav", music(0.5, 44_100), 44_100, "-metadata", "title=Night Bus")
    assert probe(path, sandbox).tags["title"] == "Night Bus"
