"""Standings as a drawing: where each entry's mark and interval lie between the lowest and the highest of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_MARGIN = 2.0


@dataclass(frozen=True)
class Drawn:
    """From 0 to 100 on one axis for all entries."""

    low: float
    value: float
    high: float


def drawn(standings: Sequence[Mapping[str, Any]]) -> dict[str, Drawn]:
    """By entry: the vote's strengths with their intervals where duels were counted, else the points alone."""
    spans = {line["entry_id"]: _span(line) for line in standings}
    if not spans:
        return {}
    by_points = all(low == high for low, _, high in spans.values())
    lowest = 0.0 if by_points else min(low for low, _, _ in spans.values())
    highest = 1.0 if by_points else max(high for _, _, high in spans.values())
    width = (highest - lowest) or 1.0

    def place(figure: float) -> float:
        return round(_MARGIN + (figure - lowest) / width * (100 - 2 * _MARGIN), 2)

    return {id: Drawn(*(place(figure) for figure in span)) for id, span in spans.items()}


def _span(line: Mapping[str, Any]) -> tuple[float, float, float]:
    tally = line["tally"]
    if tally and "low" in tally:
        return float(tally["low"]), float(tally["value"]), float(tally["high"])
    points = float(line["points"])
    return points, points, points
