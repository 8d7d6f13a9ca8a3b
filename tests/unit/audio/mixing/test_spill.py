"""A mix is heard in full blocks, however it is unrolled: meters and drawings need them, and memory stays constant."""

from __future__ import annotations

from tempfile import TemporaryFile

import numpy as np
import pytest

from remixhub.audio.engine import BLOCK_FRAMES
from remixhub.audio.mixing.spill import Spill, blocks_of

FRAMES = 2 * BLOCK_FRAMES + 7


@pytest.mark.parametrize(
    "spans",
    [
        [range(FRAMES)],
        [range(BLOCK_FRAMES)],
        [range(9), range(5, 9), range(5, 9), range(9, FRAMES)],
        [range(BLOCK_FRAMES + 1), *[range(3, BLOCK_FRAMES + 1)] * 3],
        [range(1), *[range(1)] * BLOCK_FRAMES],
    ],
)
def test_blocks_are_full_but_for_the_last(spans: list[range]) -> None:
    frames = np.stack([np.arange(FRAMES), -np.arange(FRAMES)], axis=1).astype(np.float32)
    with TemporaryFile() as file:
        spill = Spill(file)
        for span in blocks_of(FRAMES):
            spill.write(frames[span.start : span.stop], span.start)
        blocks = list(spill.heard(spans))
    assert {len(block) for block in blocks[:-1]} <= {BLOCK_FRAMES}
    assert 0 < len(blocks[-1]) <= BLOCK_FRAMES
    assert np.array_equal(np.concatenate(blocks), np.concatenate([frames[one.start : one.stop] for one in spans]))
