"""Sources that a draft names and does not cite

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_KINDS = ("remix", "sample", "mashup", "cover", "edit", "translation")


def upgrade() -> None:
    op.create_table(
        "source_wishes",
        sa.Column("derivative_id", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("stems", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("starts_seconds", sa.Double(), nullable=True),
        sa.Column("ends_seconds", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('wanted', 'left_out')", name=op.f("ck_source_wishes_state_word")),
        sa.CheckConstraint(f"kind IN {_KINDS!r}", name=op.f("ck_source_wishes_kind_word")),
        sa.ForeignKeyConstraint(
            ["derivative_id"], ["works.id"], name=op.f("fk_source_wishes_derivative_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["works.id"], name=op.f("fk_source_wishes_source_id")),
        sa.PrimaryKeyConstraint("derivative_id", "source_id", name=op.f("pk_source_wishes")),
    )
    op.create_index("ix_source_wishes_source_id", "source_wishes", ["source_id"])


def downgrade() -> None:
    op.drop_table("source_wishes")
