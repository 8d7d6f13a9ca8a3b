"""Which handles and addresses an account may have."""

from __future__ import annotations

import pytest

from remixhub.domain.accounts import (
    EmailInvalid,
    HandleInvalid,
    clean_email,
    clean_handle,
)


@pytest.mark.parametrize(
    ("typed", "handle"),
    [("mika", "mika"), (" @Mika ", "mika"), ("a-b-9", "a-b-9"), ("9-lives", "9-lives"), ("x" * 40, "x" * 40)],
)
def test_a_handle_is_trimmed_and_lower_case(typed: str, handle: str) -> None:
    assert clean_handle(typed) == handle


@pytest.mark.parametrize(
    "typed",
    ["", "ab", "x" * 41, "-abc", "abc-", "a--b", "a b", "a_b", "a.b", "äbc", "аdmin", "a/b", "a\nb", "abc\n\u200b"],
)
def test_a_handle_that_could_mislead_is_refused(typed: str) -> None:
    with pytest.raises(HandleInvalid, match="3 to 40") as refused:
        clean_handle(typed)
    assert list(refused.value.violations) == ["/handle"]


@pytest.mark.parametrize("reserved", ["admin", "Settings", "@api", "remixes", "sign-in"])
def test_addresses_of_the_site_are_no_handles(reserved: str) -> None:
    with pytest.raises(HandleInvalid, match="is reserved") as refused:
        clean_handle(reserved)
    assert "is reserved" in refused.value.violations["/handle"][0]


def test_an_address_is_trimmed_and_lower_case() -> None:
    assert clean_email(" Mika.Vel+hub@Example.ORG ") == "mika.vel+hub@example.org"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "mika",
        "@example.org",
        "mika@",
        "mika@localhost",
        "a@b@c.org",
        "a b@c.org",
        "a@.org",
        "a@b..org",
        "a@b.org\u3002",
    ],
)
def test_what_cannot_be_an_address_is_refused(typed: str) -> None:
    with pytest.raises(EmailInvalid) as refused:
        clean_email(typed)
    assert list(refused.value.violations) == ["/email"]


def test_an_address_longer_than_mail_allows_is_refused() -> None:
    longest = f"mika@{'.'.join(['x' * 60] * 4)}.y.org"
    assert len(clean_email(longest)) == 254
    with pytest.raises(EmailInvalid):
        clean_email("x" + longest)
