"""Small squares of the covers that artists upload

Revision ID: 0056
Revises: 0055
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

_RENDITIONS = (
    "preview", "mixer", "mixer_index", "peaks", "peaks_coarse", "sound", "mixdown", "mixdown_wav", "mixdown_mp3",
    "mixdown_opus", "opening", "archive", "cover", "link_picture",
)  # fmt: skip
_NEW = ("thumbnail_192", "thumbnail_384", "thumbnail_768")


def upgrade() -> None:
    op.add_column("works", sa.Column("thumbnail_digest", sa.String(length=64)))
    _allow((*_RENDITIONS, *_NEW))
    op.execute("UPDATE works SET printed_revision = 0 WHERE cover_digest IS NOT NULL AND state = 'published'")


def downgrade() -> None:
    op.execute(f"DELETE FROM renditions WHERE kind IN {_NEW!r}")
    _allow(_RENDITIONS)
    # not by a table made anew, which would lose the triggers of the search
    op.drop_column("works", "thumbnail_digest")


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("renditions") as batch_op:
        batch_op.drop_constraint(op.f("ck_renditions_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f("ck_renditions_kind_word"), f"kind IN {kinds!r}")
