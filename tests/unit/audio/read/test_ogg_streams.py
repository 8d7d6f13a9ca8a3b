"""Which frames of an Ogg file are its sound, whatever its pages count from: to the frame and with every decoder."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.ogg_streams import read_ogg_extent
from remixhub.audio.read.probe import probe
from remixhub.audio.read.window import Window
from remixhub.domain.media import ChainDiffers, CodecUnsupported, Damaged, Refused, Truncated
from tests import ogg_files
from tests.ogg_files import OggPage
from tests.signals import Sound, lag_frames, music

RATE_HZ = 48_000
SOUND = music(1.5, RATE_HZ)
OTHER = music(1.1, RATE_HZ, seed=2)
CODECS = ["vorbis", "opus"]
Change = Callable[[list[OggPage]], list[OggPage]]


@functools.cache
def pages_of(codec: str, *, other: bool = False, rate_hz: int = RATE_HZ, channels: int = 2) -> tuple[OggPage, ...]:
    with TemporaryDirectory() as folder:
        sound = (OTHER if other else SOUND)[:, :channels]
        return tuple(ogg_files.written(Path(folder), sound, codec, rate_hz))


def written(codec: str, **options: int) -> list[OggPage]:
    return list(pages_of(codec, **options))


def decoded(pages: list[OggPage], folder: Path, sandbox: Sandbox, *, behind: bytes = b"") -> tuple[Sound, set[str]]:
    path = folder / "sound.ogg"
    path.write_bytes(ogg_files.sealed(pages) + behind)
    found = probe(path, sandbox)
    with open_blocks(path, found, sandbox, block_frames=10_000) as blocks:
        result = np.concatenate(list(blocks))
    assert found.declared_frames == len(result)
    return result, {warning.code for warning in (*found.warnings, *blocks.warnings)}


def assert_alike(result: Sound, wanted: Sound) -> None:
    """As alike as a lossy encoder leaves it, everywhere, and nowhere shifted by a frame."""
    assert result.shape == wanted.shape
    assert lag_frames(wanted, result) == 0
    for start in range(0, len(wanted), 4_800):
        one, other = wanted[start : start + 4_800, 0], result[start : start + 4_800, 0]
        assert np.std(one - other) <= 0.4 * np.std(one) + 0.01, start


@dataclass(frozen=True)
class Kind:
    change: Change
    start: int = 0
    end: int = len(SOUND)
    warnings: frozenset[str] = frozenset()


def _ending(frames: int) -> Change:
    return lambda pages: [*pages[:-1], replace(pages[-1], granule=pages[-1].granule + frames)]


def _delayed(frames: int) -> Change:
    """Opus with more to be left out at its start."""

    def change(pages: list[OggPage]) -> list[OggPage]:
        head = pages[0].body
        skipped = int.from_bytes(head[10:12], "little") + frames
        return [replace(pages[0], body=head[:10] + skipped.to_bytes(2, "little") + head[12:]), *pages[1:]]

    return change


KINDS = {
    "as it was written": Kind(lambda pages: pages),
    "granules from ten minutes on": Kind(lambda pages: ogg_files.shifted(pages, 600 * RATE_HZ)),
    "granules from one frame on": Kind(lambda pages: ogg_files.shifted(pages, 1)),
    "granules that begin before zero": Kind(lambda pages: ogg_files.shifted(pages, -500), start=500),
    "the first granule untold": Kind(lambda pages: _untold(pages)),
    "trimmed at its end": Kind(_ending(-1_000), end=len(SOUND) - 1_000),
    "trimmed by more than a packet": Kind(_ending(-5_000), end=len(SOUND) - 5_000),
    "trimmed, from ten minutes on": Kind(
        lambda pages: _ending(-1_000)(ogg_files.shifted(pages, 600 * RATE_HZ)), end=len(SOUND) - 1_000
    ),
    "an empty last page": Kind(lambda pages: ogg_files.closed_by_empty(pages, pages[-1].granule)),
    "an empty last page at nothing": Kind(lambda pages: ogg_files.closed_by_empty(pages, -1)),
    "an empty last page at zero": Kind(lambda pages: ogg_files.closed_by_empty(pages, 0)),
    "an empty last page far away": Kind(lambda pages: ogg_files.closed_by_empty(pages, 1 << 40)),
    "an empty last page that trims": Kind(
        lambda pages: ogg_files.closed_by_empty(pages, pages[-1].granule - 300), end=len(SOUND) - 300
    ),
    "no end mark": Kind(ogg_files.without_end_mark, warnings=frozenset({"end_mark_missing"})),
}


QUICK = ("granules from ten minutes on", "an empty last page", "trimmed at its end")
"""Decoded by `make quick` too; of the others it looks at the extent."""
SETTLING = {"vorbis": 0, "opus": 312}
"""Frames that the encoders put before the sound, by the stream's own word."""


