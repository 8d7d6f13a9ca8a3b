"""The mix of all stems for works without whole audio; those that are published wait for theirs

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_UNHEARD = sa.text("is_unheard")
_NEWLY_UNHEARD = sa.text(
    "UPDATE works SET is_unheard = true WHERE state IN ('published', 'taken_down') AND mix_sha256 IS NULL AND "
    "mixdown_digest IS NULL AND EXISTS (SELECT 1 FROM stem_packs WHERE work_id = works.id AND state = 'frozen')"
)


def upgrade() -> None:
    op.add_column("works", sa.Column("stems_mix_digest", sa.String(length=64)))
    op.add_column("works", sa.Column("is_unheard", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_works_unheard", "works", ["seq"], sqlite_where=_UNHEARD, postgresql_where=_UNHEARD)
    op.execute(_NEWLY_UNHEARD)


def downgrade() -> None:
    op.drop_index("ix_works_unheard", table_name="works")
    # not rebuilt by batch_alter_table: on SQLite that drops the table, and its stem packs with it
    op.drop_column("works", "is_unheard")
    op.drop_column("works", "stems_mix_digest")
