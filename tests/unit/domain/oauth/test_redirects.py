"""Which addresses may be registered, and which a given one is."""

from __future__ import annotations

import pytest

from remixhub.domain.oauth.redirects import fault_of, is_own_machine, is_registered


@pytest.mark.parametrize(
    ("address", "confidential"),
    [
        ("https://site.example/back", True),
        ("https://site.example:8443/back?of=hub", True),
        ("https://site.example", False),
        ("http://127.0.0.1/back", False),
        ("http://127.0.0.1:8123/back", False),
        ("http://[::1]/back", False),
        ("org.example.plugin:/back", False),
    ],
)
def test_these_may_be_registered(address: str, confidential: bool) -> None:
    assert fault_of(address, is_confidential=confidential) is None


@pytest.mark.parametrize(
    "address",
    [
        "", "site.example/back", "https:///back", "https://site.example/#back", "https://*.site.example/",
        "https://me@site.example/", "http://site.example/back", "http://localhost/back", "http://127.0.0.2/back",
        "http://127.0.0.1.site.example/", "http://127.0.0.1@site.example/", "https://[::1/", "https://a b/",
        "https://site.example:port/", "https://sité.example/", "javascript:/back", "javascript:alert(1)", "data:,x",
        "plugin:/back", "org.example.plugin://back", "org.example.plugin:back", "ftp://site.example/",
        "https://site.example/\n", "https://site.example/" + "a" * 500,
    ],
)  # fmt: skip
def test_these_may_not(address: str) -> None:
    assert fault_of(address, is_confidential=False)


@pytest.mark.parametrize("address", ["http://127.0.0.1/back", "org.example.plugin:/back"])
def test_what_has_a_secret_does_not_run_on_peoples_machines(address: str) -> None:
    assert fault_of(address, is_confidential=True)


def test_any_port_of_ones_own_machine_and_else_letter_by_letter() -> None:
    held = ["http://127.0.0.1/back", "http://[::1]:1/back", "https://site.example/back"]
    for address in ("http://127.0.0.1:1/back", "http://127.0.0.1:65535/back", "http://[::1]/back", *held):
        assert is_registered(address, held), address
    for address in (
        "http://127.0.0.1:0/back", "http://127.0.0.1:65536/back", "http://127.0.0.1:/back", "http://127.0.0.1:1/Back",
        "http://127.0.0.1:1/back/", "http://127.0.0.1:1/back?x", "https://127.0.0.1:1/back", "http://127.0.0.1:1back",
        "https://site.example:443/back", "https://SITE.example/back", "https://site.example/back/..", "",
        "http://127.0.0.1:1:2/back", "http://127.0.0.1:1@elsewhere.example/back",
    ):  # fmt: skip
        assert not is_registered(address, held), address


def test_ones_own_machine_is_known() -> None:
    assert is_own_machine("http://127.0.0.1:99/x")
    assert not is_own_machine("https://127.0.0.1/x")
