from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from remixhub.models import Database, Row
from remixhub.models.migrate import alembic_config, current_revision, head_revision


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(alembic_config("sqlite://")).get_heads()) == 1


def test_migrated_tables_equal_the_models(database_url: str) -> None:
    database = Database.connect(database_url)
    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Row.metadata)
        assert current_revision(connection) == head_revision()
    database.dispose()
    assert differences == []


def test_the_database_clock_runs_in_milliseconds_of_utc(database_url: str) -> None:
    import datetime as dt

    import sqlalchemy as sa

    from remixhub.models import now

    database = Database.connect(database_url)
    with database.reading() as session:
        read = session.scalar(sa.select(now(60)))
    database.dispose()
    assert read is not None
    assert abs(read - dt.timedelta(seconds=60) - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)
