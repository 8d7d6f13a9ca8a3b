"""Works and artists that a bundle of another hub brought in

Revision ID: 0067
Revises: 0066
"""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("works", sa.Column("brought_from", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "brought_works",
        sa.Column("hub_url", sa.String(500), nullable=False),
        sa.Column("origin_id", sa.String(64), nullable=False),
        sa.Column("work_id", sa.String(32), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hub_url", "origin_id", name="pk_brought_works"),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name="fk_brought_works_work_id", ondelete="CASCADE"),
        sa.UniqueConstraint("work_id", name="uq_brought_works_work_id"),
    )
    op.create_table(
        "brought_artists",
        sa.Column("hub_url", sa.String(500), nullable=False),
        sa.Column("origin", sa.String(500), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("is_made", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hub_url", "origin", name="pk_brought_artists"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_brought_artists_account_id"),
    )
    op.create_index("ix_brought_artists_account_id", "brought_artists", ["account_id"])


def downgrade() -> None:
    op.drop_table("brought_artists")
    op.drop_table("brought_works")
    op.drop_column("works", "brought_from")
