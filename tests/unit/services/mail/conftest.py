"""A hub with a mail server that answers on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from remixhub.compose import Parts
from remixhub.domain.states import JobKind
from remixhub.jobs.runner import Plan, perform
from remixhub.models import Job
from remixhub.services.mail.sending import send_letter
from tests.mailbox import Mailbox, mailbox, with_mail
from tests.unit.rows import Rows


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with mailbox() as opened:
        yield opened


@pytest.fixture
def parts(parts: Parts, server: Mailbox) -> Parts:
    return with_mail(parts, f"smtp://127.0.0.1:{server.port}", public_url="https://stems.example")


@pytest.fixture
def send_all(parts: Parts, rows: Rows) -> Callable[[], None]:
    """Each letter that waits is tried once."""

    def send() -> None:
        for job in rows.all(Job, Job.kind == JobKind.SEND_LETTER, Job.state == "pending"):
            perform(parts.settings, parts.database, job.id, Plan(lambda lease: send_letter(parts, lease)))

    return send
