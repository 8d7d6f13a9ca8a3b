"""Mixdowns in other formats, and how a mix begins before all of it is rendered

Revision ID: 0025
Revises: 0024
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_JOBS = (
    "verify_upload", "ingest_stem", "review_stem_pack", "render_mixdown", "build_archive", "sweep", "settle_lineage",
    "settle_link", "build_entry_archive", "tend_contest", "print_cover",
)  # fmt: skip
_RENDITIONS = (
    "preview", "mixer", "mixer_index", "peaks", "peaks_coarse", "sound", "mixdown", "archive", "cover", "link_picture",
)  # fmt: skip
_NEW_JOBS = ("encode_wav", "encode_mp3", "encode_opus")
_NEW_RENDITIONS = ("mixdown_wav", "mixdown_mp3", "mixdown_opus", "opening")


def upgrade() -> None:
    _allow("jobs", (*_JOBS, *_NEW_JOBS))
    _allow("renditions", (*_RENDITIONS, *_NEW_RENDITIONS))


def downgrade() -> None:
    op.execute(f"DELETE FROM jobs WHERE kind IN {_NEW_JOBS!r}")
    op.execute(f"DELETE FROM renditions WHERE kind IN {_NEW_RENDITIONS!r}")
    _allow("jobs", _JOBS)
    _allow("renditions", _RENDITIONS)


def _allow(table: str, kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_kind_word"), f"kind IN {kinds!r}")
