"""Jobs that wait for the hub's own troubles, and how work-horses died

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.add_column(sa.Column("delays", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("worker", sa.String(120), nullable=True))
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.alter_column("delays", server_default=None)
    op.create_table(
        "deaths",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.String(64), nullable=False),
        sa.Column("worker", sa.String(120), nullable=False),
        sa.Column("signal", sa.Integer(), nullable=True),
        sa.Column("peak_rss_bytes", sa.BigInteger(), nullable=True),
        sa.Column("limit_bytes", sa.BigInteger(), nullable=True),
        sa.Column("cpu_seconds", sa.Double(), nullable=True),
        sa.Column("is_evidence", sa.Boolean(), nullable=False),
        sa.Column("died_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deaths")),
    )
    op.create_index(op.f("ix_deaths_kind_subject_id"), "deaths", ["kind", "subject_id"])


def downgrade() -> None:
    op.drop_table("deaths")
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_column("worker")
        batch_op.drop_column("delays")
