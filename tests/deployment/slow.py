"""Clients that never come to an end: they begin a request, and then send a little each second."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from remixhub.dev.ports import LOOPBACK

Connect = Callable[[], socket.socket]
HEADERS = b"GET / HTTP/1.1\r\nHost: stems.example\r\n", b"X-Slow: yes\r\n"
BODY = (
    b"POST /api/v1/accounts HTTP/1.1\r\nHost: stems.example\r\nContent-Type: application/json\r\n"
    b"Content-Length: 1000\r\n\r\n",
    b" ",
)
BODY_TO_THE_STREAM = BODY[0].replace(b"/api/v1/accounts", b"/events"), BODY[1]
"""Where later a stream is; there answers have no deadline."""


def plainly(port: int) -> Connect:
    return lambda: socket.create_connection((LOOPBACK, port), timeout=20)


def by_tls(port: int, trust: ssl.SSLContext, name: str) -> Connect:
    return lambda: trust.wrap_socket(socket.create_connection((LOOPBACK, port), timeout=20), server_hostname=name)


@contextmanager
def slow_clients(count: int, connect: Connect, beginning: bytes, drop: bytes) -> Iterator[None]:
    """`count` of them, all connected, while the block runs."""
    with ThreadPoolExecutor(16) as pool:
        clients = list(pool.map(lambda _: connect(), range(count)))
    for client in clients:
        client.sendall(beginning)
    over = threading.Event()

    def drip() -> None:
        while not over.wait(1.0):
            for client in clients:
                with contextlib.suppress(OSError):  # cut off, as it should be
                    client.sendall(drop)

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        yield
    finally:
        over.set()
        dripping.join()
        for client in clients:
            client.close()


def answered(times: int, ask: Callable[[], int], within_seconds: float) -> int:
    """How many of `times` questions, one after another, were answered by 200 in time."""
    good = 0
    for _ in range(times):
        started = time.monotonic()
        with contextlib.suppress(Exception):
            good += ask() == 200 and time.monotonic() - started <= within_seconds
    return good
