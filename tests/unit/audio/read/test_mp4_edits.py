"""What an MP4's edit list plays, and what iTunes' gapless tag says, to the frame and with every decoder."""

from __future__ import annotations

import functools
import struct
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.extent import Span, joined
from remixhub.audio.read.mp4_edits import read_mp4_extent
from remixhub.audio.read.probe import probe
from remixhub.audio.read.window import Window
from remixhub.domain.media import ContainerUnsupported, EditsUnsupported, NoFrames, Refused
from tests import mp4_files
from tests.mp4_files import PRIMING, Edit
from tests.signals import Sound, lag_frames, music

RATE_HZ = 44_100
SOUND = (np.round(music(2, RATE_HZ) * 32_767) / 32_768).astype(np.float32)


@dataclass(frozen=True)
class Kind:
    """What is played: parts of the sound, from frame to frame, or so many frames of silence."""

    edits: list[Edit]
    """Starts in frames of the sound; the encoder's priming is added."""
    played: list[tuple[int, int] | int]
    ticks_hz: int = 1_000


KINDS = {
    "begins later": Kind([(500, -1), (2_000, 0)], [22_050, (0, 88_200)]),
    "begins later, twice": Kind([(250, -1), (250, -1), (2_000, 0)], [22_050, (0, 88_200)]),
    "trimmed": Kind([(1_000, 22_050)], [(22_050, 66_150)]),
    "trimmed, and begins later": Kind([(100, -1), (1_000, 22_051)], [4_410, (22_051, 66_151)]),
    "trimmed at its start, to the end": Kind([(0, 22_050)], [(22_050, 88_200)]),
    "a middle cut out": Kind([(300, 0), (400, 44_100)], [(0, 13_230), (44_100, 61_740)]),
    "a gap between two parts": Kind([(300, 0), (200, -1), (400, 44_100)], [(0, 13_230), 8_820, (44_100, 61_740)]),
    "a part that is split": Kind([(300, 0), (1_700, 13_200)], [(0, 88_200)]),
    "parts in another order": Kind([(300, 44_100), (400, 0)], [(44_100, 57_330), (0, 17_640)]),
    "a part played three times": Kind([(300, 4_410)] * 3, [(4_410, 17_640)] * 3),
    "silence behind": Kind([(1_000, 0), (500, -1)], [(0, 44_100), 22_050]),
    "beyond the end": Kind([(5_000, 44_100)], [(44_100, 88_200)]),
    "beyond the end, and on": Kind([(1_500, 44_100), (500, 0)], [(44_100, 88_200), 22_050, (0, 22_050)]),
    "a coarse clock": Kind([(1_200, 0)], [(0, 88_200)], ticks_hz=600),
    "a coarse clock that rounds": Kind([(1_191, 700)], [(700, 88_200)], ticks_hz=600),
    "the clock of the sound": Kind([(12_345, -1), (54_321, 1_001)], [12_345, (1_001, 55_322)], ticks_hz=44_100),
}
QUICK = ("begins later", "trimmed", "parts in another order")
"""Decoded by `make quick` too; of the others it looks at the extent."""


@functools.cache
def written(codec: str, *options: str) -> bytes:
    with TemporaryDirectory() as folder:
        return mp4_files.written(Path(folder), SOUND, codec, RATE_HZ, "-b:a", "256k", *options)


def decoded(raw: bytes, folder: Path, sandbox: Sandbox) -> Sound:
    path = folder / "sound.m4a"
    path.write_bytes(raw)
    found = probe(path, sandbox)
    with open_blocks(path, found, sandbox, block_frames=10_000) as blocks:
        taken = list(blocks)
    sizes = [len(block) for block in taken]
    assert blocks.warnings == []
    assert found.declared_frames == sum(sizes)
    assert set(sizes[:-1]) <= {10_000}
    return np.concatenate(taken)


def expected(played: list[tuple[int, int] | int], sound: Sound = SOUND) -> Sound:
    return np.concatenate(
        [np.zeros((part, 2), np.float32) if isinstance(part, int) else sound[part[0] : part[1]] for part in played]
    )


def assert_alike(result: Sound, wanted: Sound) -> None:
    """As alike as a lossy encoder leaves it, everywhere, and nowhere shifted by a frame."""
    assert result.shape == wanted.shape
    assert lag_frames(wanted, result) == 0
    for start in range(0, len(wanted), 4_410):
        one, other = wanted[start : start + 4_410, 0], result[start : start + 4_410, 0]
        assert np.std(one - other) <= 0.35 * np.std(one) + 0.004, start


def edited(kind: Kind, codec: str) -> bytes:
    edits = [(duration, start if start < 0 else start + PRIMING[codec]) for duration, start in kind.edits]
    return mp4_files.edited(mp4_files.rescaled(written(codec), kind.ticks_hz), edits)


