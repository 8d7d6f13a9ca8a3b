"""Reports, takedowns, appeals and notices

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('work_taken_down', 'source_taken_down', 'takedown_kept', 'takedown_restored', 'source_restored', 'report_decided')",
            name=op.f("ck_notices_kind_word"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_notices_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index("ix_notices_account_id_created_at", ["account_id", "created_at", "id"], unique=False)

    op.create_table(
        "reports",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("work_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by_id", sa.String(length=32), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('infringement', 'missing_credit', 'wrong_licence', 'offensive')",
            name=op.f("ck_reports_reason_word"),
        ),
        sa.CheckConstraint("state IN ('open', 'upheld', 'dismissed')", name=op.f("ck_reports_state_word")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_reports_account_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["accounts.id"], name=op.f("fk_reports_decided_by_id")),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_reports_work_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reports_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_reports_state_created_at", ["state", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reports_work_id"), ["work_id"], unique=False)
        batch_op.create_index(
            "uq_reports_one_open",
            ["account_id", "work_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "takedowns",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("taken_by_id", sa.String(length=32), nullable=True),
        sa.Column("report_id", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by_id", sa.String(length=32), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('infringement', 'missing_credit', 'wrong_licence', 'offensive')",
            name=op.f("ck_takedowns_reason_word"),
        ),
        sa.CheckConstraint(
            "state IN ('standing', 'appealed', 'kept', 'restored')", name=op.f("ck_takedowns_state_word")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["accounts.id"], name=op.f("fk_takedowns_decided_by_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_takedowns_report_id")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["accounts.id"], name=op.f("fk_takedowns_taken_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takedowns")),
    )
    with op.batch_alter_table("takedowns", schema=None) as batch_op:
        batch_op.create_index("ix_takedowns_state_created_at", ["state", "created_at", "id"], unique=False)

    op.create_table(
        "appeals",
        sa.Column("takedown_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_appeals_account_id")),
        sa.ForeignKeyConstraint(
            ["takedown_id"], ["takedowns.id"], name=op.f("fk_appeals_takedown_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("takedown_id", "account_id", name=op.f("pk_appeals")),
    )
    op.create_table(
        "takedown_works",
        sa.Column("takedown_id", sa.String(length=32), nullable=False),
        sa.Column("work_id", sa.String(length=32), nullable=False),
        sa.Column("state_before", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "state_before IN ('draft', 'published', 'withdrawn', 'taken_down')",
            name=op.f("ck_takedown_works_state_before_word"),
        ),
        sa.ForeignKeyConstraint(
            ["takedown_id"], ["takedowns.id"], name=op.f("fk_takedown_works_takedown_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_takedown_works_work_id")),
        sa.PrimaryKeyConstraint("takedown_id", "work_id", name=op.f("pk_takedown_works")),
    )
    with op.batch_alter_table("takedown_works", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_takedown_works_work_id"), ["work_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("takedown_works", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_takedown_works_work_id"))

    op.drop_table("takedown_works")
    op.drop_table("appeals")
    with op.batch_alter_table("takedowns", schema=None) as batch_op:
        batch_op.drop_index("ix_takedowns_state_created_at")

    op.drop_table("takedowns")
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_reports_one_open", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )
        batch_op.drop_index(batch_op.f("ix_reports_work_id"))
        batch_op.drop_index("ix_reports_state_created_at")
        batch_op.drop_index(batch_op.f("ix_reports_account_id"))

    op.drop_table("reports")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index("ix_notices_account_id_created_at")

    op.drop_table("notices")
