"""Invitations under parallel use, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from remixhub.domain.access import SYSTEM
from remixhub.domain.house import SignUp
from remixhub.models import Arrival
from remixhub.services.accounts import accounts
from remixhub.services.house.furnishing import furnish
from remixhub.services.house.invitations import invite
from remixhub.services.house.joining import InvitationInvalid
from tests.integration.conftest import Hub

GOOD_FOR, COME = 3, 20


def test_twenty_at_once_come_in_by_an_invitation_for_three(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "hash_password", lambda password: "costs nothing")
    furnish(SYSTEM, hub.parts, {"sign_up": SignUp.INVITATION}, revision=None)
    _, token = invite(SYSTEM, hub.parts, uses=GOOD_FOR)

    def sign_up(number: int) -> bool:
        handle = f"guest{number}"
        try:
            accounts.sign_up(
                hub.parts, handle=handle, email=f"{handle}@example.org", password="a sentence nobody guesses",
                address=f"address {number}", invitation=token,
            )  # fmt: skip
        except InvitationInvalid:
            return False
        return True

    with ThreadPoolExecutor(COME) as pool:
        assert sum(pool.map(sign_up, range(COME))) == GOOD_FOR
    assert len(hub.rows(Arrival)) == GOOD_FOR
