"""Float samples to integers: rounding to 24 bits, triangular dither to 16."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_NOISE_SAMPLES = 1 << 19
_STEP_SAMPLES = 1 << 17


class Quantiser:
    """Turns float32 blocks into int16 or left-justified int32 (of which the upper 24 bits are used).

    Sixteen bits get TPDF dither of ±1 LSB from `seed`; the result does not depend on how the audio is cut into blocks.
    Samples that are exactly zero stay zero, so that digital silence stays silent and packs to nothing. With
    `dither=False` samples that lie on the grid are kept exactly. What exceeds full scale is clipped.
    """

    def __init__(self, bit_depth: int, *, seed: int = 0, dither: bool = True) -> None:
        if bit_depth not in (16, 24):
            raise ValueError(f"no quantiser for {bit_depth} bits")
        self.bit_depth = bit_depth
        self._position = 0
        self._noise: NDArray[np.float32] | None = None
        if bit_depth == 16 and dither:
            random = np.random.default_rng(seed)
            noise = random.random(_NOISE_SAMPLES, np.float32) - random.random(_NOISE_SAMPLES, np.float32)
            self._noise = np.concatenate([noise, noise[:_STEP_SAMPLES]])

    def __call__(self, block: NDArray[np.float32]) -> NDArray[np.int16] | NDArray[np.int32]:
        """`block` is float32 of any shape; the answer has the same shape."""
        if self.bit_depth == 24:
            scaled = block * np.float32(2**23)
            np.rint(scaled, out=scaled)
            np.clip(scaled, -(2**23), 2**23 - 1, out=scaled)
            return scaled.astype(np.int32) << 8
        scaled = block * np.float32(2**15)
        if self._noise is not None:
            self._add_noise(scaled.reshape(-1))
        np.rint(scaled, out=scaled)
        np.clip(scaled, -(2**15), 2**15 - 1, out=scaled)
        return scaled.astype(np.int16)

    def _add_noise(self, samples: NDArray[np.float32]) -> None:
        assert self._noise is not None
        for start in range(0, samples.size, _STEP_SAMPLES):
            part = samples[start : start + _STEP_SAMPLES]
            part += self._noise[self._position : self._position + part.size] * (part != 0)
            self._position = (self._position + part.size) % _NOISE_SAMPLES
