"""What browsers mix of published stems at their pack's rate, with an index; it is still to be made of those before

Revision ID: 0026
Revises: 0025
"""

import hashlib
import json
from itertools import groupby

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_JOBS = (
    "verify_upload", "ingest_stem", "review_stem_pack", "render_mixdown", "build_archive", "sweep", "settle_lineage",
    "settle_link", "build_entry_archive", "tend_contest", "print_cover", "encode_wav", "encode_mp3",
    "encode_opus",
)  # fmt: skip
_UNPREPARED = sa.text("is_unprepared")
_RATES = sa.text(
    "SELECT stems.stem_pack_id, stems.id, originals.sha256, originals.sample_rate_hz FROM stems "
    "JOIN originals ON originals.sha256 = stems.original_sha256 "
    "JOIN stem_packs ON stem_packs.id = stems.stem_pack_id WHERE stem_packs.state = 'frozen' "
    "ORDER BY stems.stem_pack_id"
)


def upgrade() -> None:
    op.add_column("stems", sa.Column("resampled_digest", sa.String(length=64), nullable=True))
    op.create_index("ix_stems_resampled_digest", "stems", ["resampled_digest"])
    op.add_column("stem_packs", sa.Column("is_unprepared", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_stem_packs_unprepared", "stem_packs", ["frozen_at"], sqlite_where=_UNPREPARED, postgresql_where=_UNPREPARED
    )
    op.execute("UPDATE stem_packs SET is_unprepared = true WHERE state = 'frozen'")
    connection = op.get_bind()
    named = sa.text("UPDATE stems SET resampled_digest = :digest WHERE id = :id")
    for _, group in groupby(connection.execute(_RATES).all(), key=lambda row: row.stem_pack_id):
        rows = list(group)
        rates = [row.sample_rate_hz for row in rows]
        rate_hz = max(set(rates), key=lambda rate: (rates.count(rate), rate))
        for row in rows:
            if row.sample_rate_hz != rate_hz:
                facts = json.dumps([row.sha256, rate_hz, "soxr HQ"], separators=(",", ":"))
                connection.execute(named, {"digest": hashlib.sha256(facts.encode()).hexdigest(), "id": row.id})
    _allow((*_JOBS, "prepare_stem"))


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE kind = 'prepare_stem'")
    _allow(_JOBS)
    # not rebuilt by batch_alter_table: on SQLite that drops a table, and what hangs on it
    op.drop_index("ix_stem_packs_unprepared", table_name="stem_packs")
    op.drop_column("stem_packs", "is_unprepared")
    op.drop_index("ix_stems_resampled_digest", table_name="stems")
    op.drop_column("stems", "resampled_digest")


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_constraint(op.f("ck_jobs_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f("ck_jobs_kind_word"), f"kind IN {kinds!r}")
