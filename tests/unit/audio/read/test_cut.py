"""An extent's spans, cut out of what decoders give."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from remixhub.audio.read.cut import Frames, cut, in_blocks
from remixhub.audio.read.extent import Extent, Span, joined
from remixhub.audio.read.window import Window

MEDIA = {
    stream: np.arange(1, 401, dtype=np.float32)[:, None] + 1_000 * number
    for number, stream in enumerate((Window(0, 10), Window(10, 20)))
}
SOUNDING = st.builds(Span, st.integers(0, 150), st.integers(0, 250), st.sampled_from(list(MEDIA)))
SPANS = st.lists(SOUNDING | st.builds(Span, st.integers(0, 150), st.none()), max_size=8)


def in_pieces(frames: Frames, size: int) -> Iterator[Frames]:
    return iter([frames[at : at + size] for at in range(0, len(frames), size)])


def wanted(spans: list[Span]) -> Frames:
    return np.concatenate(
        [
            np.zeros((0, 1), np.float32),
            *(
                np.zeros((span.frames, 1), np.float32)
                if span.start_frames is None or span.stream is None
                else MEDIA[span.stream][span.start_frames : span.end_frames]
                for span in spans
            ),
        ]
    )


def played(extent: Extent, size: int) -> Frames:
    pieces = [np.zeros((0, 1), np.float32)]
    for run in extent.runs():
        frames = MEDIA[run.stream or Window(0, 10)][: run.end_frames]
        pieces.extend(cut(in_pieces(frames, size), run, 1))
    return np.concatenate(pieces)


@given(SPANS, st.integers(1, 500))
def test_the_runs_give_what_the_spans_say(spans: list[Span], size: int) -> None:
    extent = Extent(joined(spans))
    assert np.array_equal(played(extent, size), wanted(spans))
    assert extent.frames == len(wanted(spans))


@given(SPANS)
def test_a_run_never_goes_back_and_stays_within_its_stream(spans: list[Span]) -> None:
    for run in Extent(joined(spans)).runs():
        sounding = [span for span in run.spans if span.start_frames is not None]
        assert len({span.stream for span in sounding}) <= 1
        assert all(one.is_read_before(other) for one, other in pairwise(sounding))


@given(SPANS)
def test_spans_that_continue_each_other_are_one(spans: list[Span]) -> None:
    result = joined(spans)
    assert all(span.frames > 0 for span in result)
    assert not any(one.is_continued_by(other) for one, other in pairwise(result))


@given(st.lists(st.integers(0, 70), max_size=20), st.integers(1, 64))
def test_blocks_are_equally_long_but_for_the_last(sizes: list[int], block_frames: int) -> None:
    frames = np.arange(sum(sizes), dtype=np.float32)[:, None]
    pieces = np.split(frames, np.cumsum(sizes)[:-1]) if sizes else []
    blocks = list(in_blocks(iter(pieces), block_frames))
    assert np.array_equal(np.concatenate([np.zeros((0, 1), np.float32), *blocks]), frames)
    assert all(len(block) == block_frames for block in blocks[:-1])
    assert all(0 < len(block) <= block_frames for block in blocks[-1:])


def test_a_decoder_that_ends_early_gives_what_it_has() -> None:
    run = Extent((Span(100, 50), Span(10, None), Span(50, 350))).runs()[0]
    whole, short = MEDIA[Window(0, 10)], MEDIA[Window(0, 10)][:120]
    verdicts: list[bool] = []

    def heard(frames: Frames) -> Iterator[Frames]:
        verdicts.append((yield from cut(in_pieces(frames, 33), run, 1)))

    assert len(np.concatenate(list(heard(whole)))) == 160
    assert np.concatenate(list(heard(short)))[:, 0].tolist() == list(range(51, 121))
    assert verdicts == [True, False]