def _untold(pages: list[OggPage]) -> list[OggPage]:
    first = next(number for number, page in enumerate(pages) if page.granule > 0)
    return [*pages[:first], replace(pages[first], granule=0), *pages[first + 1 :]]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("name", KINDS)
def test_the_extent_is_what_the_granules_say(name: str, codec: str, tmp_path: Path) -> None:
    path, kind = tmp_path / "sound.ogg", KINDS[name]
    path.write_bytes(ogg_files.sealed(kind.change(written(codec))))
    extent = read_ogg_extent(path, Window(0, path.stat().st_size))
    assert [warning.code for warning in extent.warnings] == list(kind.warnings)
    assert extent.frames == kind.end - kind.start
    assert extent.spans[0].start_frames == kind.start + SETTLING[codec]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    "name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in KINDS if name not in QUICK)]
)
def test_granules_say_which_frames_are_the_sound(name: str, codec: str, tmp_path: Path, sandbox: Sandbox) -> None:
    kind = KINDS[name]
    result, warnings = decoded(kind.change(written(codec)), tmp_path, sandbox)
    assert_alike(result, SOUND[kind.start : kind.end])
    assert warnings == kind.warnings


def test_pages_that_complete_no_packet_say_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    pages = ogg_files.in_small_pages(written("opus"), 960)
    assert sum(page.granule == -1 for page in pages) > 50
    result, warnings = decoded(pages, tmp_path, sandbox)
    assert_alike(result, SOUND)
    assert warnings == set()


@pytest.mark.parametrize("frames", [40_000, *(pytest.param(frames, marks=pytest.mark.slow) for frames in (1, 500))])
def test_opus_says_how_much_to_leave_out_at_the_start(frames: int, tmp_path: Path, sandbox: Sandbox) -> None:
    result, _ = decoded(_delayed(frames)(written("opus")), tmp_path, sandbox)
    assert_alike(result, SOUND[frames:])


@pytest.mark.parametrize("codec", CODECS)
def test_a_sound_of_one_page_is_trimmed_at_its_end(codec: str, tmp_path: Path, sandbox: Sandbox) -> None:
    """There the granule says less than the packets because of the end, not of the start."""
    with TemporaryDirectory() as folder:
        pages = ogg_files.written(Path(folder), SOUND[:9_001], codec, RATE_HZ)
    assert sum(page.granule > 0 for page in pages) == 1
    result, _ = decoded(_ending(-100)(pages), tmp_path, sandbox)
    assert_alike(result, SOUND[:8_901])


@pytest.mark.parametrize("codec", CODECS)
def test_what_stands_behind_the_last_page_is_no_sound(codec: str, tmp_path: Path, sandbox: Sandbox) -> None:
    result, _ = decoded(written(codec), tmp_path, sandbox, behind=b"TAG" + b" " * 125)
    assert_alike(result, SOUND)


def test_of_multiplexed_streams_the_first_with_sound_counts(tmp_path: Path, sandbox: Sandbox) -> None:
    sound, other = (ogg_files.of_serial(written("opus", other=number == 2), number) for number in (1, 2))
    result, warnings = decoded(ogg_files.interleaved(sound, other), tmp_path, sandbox)
    assert_alike(result, SOUND)
    assert warnings == {"more_streams"}
    result, _ = decoded(ogg_files.interleaved(other, sound), tmp_path, sandbox)
    assert_alike(result, OTHER)


