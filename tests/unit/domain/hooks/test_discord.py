"""What people typed, as Discord gets it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.hooks import payloads
from remixhub.domain.hooks.discord import MOST_EMBEDS, Told, length, message_of, plain

LIMITED = st.integers(10, 300)


@given(st.text(), LIMITED)
def test_text_stays_within_its_limit_and_is_never_empty(text: str, limit: int) -> None:
    shown = plain(text, limit)
    assert 1 <= length(shown) <= limit


@given(st.text(alphabet="@everyone:/<>*_`[]()\\#-|~ ", max_size=80))
def test_it_mentions_nobody_and_links_nowhere(text: str) -> None:
    shown = plain(text, 500)
    assert "@everyone" not in shown
    assert "://" not in shown
    bare = shown.replace("\\\\", "")  # every mark that is left is escaped by one backslash
    for mark in "*_~`|<[":
        assert bare.count(mark) == bare.count(f"\\{mark}")


@pytest.mark.parametrize(
    ("hub", "name"), [("Night Shift", "Night Shift"), ("Discord fans", "RemixHub"), ("@@", "RemixHub")]
)
def test_a_hub_is_called_what_discord_lets_it(hub: str, name: str) -> None:
    body, _ = message_of([Told("hook.test", "2026-03-02T18:00:00.000Z", payloads.test_message("x"))], hub=hub)
    assert body["username"] == name


@given(st.lists(st.text(max_size=5000), min_size=1, max_size=12))
def test_a_message_holds_as_many_as_fit(names: list[str]) -> None:
    told = [Told("hook.test", "2026-03-02T18:00:00.000Z", payloads.test_message(name)) for name in names]
    body, taken = message_of(told, hub="Hub")
    assert 1 <= taken == len(body["embeds"]) <= MOST_EMBEDS
    total = sum(
        length(one["title"]) + length(one["description"]) + length(one["footer"]["text"]) for one in body["embeds"]
    )
    assert total <= 6000
    assert body["allowed_mentions"] == {"parse": []}
