"""A part is away: accepted work is kept, what cannot be done answers 503 at once, and nothing is left half done."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from remixhub.app import create_app
from remixhub.compose import build_parts
from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.models import Account, IdempotentAnswer, Upload
from tests.integration.conftest import PASSWORD, Client, Hub

UPLOAD = {"filename": "a.wav", "size_bytes": 1000, "purpose": "stem"}
RELEASE = {"title": "Out", "licence": "cc-by-4.0"}


@contextmanager
def without(hub: Hub, artist: Client, **changes: str) -> Iterator[Client]:
    """The artist at another process of the same hub, one of whose parts is away."""
    nowhere = f"{LOOPBACK}:{free_ports(1)[0]}"
    away = {name: value.format(nowhere) for name, value in changes.items()}
    parts = build_parts(dataclasses.replace(hub.parts.settings, **away))  # type: ignore[arg-type]
    yield Client(create_app(parts.settings, parts).test_client(), parts, artist.handle, artist.headers)
    parts.close()


def test_without_redis_everything_is_accepted_and_waits(hub: Hub) -> None:
    with without(hub, hub.account(), redis_url="redis://{}") as artist:
        assert artist.post("/uploads", UPLOAD).status_code == 201
        assert artist.post("/releases", RELEASE).status_code == 201
        assert artist.get("/account/works").status_code == 200
        again = {"login": "artist", "password": PASSWORD}
        assert artist.http.post("/api/v1/sessions", json=again).status_code == 201


def test_without_the_storage_an_upload_is_refused_and_leaves_nothing(hub: Hub) -> None:
    with without(hub, hub.account(), s3_endpoint_url="http://{}") as artist:
        answer = artist.post("/uploads", UPLOAD, headers={"Idempotency-Key": "one"})
        assert (answer.status_code, answer.get_json()["code"]) == (503, "storage_unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert artist.post("/releases", RELEASE).status_code == 201
    assert hub.rows(Upload) == []
    assert hub.rows(IdempotentAnswer) == []
    assert [account.stored_bytes for account in hub.rows(Account)] == [0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("url", ["sqlite:////no/such/folder/hub.db", "postgresql+psycopg://nobody@{}/hub"])
def test_without_the_database_the_answer_is_503_with_a_time(hub: Hub, url: str) -> None:
    with without(hub, hub.visitor(), database_url=url) as visitor:
        answer = visitor.get("/works")
        assert (answer.status_code, answer.get_json()["code"]) == (503, "database_unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert visitor.http.get("/").status_code == 503


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_locked_for_long_is_503_and_its_readers_go_on(hub: Hub) -> None:
    artist = hub.account()
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with hub.parts.database.writing() as session:
            session.execute(sa.update(Account).values(bio="held"))
            locked.set()
            done.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert locked.wait(10)
        assert artist.get("/works").status_code == 200
        answer = artist.post("/releases", RELEASE)
    finally:
        done.set()
        holder.join()
    assert (answer.status_code, answer.get_json()["code"]) == (503, "database_unavailable")
    assert "Retry-After" in answer.headers
    assert artist.post("/releases", RELEASE).status_code == 201