@pytest.mark.parametrize("codec", ["aac", "alac"])
@pytest.mark.parametrize("name", KINDS)
def test_the_extent_is_what_the_edit_list_says(name: str, codec: str, tmp_path: Path) -> None:
    path = tmp_path / "sound.m4a"
    path.write_bytes(edited(KINDS[name], codec))
    extent = read_mp4_extent(path, Window(0, path.stat().st_size), RATE_HZ)
    priming = PRIMING[codec]
    played = [
        Span(part, None) if isinstance(part, int) else Span(part[1] - part[0], part[0] + priming)
        for part in KINDS[name].played
    ]
    assert extent.spans == joined(played)


@pytest.mark.parametrize("codec", ["aac", "alac"])
@pytest.mark.parametrize(
    "name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in KINDS if name not in QUICK)]
)
def test_the_edit_list_says_what_is_played(name: str, codec: str, tmp_path: Path, sandbox: Sandbox) -> None:
    kind = KINDS[name]
    result = decoded(edited(kind, codec), tmp_path, sandbox)
    if codec == "alac":
        assert np.array_equal(result, expected(kind.played))
    else:
        assert_alike(result, expected(kind.played))


@pytest.mark.parametrize("codec", ["aac", "alac"])
def test_boxes_may_count_with_64_bits(codec: str, tmp_path: Path, sandbox: Sandbox) -> None:
    raw = written(codec)
    edits = [(250, -1), (1_000, 22_050 + PRIMING[codec])]
    result = decoded(mp4_files.widened(raw, edits), tmp_path, sandbox)
    assert_alike(result, expected([11_025, (22_050, 66_150)]))


def test_a_quicktime_movie_is_read_alike(tmp_path: Path, sandbox: Sandbox) -> None:
    raw = written("alac", "-f", "mov")
    result = decoded(mp4_files.edited(raw, [(300, 44_100), (200, -1), (400, 0)]), tmp_path, sandbox)
    assert np.array_equal(result, expected([(44_100, 57_330), 8_820, (0, 17_640)]))


def test_a_packed_index_is_refused_by_name(tmp_path: Path, sandbox: Sandbox) -> None:
    """Some decoders are built without what unpacks it."""
    with pytest.raises(ContainerUnsupported, match="packed"):
        decoded(mp4_files.deflated(written("alac", "-f", "mov")), tmp_path, sandbox)


def test_packets_that_are_due_later_move_the_start_of_the_edits(tmp_path: Path, sandbox: Sandbox) -> None:
    raw = written("alac")
    due = bytes(4) + struct.pack(">III", 1, mp4_files.packets(raw), 5_000)
    raw = mp4_files.changed(raw, (*mp4_files.TABLE, b"ctts"), lambda _: due)
    result = decoded(mp4_files.edited(raw, [(1_000, 27_050)]), tmp_path, sandbox)
    assert np.array_equal(result, expected([(22_050, 66_150)]))
    result = decoded(mp4_files.edited(raw, [(1_000, 590)]), tmp_path, sandbox)
    assert np.array_equal(result, expected([4_410, (0, 39_690)]))


@pytest.mark.parametrize("codec", ["aac", "alac"])
def test_fragments_tell_how_long_the_sound_is(codec: str, tmp_path: Path, sandbox: Sandbox) -> None:
    options = ("-movflags", "empty_moov+delay_moov+default_base_moof", "-frag_duration", "300000")
    raw = written(codec, *options)
    assert raw.count(b"moof") > 3
    assert_alike(decoded(raw, tmp_path, sandbox)[: len(SOUND)], SOUND)
    result = decoded(mp4_files.edited(raw, [(200, -1), (0, 22_050 + PRIMING[codec])]), tmp_path, sandbox)
    assert_alike(result[: 8_820 + 66_150], expected([8_820, (22_050, 88_200)]))