@pytest.mark.parametrize("codec", CODECS)
def test_a_stream_that_is_no_sound_may_stand_first(codec: str, tmp_path: Path, sandbox: Sandbox) -> None:
    skeleton = b"fishead\0" + (4).to_bytes(2, "little") + bytes(70)
    other = [
        OggPage(ogg_files.FIRST, 0, 77, 0, bytes([len(skeleton)]), skeleton),
        OggPage(ogg_files.LAST, 0, 77, 1, b"\0", b""),
    ]
    result, _ = decoded(ogg_files.interleaved(other, written(codec)), tmp_path, sandbox)
    assert_alike(result, SOUND)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("serials", [(1, 2, 3), (7, 7, 7)], ids=["serials of their own", "one serial"])
def test_a_chain_is_played_stream_after_stream(
    serials: tuple[int, int, int], codec: str, tmp_path: Path, sandbox: Sandbox
) -> None:
    """Each with its own start and end: from ten minutes on, then the other sound, then one that is trimmed."""
    links = [
        ogg_files.shifted(written(codec), 600 * RATE_HZ),
        written(codec, other=True),
        _ending(-777)(written(codec)),
    ]
    chain = [page for link, serial in zip(links, serials, strict=True) for page in ogg_files.of_serial(link, serial)]
    result, warnings = decoded(chain, tmp_path, sandbox)
    parts = [SOUND, OTHER, SOUND[:-777]]
    assert_alike(result, np.concatenate(parts))
    assert warnings == set()


@pytest.mark.slow
def test_a_chain_of_long_streams_is_read_to_its_end(tmp_path: Path, sandbox: Sandbox) -> None:
    """Longer than what a decoder looks at before it begins, so that it knows of one stream only."""
    long = np.concatenate([SOUND, OTHER] * 12)
    with TemporaryDirectory() as folder:
        pages = ogg_files.written(Path(folder), long, "vorbis", RATE_HZ)
    result, _ = decoded([*ogg_files.of_serial(pages, 1), *ogg_files.of_serial(pages, 2)], tmp_path, sandbox)
    assert_alike(result, np.concatenate([long, long]))


@pytest.mark.parametrize("codec", CODECS)
def test_a_chain_that_lacks_a_page_of_one_stream_is_refused(codec: str, tmp_path: Path, sandbox: Sandbox) -> None:
    with TemporaryDirectory() as folder:
        pages = ogg_files.written(Path(folder), np.concatenate([SOUND] * 3), codec, RATE_HZ)
    lacking = [*pages[:-2], pages[-1]]
    chain = [*ogg_files.of_serial(lacking, 1), *ogg_files.of_serial(pages, 2)]
    with pytest.raises((Damaged, Truncated), match=f"announces {6 * len(SOUND)} frames"):
        decoded(chain, tmp_path, sandbox)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rate_hz": 24_000}, "Vorbis at 48000 Hz in stereo, then Vorbis at 24000 Hz in stereo"),
        ({"channels": 1}, "Vorbis at 48000 Hz in stereo, then Vorbis at 48000 Hz in mono"),
        ({}, "Vorbis at 48000 Hz in stereo, then Opus at 48000 Hz in stereo"),
    ],
)
def test_a_chain_of_different_streams_is_refused_by_name(
    options: dict[str, int], words: str, tmp_path: Path, sandbox: Sandbox
) -> None:
    other = written("vorbis" if options else "opus", **options)
    with pytest.raises(ChainDiffers, match=words):
        decoded([*ogg_files.of_serial(written("vorbis"), 1), *ogg_files.of_serial(other, 2)], tmp_path, sandbox)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("cut_bytes", [1, 100])
def test_a_last_page_that_is_cut_is_missed(codec: str, cut_bytes: int, tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "cut.ogg"
    path.write_bytes(ogg_files.sealed(written(codec))[:-cut_bytes])
    with pytest.raises(Truncated, match="within a page"):
        probe(path, sandbox)


def test_a_chain_with_another_kind_of_stream_is_refused(tmp_path: Path, sandbox: Sandbox) -> None:
    speech = b"Speex   " + bytes(72)
    other = [OggPage(ogg_files.FIRST | ogg_files.LAST, 0, 9, 0, bytes([len(speech)]), speech)]
    refusals: tuple[type[Refused], ...] = (CodecUnsupported, Damaged)
    with pytest.raises(refusals):
        decoded([*written("opus"), *other], tmp_path, sandbox)
