"""Which grant is used in the place of what a source is offered under."""

from __future__ import annotations

import datetime as dt

import pytest

from remixhub.domain.licences.grants import Grant, GrantKind, allowing, freest
from remixhub.domain.licences.judging import allows
from remixhub.domain.licences.terms import Licence

L = Licence


def grant(licence: L) -> Grant:
    return Grant(GrantKind.RECEIPT, licence.value, licence, "", "", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("offered", "held", "used"),
    [
        (L.ALL_RIGHTS_RESERVED, [L.BY_NC, L.BY], L.BY),
        (L.BY_NC, [L.BY_SA, L.BY], L.BY),
        (L.BY_NC, [L.BY_SA], None),
        (L.BY, [L.BY, L.BY_NC_SA, L.BY_ND], None),
        (L.ALL_RIGHTS_RESERVED, [L.BY_ND], None),
        (None, [L.BY_ND], L.BY_ND),
        (None, [L.BY_SA, L.CC0, L.BY], L.CC0),
        (None, [], None),
    ],
)
def test_the_freest_is_used_and_the_offer_before_its_like(offered: L | None, held: list[L], used: L | None) -> None:
    found = freest(offered, [grant(one) for one in held])
    assert (found and found.licence) == used


@pytest.mark.parametrize("derivative", L)
def test_the_first_that_allows_the_derivative(derivative: L) -> None:
    held = [L.BY_SA, L.BY_NC, L.BY]
    found = allowing(derivative, [grant(one) for one in held])
    assert (found and found.licence) == next((one for one in held if allows(one, derivative)), None)


def test_a_grant_is_for_the_recordings_it_names_or_for_all() -> None:
    whole = grant(L.BY)
    assert whole.covers({"a", "b"})
    some = Grant(GrantKind.RECEIPT, "r", L.BY, "", "", whole.granted_at, frozenset({"a"}))
    assert (some.covers(()), some.covers({"a"}), some.covers({"a", "b"})) == (True, True, False)


def test_a_permission_is_used_for_a_source_that_nobody_may_cite_and_else_once_it_is_needed() -> None:
    permission = Grant(GrantKind.PERMISSION, "p", Licence.BY_NC_ND, "", "", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert freest(Licence.ALL_RIGHTS_RESERVED, [permission]) is None
    assert freest(None, [permission]) is permission
    assert allowing(Licence.BY_NC_ND, [permission]) is permission, "a remix that nobody may remix"
    assert allowing(Licence.BY_NC, [permission]) is None
