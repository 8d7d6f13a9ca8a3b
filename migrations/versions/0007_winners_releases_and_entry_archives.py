"""Winners' releases, and entries as an archive

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_JOB_KINDS = (
    "verify_upload", "ingest_stem", "review_stem_pack", "render_mixdown", "build_archive", "sweep", "settle_lineage",
    "settle_link", "tend_contest", "build_entry_archive",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "winner_releases",
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("recorded_by_id", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["contest_entries.id"], name=op.f("fk_winner_releases_entry_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["accounts.id"], name=op.f("fk_winner_releases_recorded_by_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_winner_releases")),
    )
    _allow_jobs(_JOB_KINDS)


def downgrade() -> None:
    op.drop_table("winner_releases")
    op.execute("DELETE FROM jobs WHERE kind = 'build_entry_archive'")
    _allow_jobs(_JOB_KINDS[:-1])


def _allow_jobs(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_constraint(op.f("ck_jobs_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f("ck_jobs_kind_word"), f"kind IN {kinds!r}")
