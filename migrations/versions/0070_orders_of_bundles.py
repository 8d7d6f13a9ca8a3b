"""What was ordered of bundles: how many bytes a day, and which of them nobody has ordered any more

Revision ID: 0070
Revises: 0069
"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bundle_orders",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("payer", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bundle_orders"),
    )
    op.create_index("ix_bundle_orders_payer_created_at", "bundle_orders", ["payer", "created_at"])
    op.create_index("ix_bundle_orders_subject_id", "bundle_orders", ["subject_id"])
    op.create_index("ix_bundle_orders_digest", "bundle_orders", ["digest"])


def downgrade() -> None:
    op.drop_table("bundle_orders")
