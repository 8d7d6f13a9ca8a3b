"""The plans by which answers are dumped, against the library's own way, over whatever the API answers."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
import pytest

from remixhub.api.schemas import Schema
from tests.integration.conftest import Hub
from tests.integration.reading_stage import ReadingStage, asks


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is dumped has nothing of the database."""
    return sqlite_url


def test_every_answer_is_dumped_as_the_library_would(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    planned, dumped = Schema._serialize, set()

    def both(self: Schema, obj: Any, *, many: bool = False) -> Any:
        ours, theirs = planned(self, obj, many=many), ma.Schema._serialize(self, obj, many=many)
        assert ours == theirs, type(self)
        assert [type(one) for one in _values(ours)] == [type(one) for one in _values(theirs)], type(self)
        dumped.add(type(self))
        return ours

    stage = ReadingStage(hub, 2)
    asked = [ask for ask in asks(stage).values() if ask.address.startswith("/api/")]
    browsers = {handle: stage.browser(handle) for handle in {ask.by for ask in asked}}
    monkeypatch.setattr(Schema, "_serialize", both)
    for ask in asked:
        with browsers[ask.by].get(ask.address) as answer:
            assert answer.status_code < 400, ask.address
    assert len(dumped) > 20


def _values(shown: Any) -> list[Any]:
    return [value for one in (shown if isinstance(shown, list) else [shown]) for value in one.values()]
