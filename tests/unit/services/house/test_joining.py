"""Who may make an account: anybody, whoever has an invitation, or nobody; and the rules that they accept."""

from __future__ import annotations

from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.house import RulesNotAccepted, SignUp, SignUpClosed
from remixhub.models import Account, Arrival, Invitation, now
from remixhub.services.accounts import accounts
from remixhub.services.accounts.accounts import HandleTaken
from remixhub.services.house.furnishing import furnish
from remixhub.services.house.invitations import invite, revoke_invitation
from remixhub.services.house.joining import InvitationInvalid, InvitationRequired
from tests.unit.rows import Rows, actor_of


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "hash_password", lambda password: f"hash of {password}")


def sign_up(parts: Parts, handle: str, **how: Any) -> Account:
    return accounts.sign_up(
        parts, handle=handle, email=f"{handle}@example.org", password="a sentence nobody guesses", address="x", **how
    )


def by_invitation(parts: Parts, **facts: Any) -> str:
    furnish(SYSTEM, parts, {"sign_up": SignUp.INVITATION, "contact": "desk@example.org"}, revision=None)
    return invite(SYSTEM, parts, **facts)[1]


def test_nobody_signs_up_at_a_closed_hub_whatever_they_hold(parts: Parts) -> None:
    token = by_invitation(parts)
    furnish(SYSTEM, parts, {"sign_up": SignUp.CLOSED}, revision=None)
    for held in (None, token):
        with pytest.raises(SignUpClosed, match="desk@"):
            sign_up(parts, "ada", invitation=held)


def test_by_invitation_one_needs_one_that_is_known(parts: Parts) -> None:
    by_invitation(parts)
    with pytest.raises(InvitationRequired, match="desk@"):
        sign_up(parts, "ada")
    with pytest.raises(InvitationInvalid):
        sign_up(parts, "ada", invitation="guessed")


def test_who_came_by_an_invitation_is_noted_and_a_use_is_a_use(parts: Parts, rows: Rows) -> None:
    token = by_invitation(parts, uses=2)
    came = [sign_up(parts, handle, invitation=token).id for handle in ("ada", "ben")]
    with pytest.raises(InvitationInvalid):
        sign_up(parts, "cam", invitation=token)
    assert {one.account_id for one in rows.all(Arrival)} == set(came)
    assert rows.one(Invitation).uses == 2


def test_a_sign_up_that_fails_gives_its_use_back(parts: Parts, rows: Rows) -> None:
    token = by_invitation(parts)
    rows.account("ada", email="other@example.org")
    with pytest.raises(HandleTaken):
        sign_up(parts, "ada", invitation=token)
    assert sign_up(parts, "ben", invitation=token)


def test_an_invitation_ends_by_its_time_by_its_maker_or_with_them(parts: Parts, rows: Rows) -> None:
    operator = rows.account("operator", is_operator=True)
    late, revoked, orphan = (by_invitation(parts), invite(actor_of(operator), parts), invite(actor_of(operator), parts))
    rows.change(Invitation, Invitation.account_id.is_(None), expires_at=now(-1))
    revoke_invitation(actor_of(operator), parts, revoked[0].id)
    for token in (late, revoked[1]):
        with pytest.raises(InvitationInvalid):
            sign_up(parts, "ada", invitation=token)
    rows.change(Account, Account.id == operator.id, deleted_at=now())
    with pytest.raises(InvitationInvalid):
        sign_up(parts, "ada", invitation=orphan[1])


def test_where_anybody_may_sign_up_a_stale_invitation_does_not_matter(parts: Parts, rows: Rows) -> None:
    token = by_invitation(parts)
    furnish(SYSTEM, parts, {"sign_up": SignUp.OPEN}, revision=None)
    sign_up(parts, "ada", invitation=token)
    sign_up(parts, "ben", invitation=token)
    assert len(rows.all(Arrival)) == 1


def test_the_rules_are_accepted_as_they_stand(parts: Parts) -> None:
    assert sign_up(parts, "ada", accepted_rules=7).accepted_rules is None
    for rules in ("Be kind.", "Be kinder."):
        furnish(SYSTEM, parts, {"rules": rules}, revision=None)
    for accepted in (None, 1):
        with pytest.raises(RulesNotAccepted) as refused:
            sign_up(parts, "ben", accepted_rules=accepted)
        assert refused.value.context["rules_revision"] == 2
    assert sign_up(parts, "ben", accepted_rules=2).accepted_rules == 2
