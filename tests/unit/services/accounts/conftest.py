"""Accounts at a hub that sends mail, for the tests that ask for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from remixhub.compose import Parts
from tests.mailbox import Mailbox, mailbox, sender_of, with_mail


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with mailbox() as opened:
        yield opened


@pytest.fixture
def mailing(parts: Parts, server: Mailbox) -> Parts:
    return with_mail(parts, f"smtp://127.0.0.1:{server.port}", public_url="https://stems.example")


@pytest.fixture
def send_all(mailing: Parts) -> Callable[[], None]:
    return sender_of(mailing)
