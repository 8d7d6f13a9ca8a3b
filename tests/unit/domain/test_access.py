"""Who may do what: by account, scope and the state of the work."""

from __future__ import annotations

import pytest

from remixhub.domain.access import (
    SYSTEM,
    VISITOR,
    Actor,
    OperatorOnly,
    ScopeMissing,
    may_hear_work,
    may_see_work,
    require_account,
    require_operator,
    require_own_private,
    require_own_work,
    require_session,
    require_visible,
    session_actor,
    token_actor,
)
from remixhub.domain.errors import Forbidden, NotFound, Unauthenticated
from remixhub.domain.states import Scope, WorkState

ANN = session_actor("ann-id", "ann", is_operator=False)
BOB = session_actor("bob-id", "bob", is_operator=False)
HOUSE = session_actor("house-id", "house", is_operator=True)
READER = token_actor("ann-id", "ann", frozenset({Scope.READ}), "token-1", is_operator=False)


def test_a_session_has_every_scope_but_admin_which_is_the_operators() -> None:
    scopes = frozenset({Scope.READ, Scope.PUBLISH, Scope.CONTEST})
    assert session_actor("ann-id", "ann", is_operator=False) == Actor("ann-id", scopes, handle="ann")
    operator = Actor("house-id", frozenset(Scope), is_operator=True, handle="house")
    assert session_actor("house-id", "house", is_operator=True) == operator


def test_a_token_has_its_own_scopes_and_is_known_as_a_token() -> None:
    scopes = frozenset({Scope.READ, Scope.ADMIN})
    assert token_actor("x", "xy", scopes, "t", is_operator=True) == Actor(
        "x", scopes, is_operator=True, handle="xy", token_id="t"
    )


def test_an_operators_token_operates_with_the_scope_for_it_alone() -> None:
    for scopes, operates in (({Scope.READ, Scope.PUBLISH}, False), ({Scope.ADMIN}, True)):
        assert token_actor("x", "xy", frozenset(scopes), "t", is_operator=True).is_operator is operates
    assert token_actor("x", "xy", frozenset(Scope), "t", is_operator=False).is_operator is False


def test_journals_know_actors_by_account_or_by_what_they_are() -> None:
    assert [one.name for one in (ANN, VISITOR, SYSTEM)] == ["ann-id", "visitor", "system"]


def test_an_account_is_needed_and_its_token_must_carry_the_scope() -> None:
    assert require_account(ANN) == require_account(ANN, Scope.CONTEST) == "ann-id"
    with pytest.raises(Unauthenticated, match=r"^Sign in"):
        require_account(VISITOR, Scope.READ)
    with pytest.raises(ScopeMissing, match="`publish`") as refused:
        require_account(READER)
    assert refused.value.context == {"scope": "publish"}
    assert require_account(READER, Scope.READ) == "ann-id"


def test_what_needs_a_session_is_refused_to_any_token() -> None:
    assert require_session(ANN) == "ann-id"
    with pytest.raises(ScopeMissing, match="password") as refused:
        require_session(READER)
    assert refused.value.context == {"scope": "session"}
    with pytest.raises(ScopeMissing) as refused:
        require_session(Actor("x", frozenset({Scope.PUBLISH})))
    assert refused.value.context == {"scope": "read"}


def test_operating_needs_the_flag_and_the_scope() -> None:
    require_operator(SYSTEM)
    require_operator(HOUSE)
    with pytest.raises(ScopeMissing) as refused:
        require_operator(token_actor("house-id", "house", frozenset({Scope.READ}), "t", is_operator=True))
    assert refused.value.context == {"scope": "admin"}
    with pytest.raises(OperatorOnly, match="operator"):
        require_operator(session_actor("ann-id", "ann", is_operator=False))
    with pytest.raises(OperatorOnly, match="operator"):
        require_operator(token_actor("ann-id", "ann", frozenset({Scope.ADMIN}), "t", is_operator=False))


SEEN = {state: state is not WorkState.DRAFT for state in WorkState}
HEARD = {state: state is WorkState.PUBLISHED for state in WorkState}


@pytest.mark.parametrize("state", WorkState)
def test_drafts_are_seen_by_their_artist_alone_and_what_is_taken_down_is_heard_by_nobody(state: WorkState) -> None:
    for actor in (BOB, VISITOR, HOUSE):
        assert may_see_work(actor, owner_id="ann-id", state=state) is SEEN[state]
        assert may_hear_work(actor, owner_id="ann-id", state=state) is HEARD[state]
    assert may_see_work(ANN, owner_id="ann-id", state=state)
    assert may_hear_work(ANN, owner_id="ann-id", state=state) is (state is not WorkState.TAKEN_DOWN)
    assert may_see_work(SYSTEM, owner_id="ann-id", state=state)
    assert may_hear_work(SYSTEM, owner_id="ann-id", state=state)


def test_a_stranger_cannot_tell_a_private_work_from_none() -> None:
    asked = {"owner_id": "ann-id", "what": "release", "id": "r1"}
    require_visible(ANN, state=WorkState.DRAFT, **asked)
    require_visible(BOB, state=WorkState.WITHDRAWN, **asked)
    for actor in (BOB, VISITOR):
        with pytest.raises(NotFound, match="release 'r1'") as hidden:
            require_visible(actor, state=WorkState.DRAFT, **asked)
        assert hidden.value.context == {"what": "release"}


def test_only_its_artist_changes_a_work_and_others_learn_no_more_than_they_see() -> None:
    asked = {"owner_id": "ann-id", "what": "remix", "id": "r1"}
    for state in WorkState:
        assert require_own_work(ANN, state=state, **asked) == "ann-id"
    for actor in (BOB, VISITOR):
        with pytest.raises(NotFound, match="remix 'r1'") as hidden:
            require_own_work(actor, state=WorkState.DRAFT, **asked)
        assert hidden.value.context == {"what": "remix"}
    with pytest.raises(Unauthenticated):
        require_own_work(VISITOR, state=WorkState.PUBLISHED, **asked)
    with pytest.raises(Forbidden, match="remix 'r1'") as foreign:
        require_own_work(BOB, state=WorkState.PUBLISHED, **asked)
    assert foreign.value.context == {"what": "remix"}
    with pytest.raises(ScopeMissing):
        require_own_work(READER, state=WorkState.PUBLISHED, **asked)


def test_what_is_always_private_is_not_there_for_others() -> None:
    asked = {"owner_id": "ann-id", "what": "upload", "id": "u1"}
    assert require_own_private(READER, **asked) == require_own_private(ANN, scope=Scope.PUBLISH, **asked) == "ann-id"
    with pytest.raises(ScopeMissing):
        require_own_private(READER, scope=Scope.PUBLISH, **asked)
    with pytest.raises(NotFound, match="upload 'u1'") as hidden:
        require_own_private(BOB, **asked)
    assert hidden.value.context == {"what": "upload"}
