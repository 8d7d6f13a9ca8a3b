"""Tags composed

Revision ID: 0013
Revises: 0012
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_WORKS = sa.table("works", sa.column("id", sa.String), sa.column("tags", sa.JSON))


def upgrade() -> None:
    """Tags are searched in NFC from now on, so those of before are written so; each stays once."""
    connection = op.get_bind()
    with_other_letters = sa.cast(_WORKS.c.tags, sa.Text).contains("\\u", autoescape=True)  # than ASCII
    for id, tags in connection.execute(sa.select(_WORKS.c.id, _WORKS.c.tags).where(with_other_letters)).all():
        composed = list(dict.fromkeys(unicodedata.normalize("NFC", tag) for tag in tags))
        if composed != tags:
            connection.execute(sa.update(_WORKS).where(_WORKS.c.id == id).values(tags=composed))


def downgrade() -> None:
    """Composed tags were tags before."""
