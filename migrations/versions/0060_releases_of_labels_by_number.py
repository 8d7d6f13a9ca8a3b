"""Releases of labels by the work's number, for feeds

What a process of the release before adds meanwhile has no number: it is on the label's page, and in no feed.

Revision ID: 0060
Revises: 0059
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("label_releases", sa.Column("work_seq", sa.BigInteger()))
    op.execute("UPDATE label_releases SET work_seq = (SELECT seq FROM works WHERE works.id = label_releases.work_id)")
    op.create_index("ix_label_releases_label_id_work_seq", "label_releases", ["label_id", "work_seq"])
    op.drop_index("ix_label_releases_label_id", "label_releases")


def downgrade() -> None:
    op.create_index("ix_label_releases_label_id", "label_releases", ["label_id"])
    op.drop_index("ix_label_releases_label_id_work_seq", "label_releases")
    # not by a table made anew, which would lose the triggers of the search
    op.drop_column("label_releases", "work_seq")
