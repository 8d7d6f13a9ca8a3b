"""Who may say what of a source link, and when."""

from __future__ import annotations

import pytest

from remixhub.domain.access import VISITOR, Actor, session_actor, token_actor
from remixhub.domain.errors import RemixHubError
from remixhub.domain.lineage.link_acts import (
    LinkActForbidden,
    LinkDisputed,
    LinkExists,
    LinkNotDisputed,
    Pair,
    judge_act,
)
from remixhub.domain.states import LinkAct, LinkState, Scope

DERIVATIVE = session_actor("derivative", "d", is_operator=False)
SOURCE = session_actor("source", "s", is_operator=False)
STRANGER = session_actor("stranger", "x", is_operator=False)
OPERATOR = session_actor("house", "h", is_operator=True)
UNSCOPED = token_actor("house", "h", frozenset({Scope.READ, Scope.PUBLISH}), "token", is_operator=True)
SCOPED_ONLY = Actor("stranger", frozenset(Scope))
BOTH = {DERIVATIVE, SOURCE}
MAY = {
    LinkAct.ADDED: {DERIVATIVE, OPERATOR},
    LinkAct.CLAIMED: {SOURCE},
    LinkAct.ACCEPTED: {DERIVATIVE, OPERATOR},
    LinkAct.REFUSED: {DERIVATIVE, OPERATOR},
    LinkAct.DISPUTED: BOTH,
    LinkAct.UPHELD: {OPERATOR},
    LinkAct.REMOVED: {OPERATOR},
}
NEW, DECIDING = {LinkAct.ADDED, LinkAct.CLAIMED, LinkAct.ACCEPTED}, {LinkAct.UPHELD, LinkAct.REMOVED}


def refusal(act: LinkAct, state: LinkState | None) -> type[RemixHubError] | None:
    """By the drawing at the head of the module."""
    if act in NEW and state is not None:
        return LinkExists
    if act is LinkAct.DISPUTED and state is LinkState.DISPUTED:
        return LinkDisputed
    if act in DECIDING and state is not LinkState.DISPUTED:
        return LinkNotDisputed
    return None


@pytest.mark.parametrize("state", [None, *LinkState])
@pytest.mark.parametrize("act", LinkAct)
def test_each_act_has_its_people_and_its_time(act: LinkAct, state: LinkState | None) -> None:
    pair = Pair("derivative", "source", state)
    for actor in (DERIVATIVE, SOURCE, STRANGER, OPERATOR, UNSCOPED, SCOPED_ONLY, VISITOR):
        wanted = LinkActForbidden if actor not in MAY[act] else refusal(act, state)
        if wanted is None:
            judge_act(actor, act, pair)
        else:
            with pytest.raises(wanted, match=r"^[A-Z].* .*\.$"):
                judge_act(actor, act, pair)
