"""When a delivery comes again, and what an answer means: as Standard Webhooks has it."""

from __future__ import annotations

import email.utils
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from remixhub.domain.hooks.words import HookKind

_MINUTE, _HOUR = 60, 3600
PAUSES_SECONDS = (
    5, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR,
)  # fmt: skip
"""After the first attempt, which is made at once: ten in all, over three days."""
DISABLED_AFTER_SECONDS = 5 * 24 * _HOUR
"""Of nothing but failures."""
LONGEST_WAIT_SECONDS = 24 * _HOUR
"""For who answers `Retry-After`."""
_JITTER = 0.1
_ASKS_TO_WAIT = frozenset({429, 502, 503, 504})


class Verdict(StrEnum):
    DELIVERED = "delivered"
    AGAIN = "again"
    REFUSED = "refused"
    """This one, for good."""
    GONE = "gone"
    """Nothing is wanted there any more."""


@dataclass(frozen=True)
class Judged:
    verdict: Verdict
    error: str = ""
    """In words for who minds the webhook: what was wrong and what to do."""
    wait_seconds: float = 0.0
    """At least so long nothing is sent to it, delivered or not."""


def pause_seconds(attempts: int, wait_seconds: float = 0.0) -> float | None:
    """After so many failed attempts; None when that was the last. Not all come back at the same moment."""
    if attempts > len(PAUSES_SECONDS):
        return None
    usual = PAUSES_SECONDS[attempts - 1] * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311
    return max(usual, wait_seconds)


def judge(kind: HookKind, status: int, headers: Mapping[str, str], *, now_seconds: float) -> Judged:
    """`headers` by lower-case names. `now_seconds` since 1970, for a `Retry-After` that is a date."""
    wait = _wait_seconds(status, headers, now_seconds)
    if 200 <= status < 300:
        return Judged(Verdict.DELIVERED, wait_seconds=wait)
    if status == 410:
        return Judged(Verdict.GONE, "It answered 410: nothing is wanted there any more.")
    if kind is HookKind.DISCORD:
        if status in (401, 403, 404):
            words = "Discord does not know this address any more: make a new one in the channel’s settings."
            return Judged(Verdict.GONE, words)
        if status == 400:
            return Judged(Verdict.REFUSED, "Discord refused the message.")
    if status == 429:
        return Judged(Verdict.AGAIN, "It answered 429: it wants fewer requests, and is asked later.", wait)
    if 300 <= status < 400:
        return Judged(Verdict.AGAIN, f"It answered {status}: redirects are not followed. Name where it leads.")
    if status in (401, 403):
        return Judged(Verdict.AGAIN, f"It answered {status}: it lets nobody in. Let it take requests without a login.")
    if status == 404:
        return Judged(Verdict.AGAIN, "It answered 404: there is nothing at this address. Check how it is written.")
    if status >= 500:
        return Judged(Verdict.AGAIN, f"It answered {status}: something failed there.", wait)
    return Judged(Verdict.AGAIN, f"It answered {status}. Anything from 200 to 299 says that it has arrived.", wait)


def _wait_seconds(status: int, headers: Mapping[str, str], now_seconds: float) -> float:
    """By `Retry-After` (RFC 9110, 10.2.3), and by Discord's word that its bucket is empty."""
    asked = 0.0
    if status in _ASKS_TO_WAIT and "retry-after" in headers:
        asked = _retry_after(headers["retry-after"].strip(), now_seconds)
    elif headers.get("x-ratelimit-remaining") == "0":
        asked = _number(headers.get("x-ratelimit-reset-after", "")) or 0.0
    return min(max(asked, 0.0), LONGEST_WAIT_SECONDS)


def _retry_after(text: str, now_seconds: float) -> float:
    seconds = _number(text)
    if seconds is not None:
        return seconds
    try:
        return email.utils.parsedate_to_datetime(text).timestamp() - now_seconds
    except (ValueError, OverflowError):
        return 0.0


def _number(text: str) -> float | None:
    """Discord's have fractions."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
