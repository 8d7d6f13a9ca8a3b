"""Migrations from inside the program: upgrade, and whether the database is at the head."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from remixhub.models.engine import create_engine, database_answers

_SCRIPTS = Path(__file__).resolve().parents[2] / "migrations"


def alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["url"] = url
    return config


@database_answers()
def upgrade(url: str) -> bool:
    """Brings the database to the newest revision; safe to run twice.

    False when a newer release has been here: its tables serve this one too, and nothing is changed. Raises
    DatabaseUnavailable.
    """
    engine = create_engine(url, pool_size=1)
    with engine.connect() as connection:
        is_newer = is_of_newer_release(current_revision(connection))
    engine.dispose()
    if not is_newer:
        command.upgrade(alembic_config(url), "head")
    return not is_newer


@cache
def head_revision() -> str:
    """Read once a process: every script of the folder is loaded for it."""
    head = ScriptDirectory(str(_SCRIPTS)).get_current_head()
    assert head is not None
    return head


def knows_revision(revision: str) -> bool:
    """Whether a database of it can be brought to the head."""
    return revision in _known_revisions()


@cache
def _known_revisions() -> frozenset[str]:
    return frozenset(script.revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions())


def is_of_newer_release(revision: str | None) -> bool:
    """A revision that this release does not have comes after all that it has: tables only expand from step to step."""
    return revision is not None and not knows_revision(revision)


def current_revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
