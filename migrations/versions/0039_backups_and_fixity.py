"""What holds the sweep off while a backup runs, backups that ended, checks of stored originals

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_JOBS = (
    "verify_upload", "ingest_stem", "prepare_stem", "review_stem_pack", "render_mixdown", "build_archive", "sweep",
    "settle_lineage", "settle_link", "build_entry_archive", "tend_contest", "print_cover", "encode_wav", "encode_mp3",
    "encode_opus", "send_letter",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "sweep_holds",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep_holds")),
    )
    op.create_table(
        "backup_runs",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("target", sa.String(500), nullable=False),
        sa.Column("snapshot", sa.String(40), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=False),
        sa.Column("object_count", sa.Integer(), nullable=False),
        sa.Column("object_bytes", sa.BigInteger(), nullable=False),
        sa.Column("copied_count", sa.Integer(), nullable=False),
        sa.Column("copied_bytes", sa.BigInteger(), nullable=False),
        sa.Column("fault_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_runs")),
    )
    op.create_table(
        "fixity_rounds",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.String(64), nullable=False),
        sa.Column("checked_count", sa.Integer(), nullable=False),
        sa.Column("checked_bytes", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fixity_rounds")),
    )
    op.create_table(
        "fixity_faults",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('missing', 'changed_size', 'damaged', 'stray')", name=op.f("ck_fixity_faults_kind_word")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_fixity_faults")),
    )
    _allow((*_JOBS, "check_fixity"))


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE kind = 'check_fixity'")
    _allow(_JOBS)
    for table in ("fixity_faults", "fixity_rounds", "backup_runs", "sweep_holds"):
        op.drop_table(table)


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_constraint(op.f("ck_jobs_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f("ck_jobs_kind_word"), f"kind IN {kinds!r}")
