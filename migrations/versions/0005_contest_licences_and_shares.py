"""Contest licences, their acceptances, and the shares that derivatives owe

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contest_licences",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("remixers", sa.String(length=32), nullable=False),
        sa.Column("sharing", sa.String(length=32), nullable=False),
        sa.Column("is_non_commercial", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("remixers IN ('entrants', 'anyone')", name=op.f("ck_contest_licences_remixers_word")),
        sa.CheckConstraint("sharing IN ('here', 'anywhere')", name=op.f("ck_contest_licences_sharing_word")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_contest_licences_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_licences")),
    )
    op.create_index(op.f("ix_contest_licences_account_id"), "contest_licences", ["account_id"])
    op.create_table(
        "licence_acceptances",
        sa.Column("licence_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_licence_acceptances_account_id")),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["contest_licences.id"], name=op.f("fk_licence_acceptances_licence_id")
        ),
        sa.PrimaryKeyConstraint("licence_id", "account_id", name=op.f("pk_licence_acceptances")),
    )
    op.create_index(op.f("ix_licence_acceptances_account_id"), "licence_acceptances", ["account_id"])
    for table in ("works", "source_links"):
        op.add_column(table, sa.Column("inherited_shares", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    for table in ("source_links", "works"):
        op.drop_column(table, "inherited_shares")
    op.drop_table("licence_acceptances")
    op.drop_table("contest_licences")
