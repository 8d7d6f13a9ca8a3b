"""What each day's processing cost whom

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "processing_days",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("payer", sa.String(length=32), nullable=False),
        sa.Column("cpu_seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("day", "payer", name=op.f("pk_processing_days")),
    )


def downgrade() -> None:
    op.drop_table("processing_days")
