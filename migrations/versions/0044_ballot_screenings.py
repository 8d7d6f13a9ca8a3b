"""Screenings of ballots as rows, their job, and the device that a ballot came from

Revision ID: 0044
Revises: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_JOBS = (
    "verify_upload", "ingest_stem", "prepare_stem", "review_stem_pack", "render_mixdown", "build_archive", "sweep",
    "settle_lineage", "settle_link", "build_entry_archive", "tend_contest", "print_cover", "encode_wav", "encode_mp3",
    "encode_opus", "send_letter", "check_fixity",
)  # fmt: skip


def upgrade() -> None:
    op.add_column("contest_ballots", sa.Column("device", sa.String(64), nullable=False, server_default=""))
    op.create_table(
        "ballot_screenings",
        sa.Column("contest_id", sa.String(32), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.Column("screened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_ballot_screenings")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_ballot_screenings_contest_id_contests")),
    )
    op.create_table(
        "ballot_flags",
        sa.Column("ballot_id", sa.String(32), nullable=False),
        sa.Column("contest_id", sa.String(32), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ballot_id", name=op.f("pk_ballot_flags")),
        sa.ForeignKeyConstraint(
            ["ballot_id"],
            ["contest_ballots.id"],
            name=op.f("fk_ballot_flags_ballot_id_contest_ballots"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_ballot_flags_contest_id_contests")),
    )
    op.create_index(op.f("ix_ballot_flags_contest_id"), "ballot_flags", ["contest_id"])
    _allow((*_JOBS, "screen_ballots"))
    # what was cast before is looked through as well, where the vote is not decided yet
    op.execute(
        "INSERT INTO jobs (id, kind, subject_id, payer, is_heavy, state, fence, attempts, max_attempts, delays, "
        "run_after_at, progress_percent, progress_step, created_at) "
        "SELECT id, 'screen_ballots', id, 'hub', FALSE, 'pending', 0, 0, 5, 0, 0, 0, '', created_at FROM contests "
        "WHERE state = 'announced' AND id IN (SELECT contest_id FROM contest_ballots)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE kind = 'screen_ballots'")
    _allow(_JOBS)
    op.drop_table("ballot_flags")
    op.drop_table("ballot_screenings")
    op.drop_column("contest_ballots", "device")


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_constraint(op.f("ck_jobs_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f("ck_jobs_kind_word"), f"kind IN {kinds!r}")
