"""When a session last proved who it is

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("browser_sessions") as batch_op:
        batch_op.add_column(sa.Column("proved_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("browser_sessions") as batch_op:
        batch_op.drop_column("proved_at")
