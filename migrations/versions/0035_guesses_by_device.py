"""Guesses at passwords, counted by device, name and address; the device of a session

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guess_counts",
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=False),
        sa.Column("has_turn", sa.Boolean(), nullable=False),
        sa.Column("forgotten_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_guess_counts")),
    )
    op.create_index(op.f("ix_guess_counts_forgotten_at"), "guess_counts", ["forgotten_at"])
    with op.batch_alter_table("browser_sessions") as batch_op:
        batch_op.add_column(sa.Column("device_id", sa.String(32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("browser_sessions") as batch_op:
        batch_op.drop_column("device_id")
    op.drop_index(op.f("ix_guess_counts_forgotten_at"), table_name="guess_counts")
    op.drop_table("guess_counts")