@pytest.mark.parametrize("ticks_hz", [22_050, pytest.param(44_100, marks=pytest.mark.slow)])
def test_sbr_doubles_the_frames_and_not_the_time(ticks_hz: int, tmp_path: Path, sandbox: Sandbox) -> None:
    """As HE-AAC: the decoder gives twice the frames of the rate in which the media may count."""
    half = music(2, 22_050)
    raw = mp4_files.with_sbr(mp4_files.written(tmp_path, half, "aac", 22_050, "-b:a", "128k"))
    factor = ticks_hz // 22_050
    raw = mp4_files.even_packets(raw, 1_024 * factor)
    mdhd = (*mp4_files.MEDIA, b"mdhd")
    raw = mp4_files.changed(raw, mdhd, lambda body: body[:12] + struct.pack(">I", ticks_hz) + body[16:])
    whole = decoded(mp4_files.edited(raw, [(0, 0)]), tmp_path, sandbox)
    assert len(whole) == 2_048 * mp4_files.packets(raw)
    result = decoded(mp4_files.edited(raw, [(100, -1), (1_000, 11_025 * factor)]), tmp_path, sandbox)
    assert np.array_equal(result, np.concatenate([np.zeros((4_410, 2), np.float32), whole[22_050:66_150]]))
    tagged = mp4_files.gapless(mp4_files.without_edits(raw), 1_024, len(whole) // 2 - 1_024 - 44_000, 44_000)
    assert np.array_equal(decoded(tagged, tmp_path, sandbox), whole[2_048:90_048])


@functools.cache
def tagged_file(frames: int, priming: int) -> tuple[bytes, Sound]:
    """As iTunes writes it: silence more before the sound, packets of equal length, no edit list."""
    sound = SOUND[:frames]
    padded = np.concatenate([np.zeros((priming - 1_024, 2), np.float32), sound])
    with TemporaryDirectory() as folder:
        raw = mp4_files.written(Path(folder), padded, "aac", RATE_HZ, "-b:a", "256k")
    raw = mp4_files.even_packets(raw, 1_024)
    return mp4_files.gapless(raw, priming, mp4_files.packets(raw) * 1_024 - priming - frames, frames), sound


@pytest.mark.parametrize(
    ("frames", "priming"),
    [(87_000, 2_112), *(pytest.param(frames, 1_024, marks=pytest.mark.slow) for frames in (88_200, 88_064, 87_000))],
)
def test_the_gapless_tag_counts_where_there_is_no_edit_list(
    frames: int, priming: int, tmp_path: Path, sandbox: Sandbox
) -> None:
    raw, sound = tagged_file(frames, priming)
    assert_alike(decoded(mp4_files.without_edits(raw), tmp_path, sandbox), sound)
    # A list that plays everything says no more than none.
    assert_alike(decoded(mp4_files.edited(raw, [(0, 0)]), tmp_path, sandbox), sound)


def test_an_edit_list_outranks_the_gapless_tag(tmp_path: Path, sandbox: Sandbox) -> None:
    raw, sound = tagged_file(88_200, 2_112)
    assert_alike(decoded(mp4_files.edited(raw, [(1_000, 2_112 + 22_050)]), tmp_path, sandbox), sound[22_050:66_150])
    # Its end is coarse, and the tag's is exact.
    assert_alike(decoded(mp4_files.edited(raw, [(1_999, 2_112)]), tmp_path, sandbox), sound)


@pytest.mark.parametrize("tag", [(2_112, 0, 1 << 40), (0, 0, 0), (1 << 31, 0, 88_200)])
def test_a_gapless_tag_that_cannot_be_is_passed_over(
    tag: tuple[int, int, int], tmp_path: Path, sandbox: Sandbox
) -> None:
    raw, _ = tagged_file(88_200, 2_112)
    whole = decoded(mp4_files.gapless(mp4_files.without_edits(raw), *tag), tmp_path, sandbox)
    assert len(whole) == 1_024 * mp4_files.packets(raw)


def test_jittery_durations_do_not_move_the_sound(tmp_path: Path, sandbox: Sandbox) -> None:
    """As recorders write them, by their clock and not by the packets."""
    raw = written("aac")
    half = mp4_files.packets(raw) // 2
    jittery = bytes(4) + struct.pack(">I", 4) + struct.pack(">8I", half - 8, 1_023, 8, 1_020, half - 8, 1_025, 8, 1_028)
    raw = mp4_files.changed(raw, (*mp4_files.TABLE, b"stts"), lambda _: jittery)
    assert_alike(decoded(mp4_files.edited(raw, [(0, 1_023)]), tmp_path, sandbox)[: len(SOUND)], SOUND)


REFUSED: dict[str, tuple[list[Edit], int, type[Refused], str]] = {
    "half its speed": ([(1_000, 0)], 0x8000, EditsUnsupported, "0.5 times"),
    "nothing but silence": ([(1_000, -1)], 0x10000, NoFrames, "edit list"),
    "nothing that exists": ([(1_000, 10_000_000)], 0x10000, NoFrames, "edit list"),
    "back and forth": ([(10, 0)] * 20, 0x10000, EditsUnsupported, "goes back"),
    "thousands of parts": ([(1, -1)] * 1_001, 0x10000, EditsUnsupported, "1001 parts"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_edits_that_cannot_be_followed_are_refused_by_name(name: str, tmp_path: Path, sandbox: Sandbox) -> None:
    edits, speed, refusal, words = REFUSED[name]
    raw = written("alac")
    with pytest.raises(refusal, match=words):
        decoded(mp4_files.edited(raw, edits, speed=speed), tmp_path, sandbox)
