"""What the client says while it works. The library is silent unless it is given somebody who listens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol


class Bar(Protocol):
    """Of bytes; called from several threads."""

    def advance(self, size_bytes: int) -> None: ...


class Teller(Protocol):
    def say(self, event: str, text: str, /, **facts: Any) -> None:
        """Something happened: `text` for people, `event` and `facts` for programs (docs/client.md lists them)."""

    def waiting(self, text: str) -> None:
        """Something takes its time; replaced by whatever is said next."""

    def bar(self, title: str, total_bytes: int, done_bytes: int) -> Any:
        """A context manager that gives a `Bar`."""

    def ask(self, question: str) -> bool | None:
        """None where nobody can be asked."""


class _NoBar:
    def advance(self, size_bytes: int) -> None:
        """Nobody looks."""


class Silent:
    def say(self, event: str, text: str, /, **facts: Any) -> None:
        """Nobody listens."""

    def waiting(self, text: str) -> None:
        """Nobody listens."""

    @contextmanager
    def bar(self, title: str, total_bytes: int, done_bytes: int) -> Iterator[Bar]:
        yield _NoBar()

    def ask(self, question: str) -> bool | None:
        return None
