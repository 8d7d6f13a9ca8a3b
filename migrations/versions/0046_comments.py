"""Comments on works, and accounts that block others

Revision ID: 0046
Revises: 0045
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_OPEN = sa.text("state = 'open'")
_OF_A_WORK = sa.text("state = 'open' AND comment_id IS NULL")
_OF_A_COMMENT = sa.text("state = 'open' AND comment_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "comments",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("work_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("thread_id", sa.String(length=32)),
        sa.Column("answers_id", sa.String(length=32)),
        sa.Column("at_ms", sa.Integer()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mentions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger()),
        sa.Column("gone_at", sa.BigInteger()),
        sa.CheckConstraint(
            "state IN ('shown', 'deleted', 'removed', 'taken_down')", name=op.f("ck_comments_state_word")
        ),
        sa.CheckConstraint("state = 'shown' OR text = ''", name=op.f("ck_comments_gone_is_empty")),
        sa.CheckConstraint("(thread_id IS NULL) = (answers_id IS NULL)", name=op.f("ck_comments_answers_in_a_thread")),
        sa.CheckConstraint("thread_id IS NULL OR at_ms IS NULL", name=op.f("ck_comments_moment_is_the_threads")),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_comments_work_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_comments_account_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["comments.id"], name=op.f("fk_comments_thread_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["answers_id"], ["comments.id"], name=op.f("fk_comments_answers_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index("ix_comments_of_work", "comments", ["work_id", "thread_id", "created_at", "id"])
    op.create_index("ix_comments_by_moment", "comments", ["work_id", "at_ms", "id"])
    op.create_index("ix_comments_in_thread", "comments", ["thread_id", "created_at", "id"])
    op.create_index("ix_comments_answers_id", "comments", ["answers_id"])
    op.create_index("ix_comments_account_id_created_at", "comments", ["account_id", "created_at"])
    op.create_table(
        "comment_revisions",
        sa.Column("comment_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_comment_revisions_comment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", "revision", name=op.f("pk_comment_revisions")),
    )
    op.create_table(
        "comments_told",
        sa.Column("comment_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_comments_told_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_comments_told_account_id")),
        sa.PrimaryKeyConstraint("comment_id", "account_id", name=op.f("pk_comments_told")),
    )
    op.create_index("ix_comments_told_account_id", "comments_told", ["account_id"])
    op.create_table(
        "blocks",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("blocked_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("blocked_id <> account_id", name=op.f("ck_blocks_somebody_else")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_blocks_account_id")),
        sa.ForeignKeyConstraint(["blocked_id"], ["accounts.id"], name=op.f("fk_blocks_blocked_id")),
        sa.PrimaryKeyConstraint("account_id", "blocked_id", name=op.f("pk_blocks")),
    )
    op.create_index("ix_blocks_blocked_id", "blocks", ["blocked_id"])
    op.create_index("ix_blocks_account_id_created_at", "blocks", ["account_id", "created_at", "blocked_id"])
    op.add_column("works", sa.Column("comment_count", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("works", sa.Column("comment_policy", sa.String(length=32)))
    op.add_column("accounts", sa.Column("comment_policy", sa.String(length=32), nullable=False, server_default="open"))
    op.add_column("reports", sa.Column("comment_id", sa.String(length=32)))
    op.add_column("reports", sa.Column("comment_fault", sa.String(length=32)))
    op.add_column("reports", sa.Column("comment_text", sa.Text()))
    op.drop_index("uq_reports_one_open", table_name="reports")
    for name, column, where in (
        ("uq_reports_one_open", "work_id", _OF_A_WORK),
        ("uq_reports_one_open_of_comment", "comment_id", _OF_A_COMMENT),
    ):
        op.create_index(
            name, "reports", ["account_id", column], unique=True, sqlite_where=where, postgresql_where=where
        )
    op.create_index("ix_reports_comment_id", "reports", ["comment_id"])


def downgrade() -> None:
    op.execute("DELETE FROM reports WHERE comment_id IS NOT NULL")
    for name in ("ix_reports_comment_id", "uq_reports_one_open_of_comment", "uq_reports_one_open"):
        op.drop_index(name, table_name="reports")
    op.create_index(
        "uq_reports_one_open", "reports", ["account_id", "work_id"], unique=True, sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )  # fmt: skip
    # not rebuilt by batch_alter_table: on SQLite that drops the table, and what refers to it
    for table, column in (
        ("reports", "comment_text"), ("reports", "comment_fault"), ("reports", "comment_id"),
        ("accounts", "comment_policy"), ("works", "comment_policy"), ("works", "comment_count"),
    ):  # fmt: skip
        op.drop_column(table, column)
    for table in ("blocks", "comments_told", "comment_revisions", "comments"):
        op.drop_table(table)
