"""Renditions that are given out instead of originals which still hold what was trimmed away

Revision ID: 0014
Revises: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_KINDS = ("preview", "mixer", "peaks", "peaks_coarse", "mixdown", "archive", "cover")
_WITH_SOUND = (*_KINDS[:4], "sound", *_KINDS[4:])


def upgrade() -> None:
    _allow(_WITH_SOUND)


def downgrade() -> None:
    op.execute("DELETE FROM renditions WHERE kind = 'sound'")
    _allow(_KINDS)


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("renditions") as batch_op:
        batch_op.drop_constraint(op.f("ck_renditions_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f("ck_renditions_kind_word"), f"kind IN {kinds!r}")
