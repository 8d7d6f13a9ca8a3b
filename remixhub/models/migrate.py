"""Migrations from inside the program: upgrade, and whether the database is at the head."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

_SCRIPTS = Path(__file__).resolve().parents[2] / "migrations"


def alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Brings the database to the newest revision; safe to run twice."""
    command.upgrade(alembic_config(url), "head")


@cache
def head_revision() -> str:
    """Read once a process: every script of the folder is loaded for it."""
    head = ScriptDirectory(str(_SCRIPTS)).get_current_head()
    assert head is not None
    return head


@cache
def knows_revision(revision: str) -> bool:
    """Whether a database of it can be brought to the head."""
    known = {script.revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions()}
    return revision in known


def current_revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
