"""Indexes of what browsers mix, so that parts of it can be read

Revision ID: 0023
Revises: 0022
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_RENDITIONS = (
    "preview", "mixer", "peaks", "peaks_coarse", "sound", "mixdown", "archive", "cover", "link_picture",
)  # fmt: skip


def upgrade() -> None:
    _allow((*_RENDITIONS, "mixer_index"))


def downgrade() -> None:
    op.execute("DELETE FROM renditions WHERE kind = 'mixer_index'")
    _allow(_RENDITIONS)


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("renditions") as batch_op:
        batch_op.drop_constraint(op.f("ck_renditions_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f("ck_renditions_kind_word"), f"kind IN {kinds!r}")
