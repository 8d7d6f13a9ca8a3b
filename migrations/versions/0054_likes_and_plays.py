"""Likes and plays, counted

Revision ID: 0054
Revises: 0053
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("like_count", "play_count"):
        op.add_column("works", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "likes",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("work_id", sa.String(32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_likes_account_id")),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_likes_work_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "work_id", name=op.f("pk_likes")),
    )
    op.create_index("ix_likes_account_id_created_at", "likes", ["account_id", "created_at", "work_id"])
    op.create_index(op.f("ix_likes_work_id"), "likes", ["work_id"])
    op.create_table(
        "heard_lately",
        sa.Column("listener", sa.String(64), nullable=False),
        sa.Column("work_id", sa.String(32), nullable=False),
        sa.Column("counted_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_heard_lately_work_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("listener", "work_id", name=op.f("pk_heard_lately")),
    )
    op.create_index("ix_heard_lately_counted_at", "heard_lately", ["counted_at"])
    op.create_index(op.f("ix_heard_lately_work_id"), "heard_lately", ["work_id"])


def downgrade() -> None:
    op.drop_table("heard_lately")
    op.drop_table("likes")
    for name in ("play_count", "like_count"):
        op.drop_column("works", name)
