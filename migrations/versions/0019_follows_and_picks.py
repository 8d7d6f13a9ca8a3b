"""Follows and picks

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "follows",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("artist_id", sa.String(length=32), nullable=True),
        sa.Column("label_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(artist_id IS NULL) <> (label_id IS NULL)", name=op.f("ck_follows_one_of_two")),
        sa.CheckConstraint("artist_id <> account_id", name=op.f("ck_follows_somebody_else")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_follows_account_id")),
        sa.ForeignKeyConstraint(["artist_id"], ["accounts.id"], name=op.f("fk_follows_artist_id")),
        sa.ForeignKeyConstraint(["label_id"], ["labels.id"], name=op.f("fk_follows_label_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follows")),
        sa.UniqueConstraint("account_id", "artist_id", name=op.f("uq_follows_account_id_artist_id")),
        sa.UniqueConstraint("account_id", "label_id", name=op.f("uq_follows_account_id_label_id")),
    )
    op.create_index("ix_follows_artist_id", "follows", ["artist_id"])
    op.create_index("ix_follows_label_id", "follows", ["label_id"])
    op.create_table(
        "picks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("work_id", sa.String(length=32), nullable=False),
        sa.Column("picked_by_id", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["picked_by_id"], ["accounts.id"], name=op.f("fk_picks_picked_by_id")),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_picks_work_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picks")),
        sa.UniqueConstraint("work_id", name=op.f("uq_picks_work_id")),
    )
    op.create_index("ix_picks_created_at", "picks", ["created_at", "id"])


def downgrade() -> None:
    op.drop_table("picks")
    op.drop_table("follows")
