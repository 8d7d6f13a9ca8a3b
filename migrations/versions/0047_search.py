"""What is searched: a projection with its indexes for text, and triggers that note what is to be projected anew

Revision ID: 0047
Revises: 0046
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_DOC = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WORD = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
_TEXT = ("search_works", "search_stems", "search_names")
_OF_WORKS = ("kind", "licence_class", "roles", "stem_count", "length_seconds", "year")
_OF_STEMS = ("licence_class", "length_seconds", "loudness_tenths")
_TOP = (sa.text("remix_count DESC"), sa.text("doc DESC"))
_INDEXES: dict[str, tuple[str, list[object]]] = {
    "ix_search_works_remixes": ("search_works", [*_TOP, "tempo_tenths", "key_number", *_OF_WORKS]),
    "ix_search_works_key": ("search_works", ["key_number", "tempo_tenths", "remix_count", "doc", *_OF_WORKS]),
    "ix_search_works_tempo": ("search_works", ["tempo_tenths", "key_number", "remix_count", "doc", *_OF_WORKS]),
    "ix_search_stems_remixes": ("search_stems", ["role", *_TOP, "tempo_tenths", "key_number", *_OF_STEMS]),
    "ix_search_stems_newest": ("search_stems", ["role", "doc", "tempo_tenths", "key_number", *_OF_STEMS]),
    "ix_search_stems_key": (
        "search_stems", ["role", "key_number", "tempo_tenths", "remix_count", "doc", *_OF_STEMS],
    ),
    "ix_search_names_weight": ("search_names", ["kind", sa.text("weight DESC"), sa.text("doc DESC")]),
    "ix_search_stems_all": ("search_stems", [*_TOP, "tempo_tenths", "key_number", *_OF_STEMS]),
}  # fmt: skip

_WORK_FACTS = (
    "state", "title", "description", "tempo_bpm", "key", "tags", "licence", "account_id", "mix_sha256",
    "mixdown_digest", "stems_mix_digest", "remix_count", "published_at",
)  # fmt: skip
_TRIGGERS: tuple[tuple[str, str, str, str, tuple[str, ...], str, str], ...] = (
    ("works_new", "works", "INSERT", "work", (), "id", "NEW.seq IS NOT NULL"),
    ("works_changed", "works", "UPDATE", "work", ("seq", *_WORK_FACTS), "id", "NEW.seq IS NOT NULL"),
    ("packs_new", "stem_packs", "INSERT", "pack", (), "id", "NEW.state = 'frozen'"),
    ("packs_changed", "stem_packs", "UPDATE", "pack", ("state", "tempo_bpm", "key"), "id", "NEW.state = 'frozen'"),
    ("stems_new", "stems", "INSERT", "pack", (), "stem_pack_id", ""),
    ("stems_changed", "stems", "UPDATE", "pack", ("name", "role", "position", "original_sha256"), "stem_pack_id", ""),
    ("sounds_changed", "originals", "UPDATE", "sound", ("duration_frames", "measurements"), "sha256", ""),
    ("links_new", "source_links", "INSERT", "work", (), "derivative_id", "NEW.derivative_seq IS NOT NULL"),
    (
        "links_changed", "source_links", "UPDATE", "work", ("licence", "derivative_seq"), "derivative_id",
        "NEW.derivative_seq IS NOT NULL",
    ),
    ("links_gone", "source_links", "DELETE", "work", (), "derivative_id", "OLD.derivative_seq IS NOT NULL"),
    ("label_works_new", "label_releases", "INSERT", "work", (), "work_id", ""),
    ("label_works_moved", "label_releases", "UPDATE", "work", ("label_id",), "work_id", ""),
    ("label_works_gone", "label_releases", "DELETE", "work", (), "work_id", ""),
    ("permissions_changed", "permissions", "UPDATE", "leave", ("state",), "id", ""),
    ("accounts_new", "accounts", "INSERT", "artist", (), "id", ""),
    ("accounts_changed", "accounts", "UPDATE", "artist", ("handle", "display_name", "deleted_at"), "id", ""),
    ("reaches_new", "account_reaches", "INSERT", "reach", (), "account_id", ""),
    ("reaches_changed", "account_reaches", "UPDATE", "reach", ("remixes_by_others",), "account_id", ""),
    ("labels_new", "labels", "INSERT", "label", (), "id", ""),
    ("labels_changed", "labels", "UPDATE", "label", ("handle", "name"), "id", ""),
    ("contests_new", "contests", "INSERT", "contest", (), "id", ""),
    (
        "contests_changed", "contests", "UPDATE", "contest",
        ("state", "title", "brief", "announced_at", "label_id"), "id", "",
    ),
)  # fmt: skip
"""Name, table, when, kind of change, columns that matter, the column of whose it is, a condition. None of them reads
another table: while SQLite makes that one anew, nothing could be renamed.
"""
_JSON = ("tags", "measurements")
_OWNERS = sorted({one[5] for one in _TRIGGERS})


def upgrade() -> None:
    _make_tables()
    for name, (table, columns) in _INDEXES.items():
        op.create_index(name, table, columns)  # type: ignore[arg-type]
    op.create_index(
        "ix_works_mix_sha256", "works", ["mix_sha256"],
        sqlite_where=sa.text("mix_sha256 IS NOT NULL"), postgresql_where=sa.text("mix_sha256 IS NOT NULL"),
    )  # fmt: skip
    op.execute("INSERT INTO counters (name, value) VALUES ('search', 0)")
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in _TEXT:
        if is_sqlite:
            op.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {table}_text USING fts5(tokens, detail=none, columnsize=0, "
                "tokenize=\"ascii tokenchars '=^~@#'\")"
            )
            op.execute(f"DELETE FROM {table}_text")
        else:
            op.execute(f"ALTER TABLE {table} ADD COLUMN tokens tsvector NOT NULL DEFAULT ''")
            op.execute(f"CREATE INDEX ix_{table}_tokens ON {table} USING gin (tokens) WITH (fastupdate = off)")
    (_make_triggers_sqlite if is_sqlite else _make_triggers_postgresql)()
    for kind, table, condition in (
        ("work", "works", "WHERE seq IS NOT NULL ORDER BY seq"),
        ("reach", "accounts", ""),  # the names alone: all works are noted already
        ("label", "labels", ""),
        ("contest", "contests", ""),
    ):
        op.execute(f"INSERT INTO search_changes (kind, subject_id) SELECT '{kind}', id FROM {table} {condition}")


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, *_ in _TRIGGERS:
        op.execute(f"DROP TRIGGER search_{name}" + ("" if is_sqlite else f" ON {table}"))
    if is_sqlite:
        for table in _TEXT:
            op.execute(f"DROP TABLE {table}_text")
    else:
        for owner in _OWNERS:
            op.execute(f"DROP FUNCTION search_note_{owner}")
    op.execute("DELETE FROM counters WHERE name = 'search'")
    op.execute("DELETE FROM jobs WHERE kind = 'index_search'")
    op.drop_index("ix_works_mix_sha256", "works")
    for table in ("changes", "deletions", "words", "licences", "names", "stems", "works"):
        op.drop_table(f"search_{table}")


def _make_tables() -> None:
    op.create_table(
        "search_works",
        sa.Column("doc", _DOC, nullable=False, autoincrement=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("remix_count", sa.Integer(), nullable=False),
        sa.Column("tempo_tenths", sa.Integer(), nullable=False),
        sa.Column("is_tempo_detected", sa.Boolean(), nullable=False),
        sa.Column("key_number", sa.SmallInteger(), nullable=False),
        sa.Column("is_key_detected", sa.Boolean(), nullable=False),
        sa.Column("licence_class", sa.Integer(), nullable=False),
        sa.Column("roles", sa.Integer(), nullable=False),
        sa.Column("stem_count", sa.SmallInteger(), nullable=False),
        sa.Column("length_seconds", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("doc", name=op.f("pk_search_works")),
    )
    op.create_table(
        "search_stems",
        sa.Column("doc", _DOC, nullable=False, autoincrement=False),
        sa.Column("stem_id", sa.String(32), nullable=False),
        sa.Column("role", sa.SmallInteger(), nullable=False),
        sa.Column("remix_count", sa.Integer(), nullable=False),
        sa.Column("tempo_tenths", sa.Integer(), nullable=False),
        sa.Column("key_number", sa.SmallInteger(), nullable=False),
        sa.Column("licence_class", sa.Integer(), nullable=False),
        sa.Column("length_seconds", sa.Integer(), nullable=False),
        sa.Column("loudness_tenths", sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint("doc", name=op.f("pk_search_stems")),
    )
    op.create_table(
        "search_names",
        sa.Column("doc", _DOC, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.String(32), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('artist', 'label', 'contest')", name=op.f("ck_search_names_kind_word")),
        sa.PrimaryKeyConstraint("doc", name=op.f("pk_search_names")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_search_names_kind_subject_id")),
    )
    op.create_table(
        "search_licences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("licences", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_licences")),
        sa.UniqueConstraint("licences", name=op.f("uq_search_licences_licences")),
    )
    op.create_table(
        "search_words",
        sa.Column("word", _WORD, nullable=False),
        sa.Column("work_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stem_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("name_count", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_words")),
    )
    op.create_table(
        "search_deletions",
        sa.Column("form", _WORD, nullable=False),
        sa.Column("word", _WORD, nullable=False),
        sa.PrimaryKeyConstraint("form", "word", name=op.f("pk_search_deletions")),
    )
    op.create_table(
        "search_changes",
        sa.Column("id", _DOC, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_changes")),
    )


def _make_triggers_sqlite() -> None:
    for name, table, act, kind, columns, owner, condition in _TRIGGERS:
        differs = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
        conditions = [one for one in (condition, f"({differs})" if differs else "") if one]
        row = "OLD" if act == "DELETE" else "NEW"
        op.execute(
            f"CREATE TRIGGER search_{name} AFTER {_act(act, columns)} ON {table} FOR EACH ROW "
            + (f"WHEN {' AND '.join(conditions)} " if conditions else "")
            + f"BEGIN INSERT INTO search_changes (kind, subject_id) VALUES ('{kind}', {row}.{owner}); END"
        )


def _make_triggers_postgresql() -> None:
    for owner in _OWNERS:
        op.execute(
            f"CREATE OR REPLACE FUNCTION search_note_{owner}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'DELETE' THEN INSERT INTO search_changes (kind, subject_id) VALUES (TG_ARGV[0], OLD.{owner}); "
            f"ELSE INSERT INTO search_changes (kind, subject_id) VALUES (TG_ARGV[0], NEW.{owner}); END IF; "
            "RETURN NULL; END $$"
        )
    for name, table, act, kind, columns, owner, condition in _TRIGGERS:
        texts = [(f"OLD.{one}", f"NEW.{one}") for one in columns if one not in _JSON]
        texts += [(f"CAST(OLD.{one} AS text)", f"CAST(NEW.{one} AS text)") for one in columns if one in _JSON]
        differs = " OR ".join(f"{old} IS DISTINCT FROM {new}" for old, new in texts)
        conditions = [one for one in (condition, f"({differs})" if differs else "") if one]
        op.execute(
            f"CREATE TRIGGER search_{name} AFTER {_act(act, columns)} ON {table} FOR EACH ROW "
            + (f"WHEN ({' AND '.join(conditions)}) " if conditions else "")
            + f"EXECUTE FUNCTION search_note_{owner}('{kind}')"
        )


def _act(act: str, columns: Sequence[str]) -> str:
    return f"{act} OF {', '.join(columns)}" if columns else act
