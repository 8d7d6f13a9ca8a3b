"""Pages of mixes: a stage with a release, and a fan's browser."""

from __future__ import annotations

import flask.testing
import pytest

from tests.integration.conftest import Hub
from tests.integration.reading_stage import ReadingStage


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages ask the services, which are tested on both databases."""
    return sqlite_url


@pytest.fixture
def stage(hub: Hub) -> ReadingStage:
    return ReadingStage(hub, 2)


@pytest.fixture
def fan(stage: ReadingStage) -> flask.testing.FlaskClient:
    return stage.browser("fan0")
