"""Works and tags are followed, beside artists and labels

Revision ID: 0048
Revises: 0047
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work_follows",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("work_id", sa.String(32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_work_follows_account_id")),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_work_follows_work_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_follows")),
        sa.UniqueConstraint("account_id", "work_id", name=op.f("uq_work_follows_account_id_work_id")),
    )
    op.create_index(op.f("ix_work_follows_work_id"), "work_follows", ["work_id"])
    op.create_table(
        "tag_follows",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("tag", sa.String(40), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_tag_follows_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_follows")),
        sa.UniqueConstraint("account_id", "tag", name=op.f("uq_tag_follows_account_id_tag")),
    )


def downgrade() -> None:
    op.drop_table("tag_follows")
    op.drop_index(op.f("ix_work_follows_work_id"), table_name="work_follows")
    op.drop_table("work_follows")
