"""The house: one row, edited as it was seen, and kept ready in each process."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, OperatorOnly, ProofNeeded
from remixhub.domain.errors import PreconditionFailed
from remixhub.domain.house import HouseInvalid, SignUp
from remixhub.models import Account, AuditEntry, House
from remixhub.models.house import KeptHouse
from remixhub.services.house.furnishing import furnish, get_house
from remixhub.services.house.reading import house
from tests.unit.rows import Rows, actor_of


@pytest.fixture
def operator(rows: Rows) -> Account:
    return rows.account("operator", is_operator=True)


def test_a_new_hub_is_open_and_has_no_rules(parts: Parts) -> None:
    fresh = get_house(parts)
    assert (fresh.name, fresh.sign_up, fresh.rules, fresh.rules_revision, fresh.revision) == (
        "RemixHub", SignUp.OPEN, "", 0, 1,
    )  # fmt: skip


def test_only_operators_change_it_and_as_they_saw_it(parts: Parts, rows: Rows, operator: Account) -> None:
    with pytest.raises(OperatorOnly):
        furnish(actor_of(rows.account("artist")), parts, {"name": "Mine"}, revision=1)
    with pytest.raises(ProofNeeded):
        furnish(replace(actor_of(operator), is_fresh=False), parts, {"name": "Mine"}, revision=1)
    changed = furnish(actor_of(operator), parts, {"name": " Stem Mill "}, revision=1)
    assert (changed.name, changed.revision) == ("Stem Mill", 2)
    with pytest.raises(PreconditionFailed):
        furnish(actor_of(operator), parts, {"name": "Late"}, revision=1)
    assert get_house(parts).name == "Stem Mill"


def test_other_rules_are_a_new_revision_of_them_and_nothing_else_is(parts: Parts) -> None:
    assert furnish(SYSTEM, parts, {"rules": "Be kind."}, revision=None).rules_revision == 1
    assert furnish(SYSTEM, parts, {"rules": "Be kind.", "name": "Mill"}, revision=None).rules_revision == 1
    assert furnish(SYSTEM, parts, {"rules": "Be kinder."}, revision=None).rules_revision == 2


def test_the_audit_trail_says_what_stood_there_before(parts: Parts, rows: Rows, operator: Account) -> None:
    furnish(actor_of(operator), parts, {"sign_up": SignUp.CLOSED, "name": "RemixHub"}, revision=1)
    entry = rows.one(AuditEntry, AuditEntry.action == "house.changed")
    assert (entry.actor, entry.before, entry.after) == (operator.id, {"sign_up": "open"}, {"sign_up": "closed"})


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": " "}, {"/name"}),
        ({"name": "x" * 41, "imprint": "y" * 10_001}, {"/name", "/imprint"}),
        ({"rules": "a\x00b"}, {"/rules"}),
        ({"invitations_each": 101}, {"/invitations_each"}),
        ({"invitations_each": -1}, {"/invitations_each"}),
    ],
)
def test_all_that_is_wrong_is_told_at_once(parts: Parts, changes: dict[str, Any], fields: set[str]) -> None:
    with pytest.raises(HouseInvalid) as refused:
        furnish(SYSTEM, parts, changes, revision=None)
    assert refused.value.violations.keys() == fields


def test_what_is_kept_is_new_at_once_here_and_soon_elsewhere(
    parts: Parts, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = KeptHouse(parts.database)
    assert (house(parts).name, elsewhere.now().name) == ("RemixHub", "RemixHub")
    furnish(SYSTEM, parts, {"name": "Stem Mill"}, revision=None)
    assert (house(parts).name, elsewhere.now().name) == ("Stem Mill", "RemixHub")
    monkeypatch.setattr("remixhub.models.house.KEPT_SECONDS", 0)
    late = KeptHouse(parts.database)
    assert late.now().name == "Stem Mill"
    rows.change(House, name="Beat Barn")
    assert late.now().name == "Beat Barn"
