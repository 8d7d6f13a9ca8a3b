"""The audit trail holds network addresses and what was observed; when owners were told of guesses

Revision ID: 0043
Revises: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # no table is made anew: others refer to accounts, and audit_entries is the longest of all
    op.add_column("accounts", sa.Column("guesses_told_at", sa.BigInteger(), nullable=True))
    op.add_column("accounts", sa.Column("guesses_seen_at", sa.BigInteger(), nullable=True))
    op.add_column("audit_entries", sa.Column("address", sa.String(64), nullable=True))
    op.add_column("audit_entries", sa.Column("observed_count", sa.Integer(), nullable=True))
    for column in ("address", "observed_count"):
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_audit_entries_{column}", "audit_entries", [column], sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    for column in ("address", "observed_count"):
        op.drop_index(f"ix_audit_entries_{column}", table_name="audit_entries")
    op.drop_column("audit_entries", "observed_count")
    op.drop_column("audit_entries", "address")
    op.drop_column("accounts", "guesses_seen_at")
    op.drop_column("accounts", "guesses_told_at")
