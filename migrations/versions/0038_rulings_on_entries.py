"""Rulings on entries that too few judges scored, when judging was opened again, and when judges were reminded

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contests", sa.Column("judging_reopened_at", sa.BigInteger(), nullable=True))
    op.add_column("contests", sa.Column("judges_reminded_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "contest_rulings",
        sa.Column("contest_id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("ruling", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ruled_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "ruling IN ('fewer_judges', 'community', 'unplaced')", name=op.f("ck_contest_rulings_ruling_word")
        ),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name=op.f("fk_contest_rulings_contest_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["contest_entries.id"], name=op.f("fk_contest_rulings_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contest_id", "entry_id", name=op.f("pk_contest_rulings")),
    )


def downgrade() -> None:
    op.drop_table("contest_rulings")
    op.drop_column("contests", "judges_reminded_at")
    op.drop_column("contests", "judging_reopened_at")
