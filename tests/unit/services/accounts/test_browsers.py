"""What a browser sends, in words that its owner knows; whatever is sent, something is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.services.accounts.browsers import browser_name


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:125.0) Gecko/20100101 Firefox/125.0", "Firefox 125 on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.0 Mobile/15E148 Safari/604.1",
            "Mobile Safari 17 on iOS",
        ),
        ("python-urllib3/2.8.0", "python-urllib3/2.8.0"),
        ("", ""),
    ],
)
def test_a_browser_is_called_by_its_name(sent: str, said: str) -> None:
    assert browser_name(sent) == said


@given(st.text(max_size=2_000))
def test_whatever_is_sent_has_a_name(sent: str) -> None:
    assert bool(browser_name(sent)) == bool(sent)
