"""Tempo and key of a work, as its artist says, else as they were heard in its stems."""

from __future__ import annotations

from dataclasses import dataclass

from remixhub.models import StemPack, Work


@dataclass(frozen=True)
class TempoAndKey:
    tempo_bpm: float | None
    key: str | None
    """Classical name such as `A minor`."""


def said_or_heard(work: Work, pack: StemPack | None) -> TempoAndKey:
    return TempoAndKey(
        tempo_bpm=work.tempo_bpm or (pack.tempo_bpm if pack else None),
        key=work.key or (pack.key if pack else None),
    )
