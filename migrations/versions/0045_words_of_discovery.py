"""Jobs and notices of discovery: search, comments, digests, hooks

Revision ID: 0045
Revises: 0044
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_JOBS = (
    "verify_upload", "ingest_stem", "prepare_stem", "review_stem_pack", "render_mixdown", "build_archive", "sweep",
    "settle_lineage", "settle_link", "build_entry_archive", "tend_contest", "screen_ballots", "print_cover",
    "encode_wav", "encode_mp3", "encode_opus", "send_letter", "check_fixity",
)  # fmt: skip
_NEW_JOBS = ("index_search", "match_search", "send_digest", "deliver_hook")
_NOTICES = (
    "work_taken_down", "source_taken_down", "takedown_kept", "takedown_restored", "source_restored", "report_decided",
    "contest", "permission", "judge_request", "account_suspended", "suspension_decided",
)  # fmt: skip
_NEW_NOTICES = ("remixed", "comment", "saved_search", "hook")


def upgrade() -> None:
    _allow("jobs", (*_JOBS, *_NEW_JOBS))
    _allow("notices", (*_NOTICES, *_NEW_NOTICES))


def downgrade() -> None:
    op.execute(f"DELETE FROM jobs WHERE kind IN {_NEW_JOBS!r}")
    op.execute(f"DELETE FROM notices WHERE kind IN {_NEW_NOTICES!r}")
    _allow("jobs", _JOBS)
    _allow("notices", _NOTICES)


def _allow(table: str, kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_kind_word"), f"kind IN {kinds!r}")
