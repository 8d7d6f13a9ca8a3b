"""Charts, tags, the works of an artist and how far they reached, found by an index or counted by jobs

Revision ID: 0030
Revises: 0029
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_REMIXED = sa.text("state = 'published' AND remix_count > 0")
_REMIXED_LATELY = sa.text("state = 'published' AND recent_remix_count > 0")
_UNREACHED = sa.text("is_uncounted")
_MONTH_MS = 30 * 24 * 60 * 60 * 1000
_NOW_MS = {
    "sqlite": "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)",
    "postgresql": "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
}
_TAGGED = sa.text(
    "SELECT seq, kind, CAST(tags AS TEXT) AS tags FROM works "
    "WHERE seq > :after AND CAST(tags AS TEXT) <> '[]' ORDER BY seq LIMIT 5000"
)


def upgrade() -> None:
    op.add_column("works", sa.Column("recent_remix_count", sa.Integer(), nullable=False, server_default="0"))
    _count_lately()
    op.create_index(
        "ix_works_remixed", "works", [sa.text("remix_count DESC"), "seq"],
        sqlite_where=_REMIXED, postgresql_where=_REMIXED,
    )  # fmt: skip
    op.create_index(
        "ix_works_remixed_lately", "works", [sa.text("recent_remix_count DESC"), "seq"],
        sqlite_where=_REMIXED_LATELY, postgresql_where=_REMIXED_LATELY,
    )  # fmt: skip
    op.create_index("ix_works_account_id_seq", "works", ["account_id", "seq"])
    op.create_index("ix_works_account_id_created_at", "works", ["account_id", "created_at", "id"])
    op.drop_index("ix_works_account_id", table_name="works")
    _index_tags()
    _begin_reaches()


def _count_lately() -> None:
    connection = op.get_bind()
    aged = f"published_at < {_NOW_MS[connection.dialect.name]} - {_MONTH_MS}"
    op.execute(
        "INSERT INTO counters (name, value) SELECT 'lately_after', COALESCE(MAX(seq), 0) FROM works "
        f"WHERE {aged} AND seq < COALESCE((SELECT MIN(seq) FROM works WHERE is_uncounted), 9223372036854775807)"
    )
    after = connection.execute(sa.text("SELECT value FROM counters WHERE name = 'lately_after'")).scalar_one()
    counted = (
        f"derivative_seq > {after:d} "
        "AND derivative_seq < COALESCE((SELECT MIN(seq) FROM works WHERE is_uncounted), 9223372036854775807)"
    )
    op.execute(
        "UPDATE works SET recent_remix_count = "
        f"(SELECT COUNT(*) FROM source_links WHERE source_seq = works.seq AND {counted}) "
        f"WHERE seq IN (SELECT source_seq FROM source_links WHERE {counted})"
    )


def _index_tags() -> None:
    op.create_table(
        "work_tags",
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.Column("work_seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("tag", "work_seq", name=op.f("pk_work_tags")),
    )
    op.create_index("ix_work_tags_kind", "work_tags", ["tag", "kind", "work_seq"])
    connection = op.get_bind()
    added = sa.text("INSERT INTO work_tags (tag, work_seq, kind) VALUES (:tag, :work_seq, :kind)")
    after = 0
    while works := connection.execute(_TAGGED, {"after": after}).all():
        rows = [
            {"tag": tag, "work_seq": work.seq, "kind": work.kind}
            for work in works
            for tag in dict.fromkeys(json.loads(work.tags))
        ]
        if rows:
            connection.execute(added, rows)
        after = works[-1].seq


def _begin_reaches() -> None:
    """Counted by the next job of the lineage: until then they are walked when somebody asks."""
    numbers = ("works", "remixes_by_others", "remixers", "descendants", "descendants_by_others")
    op.create_table(
        "account_reaches",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("is_uncounted", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_reaches_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_reaches")),
    )
    op.create_index(
        "ix_account_reaches_uncounted", "account_reaches", ["account_id"],
        sqlite_where=_UNREACHED, postgresql_where=_UNREACHED,
    )  # fmt: skip
    op.create_table(
        "remixers",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("remixer_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_remixers_account_id")),
        sa.ForeignKeyConstraint(["remixer_id"], ["accounts.id"], name=op.f("fk_remixers_remixer_id")),
        sa.PrimaryKeyConstraint("account_id", "remixer_id", name=op.f("pk_remixers")),
    )
    op.execute(
        f"INSERT INTO account_reaches (account_id, is_uncounted, {', '.join(numbers)}) "
        "SELECT DISTINCT account_id, true, 0, 0, 0, 0, 0 FROM works WHERE seq IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("remixers")
    op.drop_table("account_reaches")
    op.drop_table("work_tags")
    op.create_index("ix_works_account_id", "works", ["account_id"])
    for name in ("account_id_created_at", "account_id_seq", "remixed_lately", "remixed"):
        op.drop_index(f"ix_works_{name}", table_name="works")
    op.drop_column("works", "recent_remix_count")
    op.execute("DELETE FROM counters WHERE name = 'lately_after'")
