"""Receipts of downloads, and the digest of the licence's text on each link

Revision ID: 0003
Revises: 0002
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("source_links", sa.Column("licence_sha256", sa.String(64), nullable=False, server_default=""))
    connection = op.get_bind()
    for licence in connection.execute(sa.text("SELECT DISTINCT licence FROM source_links")).scalars().all():
        connection.execute(
            sa.text("UPDATE source_links SET licence_sha256 = :sha256 WHERE licence = :licence"),
            {"licence": licence, "sha256": _text_sha256(licence)},
        )
    op.create_table(
        "receipts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("stem_pack_id", sa.String(length=32), nullable=False),
        sa.Column("stem_id", sa.String(length=32), nullable=False),
        sa.Column("stem_name", sa.String(length=120), nullable=False),
        sa.Column("licence", sa.String(length=32), nullable=False),
        sa.Column("licence_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], ondelete="CASCADE", name=op.f("fk_receipts_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["stem_pack_id"], ["stem_packs.id"], ondelete="CASCADE", name=op.f("fk_receipts_stem_pack_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint(
            "account_id",
            "stem_pack_id",
            "stem_id",
            "licence",
            name=op.f("uq_receipts_account_id_stem_pack_id_stem_id_licence"),
        ),
    )
    op.create_index("ix_receipts_account_id_created_at", "receipts", ["account_id", "created_at"])


def _text_sha256(licence: str) -> str:
    """Of the seven licences that there were."""
    letters, _, version = licence.removeprefix("cc-").rpartition("-")
    path = f"licenses/{letters}/{version}" if licence.startswith("cc-") else "publicdomain/zero/1.0"
    return hashlib.sha256(f"{licence}\nhttps://creativecommons.org/{path}/\n".encode()).hexdigest()
