"""Whether a stem's role is a guess; of those that are there it is taken as chosen

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stems", sa.Column("is_role_guessed", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("stems") as batch_op:
        batch_op.drop_column("is_role_guessed")
