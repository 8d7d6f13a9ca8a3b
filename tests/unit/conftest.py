"""`parts` for tests of single rules: a migrated SQLite in memory, and neither storage nor Redis."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest

from remixhub.compose import Parts
from remixhub.config import Environment, Settings
from remixhub.jobs.carrier import Carrier
from remixhub.models import Database
from remixhub.storage.s3 import ObjectStore
from tests.services import memory_folder
from tests.unit.rows import Rows


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A mutant is for the tests of its own floor: those above reach it as well, but slowly and by chance."""
    found = re.match(r"remixhub\.(\w+)\.", os.environ.get("MUTANT_UNDER_TEST", ""))
    if found:
        items[:] = [item for item in items if (Path(__file__).parent / found[1]) in item.path.parents]


@dataclass(frozen=True)
class Absent:
    """Stands for a part that the rule must not touch: whoever asks it anything fails the test, whatever they catch."""

    part: str

    def __getattr__(self, name: str) -> Any:
        def refuse(*_given: object, **_named: object) -> None:
            pytest.fail(f"The rule reached for the {self.part} (`{name}`).")

        return refuse


@pytest.fixture(scope="session")
def sqlite_file() -> Iterator[Path]:
    with TemporaryDirectory(prefix="remixhub-sqlite-", dir=memory_folder()) as folder:
        yield Path(folder) / "hub.db"


@pytest.fixture(scope="session")
def engine_for_all(sqlite_file: Path) -> Iterator[Database]:
    """One for the session: an engine keeps what it has compiled, which takes longer than most tests."""
    database = Database.connect(f"sqlite:///{sqlite_file}")
    yield database
    database.dispose()


@pytest.fixture
def database(engine_for_all: Database, sqlite_file: Path, sqlite_template: Path) -> Database:
    """Migrated, and empty for each test."""
    engine_for_all.dispose()
    engine_for_all.house.forget()
    for leftover in sqlite_file.parent.iterdir():
        leftover.unlink()
    shutil.copy(sqlite_template, sqlite_file)
    return engine_for_all


@pytest.fixture
def settings(sqlite_file: Path, tmp_path: Path) -> Settings:
    """As a hub has them by default."""
    return Settings(
        environment=Environment.DEVELOPMENT,
        database_url=f"sqlite:///{sqlite_file}",
        redis_url="redis://localhost",
        s3_endpoint_url="http://localhost",
        s3_access_key_id="none",
        s3_secret_access_key="none",
        secret_key="0123456789abcdef" * 4,
        public_url="http://localhost",
        work_dir=tmp_path / "work",
    )


@pytest.fixture
def parts(settings: Settings, database: Database) -> Parts:
    store, carrier = cast(ObjectStore, Absent("object storage")), cast(Carrier, Absent("carrier"))
    return Parts(settings, database, store, carrier)


@pytest.fixture
def rows(parts: Parts) -> Rows:
    return Rows(parts.database)
