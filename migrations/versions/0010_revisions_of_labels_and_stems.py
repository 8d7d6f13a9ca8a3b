"""Revisions of labels and stems

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("labels", "stems"):
        op.add_column(table, sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    for table in ("labels", "stems"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("revision")
