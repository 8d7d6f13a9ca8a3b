"""Requests that wait for a storage that hangs leave threads for all others, and these are told so at once."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

import pytest

from remixhub.app import create_app
from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.dev.ports import LOOPBACK
from tests.integration.conftest import Client, Hub

WEB_THREADS = 4


class Hung:
    """It takes connections and never says a word."""

    def __init__(self) -> None:
        self._listening = socket.create_server((LOOPBACK, 0))
        self.url = f"http://{LOOPBACK}:{self._listening.getsockname()[1]}"
        self._taken: list[socket.socket] = []
        self._one_came = threading.Semaphore(0)
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                self._taken.append(self._listening.accept()[0])
            except OSError:
                return
            self._one_came.release()

    def wait_for(self, count: int) -> None:
        for _ in range(count):
            assert self._one_came.acquire(timeout=30)

    def end(self) -> None:
        self._listening.close()
        for connection in self._taken:
            connection.close()


@pytest.fixture
def hung() -> Iterator[Hung]:
    storage = Hung()
    yield storage
    storage.end()


def test_half_of_the_threads_wait_for_a_hung_storage_and_the_next_is_told_at_once(
    settings: Settings, hung: Hung
) -> None:
    parts = build_parts(replace(settings, s3_endpoint_url=hung.url), web_threads=WEB_THREADS)
    hub = Hub(create_app(parts.settings, parts), parts)
    artists = [hub.account(f"artist-{number}") for number in range(WEB_THREADS)]
    with ThreadPoolExecutor(WEB_THREADS) as threads:
        stuck = [threads.submit(_open_upload, artist) for artist in artists[: WEB_THREADS // 2]]
        hung.wait_for(len(stuck))
        try:
            told = threads.submit(_open_upload, artists[-1])
            assert wait([told, *stuck], return_when="FIRST_COMPLETED").done == {told}
            answer = told.result()
            assert (answer.status_code, answer.get_json()["code"]) == (503, "storage_unavailable")
            assert int(answer.headers["Retry-After"]) > 0
            assert artists[-1].get("/works").status_code == 200
            assert not any(one.done() for one in stuck)
        finally:
            hung.end()
    assert {one.result().status_code for one in stuck} == {503}
    parts.close()


def _open_upload(artist: Client):  # type: ignore[no-untyped-def]
    return artist.post("/uploads", {"filename": "take.wav", "size_bytes": 1000, "purpose": "stem"})
