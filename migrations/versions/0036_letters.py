"""Letters, the links in them, what is not wished by mail, addresses that bounce or wait to be confirmed

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_JOBS = (
    "verify_upload", "ingest_stem", "prepare_stem", "review_stem_pack", "render_mixdown", "build_archive", "sweep",
    "settle_lineage", "settle_link", "build_entry_archive", "tend_contest", "print_cover", "encode_wav", "encode_mp3",
    "encode_opus",
)  # fmt: skip


def upgrade() -> None:
    _allow((*_JOBS, "send_letter"))
    op.add_column("accounts", sa.Column("address_bounced_at", sa.BigInteger(), nullable=True))
    op.add_column("accounts", sa.Column("pending_email", sa.String(254), nullable=True))
    op.create_table(
        "letters",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("topic", sa.String(32), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'sent', 'failed', 'bounced')", name=op.f("ck_letters_state_word")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_letters_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_index(op.f("ix_letters_state_created_at"), "letters", ["state", "created_at"])
    op.create_index(op.f("ix_letters_account_id_kind"), "letters", ["account_id", "kind"])
    op.create_table(
        "mailed_links",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("letter_id", sa.String(32), nullable=True),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_mailed_links_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_mailed_links_letter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_mailed_links")),
    )
    op.create_index(op.f("ix_mailed_links_account_id_purpose"), "mailed_links", ["account_id", "purpose"])
    op.create_index(op.f("ix_mailed_links_letter_id"), "mailed_links", ["letter_id"])
    op.create_table(
        "declined_topics",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("topic", sa.String(32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_declined_topics_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "topic", name=op.f("pk_declined_topics")),
    )


def downgrade() -> None:
    op.drop_table("declined_topics")
    op.drop_table("mailed_links")
    op.drop_table("letters")
    op.drop_column("accounts", "pending_email")
    op.drop_column("accounts", "address_bounced_at")
    op.execute("DELETE FROM jobs WHERE kind = 'send_letter'")
    _allow(_JOBS)


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_constraint(op.f("ck_jobs_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f("ck_jobs_kind_word"), f"kind IN {kinds!r}")
