"""What originals are like, for stems that sound like others

Revision ID: 0051
Revises: 0050
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_JOBS = (
    "verify_upload", "ingest_stem", "prepare_stem", "review_stem_pack", "render_mixdown", "build_archive", "sweep",
    "settle_lineage", "settle_link", "build_entry_archive", "tend_contest", "screen_ballots", "print_cover",
    "encode_wav", "encode_mp3", "encode_opus", "send_letter", "check_fixity", "index_search", "match_search",
    "send_digest", "deliver_hook",
)  # fmt: skip
_NEW = "measure_sound"
_UNMEASURED = sa.text("ingest_state = 'ready' AND sound_recipe = 0")


def upgrade() -> None:
    op.add_column("originals", sa.Column("sound", sa.LargeBinary(length=12)))
    op.add_column("originals", sa.Column("sound_recipe", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_originals_unmeasured", "originals", ["created_at"], sqlite_where=_UNMEASURED, postgresql_where=_UNMEASURED
    )
    op.create_index("ix_stems_role", "stems", ["role"])
    _allow((*_JOBS, _NEW))


def downgrade() -> None:
    op.execute(f"DELETE FROM jobs WHERE kind = '{_NEW}'")
    _allow(_JOBS)
    op.drop_index("ix_stems_role", "stems")
    op.drop_index("ix_originals_unmeasured", "originals")
    # not by a table made anew, which would lose the triggers of the search
    op.drop_column("originals", "sound_recipe")
    op.drop_column("originals", "sound")


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_constraint(op.f("ck_jobs_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f("ck_jobs_kind_word"), f"kind IN {kinds!r}")
