"""Suspensions of accounts, and the notices of them

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_NOTICE_KINDS = (
    "work_taken_down", "source_taken_down", "takedown_kept", "takedown_restored", "source_restored", "report_decided",
    "contest", "permission", "judge_request",
)  # fmt: skip
_NEW_KINDS = ("account_suspended", "suspension_decided")
_REASONS = ("infringement", "harassment", "spam", "impersonation", "unfair_contest", "taken_over", "rules")


def upgrade() -> None:
    _allow(_NOTICE_KINDS + _NEW_KINDS)
    op.create_table(
        "suspensions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("made_by_id", sa.String(32), nullable=True),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("appeal_note", sa.Text(), nullable=False),
        sa.Column("appealed_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by_id", sa.String(32), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.CheckConstraint(f"reason IN {_REASONS!r}", name=op.f("ck_suspensions_reason_word")),
        sa.CheckConstraint(
            "state IN ('standing', 'appealed', 'kept', 'lifted')", name=op.f("ck_suspensions_state_word")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_suspensions_account_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["accounts.id"], name=op.f("fk_suspensions_made_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["accounts.id"], name=op.f("fk_suspensions_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspensions")),
    )
    op.create_index(op.f("ix_suspensions_account_id"), "suspensions", ["account_id"])
    op.create_index(op.f("ix_suspensions_state_created_at"), "suspensions", ["state", "created_at", "id"])


def downgrade() -> None:
    op.drop_table("suspensions")
    op.execute(f"DELETE FROM notices WHERE kind IN {_NEW_KINDS!r}")
    _allow(_NOTICE_KINDS)


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("notices") as batch_op:
        batch_op.drop_constraint(op.f("ck_notices_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f("ck_notices_kind_word"), f"kind IN {kinds!r}")
