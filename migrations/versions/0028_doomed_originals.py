"""Originals whose object the sweep is deleting; found by their key too, since that is where it lies

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("originals", sa.Column("doomed_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_originals_key", "originals", ["key"])


def downgrade() -> None:
    # whoever is older than this revision deletes under a lock: what is half gone goes for good
    op.execute(
        "UPDATE uploads SET original_sha256 = NULL WHERE original_sha256 IN "
        "(SELECT sha256 FROM originals WHERE doomed_at IS NOT NULL)"
    )
    op.execute("DELETE FROM originals WHERE doomed_at IS NOT NULL")
    op.drop_index("ix_originals_key", table_name="originals")
    op.drop_column("originals", "doomed_at")
