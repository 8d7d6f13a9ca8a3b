"""Sources from elsewhere, and what was said of them after publication

Revision ID: 0052
Revises: 0051
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_KINDS = "('remix', 'sample', 'mashup', 'cover', 'edit', 'translation')"
_NOTED = {"insert": "NEW", "delete": "OLD"}
_ACTS = "('added', 'claimed', 'accepted', 'refused', 'disputed', 'upheld', 'removed')"


def upgrade() -> None:
    op.create_table(
        "elsewhere_sources",
        sa.Column("derivative_id", sa.String(32), nullable=False),
        sa.Column("node_id", sa.String(64), nullable=False),
        sa.Column("derivative_seq", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("address", sa.String(1000), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("artist", sa.String(200), nullable=False),
        sa.Column("licence", sa.String(32), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("starts_seconds", sa.Double(), nullable=True),
        sa.Column("ends_seconds", sa.Double(), nullable=True),
        sa.Column("leave_licence", sa.String(32), nullable=True),
        sa.Column("leave_words", sa.Text(), nullable=False),
        sa.Column("leave_on", sa.Date(), nullable=True),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"kind IN {_KINDS}", name=op.f("ck_elsewhere_sources_kind_word")),
        sa.CheckConstraint("state IN ('standing', 'disputed')", name=op.f("ck_elsewhere_sources_state_word")),
        sa.CheckConstraint(
            "NOT is_wanted OR derivative_seq IS NULL", name=op.f("ck_elsewhere_sources_wanted_in_drafts")
        ),
        sa.CheckConstraint(
            "(leave_licence IS NULL) = (leave_on IS NULL)", name=op.f("ck_elsewhere_sources_leave_is_whole")
        ),
        sa.PrimaryKeyConstraint("derivative_id", "node_id", name=op.f("pk_elsewhere_sources")),
        sa.ForeignKeyConstraint(
            ["derivative_id"],
            ["works.id"],
            name=op.f("fk_elsewhere_sources_derivative_id_works"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["derivative_id", "derivative_seq"],
            ["works.id", "works.seq"],
            name=op.f("fk_elsewhere_sources_derivative_id_derivative_seq_works"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_elsewhere_sources_node", "elsewhere_sources", ["node_id", "derivative_seq"])
    op.create_index("ix_elsewhere_sources_upwards", "elsewhere_sources", ["derivative_seq"])
    op.create_table(
        "elsewhere_events",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("derivative_id", sa.String(32), nullable=False),
        sa.Column("node_id", sa.String(64), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"act IN {_ACTS}", name=op.f("ck_elsewhere_events_act_word")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elsewhere_events")),
        sa.ForeignKeyConstraint(
            ["derivative_id"],
            ["works.id"],
            name=op.f("fk_elsewhere_events_derivative_id_works"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_elsewhere_events_account_id_accounts")),
    )
    op.create_index("ix_elsewhere_events_derivative", "elsewhere_events", ["derivative_id", "created_at"])
    # what is published with a work is noted with the work; these are for what is added and removed afterwards
    for act, row in _NOTED.items():
        condition = f"{row}.derivative_seq IS NOT NULL"
        begin = f"CREATE TRIGGER search_elsewhere_{act} AFTER {act.upper()} ON elsewhere_sources FOR EACH ROW "
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"{begin} WHEN {condition} "
                f"BEGIN INSERT INTO search_changes (kind, subject_id) VALUES ('work', {row}.derivative_id); END"
            )
        else:
            op.execute(f"{begin} WHEN ({condition}) EXECUTE FUNCTION search_note_derivative_id('work')")


def downgrade() -> None:
    op.drop_table("elsewhere_events")
    op.drop_table("elsewhere_sources")
