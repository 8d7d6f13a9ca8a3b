"""What may be wrong with a stored object."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    MISSING = "missing"
    """A row names it, and it is not there."""
    CHANGED_SIZE = "changed_size"
    DAMAGED = "damaged"
    """It has the right size and other bytes."""
    STRAY = "stray"
    """It is there, old, and no row names it."""

    @property
    def is_of_bytes(self) -> bool:
        """Right bytes would mend it."""
        return self is not FaultKind.STRAY


@dataclass(frozen=True)
class Fault:
    kind: FaultKind
    key: str
    repairable: bool = False
    """It can be made anew from originals that are there."""
