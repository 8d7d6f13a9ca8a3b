"""Permissions

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NOTICE_KINDS = (
    "work_taken_down", "source_taken_down", "takedown_kept", "takedown_restored", "source_restored", "report_decided",
    "contest", "permission",
)  # fmt: skip
_STATES = ("asked", "granted", "used", "relicensed", "declined", "withdrawn", "revoked", "lapsed")


def upgrade() -> None:
    _allow(_NOTICE_KINDS)
    op.create_table(
        "permissions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("artist_id", sa.String(length=32), nullable=False),
        sa.Column("work_id", sa.String(length=32), nullable=False),
        sa.Column("work_seq", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.String(length=32), nullable=False),
        sa.Column("remix_id", sa.String(length=32), nullable=True),
        sa.Column("remix_title", sa.String(length=200), nullable=False),
        sa.Column("wanted", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=True),
        sa.Column("licence", sa.String(length=32), nullable=True),
        sa.Column("is_commercial", sa.Boolean(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(f"state IN {_STATES!r}", name=op.f("ck_permissions_state_word")),
        sa.CheckConstraint("scope IN ('remix', 'account')", name=op.f("ck_permissions_scope_word")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_permissions_account_id")),
        sa.ForeignKeyConstraint(["artist_id"], ["accounts.id"], name=op.f("fk_permissions_artist_id")),
        sa.ForeignKeyConstraint(["remix_id"], ["works.id"], name=op.f("fk_permissions_remix_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["source_id"], ["works.id"], name=op.f("fk_permissions_source_id")),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_permissions_work_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permissions")),
    )
    op.create_index("ix_permissions_account_id_created_at", "permissions", ["account_id", "created_at", "id"])
    op.create_index("ix_permissions_artist_id_created_at", "permissions", ["artist_id", "created_at", "id"])
    for column in ("remix_id", "source_id", "work_id", "work_seq"):
        op.create_index(f"ix_permissions_{column}", "permissions", [column])
    op.create_index(
        "uq_permissions_one_asked",
        "permissions",
        ["remix_id", "work_id"],
        unique=True,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )


def downgrade() -> None:
    op.drop_table("permissions")
    op.execute("DELETE FROM notices WHERE kind = 'permission'")
    _allow(_NOTICE_KINDS[:-1])


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("notices") as batch_op:
        batch_op.drop_constraint(op.f("ck_notices_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f("ck_notices_kind_word"), f"kind IN {kinds!r}")
