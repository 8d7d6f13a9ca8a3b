"""When a delivery comes again, and what an answer means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.hooks.schedule import LONGEST_WAIT_SECONDS, PAUSES_SECONDS, Verdict, judge, pause_seconds
from remixhub.domain.hooks.words import HookKind

WEBHOOK, DISCORD = HookKind.WEBHOOK, HookKind.DISCORD


@given(st.integers(1, 20), st.floats(0, LONGEST_WAIT_SECONDS))
def test_pauses_are_those_of_the_standard_or_longer(attempts: int, wait: float) -> None:
    pause = pause_seconds(attempts, wait)
    if attempts > 9:
        assert pause is None
        return
    usual = PAUSES_SECONDS[attempts - 1]
    assert pause is not None
    assert max(0.9 * usual, wait) <= pause <= max(1.1 * usual, wait)


@pytest.mark.parametrize(
    ("kind", "status", "verdict"),
    [
        (WEBHOOK, 200, Verdict.DELIVERED), (WEBHOOK, 204, Verdict.DELIVERED), (WEBHOOK, 299, Verdict.DELIVERED),
        (WEBHOOK, 301, Verdict.AGAIN), (WEBHOOK, 400, Verdict.AGAIN), (WEBHOOK, 404, Verdict.AGAIN),
        (WEBHOOK, 410, Verdict.GONE), (WEBHOOK, 429, Verdict.AGAIN), (WEBHOOK, 500, Verdict.AGAIN),
        (WEBHOOK, 199, Verdict.AGAIN), (WEBHOOK, 999, Verdict.AGAIN),
        (DISCORD, 204, Verdict.DELIVERED), (DISCORD, 400, Verdict.REFUSED), (DISCORD, 401, Verdict.GONE),
        (DISCORD, 404, Verdict.GONE), (DISCORD, 429, Verdict.AGAIN), (DISCORD, 500, Verdict.AGAIN),
    ],
)  # fmt: skip
def test_what_an_answer_means(kind: HookKind, status: int, verdict: Verdict) -> None:
    judged = judge(kind, status, {}, now_seconds=0)
    assert judged.verdict is verdict
    assert bool(judged.error) == (verdict is not Verdict.DELIVERED), "what fails says why"


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"retry-after": "120"}, 120), (429, {"retry-after": "0.75"}, 0.75), (429, {"retry-after": "-5"}, 0),
        (429, {"retry-after": "1e300"}, LONGEST_WAIT_SECONDS), (429, {"retry-after": "nan"}, 0), (429, {}, 0),
        (503, {"retry-after": "Thu, 01 Jan 1970 00:16:40 GMT"}, 900), (502, {"retry-after": "60"}, 60),
        (504, {"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0), (500, {"retry-after": "60"}, 0),
        (200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "1.5"}, 1.5),
        (200, {"x-ratelimit-remaining": "1", "x-ratelimit-reset-after": "1.5"}, 0),
    ],
)  # fmt: skip
def test_who_asks_for_time_gets_it_within_bounds(status: int, headers: dict[str, str], seconds: float) -> None:
    assert judge(DISCORD, status, headers, now_seconds=100).wait_seconds == seconds


@given(st.integers(100, 999), st.dictionaries(st.sampled_from(["retry-after", "x-ratelimit-remaining"]), st.text()))
def test_no_answer_makes_it_fail(status: int, headers: dict[str, str]) -> None:
    assert 0 <= judge(WEBHOOK, status, headers, now_seconds=0).wait_seconds <= LONGEST_WAIT_SECONDS
