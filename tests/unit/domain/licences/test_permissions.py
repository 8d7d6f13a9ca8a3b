"""What a permission says, which terms go together, and what may become of it."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.licences.judging import allows, lets
from remixhub.domain.licences.permissions import (
    IN_FORCE,
    REFUSED,
    PermissionAct,
    PermissionScope,
    PermissionState,
    PermissionTerms,
    PermissionTermsInvalid,
    require_consistent,
    require_remixable,
    state_after,
    states_before,
    text_sha256,
)
from remixhub.domain.licences.terms import OFFERED, Licence, terms_of

TERMS: dict[str, Any] = {
    "artist": "Ada Miles", "handle": "ada", "title": "Harbour", "url": "https://hub/works/w", "remixer": "Fan",
    "remixer_handle": "fan", "remix_title": "Tide", "remix_id": "r", "scope": PermissionScope.REMIX,
    "licence": Licence.BY_NC, "is_commercial": False, "granted_at": dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
}  # fmt: skip


def test_the_text_says_who_permits_whom_what_and_under_which_licence() -> None:
    text = PermissionTerms(**TERMS).text()
    for said in (
        "Permission to use “Harbour”", "Ada Miles (@ada)", "https://hub/works/w", "permits Fan (@fan)",
        "the remix “Tide” (r)", "Creative Commons Attribution-NonCommercial 4.0",
        "may not use the remix primarily for commercial advantage", "Attribution: the remix names “Harbour”",
        "never afterwards", "Granted 2026-03-01T00:00:00.000Z.",
    ):  # fmt: skip
        assert said in text
    assert "own words" not in text
    assert text.endswith(".\n")
    assert text_sha256(text) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "changed",
    [
        {"artist": "Bob"}, {"handle": "bob"}, {"title": "Quay"}, {"url": "https://hub/works/x"}, {"remixer": "Bob"},
        {"remixer_handle": "bob"}, {"remix_title": "Ebb"}, {"remix_id": "s"}, {"scope": PermissionScope.ACCOUNT},
        {"licence": Licence.BY_NC_SA}, {"is_commercial": True}, {"words": "Gladly."},
        {"granted_at": dt.datetime(2026, 3, 2, tzinfo=dt.UTC)},
    ],
    ids=str,
)  # fmt: skip
def test_every_term_is_in_the_text(changed: dict[str, Any]) -> None:
    assert PermissionTerms(**{**TERMS, **changed}).text() != PermissionTerms(**TERMS).text()


def test_leave_for_an_account_names_no_single_remix() -> None:
    text = PermissionTerms(**{**TERMS, "scope": PermissionScope.ACCOUNT}).text()
    assert "every remix that they make and publish on this hub" in text
    assert "Tide" not in text


@pytest.mark.parametrize("licence", OFFERED)
def test_money_is_denied_only_where_the_licence_denies_it_to_everybody(licence: Licence) -> None:
    require_consistent(licence, is_commercial=True)
    if "nc" in terms_of(licence).elements:
        require_consistent(licence, is_commercial=False)
    else:
        with pytest.raises(PermissionTermsInvalid):
            require_consistent(licence, is_commercial=False)


@pytest.mark.parametrize("licence", [Licence.BY_3, Licence.ALL_RIGHTS_RESERVED, Licence("cc-by-sa-3.0-de")])
def test_a_remix_by_leave_stands_under_a_licence_that_is_offered(licence: Licence) -> None:
    with pytest.raises(PermissionTermsInvalid):
        require_consistent(licence, is_commercial=True)


def test_a_work_is_relicensed_to_another_licence_that_allows_remixes() -> None:
    require_remixable(Licence.BY, Licence.BY_ND)
    for licence in (Licence.BY_ND, Licence.BY_NC_ND, Licence.BY_3):
        with pytest.raises(PermissionTermsInvalid):
            require_remixable(licence, Licence.BY_ND)


@given(st.sampled_from(OFFERED), st.sampled_from(list(Licence)))
def test_a_remix_stands_under_what_was_permitted_or_what_that_allows(permitted: Licence, derivative: Licence) -> None:
    assert lets(permitted, derivative) == (permitted == derivative or allows(permitted, derivative))


def test_every_question_is_answered_once_and_nothing_comes_back() -> None:
    asked, ends = PermissionState.ASKED, set(PermissionState)
    for act in PermissionAct:
        assert state_after(act) not in states_before(act)
        ends -= set(states_before(act))
        assert asked != state_after(act)
    assert ends == set(PermissionState) - {asked, PermissionState.GRANTED}, "all the others are final"
    assert states_before(PermissionAct.REVOKE) == states_before(PermissionAct.USE) == (PermissionState.GRANTED,)
    assert not set(IN_FORCE) & set(REFUSED)
