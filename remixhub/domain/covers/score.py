"""What a cover is printed from: the work's envelope, tempo and key, and chance that is always the same for a work."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from remixhub.domain.covers.envelope import COLUMNS
from remixhub.domain.musical_key import Mode, MusicalKey

_One = TypeVar("_One")
_FLAT, _FADED = 0.02, 4
"""Share of full scale that is no shape yet; columns that may be softer than what counts as the softest."""


@dataclass(frozen=True)
class Score:
    work_id: str
    envelope: bytes = b""
    """`envelope.COLUMNS` loudnesses, 0 to 255; empty for a work without sound."""
    tempo_bpm: float | None = None
    key: MusicalKey | None = None

    # chance

    def chance(self, name: str) -> float:
        """From 0 to below 1, for this work and this name."""
        digest = hashlib.sha256(f"{self.work_id}/{name}".encode()).digest()
        return int.from_bytes(digest[:6]) / 2**48

    def between(self, name: str, low: float, high: float) -> float:
        return low + (high - low) * self.chance(name)

    def pick(self, name: str, choices: Sequence[_One]) -> _One:
        return choices[int(self.chance(name) * len(choices))]

    # sound

    @cached_property
    def levels(self) -> tuple[float, ...]:
        """0 to 1 by column, spread over the whole range; what is flat, or silent, is given a shape of its own."""
        own = self._imagined
        if not self.envelope:
            return own
        # a fade at the end would press all the rest together
        low, high = sorted(self.envelope)[_FADED], max(self.envelope)
        if high - low < _FLAT * 255:
            return own
        heard = [max(level - low, 0) / (high - low) for level in self.envelope]
        return tuple(0.86 * one + 0.14 * other for one, other in zip(heard, own, strict=True))

    def folded(self, count: int) -> list[float]:
        """The levels in another number of columns: the mean of those that fall into each, or what lies between."""
        found = []
        for number in range(count):
            first, last = number * COLUMNS // count, max((number + 1) * COLUMNS // count, number * COLUMNS // count + 1)
            found.append(sum(self.levels[first:last]) / (last - first))
        return found

    def at(self, share: float) -> float:
        """The level at a share of the length, smoothed over its neighbours and between the columns."""
        place = min(max(share, 0.0), 1.0) * (COLUMNS - 1)
        before = min(int(place), COLUMNS - 2)
        part = (1 - math.cos(math.pi * (place - before))) / 2
        return self._smooth[before] * (1 - part) + self._smooth[before + 1] * part

    # press

    @cached_property
    def pitch(self) -> float:
        """Units from one line or dot of a screen to the next: the faster the music, the finer."""
        tempo = self.tempo_bpm or self.between("tempo", 70, 170)
        return 58 - 26 * (min(max(tempo, 60), 180) - 60) / 120

    @cached_property
    def angle(self) -> float:
        """Of the screen, in degrees, by the tonic."""
        return 15 + 5 * self.tonic

    @cached_property
    def tonic(self) -> int:
        return self.key.tonic if self.key else int(self.between("tonic", 0, 12))

    @cached_property
    def is_minor(self) -> bool:
        return self.key.mode is Mode.MINOR if self.key else self.chance("mode") < 0.5

    @cached_property
    def _smooth(self) -> tuple[float, ...]:
        levels = self.levels
        return tuple(
            (levels[max(i - 1, 0)] + 2 * levels[i] + levels[min(i + 1, COLUMNS - 1)]) / 4 for i in range(COLUMNS)
        )

    @cached_property
    def _imagined(self) -> tuple[float, ...]:
        """A song's course, as one might go: it comes in, breaks off, comes again and ends."""
        digest = hashlib.sha512(f"{self.work_id}/course".encode()).digest()
        parts = [0.25 + 0.75 * byte / 255 for byte in digest[:7]]
        found = []
        for column in range(COLUMNS):
            arch = math.sin(math.pi * (column + 0.5) / COLUMNS) ** 0.5
            part = parts[column * len(parts) // COLUMNS]
            found.append(arch * part * (0.55 + 0.45 * digest[column + 12] / 255))
        high = max(found)
        return tuple(level / high for level in found)
