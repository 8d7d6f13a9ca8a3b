"""What the command says: lines for people with bars on a terminal, or one JSON object a line for programs."""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from remixhub.client.failures import ClientFailure
from remixhub.client.telling import Bar, Silent


class Lines:
    """For people. Bars and what takes its time are shown on standard error, while that is a terminal."""

    def __init__(self, *, quiet: bool = False, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self._quiet = quiet
        self._out, self._err = out or sys.stdout, err or sys.stderr
        self._moves = self._err.isatty() and not quiet
        self._waiting = ""

    def say(self, event: str, text: str, /, **facts: Any) -> None:
        if text and not self._quiet:
            self._clear()
            print(plain(text), file=self._out, flush=True)

    def waiting(self, text: str) -> None:
        if self._moves and text != self._waiting:
            self._clear()
            self._waiting = text
            print(f"\r… {plain(text)}"[:100], end="", file=self._err, flush=True)

    @contextmanager
    def bar(self, title: str, total_bytes: int, done_bytes: int) -> Iterator[Bar]:
        if not self._moves or importlib.util.find_spec("tqdm") is None:
            with Silent().bar(title, total_bytes, done_bytes) as none:
                yield none
            return
        from tqdm import tqdm

        self._clear()
        shown = tqdm(
            desc=plain(title)[:40],
            total=total_bytes,
            initial=done_bytes,
            unit="B",
            unit_scale=True,
            leave=False,
            file=self._err,
        )
        with shown:
            yield _Tqdm(shown)

    def ask(self, question: str) -> bool | None:
        if not (sys.stdin.isatty() and self._err.isatty()):
            return None
        self._clear()
        print(f"{plain(question)} [y/N] ", end="", file=self._err, flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def fail(self, failure: ClientFailure) -> None:
        self._clear()
        code = "" if failure.code in ("failed", "usage", "interrupted") else f" [{failure.code}]"
        print(f"remixhub: {plain(failure.detail)}{code}", file=self._err)
        if failure.advice:
            print(plain(failure.advice), file=self._err)

    def _clear(self) -> None:
        if self._waiting:
            print("\r\x1b[K", end="", file=self._err, flush=True)
            self._waiting = ""


class _Tqdm:
    def __init__(self, shown: Any) -> None:
        self._shown, self._lock = shown, threading.Lock()

    def advance(self, size_bytes: int) -> None:
        with self._lock:
            self._shown.update(size_bytes)


class JsonLines(Silent):
    """For programs: `event` names what happened (docs/client.md), the last line is `done` or `failure`."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out, self._lock = out or sys.stdout, threading.Lock()

    def say(self, event: str, text: str, /, **facts: Any) -> None:
        with self._lock:  # parts are sent by several threads
            print(json.dumps({"event": event, **facts}, ensure_ascii=False, default=str), file=self._out, flush=True)

    def fail(self, failure: ClientFailure) -> None:
        self.say("failure", "", **failure.to_json())


def plain(text: str) -> str:
    """Without what would steer the terminal: names come from other people."""
    return "".join("�" if unicodedata.category(ch) == "Cc" and ch not in "\n\t" else ch for ch in text)
