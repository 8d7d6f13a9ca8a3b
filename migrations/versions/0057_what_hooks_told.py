"""Works that events told of, webhooks that rest, slow receivers by tenant, and topics that one click stopped

Revision ID: 0057
Revises: 0056
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hook_event_works",
        sa.Column("event_id", sa.String(32), nullable=False),
        sa.Column("work_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["hook_events.id"], name=op.f("fk_hook_event_works_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "work_id", name=op.f("pk_hook_event_works")),
    )
    op.create_index(op.f("ix_hook_event_works_work_id"), "hook_event_works", ["work_id"])
    op.add_column("hook_events", sa.Column("gone_at", sa.BigInteger()))
    op.add_column("hooks", sa.Column("rest_told_at", sa.BigInteger()))
    op.add_column("mail_rhythms", sa.Column("stopped", sa.String(32)))
    op.drop_table("slow_hosts")  # no release knows it, and what it holds is over within the hour
    op.create_table(
        "slow_hosts",
        sa.Column("scope_id", sa.String(32), nullable=False),
        sa.Column("host", sa.String(300), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope_id", "host", name=op.f("pk_slow_hosts")),
    )


def downgrade() -> None:
    op.drop_table("slow_hosts")
    op.create_table(
        "slow_hosts",
        sa.Column("host", sa.String(300), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_slow_hosts")),
    )
    op.drop_column("mail_rhythms", "stopped")
    op.drop_column("hooks", "rest_told_at")
    op.drop_column("hook_events", "gone_at")
    op.drop_table("hook_event_works")
