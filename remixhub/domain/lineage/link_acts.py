"""What may happen to a source link after publication, and who may do it.

no link ──added (artist of the derivative, or an operator)──────────────► standing
no link ──claimed (artist of the source)─► a claim ──accepted (artist of the derivative, operator)─► standing
                                                  └─refused (the same)
standing ──disputed (artist of the derivative or of the source)─► disputed ──upheld (operator)──► standing
                                                                           └─removed (operator)─► no link
"""

from __future__ import annotations

from dataclasses import dataclass

from remixhub.domain.access import Actor, require_operators_factor
from remixhub.domain.errors import Conflict, Forbidden
from remixhub.domain.states import LinkAct, LinkState


class LinkExists(Conflict):
    code = "link_exists"
    title = "The work cites this source already"


class LinkNotDisputed(Conflict):
    code = "link_not_disputed"
    title = "The link is not disputed"


class LinkDisputed(Conflict):
    code = "link_disputed"
    title = "The link is disputed already"


class LinkActForbidden(Forbidden):
    code = "link_act_forbidden"
    title = "This is for others to say"


@dataclass(frozen=True)
class Pair:
    """The two works of a link, by their artists; `state` is None when there is no link."""

    derivative_artist_id: str
    source_artist_id: str
    state: LinkState | None


def judge_act(actor: Actor, act: LinkAct, pair: Pair) -> None:
    """Open claims are the caller's affair.

    Raises LinkActForbidden, SecondFactorNeeded, LinkExists, LinkDisputed or LinkNotDisputed.
    """
    may = {
        LinkAct.ADDED: actor.account_id == pair.derivative_artist_id or actor.is_operator,
        LinkAct.CLAIMED: actor.account_id == pair.source_artist_id,
        LinkAct.ACCEPTED: actor.account_id == pair.derivative_artist_id or actor.is_operator,
        LinkAct.REFUSED: actor.account_id == pair.derivative_artist_id or actor.is_operator,
        LinkAct.DISPUTED: actor.account_id in (pair.derivative_artist_id, pair.source_artist_id),
        LinkAct.UPHELD: actor.is_operator,
        LinkAct.REMOVED: actor.is_operator,
    }
    if not may[act]:
        if act not in (LinkAct.CLAIMED, LinkAct.DISPUTED):
            require_operators_factor(actor)
        raise LinkActForbidden(_WHO[act])
    if act in (LinkAct.ADDED, LinkAct.CLAIMED, LinkAct.ACCEPTED):
        if pair.state is not None:
            raise LinkExists("Nothing is left to say; a wrong link can be disputed.")
    elif act is LinkAct.DISPUTED:
        if pair.state is LinkState.DISPUTED:
            raise LinkDisputed("An operator will decide.")
    elif act in (LinkAct.UPHELD, LinkAct.REMOVED) and pair.state is not LinkState.DISPUTED:
        raise LinkNotDisputed("Only a disputed link is decided upon.")


_WHO = {
    LinkAct.ADDED: "Only the artist of the work, or an operator, adds to its sources.",
    LinkAct.CLAIMED: "Only the source's artist claims that a work was made from it.",
    LinkAct.ACCEPTED: "Only the artist of the work, or an operator, accepts a claim.",
    LinkAct.REFUSED: "Only the artist of the work, or an operator, refuses a claim.",
    LinkAct.DISPUTED: "Only the two artists dispute a link.",
    LinkAct.UPHELD: "Only an operator decides a dispute.",
    LinkAct.REMOVED: "Only an operator decides a dispute.",
}
