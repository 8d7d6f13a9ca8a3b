"""By which key the bundles of another hub are signed

Revision ID: 0069
Revises: 0068
"""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brought_hubs",
        sa.Column("hub_url", sa.String(500), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hub_url", name="pk_brought_hubs"),
    )


def downgrade() -> None:
    op.drop_table("brought_hubs")
