"""Since when a work is under its licence, as far as it was changed

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("works", sa.Column("licensed_at", sa.BigInteger()))


def downgrade() -> None:
    with op.batch_alter_table("works") as batch_op:
        batch_op.drop_column("licensed_at")
