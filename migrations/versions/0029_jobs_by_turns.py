"""Jobs by turns: whose turn a job takes, and whether it is heavy

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_PENDING = sa.text("state = 'pending'")
_LEASED = sa.text("state = 'leased'")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("payer", sa.String(length=32), nullable=False, server_default="hub"))
    op.add_column("jobs", sa.Column("is_heavy", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE jobs SET payer = account_id WHERE account_id IS NOT NULL")
    op.create_index(
        "ix_jobs_waiting",
        "jobs",
        ["is_heavy", "payer", "run_after_at"],
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )
    op.create_index("ix_jobs_leased", "jobs", ["leased_until_at"], sqlite_where=_LEASED, postgresql_where=_LEASED)
    op.create_table(
        "turns",
        sa.Column("is_heavy", sa.Boolean(), nullable=False),
        sa.Column("payer", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("is_heavy", name=op.f("pk_turns")),
    )
    op.execute("INSERT INTO turns (is_heavy, payer) VALUES (false, ''), (true, '')")


def downgrade() -> None:
    op.drop_table("turns")
    op.drop_index("ix_jobs_leased", table_name="jobs")
    op.drop_index("ix_jobs_waiting", table_name="jobs")
    op.drop_column("jobs", "is_heavy")
    op.drop_column("jobs", "payer")
