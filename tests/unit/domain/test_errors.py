"""What a refusal carries."""

from __future__ import annotations

from remixhub.domain.errors import Conflict, Invalid, Throttled


def test_a_refusal_is_its_detail_and_keeps_the_facts() -> None:
    error = Conflict("Not now.", phase="open")
    assert (str(error), error.detail, error.context) == ("Not now.", "Not now.", {"phase": "open"})


def test_broken_rules_are_kept_by_pointer_beside_the_facts() -> None:
    plain, pointed = Invalid("No."), Invalid("No.", violations={"/title": ["Empty."]}, limit=3)
    assert (plain.violations, plain.context) == ({}, {})
    assert (pointed.violations, pointed.context, pointed.detail) == ({"/title": ["Empty."]}, {"limit": 3}, "No.")


def test_who_is_too_often_learns_when_to_come_again() -> None:
    error = Throttled("Slowly.", retry_after_seconds=7, scope="sign-in")
    assert error.retry_after_seconds == 7
    assert error.context == {"retry_after_seconds": 7, "scope": "sign-in"}
    assert error.detail == "Slowly."
