"""Covers that the house prints: what of, and up to which revision; pictures for links

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_JOBS = (
    "verify_upload", "ingest_stem", "review_stem_pack", "render_mixdown", "build_archive", "sweep", "settle_lineage",
    "settle_link", "build_entry_archive", "tend_contest",
)  # fmt: skip
_RENDITIONS = ("preview", "mixer", "peaks", "peaks_coarse", "sound", "mixdown", "archive", "cover")
_UNPRINTED = sa.text("state = 'published' AND printed_revision <> revision")


def upgrade() -> None:
    op.add_column("works", sa.Column("imprint", sa.JSON(), nullable=True))
    op.add_column("works", sa.Column("print_digest", sa.String(length=64), nullable=True))
    op.add_column("works", sa.Column("printed_revision", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_works_unprinted", "works", ["seq"], sqlite_where=_UNPRINTED, postgresql_where=_UNPRINTED)
    _allow("jobs", (*_JOBS, "print_cover"))
    _allow("renditions", (*_RENDITIONS, "link_picture"))


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE kind = 'print_cover'")
    op.execute("DELETE FROM renditions WHERE kind = 'link_picture'")
    _allow("jobs", _JOBS)
    _allow("renditions", _RENDITIONS)
    op.drop_index("ix_works_unprinted", "works")
    with op.batch_alter_table("works") as batch_op:
        for name in ("imprint", "print_digest", "printed_revision"):
            batch_op.drop_column(name)


def _allow(table: str, kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_kind_word"), f"kind IN {kinds!r}")
