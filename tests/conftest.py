"""Fixtures for all tests: one of each server a session, and for each test an empty bucket and a fresh database."""

from __future__ import annotations

import functools
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import argon2
import hypothesis
import pytest
import sqlalchemy as sa

from remixhub import compose
from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.sandbox import Sandbox, detect_sandbox
from remixhub.compose import Parts, build_parts
from remixhub.config import Environment, Settings
from remixhub.models import Database, beside
from remixhub.models.migrate import upgrade
from remixhub.services.accounts import passwords
from remixhub.storage.s3 import ObjectStore
from tests.services import (
    ACCESS_KEY,
    SECRET_KEY,
    RunningStorage,
    RunningValkey,
    find_chromium,
    memory_folder,
    running_postgres,
    running_storage,
    running_valkey,
)

PUBLIC_URL = "http://localhost"
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # processes that tests start would compile everything each time
beside.WRITTEN_EVERY_SECONDS = 3600  # tests write them when they ask: nothing comes between two databases
SHIPPED_HASHER = passwords._HASHER
passwords._HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Shows the same as one that costs what it should: see `shipped_hasher` for who asks for that."""
compose.detect_sandbox = functools.cache(compose.detect_sandbox)  # what the machine allows it allows every test
hypothesis.settings.register_profile("mutants", derandomize=True, database=None, deadline=None, max_examples=25)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long is begun first, so that no process is left with it when the other has nothing more to do."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def storage_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as server:
        yield server


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningValkey]:
    with running_valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[sa.Engine]:
    """At its maintenance database; every statement stands for itself."""
    with running_postgres() as url:
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        yield engine
        engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    path.write_bytes(_migrated_sqlite())
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: sa.Engine) -> str:
    name = "template_remixhub"
    _administer(postgres_server, f"CREATE DATABASE {name}")
    upgrade(_database(postgres_server, name))
    return name


@pytest.fixture(scope="session")
def sqlite_link() -> Iterator[Path]:
    """Of one name for all tests, so that they can share an engine."""
    with TemporaryDirectory(prefix="remixhub-sqlite-", dir=memory_folder()) as folder:
        yield Path(folder) / "hub.db"


@pytest.fixture
def sqlite_url(sqlite_link: Path, sqlite_template: Path) -> Iterator[str]:
    # SQLite follows the link: who closes late removes the log of their own file.
    with TemporaryDirectory(prefix="remixhub-sqlite-", dir=memory_folder()) as folder:
        sqlite_link.symlink_to(shutil.copy(sqlite_template, Path(folder) / "hub.db"))
        yield f"sqlite:///{sqlite_link}"
        sqlite_link.unlink()


@pytest.fixture
def postgres_url(postgres_server: sa.Engine, postgres_template: str) -> Iterator[str]:
    _administer(postgres_server, f"CREATE DATABASE hub TEMPLATE {postgres_template}")
    yield _database(postgres_server, "hub")
    _administer(postgres_server, "DROP DATABASE hub WITH (FORCE)")


@pytest.fixture(scope="session")
def databases() -> Iterator[dict[str, Database]]:
    """By URL: an engine keeps what it has compiled, which takes longer than most tests."""
    engines: dict[str, Database] = {}
    yield engines
    for database in engines.values():
        database.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each test that uses it runs on both databases."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def settings(
    database_url: str, storage_server: RunningStorage, valkey_server: RunningValkey, tmp_path: Path
) -> Iterator[Settings]:
    """A hub of its own on the shared servers: its own database, bucket and queue."""
    name = uuid.uuid4().hex[:12]
    kept = storage_server.kept_bucket()
    own = Settings(
        environment=Environment.DEVELOPMENT,
        database_url=database_url,
        redis_url=valkey_server.url,
        s3_endpoint_url=storage_server.url,
        s3_access_key_id=ACCESS_KEY,
        s3_secret_access_key=SECRET_KEY,
        s3_bucket=kept or f"test-{name}",
        secret_key="0123456789abcdef" * 4,
        public_url=PUBLIC_URL,
        security_contact="mailto:security@stems.example",
        queue_name=f"test-{name}",
        work_dir=tmp_path / "work",
        log_level="WARNING",
        keep_pages_seconds=0,  # what a page shows is worked out each time
    )
    if not kept:
        ObjectStore(own).ensure_bucket([PUBLIC_URL])
    yield own
    storage_server.take_back(own.s3_bucket)


@pytest.fixture
def parts(settings: Settings, databases: dict[str, Database]) -> Iterator[Parts]:
    built = build_parts(settings)
    built = replace(built, database=databases.setdefault(settings.database_url, built.database))
    built.database.house.forget()  # it was the last test's, as the sounds were
    built.database.sounds.forget()
    yield built
    built.close()


@pytest.fixture
def shipped_hasher(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords cost as much as they do in a hub."""
    monkeypatch.setattr(passwords, "_HASHER", SHIPPED_HASHER)


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return detect_sandbox(find_ffmpeg())


@pytest.fixture(scope="session")
def chromium() -> Path:
    return find_chromium()


@functools.cache
def _migrated_sqlite() -> bytes:
    """Once a process: `make mutants` forks thousands of sessions from one."""
    with TemporaryDirectory(prefix="remixhub-sqlite-", dir=memory_folder()) as folder:
        path = Path(folder) / "template.db"
        upgrade(f"sqlite:///{path}")
        return path.read_bytes()


def _administer(server: sa.Engine, statement: str) -> None:
    with server.connect() as connection:
        connection.execute(sa.text(statement))


def _database(server: sa.Engine, name: str) -> str:
    return server.url.set(database=name).render_as_string(hide_password=False)
