"""The migrations lead to the models' tables, and what they change in rows that are there."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from remixhub.models import Account, Database, IdempotentAnswer, Row, now
from remixhub.models.migrate import alembic_config, current_revision, head_revision, upgrade


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(alembic_config("sqlite://")).get_heads()) == 1


def test_migrated_tables_equal_the_models(database_url: str) -> None:
    database = Database.connect(database_url)
    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Row.metadata)
        assert current_revision(connection) == head_revision()
    database.dispose()
    assert differences == []


def test_secrets_in_answers_of_before_are_forgotten_and_the_rest_is_kept(database_url: str) -> None:
    texts = {
        "invitation": '{"token": "T", "url": "https://hub/label-invitations/T"}',
        "parts": '{"parts": [{"url": "https://s3/key?uploadId=T&partNumber=1"}]}',
        "release": '{"title": "Kept"}',
    }
    database = Database.connect(database_url)
    with database.writing() as session:
        session.add(Account(id="one", handle="one", display_name="One"))
        session.flush()
        for key, text in texts.items():
            body = {"text": text, "headers": {}}
            session.add(IdempotentAnswer(account_id="one", key=key, request_digest="0", status=201, body=body))
    command.downgrade(alembic_config(database_url), "0007")
    upgrade(database_url)
    with database.reading() as session:
        kept = {row.key: row.body["text"] for row in session.scalars(sa.select(IdempotentAnswer)) if row.body}
    database.dispose()
    assert kept == {"invitation": None, "parts": None, "release": texts["release"]}


def test_the_database_clock_runs_in_milliseconds_of_utc(database_url: str) -> None:
    database = Database.connect(database_url)
    with database.reading() as session:
        read = session.scalar(sa.select(now(60)))
    database.dispose()
    assert read is not None
    assert abs(read - dt.timedelta(seconds=60) - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)
