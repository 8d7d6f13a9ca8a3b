"""When a stem's file was chosen, so that stems lie in this order and not in that of arriving

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stems", sa.Column("chosen_at", sa.BigInteger()))


def downgrade() -> None:
    with op.batch_alter_table("stems") as batch_op:
        batch_op.drop_column("chosen_at")
