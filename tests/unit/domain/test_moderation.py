"""Whatever is done in whatever order, a takedown keeps to its rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.moderation import IN_FORCE, TakedownState, may_appeal, state_after_lifting, states_before
from remixhub.domain.states import WorkState

ACTS = st.lists(st.sampled_from(["ann", "bob", "stranger", TakedownState.KEPT, TakedownState.RESTORED]), max_size=12)


@given(ACTS)
def test_appeals_are_once_each_keeping_answers_them_and_lifting_is_the_end(acts: list[str]) -> None:
    state, appealed, history = TakedownState.STANDING, set[str](), [TakedownState.STANDING]
    for act in acts:
        if isinstance(act, TakedownState):
            if state not in states_before(act):
                continue
            assert act is not TakedownState.KEPT or state is TakedownState.APPEALED
            state = act
        elif may_appeal(state, owns_a_work=act != "stranger", has_appealed=act in appealed):
            appealed.add(act)
            state = TakedownState.APPEALED
        else:
            continue
        history.append(state)
    assert "stranger" not in appealed
    assert history.count(TakedownState.APPEALED) == len(appealed)
    assert history.count(TakedownState.KEPT) <= len(appealed)
    assert TakedownState.RESTORED not in history[:-1]


@given(st.sampled_from([WorkState.PUBLISHED, WorkState.WITHDRAWN]), st.permutations(range(3)))
def test_a_work_comes_back_as_it_was_with_the_last_takedown_that_names_it(before: WorkState, order: list[int]) -> None:
    standing = set(order)
    for one in order:
        assert state_after_lifting(before, still_in_force=len(standing)) is WorkState.TAKEN_DOWN
        standing.remove(one)
    assert state_after_lifting(before, still_in_force=len(standing)) is before


def test_only_the_artists_of_the_works_appeal_and_each_of_them_once() -> None:
    for state in TakedownState:
        assert may_appeal(state, owns_a_work=True, has_appealed=False) is (state in IN_FORCE)
        assert not may_appeal(state, owns_a_work=True, has_appealed=True)
        assert not may_appeal(state, owns_a_work=False, has_appealed=False)


@pytest.mark.parametrize("state", [TakedownState.STANDING, TakedownState.APPEALED])
def test_what_no_moderator_decides_has_no_state_before_it(state: TakedownState) -> None:
    assert states_before(state) == ()


def test_a_takedown_can_be_lifted_in_every_state_in_force_and_in_no_other() -> None:
    assert set(states_before(TakedownState.RESTORED)) == set(IN_FORCE) == set(TakedownState) - {TakedownState.RESTORED}
