"""How much room the scratch disk of each process in the background has

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("beats", sa.Column("scratch_free_bytes", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("beats", "scratch_free_bytes")
