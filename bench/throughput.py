"""Requests a second that the shipped web answers to 32 clients, beside a view that only hands out as many bytes."""

from __future__ import annotations

import os
import selectors
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.pages import stage
from bench.runs import Figure
from remixhub.config import Settings
from remixhub.dev.ports import LOOPBACK, free_ports

CLIENTS, ROUNDS, SECONDS = 32, 3, 3.0
AT_LEAST = 4 * CLIENTS
"""Answers in a round, however long that takes."""
_ASKED = "GET {} HTTP/1.1\r\nHost: hub\r\nAccept: text/html\r\nAccept-Encoding: gzip, zstd\r\n\r\n"


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="remixhub-bench-") as folder, stage(Path(folder)) as (hub, pages):
        addresses = {"home": "/", "work": pages["work"][0], "api_work": f"/api/v1{pages['work'][0]}"}
        sizes = {name: len(hub.app.test_client().get(address).data) for name, address in addresses.items()}
        env = hub.parts.settings.to_env()
        with _served(env, keep_seconds=Settings.keep_pages_seconds) as port, _served(env, keep_seconds=0) as making:
            for name, address in addresses.items():
                trivial = f"/bench?bytes={sizes[name]}"
                asked = ((port, address), (port, trivial), (making, address))
                rounds = [[_answered(*one) for one in asked] for _ in range(ROUNDS + 1)][1:]
                ours, theirs, made = (statistics.median(column) for column in zip(*rounds, strict=True))
                ratio = statistics.median(other / one for one, other, _ in rounds)
                baseline = f"a view of {sizes[name]:,} bytes and nothing else: {theirs:,.0f}/s; {CLIENTS} clients; "
                baseline += f"kept ready while nothing is written, {made:,.0f}/s where each is made"
                yield Figure(f"requests_per_s_32_{name}", round(ours), "/s", baseline, ratio)


@contextmanager
def _served(env: dict[str, str], *, keep_seconds: int) -> Iterator[int]:
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "gunicorn", "-c", "python:remixhub.serving", "-b", f"{LOOPBACK}:{port}"]
    served = {**os.environ, **env, "REMIXHUB_KEEP_PAGES_SECONDS": str(keep_seconds)}
    with subprocess.Popen([*command, "bench.served:app"], env=served, cwd=Path(__file__).parents[1]) as server:  # noqa: S603
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection((LOOPBACK, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("gunicorn does not come up.")


@dataclass
class _Client:
    """Asks again as soon as it is answered, over one connection as long as the server keeps it."""

    port: int
    asked: bytes
    socket: socket.socket = field(init=False)
    got: bytearray = field(default_factory=bytearray)

    def ask(self) -> None:
        self.socket = socket.create_connection((LOOPBACK, self.port))
        self.again()

    def again(self) -> None:
        self.got.clear()
        self.socket.sendall(self.asked)

    def is_answered(self) -> bool:
        """Raises ConnectionError when the server closed the connection."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionResetError
        self.got += piece
        head, found, body = bytes(self.got).partition(b"\r\n\r\n")
        if not found:
            return False
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head[:200])
        length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        return len(body) >= int(length.split(b":")[1])


def _answered(port: int, address: str) -> float:
    """A second."""
    with selectors.DefaultSelector() as selector:
        clients = [_Client(port, _ASKED.format(address).encode()) for _ in range(CLIENTS)]
        for client in clients:
            client.ask()
            selector.register(client.socket, selectors.EVENT_READ, client)
        answered, began = 0, time.perf_counter()
        while time.perf_counter() < began + SECONDS or answered < AT_LEAST:
            for key, _ in selector.select(timeout=1):
                client = key.data
                try:
                    if client.is_answered():
                        answered += 1
                        client.again()
                except ConnectionError:
                    selector.unregister(client.socket)
                    client.socket.close()
                    client.ask()
                    selector.register(client.socket, selectors.EVENT_READ, client)
        seconds = time.perf_counter() - began
        for client in clients:
            client.socket.close()
    return answered / seconds
