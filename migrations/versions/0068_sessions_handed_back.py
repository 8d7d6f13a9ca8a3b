"""Sessions of music programs that come back with a remix, and the sources that they name

Revision ID: 0068
Revises: 0067
"""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

_PURPOSES = ("stem", "reference_mix", "remix", "cover")
_NEW = "session"


def upgrade() -> None:
    _allow((*_PURPOSES, _NEW))
    op.add_column("uploads", sa.Column("session_reading", sa.JSON()))
    op.create_table(
        "handbacks",
        sa.Column("work_id", sa.String(32), nullable=False),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("sound_count", sa.Integer(), nullable=False),
        sa.Column("known_count", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_handbacks_work_id_works"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("work_id", name=op.f("pk_handbacks")),
    )
    op.create_table(
        "source_proposals",
        sa.Column("derivative_id", sa.String(32), nullable=False),
        sa.Column("source_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("stems", sa.JSON(), nullable=False),
        sa.Column("starts_seconds", sa.Double()),
        sa.Column("ends_seconds", sa.Double()),
        sa.Column("uses", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('proposed', 'taken', 'refused')", name=op.f("ck_source_proposals_state_word")),
        sa.ForeignKeyConstraint(
            ["derivative_id"], ["works.id"], name=op.f("fk_source_proposals_derivative_id_works"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["works.id"], name=op.f("fk_source_proposals_source_id_works"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("derivative_id", "source_id", name=op.f("pk_source_proposals")),
    )
    op.create_index(op.f("ix_source_proposals_source_id"), "source_proposals", ["source_id"])


def downgrade() -> None:
    op.drop_table("source_proposals")
    op.drop_table("handbacks")
    op.execute(f"DELETE FROM uploads WHERE purpose = '{_NEW}'")
    op.drop_column("uploads", "session_reading")
    _allow(_PURPOSES)


def _allow(purposes: tuple[str, ...]) -> None:
    with op.batch_alter_table("uploads") as batch_op:
        batch_op.drop_constraint(op.f("ck_uploads_purpose_word"), type_="check")
        batch_op.create_check_constraint(op.f("ck_uploads_purpose_word"), f"purpose IN {purposes!r}")
