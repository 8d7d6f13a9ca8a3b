"""The beats of schedulers and workers

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "beats",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("beat_at", sa.BigInteger(), nullable=False),
        sa.Column("doing", sa.String(length=60), nullable=False),
        sa.CheckConstraint("role IN ('scheduler', 'worker')", name=op.f("ck_beats_role_word")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_beats")),
    )


def downgrade() -> None:
    op.drop_table("beats")
