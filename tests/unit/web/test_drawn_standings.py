from __future__ import annotations

from typing import Any

from remixhub.web.contests.drawing import drawn


def line(id: str, points: str = "0.5", tally: dict[str, str] | None = None) -> dict[str, Any]:
    return {"entry_id": id, "points": points, "tally": tally}


def test_intervals_share_one_axis_from_the_lowest_to_the_highest() -> None:
    found = drawn(
        [
            line("a", tally={"low": "0.5", "value": "1.0", "high": "2.0"}),
            line("b", tally={"low": "-2.0", "value": "-1.0", "high": "0.0"}),
        ]
    )
    assert (found["b"].low, found["a"].high) == (2.0, 98.0)
    assert found["b"].low < found["b"].value < found["b"].high < found["a"].low < found["a"].value
    assert found["a"].value == 74.0


def test_points_are_marks_from_nothing_to_all() -> None:
    found = drawn([line("a", "1.0"), line("b", "0.0", {"scores": "3"})])
    assert [(one.low, one.value, one.high) for one in found.values()] == [(98.0,) * 3, (2.0,) * 3]


def test_nobody_entered() -> None:
    assert drawn([]) == {}
