"""Who may invite how many, and who sees it."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, OperatorOnly
from remixhub.domain.errors import NotFound
from remixhub.models import Account, Invitation, now
from remixhub.services.house.furnishing import furnish
from remixhub.services.house.invitations import (
    InvitationBounds,
    InvitationsExhausted,
    invite,
    list_invitations,
    revoke_invitation,
)
from tests.unit.rows import Rows, actor_of


@pytest.fixture
def artist(rows: Rows) -> Account:
    return rows.account("artist")


def test_accounts_invite_only_as_far_as_the_house_lets_them(parts: Parts, rows: Rows, artist: Account) -> None:
    with pytest.raises(OperatorOnly):
        invite(actor_of(artist), parts)
    furnish(SYSTEM, parts, {"invitations_each": 3}, revision=None)
    first, _ = invite(actor_of(artist), parts, uses=2)
    with pytest.raises(InvitationsExhausted) as refused:
        invite(actor_of(artist), parts, uses=2)
    assert refused.value.context["left"] == 1
    rows.change(Invitation, Invitation.id == first.id, uses=1)
    revoke_invitation(actor_of(artist), parts, first.id)
    invite(actor_of(artist), parts, uses=2)
    with pytest.raises(InvitationsExhausted):
        invite(actor_of(artist), parts)


def test_operators_invite_without_a_count_and_see_everybodys(parts: Parts, rows: Rows, artist: Account) -> None:
    operator = rows.account("operator", is_operator=True)
    furnish(SYSTEM, parts, {"invitations_each": 1}, revision=None)
    invite(actor_of(operator), parts, uses=500)
    own, _ = invite(actor_of(artist), parts)
    assert [one.id for one in list_invitations(actor_of(artist), parts, after=None, limit=9).rows] == [own.id]
    assert len(list_invitations(actor_of(operator), parts, after=None, limit=9).rows) == 2


def test_an_invitation_is_taken_back_by_its_maker_or_an_operator(parts: Parts, rows: Rows, artist: Account) -> None:
    operator, other = rows.account("operator", is_operator=True), rows.account("other")
    furnish(SYSTEM, parts, {"invitations_each": 2}, revision=None)
    own, _ = invite(actor_of(artist), parts)
    with pytest.raises(NotFound):
        revoke_invitation(actor_of(other), parts, own.id)
    revoke_invitation(actor_of(operator), parts, own.id)
    first = rows.one(Invitation).revoked_at
    rows.change(Invitation, revoked_at=now(-60))
    revoke_invitation(actor_of(artist), parts, own.id)
    assert first is not None
    assert rows.one(Invitation).revoked_at != first


@pytest.mark.parametrize(("uses", "days", "fields"), [(0, 1, {"/uses"}), (1001, 366, {"/uses", "/days"})])
def test_an_invitation_has_bounds(parts: Parts, uses: int, days: int, fields: set[str]) -> None:
    with pytest.raises(InvitationBounds) as refused:
        invite(SYSTEM, parts, uses=uses, days=days)
    assert refused.value.violations.keys() == fields


def test_only_the_hash_of_a_link_is_stored(parts: Parts, rows: Rows) -> None:
    _, token = invite(SYSTEM, parts)
    stored = vars(rows.one(Invitation))
    assert token not in str(stored)
