"""A slow start is waited for, a hung one is not; times are the test's own but where a process hangs for real."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from remixhub.dev.patience import Patience, Signs
from remixhub.dev.process import Process, StackFailure

SLOW_MACHINE = [Signs(cpu_seconds=0.03 * second, log_bytes=0) for second in range(0, 200, 10)]
CHATTERBOX = [Signs(cpu_seconds=0, log_bytes=second // 20) for second in range(0, 200, 10)]
HUNG = [Signs(cpu_seconds=2 + 0.003 * second, log_bytes=70) for second in range(0, 200, 10)]


def waited(signs: list[Signs], **terms: float) -> int | None:
    """Seconds, by looks that are ten seconds apart; None for to the end."""
    patience = Patience(0.0, signs[0], **terms)
    return next((10 * look for look, seen in enumerate(signs) if patience.is_over(10.0 * look, seen)), None)


@pytest.mark.parametrize("signs", [SLOW_MACHINE, CHATTERBOX])
def test_what_gets_on_is_waited_for(signs: list[Signs]) -> None:
    assert waited(signs) is None


def test_what_only_idles_hangs() -> None:
    assert waited(HUNG) == 40


def test_what_works_but_is_never_ready_is_given_up_in_the_end() -> None:
    assert waited(SLOW_MACHINE, longest_seconds=120.0) == 130


def test_a_hung_part_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    says_and_hangs = "import time; print('waiting for the moon', flush=True); time.sleep(600)"
    part = Process("web", [sys.executable, "-c", says_and_hangs], tmp_path / "web.log")
    part.start()
    try:
        part.wait_until(lambda: part.log.stat().st_size > 0)
        with pytest.raises(StackFailure, match=r"not ready after 0 s and hangs:\n +waiting for the moon"):
            part.wait_until(lambda: False, silent_seconds=0.1)
    finally:
        part.kill()
