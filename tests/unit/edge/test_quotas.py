"""What is left of a quota, and who shares one."""

from __future__ import annotations

import pytest

from remixhub.edge.quotas import WINDOW_SECONDS, Quota, _standing
from remixhub.edge.whence import network_of

QUOTA = Quota("default", 100, "address:a")


@pytest.mark.parametrize(
    ("counted", "left", "seconds"),
    [
        ((None, -2, 1, 120_000), 99, 60),  # the first request
        ((None, -2, 100, 75_500), 0, 16),  # the last one of a first window
        ((80, 30_000, 10, 90_000), 50, 30),  # half of the window before still counts
        ((80, 0, 10, 60_000), 90, 1),
    ],
)
def test_a_taken_request_leaves_the_rest_until_the_window_is_over(
    counted: tuple[int | None, ...], left: int, seconds: int
) -> None:
    standing = _standing(QUOTA, 1, *counted)
    assert (standing.is_exceeded, standing.left, standing.seconds) == (False, left, seconds)


@pytest.mark.parametrize(
    ("counted", "seconds"),
    [
        ((None, -2, 100, 75_500), 16),  # all in this window: it must pass
        ((100, 59_500, 1, 119_500), 1),  # the window before fades by itself: another one each 0.6 s
        ((100, 60_000, 50, 120_000), 31),
    ],
)
def test_an_exceeded_quota_says_when_the_next_request_is_taken(counted: tuple[int | None, ...], seconds: int) -> None:
    standing = _standing(QUOTA, None, *counted)
    assert (standing.is_exceeded, standing.left, standing.seconds) == (True, 0, seconds)


def test_waiting_as_long_as_told_is_long_enough() -> None:
    """By the rule itself: what the window before still holds, and this one, leave room for one more."""
    for before in range(1, 101, 7):
        for present in range(0, 101, 7):
            for before_ms in range(0, 60_001, 1499):
                held = before * before_ms / 1000 // WINDOW_SECONDS + present
                if held < QUOTA.limit:
                    continue
                seconds = _standing(QUOTA, None, before, before_ms, present, 60_000 + before_ms).seconds
                later_ms = max(0, before_ms - seconds * 1000)
                faded = before * later_ms / 1000 // WINDOW_SECONDS + present
                assert faded < QUOTA.limit or later_ms == 0, (before, present, before_ms)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix", "unix"),
        ("", ""),
    ],
)
def test_an_address_of_version_6_stands_for_its_network(address: str, network: str) -> None:
    assert network_of(address) == network
