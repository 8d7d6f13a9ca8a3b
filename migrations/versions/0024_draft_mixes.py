"""Draft mixes with their revisions; a mix keeps its whole document beside the audio that equal ones share

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mixes", sa.Column("spec", sa.JSON(none_as_null=True)))
    op.create_table(
        "mix_drafts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("stem_pack_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("mix_id", sa.String(length=32), nullable=True),
        sa.Column("share_number", sa.Integer(), nullable=False),
        sa.Column("share_token_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_mix_drafts_account_id")),
        sa.ForeignKeyConstraint(["mix_id"], ["mixes.id"], name=op.f("fk_mix_drafts_mix_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["stem_pack_id"], ["stem_packs.id"], name=op.f("fk_mix_drafts_stem_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mix_drafts")),
        sa.UniqueConstraint("share_token_hash", name=op.f("uq_mix_drafts_share_token_hash")),
    )
    op.create_index("ix_mix_drafts_newest", "mix_drafts", ["account_id", "saved_at", "id"])
    op.create_index(op.f("ix_mix_drafts_mix_id"), "mix_drafts", ["mix_id"])
    op.create_index(op.f("ix_mix_drafts_stem_pack_id"), "mix_drafts", ["stem_pack_id"])
    op.create_table(
        "mix_revisions",
        sa.Column("mix_draft_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("spec", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mix_draft_id"], ["mix_drafts.id"], name=op.f("fk_mix_revisions_mix_draft_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mix_draft_id", "number", name=op.f("pk_mix_revisions")),
    )


def downgrade() -> None:
    op.drop_table("mix_revisions")
    op.drop_table("mix_drafts")
    op.drop_column("mixes", "spec")
