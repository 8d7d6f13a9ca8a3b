"""The migrations lead to the models' tables, and what they change in rows that are there."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from remixhub.audio.resample import RECIPE
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import StemPackState, WorkKind, WorkState
from remixhub.domain.stems.packs import resampled_digest
from remixhub.models import Account, Database, IdempotentAnswer, Row, Stem, StemPack, Work, WorkTag, now
from remixhub.models.migrate import alembic_config, current_revision, head_revision, upgrade
from remixhub.models.search import TRIGGERS, is_derived
from tests.releases import first
from tests.unit.rows import Rows


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(alembic_config("sqlite://")).get_heads()) == 1


def test_migrated_tables_equal_the_models(database_url: str) -> None:
    database = Database.connect(database_url)
    with database.engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"include_name": is_modelled}), Row.metadata
        )
        assert current_revision(connection) == head_revision()
    database.dispose()
    assert differences == []


def test_no_migration_loses_a_trigger_of_the_search(database_url: str) -> None:
    """SQLite drops them with the table that a batch of changes makes anew."""
    database = Database.connect(database_url)
    asked = {
        "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal",
    }
    with database.engine.connect() as connection:
        rows = connection.execute(sa.text(asked[connection.dialect.name])).all()
        found = dict(rows)
    database.dispose()
    assert found == TRIGGERS


def test_the_checks_of_migrated_tables_are_those_of_the_models(database_url: str) -> None:
    """Alembic does not compare them, and a word that the database refuses would be found out at run time only."""
    database = Database.connect(database_url)
    with database.engine.begin() as connection:
        migrated = checks(connection)
        Row.metadata.drop_all(connection)
        Row.metadata.create_all(connection)
        modelled = checks(connection)
    database.dispose()
    assert migrated == modelled
    words = {str(check.name) for table in Row.metadata.sorted_tables for check in table.constraints
             if isinstance(check, sa.CheckConstraint) and str(check.name).endswith("_word")}  # fmt: skip
    assert words == {name.partition(".")[2] for name, allowed in modelled.items() if isinstance(allowed, frozenset)}
    assert len(words) >= 27


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
    command.downgrade(alembic_config(database_url), first.HEAD)
    upgrade(database_url)
    with database.reading() as session:
        kept = {row.key: row.body["text"] for row in session.scalars(sa.select(IdempotentAnswer)) if row.body}
    database.dispose()
    assert kept == {"invitation": None, "parts": None, "release": texts["release"]}


def test_tags_of_before_are_composed_so_that_they_are_found(database_url: str) -> None:
    database = Database.connect(database_url)
    with database.writing() as session:
        session.add(Account(id="one", handle="one", display_name="One"))
        session.flush()
        for title, tags in (("old", ["e\u0301te\u0301", "\u00e9t\u00e9", "dub"]), ("plain", ["dub"])):
            facts: dict[str, Any] = {"kind": WorkKind.RELEASE, "licence": Licence.BY, "state": WorkState.PUBLISHED}
            session.add(Work(title=title, account_id="one", seq=len(title), tags=tags, **facts))
    command.downgrade(alembic_config(database_url), "0012")
    upgrade(database_url)
    with database.reading() as session:
        tags = {work.title: work.tags for work in session.scalars(sa.select(Work))}
        kept = sa.select(WorkTag.work_seq, WorkTag.tag).order_by(WorkTag.work_seq, WorkTag.tag)
        found = [tuple(row) for row in session.execute(kept)]
    database.dispose()
    assert tags == {"old": ["\u00e9t\u00e9", "dub"], "plain": ["dub"]}
    assert found == [(3, "dub"), (3, "\u00e9t\u00e9"), (5, "dub")]


def test_works_with_stems_alone_wait_for_the_mix_of_all_of_them(database_url: str) -> None:
    database = Database.connect(database_url)
    facts = {"account_id": "one", "kind": WorkKind.RELEASE, "licence": Licence.BY}
    with database.writing() as session:
        session.add(Account(id="one", handle="one", display_name="One"))
        session.flush()
        for seq, (title, packed, more) in enumerate((
            ("stems", StemPackState.FROZEN, {}),
            ("mixed", StemPackState.FROZEN, {"mixdown_digest": "0" * 64}),
            ("bare", None, {}),
            ("begun", StemPackState.DRAFT, {}),
            ("withdrawn", StemPackState.FROZEN, {"state": WorkState.WITHDRAWN}),
            ("silenced", StemPackState.FROZEN, {"state": WorkState.TAKEN_DOWN}),
        )):  # fmt: skip
            work = Work(**{"title": title, "seq": seq, "state": WorkState.PUBLISHED, **facts, **more})
            if packed is not None:
                work.stem_packs = [StemPack(version=1, state=packed)]
            session.add(work)
    command.downgrade(alembic_config(database_url), "0020")
    upgrade(database_url)
    with database.reading() as session:
        waiting = session.scalars(sa.select(Work.title).where(Work.is_unheard).order_by(Work.seq)).all()
    database.dispose()
    assert waiting == ["stems", "silenced"]


def test_stems_of_before_get_the_names_by_which_their_packs_rate_is_made(database_url: str) -> None:
    """The very ones that publishing gives; a draft has no rate of its own yet."""
    database = Database.connect(database_url)
    rows = Rows(database)
    artist = rows.account()
    odd = rows.original("odd", sample_rate_hz=44_100)
    most = [rows.original(name, sample_rate_hz=48_000) for name in "ab"]
    even = rows.original("even", sample_rate_hz=96_000)
    published = rows.pack(rows.work(artist), [*most, odd])
    tied = rows.pack(rows.work(artist), [odd, even])
    draft = rows.pack(rows.work(artist, state=WorkState.DRAFT), [*most, odd])
    command.downgrade(alembic_config(database_url), "0025")
    upgrade(database_url)
    named = {
        (stem.stem_pack_id, stem.original_sha256): stem.resampled_digest
        for stem in rows.all(Stem)
        if stem.resampled_digest is not None
    }
    waiting = {pack.id for pack in rows.all(StemPack, StemPack.is_unprepared)}
    database.dispose()
    assert named == {
        (published.id, odd.sha256): resampled_digest(odd.sha256, 48_000, RECIPE),
        (tied.id, odd.sha256): resampled_digest(odd.sha256, 96_000, RECIPE),
    }
    assert waiting == {published.id, tied.id}
    assert draft.id not in waiting


def test_the_database_clock_runs_in_milliseconds_of_utc(database_url: str) -> None:
    database = Database.connect(database_url)
    with database.reading() as session:
        read = session.scalar(sa.select(now(60)))
    database.dispose()
    assert read is not None
    assert abs(read - dt.timedelta(seconds=60) - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)


def is_modelled(name: str | None, kind: str, _of: object) -> bool:
    return not is_derived(name, kind)


def checks(connection: sa.Connection) -> dict[str, frozenset[str] | str]:
    """What each CHECK of the database allows: the words of an enumeration, in whatever order, or its expression."""
    inspector = sa.inspect(connection)
    found: dict[str, frozenset[str] | str] = {}
    for table in Row.metadata.tables:
        for check in inspector.get_check_constraints(table):
            name, text = str(check["name"]), " ".join(check["sqltext"].split())
            words = frozenset(re.findall(r"'([^']*)'", text))
            found[f"{table}.{name}"] = words if name.endswith("_word") else text
    return found
