"""A hub that is destroyed and comes back: `ruins`, and an operator's commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from remixhub.models import Database
from tests.integration.conftest import Hub
from tests.services import RunningStorage


@pytest.fixture
def destroy(hub: Hub, storage_server: RunningStorage, request: pytest.FixtureRequest) -> Callable[[], None]:
    """Database and bucket are gone, as after a fire; what runs is still set to the same addresses."""

    def destroyed() -> None:
        storage_server.drop_bucket(hub.parts.settings.s3_bucket)
        destroy_database(hub.parts.database, request)

    return destroyed


def destroy_database(database: Database, request: pytest.FixtureRequest) -> None:
    url = database.engine.url
    database.dispose()
    if url.get_backend_name() == "sqlite":
        place = Path(str(url.database)).resolve()
        for name in (place, place.with_name(f"{place.name}-wal"), place.with_name(f"{place.name}-shm")):
            name.unlink(missing_ok=True)
        return
    server: sa.Engine = request.getfixturevalue("postgres_server")
    with server.connect() as connection:
        connection.execute(sa.text("DROP DATABASE hub WITH (FORCE)"))
        connection.execute(sa.text("CREATE DATABASE hub"))
