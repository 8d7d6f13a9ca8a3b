"""Nothing goes over the network while this thread has a transaction open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from remixhub.compose import Parts, build_parts
from remixhub.config import Environment, Settings
from remixhub.domain.errors import Unavailable
from remixhub.services.mail.smtp import hand_over
from remixhub.transactions import NetworkInTransaction, refuse_network

NOWHERE = "127.0.0.1:1"
LETTER = EmailMessage()
LETTER["From"] = "hub@example.org"


@pytest.fixture
def unreached(settings: Settings) -> Settings:
    return replace(
        settings,
        database_url="sqlite://",
        redis_url=f"redis://{NOWHERE}",
        s3_endpoint_url=f"http://{NOWHERE}",
        smtp_url=f"smtp://{NOWHERE}",
    )


@pytest.fixture
def parts_unreached(unreached: Settings) -> Iterator[Parts]:
    parts = build_parts(unreached)
    yield parts
    parts.close()


REACHING: dict[str, Callable[[Parts, Path], object]] = {
    "delete": lambda parts, _: parts.store.delete("a"),
    "head": lambda parts, _: parts.store.head("a"),
    "put": lambda parts, path: parts.store.put_file("a", path, "audio/wav"),
    "get": lambda parts, _: next(parts.store.blocks("a")),
    "list": lambda parts, _: next(parts.store.objects("a")),
    "transfer": lambda parts, _: parts.store.create_transfer("a"),
    "Redis": lambda parts, _: parts.carrier.waiting(),
    "mail": lambda parts, _: hand_over(parts.settings, LETTER, to="a@example.org", envelope_id="a"),
}


@pytest.mark.parametrize("reach", REACHING.values(), ids=REACHING)
def test_what_reaches_out_is_refused_inside_one_and_free_outside(
    parts_unreached: Parts, tmp_path: Path, reach: Callable[[Parts, Path], object]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    for transaction in (parts_unreached.database.reading, parts_unreached.database.writing):
        with transaction(), pytest.raises(NetworkInTransaction):
            reach(parts_unreached, path)
    with pytest.raises(Unavailable):
        reach(parts_unreached, path)


def test_signing_an_address_is_no_network(parts_unreached: Parts) -> None:
    with parts_unreached.database.reading():
        assert NOWHERE in parts_unreached.store.presign_get("a", media_type="audio/wav")


def test_another_thread_is_free_and_a_transaction_that_was_given_up_is_over(parts_unreached: Parts) -> None:
    def lines() -> Iterator[str]:
        with parts_unreached.database.reading():
            yield "a line"

    answer = lines()
    next(answer)
    with pytest.raises(NetworkInTransaction):
        refuse_network("Redis")
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(refuse_network, "Redis").result()
        elsewhere.submit(answer.close).result()
    refuse_network("Redis")


def test_production_does_not_look(unreached: Settings) -> None:
    parts = build_parts(replace(unreached, environment=Environment.PRODUCTION))
    with parts.database.writing():
        refuse_network("Redis")
    parts.close()
