"""Who is asked to judge a contest, and the notice of it

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_NOTICE_KINDS = (
    "work_taken_down", "source_taken_down", "takedown_kept", "takedown_restored", "source_restored", "report_decided",
    "contest", "permission",
)  # fmt: skip


def upgrade() -> None:
    _allow((*_NOTICE_KINDS, "judge_request"))
    op.create_table(
        "judge_requests",
        sa.Column("contest_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("asked_by_id", sa.String(length=32), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_judge_requests_account_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["accounts.id"], name=op.f("fk_judge_requests_asked_by_id")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_judge_requests_contest_id")),
        sa.PrimaryKeyConstraint("contest_id", "account_id", name=op.f("pk_judge_requests")),
    )
    op.create_index(op.f("ix_judge_requests_account_id"), "judge_requests", ["account_id"])


def downgrade() -> None:
    op.drop_table("judge_requests")
    op.execute("DELETE FROM notices WHERE kind = 'judge_request'")
    _allow(_NOTICE_KINDS)


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("notices") as batch_op:
        batch_op.drop_constraint(op.f("ck_notices_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f("ck_notices_kind_word"), f"kind IN {kinds!r}")
