"""A second factor that the house asks for: without it no act as operator or owner of a label, and all else goes on."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import Actor, OperatorOnly, SecondFactorNeeded, require_operator
from remixhub.domain.contests.labels import LabelRole
from remixhub.domain.errors import NotFound
from remixhub.domain.moderation import SuspensionReason
from remixhub.domain.states import LinkState, Scope
from remixhub.models import (
    AccessToken,
    Account,
    BrowserSession,
    CodeApp,
    House,
    Label,
    LabelMember,
    Passkey,
    SourceLink,
    Suspension,
    now,
)
from remixhub.services.accounts import accounts, sessions, tokens
from remixhub.services.contests import labels
from remixhub.services.house import invitations
from remixhub.services.moderation import suspensions
from remixhub.services.remixes import links
from remixhub.services.upkeep.health import check_operators
from tests.unit.rows import Rows


@pytest.fixture
def ada(rows: Rows) -> Account:
    """An operator, and an owner of a label."""
    ada = rows.account("ada", password_hash="hash", is_operator=True)
    label = rows.add(Label(handle="rooftop", name="Rooftop"))
    rows.add(LabelMember(label_id=label.id, account_id=ada.id, role=LabelRole.OWNER))
    digest = sessions.token_digest("here")
    rows.add(BrowserSession(token_hash=digest, account_id=ada.id, expires_at=now(3600), proved_at=now()))
    scopes = [scope.value for scope in Scope]
    rows.add(AccessToken(token_hash=digest, account_id=ada.id, name="t", scopes=scopes))
    return ada


def actors(parts: Parts) -> tuple[Actor, Actor]:
    """Hers, by a session and by an access token."""
    return sessions.authenticate(parts, "here").actor, tokens.authenticate(parts, "here")


def ask(rows: Rows, parts: Parts, **asked: bool) -> None:
    rows.change(House, **asked)
    parts.house.forget()


def invite(actor: Actor, parts: Parts) -> None:
    labels.invite(actor, parts, "rooftop", role=LabelRole.JUDGE)


@pytest.mark.parametrize("who", [0, 1])
def test_of_operators(parts: Parts, rows: Rows, ada: Account, who: int) -> None:
    require_operator(actors(parts)[who])
    ask(rows, parts, operators_need_second_factor=True)
    with pytest.raises(SecondFactorNeeded):
        require_operator(actors(parts)[who])
    invite(actors(parts)[who], parts)
    accounts.get_account(actors(parts)[who], parts)
    rows.add(CodeApp(account_id=ada.id, sealed_secret="s"))
    with pytest.raises(SecondFactorNeeded):
        require_operator(actors(parts)[who])
    rows.change(CodeApp, confirmed_at=now())
    require_operator(actors(parts)[who])


@pytest.mark.parametrize("who", [0, 1])
def test_of_operators_also_where_they_only_may_more_than_others(
    parts: Parts, rows: Rows, ada: Account, who: int
) -> None:
    ben = rows.account("ben")
    source = rows.work(ben)
    remix = rows.work(ben, "Remix", [source])
    rows.change(SourceLink, state=LinkState.DISPUTED)
    suspended = rows.add(Suspension(account_id=ben.id, reason=SuspensionReason.SPAM))
    ask(rows, parts, operators_need_second_factor=True)
    held = actors(parts)[who]
    with pytest.raises(SecondFactorNeeded):
        links.decide_dispute(held, parts, remix.id, source.id, uphold=False, note="")
    with pytest.raises(SecondFactorNeeded):
        invitations.invite(held, parts, uses=1000)
    with pytest.raises(NotFound):
        suspensions.get_suspension(held, parts, suspended.id)
    assert not held.is_operator
    rows.add(CodeApp(account_id=ada.id, sealed_secret="s", confirmed_at=now()))
    assert actors(parts)[who].is_operator
    suspensions.get_suspension(actors(parts)[who], parts, suspended.id)


def test_nobody_else_is_told_of_what_operators_owe(parts: Parts, rows: Rows, ada: Account) -> None:
    rows.change(Account, is_operator=False)
    ask(rows, parts, operators_need_second_factor=True)
    for actor in actors(parts):
        assert actor.owes_factor is None
        with pytest.raises(OperatorOnly):
            require_operator(actor)


@pytest.mark.parametrize("who", [0, 1])
def test_of_owners_of_labels_and_not_of_their_managers(parts: Parts, rows: Rows, ada: Account, who: int) -> None:
    ask(rows, parts, label_owners_need_second_factor=True)
    require_operator(actors(parts)[who])
    with pytest.raises(SecondFactorNeeded):
        invite(actors(parts)[who], parts)
    labels.get_label(actors(parts)[who], parts, "rooftop")
    rows.change(LabelMember, role=LabelRole.MANAGER)
    invite(actors(parts)[who], parts)
    rows.change(LabelMember, role=LabelRole.OWNER)
    known = {"public_key": b"", "sign_count": 0, "transports": [], "signs_in_alone": False, "is_backed_up": False}
    rows.add(Passkey(account_id=ada.id, credential_id="hers", name="Stick", **known))
    invite(actors(parts)[who], parts)


def test_the_doctor_names_operators_without_one(parts: Parts, rows: Rows, ada: Account) -> None:
    assert "@ada" in check_operators(parts).warning
    rows.add(CodeApp(account_id=ada.id, sealed_secret="s", confirmed_at=now()))
    assert (check_operators(parts).detail, check_operators(parts).warning) == ("1 accounts", "")
