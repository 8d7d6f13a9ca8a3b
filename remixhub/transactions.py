"""Which transactions this thread has open, so that whoever goes over a network can refuse to while one is.

A lock that waits for another machine stops all who write. Production does not look; development and tests do.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class NetworkInTransaction(RuntimeError):
    """A fault of the program: the call belongs before the transaction or behind its commit."""


class _Open:
    """Closed also when a generator that holds one is given up on another thread."""

    is_over = False


class _Here(threading.local):
    def __init__(self) -> None:
        self.open: list[_Open] = []


_HERE = _Here()


@contextmanager
def noted_transaction() -> Iterator[None]:
    one = _Open()
    _HERE.open.append(one)
    try:
        yield
    finally:
        one.is_over = True


def refuse_network(what: str) -> None:
    """Asked by whatever reaches out of this process, but to the database. Raises NetworkInTransaction."""
    _HERE.open[:] = [one for one in _HERE.open if not one.is_over]
    if _HERE.open:
        raise NetworkInTransaction(f"{what} is asked with a transaction open: call it before, or after the commit.")
