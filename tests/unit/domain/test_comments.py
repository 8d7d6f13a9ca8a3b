"""A comment stands at a moment that its work has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.comments import FAULT_WORDS, GONE_WORDS, CommentFault, CommentState, MomentBeyondEnd, moment_ms


@given(st.floats(0, 36_000), st.floats(0, 36_000))
def test_a_moment_is_one_of_the_work(at_seconds: float, length_seconds: float) -> None:
    if at_seconds <= length_seconds:
        assert abs(moment_ms(at_seconds, length_seconds) - at_seconds * 1000) <= 0.5
        return
    with pytest.raises(MomentBeyondEnd) as refused:
        moment_ms(at_seconds, length_seconds)
    assert list(refused.value.violations) == ["/at_seconds"]


@pytest.mark.parametrize(("at_seconds", "length_seconds"), [(-0.001, 60.0), (0.0, None), (60.001, 60.0)])
def test_there_is_none_before_the_beginning_nor_in_what_does_not_play(
    at_seconds: float, length_seconds: float | None
) -> None:
    with pytest.raises(MomentBeyondEnd):
        moment_ms(at_seconds, length_seconds)


def test_every_fault_and_every_way_to_go_has_its_words() -> None:
    assert FAULT_WORDS.keys() == set(CommentFault)
    assert GONE_WORDS.keys() == set(CommentState) - {CommentState.SHOWN}
