"""A minute of a work by `ada`, and people who talk about it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from remixhub.compose import Parts
from remixhub.models import Account, Comment, Work
from remixhub.services.comments import writing
from tests.unit.rows import LONG_AGO, Rows, actor_of

Say = Callable[..., Comment]


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada", created_at=LONG_AGO)


@pytest.fixture
def oda(rows: Rows) -> Account:
    return rows.account("oda", created_at=LONG_AGO)


@pytest.fixture
def fan(rows: Rows) -> Account:
    return rows.account("fan", created_at=LONG_AGO)


@pytest.fixture
def work(rows: Rows, ada: Account) -> Work:
    return rows.work(ada, "Song", mix_sha256=rows.original().sha256)


@pytest.fixture
def say(parts: Parts, work: Work) -> Say:
    def write(
        by: Account, text: str = "Good.", answers: Comment | None = None, on: Work = work, **more: float
    ) -> Comment:
        answered = answers.id if answers else None
        return writing.write_comment(actor_of(by), parts, on.id, text=text, answers=answered, **more)

    return write
