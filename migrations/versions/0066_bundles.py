"""Works, contests, collections and labels as bundles

Revision ID: 0066
Revises: 0065
"""

from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

_JOBS = (
    "verify_upload", "ingest_stem", "prepare_stem", "review_stem_pack", "render_mixdown", "build_archive", "sweep",
    "settle_lineage", "settle_link", "build_entry_archive", "tend_contest", "screen_ballots", "print_cover",
    "encode_wav", "encode_mp3", "encode_opus", "send_letter", "check_fixity", "measure_sound", "index_search",
    "match_search", "send_digest", "deliver_hook", "export_session",
)  # fmt: skip
_NEW = "build_bundle"


def upgrade() -> None:
    _allow((*_JOBS, _NEW))


def downgrade() -> None:
    op.execute(f"DELETE FROM jobs WHERE kind = '{_NEW}'")
    _allow(_JOBS)


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_constraint(op.f("ck_jobs_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f("ck_jobs_kind_word"), f"kind IN {kinds!r}")
