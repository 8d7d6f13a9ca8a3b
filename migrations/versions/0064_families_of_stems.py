"""With which family a stem goes where four stems are wanted

Revision ID: 0064
Revises: 0061
"""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stem_packs", sa.Column("families", sa.JSON()))
    op.add_column("stem_packs", sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("stem_packs", "revision")
    op.drop_column("stem_packs", "families")
