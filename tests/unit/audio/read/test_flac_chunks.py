"""Parts of a FLAC file, decoded by themselves, are the same frames as in the whole."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remixhub.audio.confine.ffmpeg import FfmpegPaths, find_ffmpeg, installed_ffmpegs
from remixhub.audio.read.flac_chunks import BLOCK_FRAMES, FlacIndex, IndexUnreadable
from remixhub.audio.write.indexed_flac import open_indexed_flac
from tests.signals import Sound, decode_by_ffmpeg, music

RATE_HZ = 44_100
FRAMES = 9 * BLOCK_FRAMES + 1_234


@dataclass(frozen=True)
class Written:
    raw: bytes
    index: FlacIndex
    whole: Sound


def written(folder: Path, sound: Sound, bit_depth: int = 24, ffmpeg: FfmpegPaths | None = None) -> Written:
    path = folder / "sound.flac"
    with open_indexed_flac(path, RATE_HZ, sound.shape[1], bit_depth, ffmpeg or find_ffmpeg()) as flac:
        for start in range(0, len(sound), 10_000):
            flac.write(sound[start : start + 10_000])
    return Written(path.read_bytes(), flac.index(), decode_by_ffmpeg(path, sound.shape[1]))


@pytest.fixture(scope="module")
def stem(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return written(tmp_path_factory.mktemp("stem"), music(1, RATE_HZ)[:FRAMES])


def decoded(stem: Written, start: int, end: int) -> tuple[int, Sound]:
    """The span's own first frame, and what ffmpeg makes of head and bytes."""
    span = stem.index.span(start, end)
    chunk = stem.index.head(span.frames) + stem.raw[span.first_byte : span.end_byte]
    command = [str(find_ffmpeg().ffmpeg), "-v", "error", "-f", "flac", "-i", "pipe:0", "-f", "f32le", "pipe:1"]
    done = subprocess.run(command, input=chunk, capture_output=True, check=True)
    assert done.stderr == b""
    heard = np.frombuffer(done.stdout, "<f4").reshape(-1, stem.index.channels)
    assert len(heard) == span.frames
    return span.start_frames, heard


@given(start=st.integers(0, FRAMES - 1), frames=st.integers(1, FRAMES))
@settings(max_examples=40, deadline=None)
def test_any_span_is_the_same_as_in_the_whole(stem: Written, start: int, frames: int) -> None:
    end = min(start + frames, FRAMES)
    first, heard = decoded(stem, start, end)
    assert start - BLOCK_FRAMES < first <= start
    assert np.array_equal(heard, stem.whole[first : first + len(heard)])
    assert first + len(heard) >= end


@pytest.mark.parametrize("start", [0, 4 * BLOCK_FRAMES, FRAMES - 1])
def test_first_middle_and_last_block_decode_alone(stem: Written, start: int) -> None:
    first, heard = decoded(stem, start, start + 1)
    assert np.array_equal(heard, stem.whole[first : first + BLOCK_FRAMES])


def test_spans_end_where_the_file_does(stem: Written) -> None:
    assert stem.index.span(0, 10 * FRAMES).end_byte == len(stem.raw) == stem.index.size_bytes
    beyond = stem.index.span(FRAMES + BLOCK_FRAMES, FRAMES + 2 * BLOCK_FRAMES)
    assert (beyond.frames, beyond.first_byte, beyond.end_byte) == (0, len(stem.raw), len(stem.raw))
    with pytest.raises(ValueError, match="no frames"):
        stem.index.span(5, 5)


@pytest.mark.parametrize("bit_depth", [16, 24])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("frames", [1, BLOCK_FRAMES - 1, BLOCK_FRAMES, BLOCK_FRAMES + 1, 2 * BLOCK_FRAMES])
def test_short_sounds_have_as_many_blocks_as_they_need(
    frames: int, channels: int, bit_depth: int, tmp_path: Path
) -> None:
    """Noise, which packs to more than it was."""
    sound = np.random.default_rng(1).uniform(-1, 1, (frames, channels)).astype(np.float32)
    stem = written(tmp_path, sound, bit_depth)
    assert np.abs(stem.whole.astype(float) - sound).max() <= 1 / 2 ** (bit_depth - 1)
    assert len(stem.index.lengths) == -(-frames // BLOCK_FRAMES)
    first, heard = decoded(stem, frames - 1, frames)
    assert np.array_equal(heard, stem.whole[first:])


def test_heads_of_blocks_within_the_sound_mislead_nobody(tmp_path: Path) -> None:
    """Sixteen bits of noise are kept as they are, and here they spell the head of the block that comes next."""
    plain = written(tmp_path, np.zeros((3 * BLOCK_FRAMES, 1), np.float32), 16)
    at = plain.index.span(BLOCK_FRAMES, BLOCK_FRAMES + 1).first_byte
    head = np.frombuffer(plain.raw[at : at + 6], ">i2").astype(np.float32) / 2**15
    noise = np.random.default_rng(2).integers(-(2**15), 2**15, (3 * BLOCK_FRAMES, 1)).astype(np.float32) / 2**15
    noise[1_000:1_003, 0] = head
    stem = written(tmp_path, noise, 16)
    assert stem.raw.count(plain.raw[at : at + 6]) == 2
    first, heard = decoded(stem, BLOCK_FRAMES, BLOCK_FRAMES + 1)
    assert first == BLOCK_FRAMES
    assert np.array_equal(heard, noise[first : first + BLOCK_FRAMES])


def test_all_encoders_write_the_same(tmp_path: Path) -> None:
    sound = music(2, RATE_HZ)
    files = []
    for paths in installed_ffmpegs():
        stem = written(tmp_path, sound, 24, paths)
        files.append((stem.raw, stem.index))
    assert all(one == files[0] for one in files)


def test_an_index_reads_as_it_was_written(stem: Written) -> None:
    assert FlacIndex.parse(stem.index.to_bytes()) == stem.index


def test_the_bytes_of_an_index_are_those_of_the_specification() -> None:
    index = FlacIndex(
        sample_rate_hz=44_100, channels=2, bit_depth=24, halvings=1, total_frames=5_000, first_block_at=86,
        streaminfo=bytes(range(34)), lengths=(300, 65_535),
    )  # fmt: skip
    assert index.to_bytes().hex(" ", 4) == (
        bytes.fromhex("52484649 01021801 44ac0000 00100000 88130000 56000000 02000000")
        + bytes(range(34))
        + bytes.fromhex("2c01 ffff")
    ).hex(" ", 4)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: b"",
        lambda raw: raw[:-1],
        lambda raw: raw + b"\0",
        lambda raw: b"RHFJ" + raw[4:],
        lambda raw: raw[:4] + b"\2" + raw[5:],
        lambda raw: raw[:12] + bytes(4) + raw[16:],
        lambda raw: raw[:16] + (FRAMES + BLOCK_FRAMES).to_bytes(4, "little") + raw[20:],
        lambda raw: raw[:-2] + bytes(2),
    ],
)
def test_what_is_no_index_is_not_read(stem: Written, spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(IndexUnreadable):
        FlacIndex.parse(spoil(stem.index.to_bytes()))
