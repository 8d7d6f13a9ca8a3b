"""Requests counted in Valkey, in windows that slide; while it is away nobody is counted and nobody waits for it."""

from __future__ import annotations

import math
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import redis
import structlog
from limits.storage.redis import RedisStorage
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError
from redis.retry import Retry

from remixhub.transactions import refuse_network

log = structlog.get_logger()

WINDOW_SECONDS = 60
PATIENCE_SECONDS = 0.05
"""For one answer. Whoever finds Valkey hung waits this long once; from then on it is asked aside."""
_ASKED_AGAIN_SECONDS = 0.25
_ASIDE_PATIENCE_SECONDS = 1.0


@dataclass(frozen=True)
class Quota:
    """What one policy allows one partition in each window."""

    policy: str
    limit: int
    partition: str


@dataclass(frozen=True)
class Standing:
    quota: Quota
    is_exceeded: bool
    left: int
    seconds: int
    """Until the window is over; where the quota is exceeded, until the next request is taken."""


class Counts:
    def __init__(self, redis_url: str, prefix: str) -> None:
        self._redis_url = redis_url
        self._storage = _SlidingWindows(redis_url, key_prefix=prefix, **_options(PATIENCE_SECONDS))
        self._is_away = False
        self._lock = threading.Lock()

    def take(self, quotas: Sequence[Quota]) -> Sequence[Standing] | None:
        """One request for each of them, in one round trip; None when Valkey is away. What is refused is not counted."""
        if self._is_away:
            return None
        refuse_network("Redis")
        try:
            return self._storage.take(quotas)
        except redis.RedisError as exc:
            self._wait_aside(exc)
            return None

    def _wait_aside(self, error: redis.RedisError) -> None:
        with self._lock:
            if self._is_away:
                return
            self._is_away = True
        log.warning("limits_open", error=str(error))
        threading.Thread(target=_ask_again, args=(weakref.ref(self),), name="limits-ask-again", daemon=True).start()

    def is_back(self) -> bool:
        aside = redis.Redis.from_url(self._redis_url, **_options(_ASIDE_PATIENCE_SECONDS))
        try:
            aside.ping()
        except redis.RedisError:
            return False
        finally:
            aside.close()
        self._is_away = False
        log.info("limits_count_again")
        return True


def _ask_again(waiting: weakref.ref[Counts]) -> None:
    """Ends with the counts that it asks for."""
    pause = threading.Event()
    while not pause.wait(_ASKED_AGAIN_SECONDS):
        counts = waiting()
        if counts is None or counts.is_back():
            return
        del counts


class _SlidingWindows(RedisStorage):
    """The scripts of `limits` for sliding windows, sent for all quotas at once."""

    def take(self, quotas: Sequence[Quota]) -> list[Standing]:
        try:
            answers = self._send(quotas)
        except NoScriptError:  # a Valkey that was started anew
            for script in (self.lua_acquire_sliding_window, self.lua_sliding_window):
                self.storage.script_load(script.script)
            answers = self._send(quotas)
        return [
            _standing(quota, is_taken, *counted)
            for quota, is_taken, counted in zip(quotas, answers[::2], answers[1::2], strict=True)
        ]

    def _send(self, quotas: Sequence[Quota]) -> list[Any]:
        with self.storage.pipeline(transaction=False) as pipe:
            for quota in quotas:
                name = f"{quota.policy}:{quota.partition}"
                keys = [self.prefixed_key(key(name)) for key in (self._previous_window_key, self._current_window_key)]
                pipe.evalsha(self.lua_acquire_sliding_window.sha, 2, *keys, quota.limit, WINDOW_SECONDS, 1)
                pipe.evalsha(self.lua_sliding_window.sha, 2, *keys, WINDOW_SECONDS)
            return list(pipe.execute())


def _standing(quota: Quota, is_taken: object, *counted: bytes | int | None) -> Standing:
    """The window before counts by the part of it that still lies within the last minute."""
    before, before_ms, present, present_ms = (int(figure or 0) for figure in counted)
    before_left = max(0, before_ms) / 1000
    window_left = max(0.0, present_ms / 1000 - WINDOW_SECONDS)
    if is_taken:
        held = math.floor(before * before_left / WINDOW_SECONDS) + present
        return Standing(quota, False, max(0, quota.limit - held), max(1, math.ceil(window_left)))
    free = quota.limit - present
    wait = before_left - free * WINDOW_SECONDS / before if before and free > 0 else window_left
    return Standing(quota, True, 0, int(max(0.0, wait)) + 1)


def _options(patience_seconds: float) -> dict[str, Any]:
    return {
        "socket_connect_timeout": patience_seconds,
        "socket_timeout": patience_seconds,
        "retry": Retry(NoBackoff(), 0),
    }
