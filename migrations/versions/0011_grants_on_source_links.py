"""The grant by which a source link holds its licence

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_COLUMNS = {
    "grant_kind": sa.String(32), "grant_id": sa.String(32), "grant_sha256": sa.String(64), "granted_at": sa.BigInteger(),
}  # fmt: skip
_NONE = " AND ".join(f"{name} IS NULL" for name in _COLUMNS)
_ALL = " AND ".join(f"{name} IS NOT NULL" for name in _COLUMNS)


def upgrade() -> None:
    with op.batch_alter_table("source_links") as batch_op:
        for name, type in _COLUMNS.items():
            batch_op.add_column(sa.Column(name, type))
        batch_op.create_check_constraint(
            op.f("ck_source_links_grant_kind_word"), "grant_kind IN ('receipt', 'permission')"
        )
        batch_op.create_check_constraint(op.f("ck_source_links_grant_is_whole"), f"({_NONE}) OR ({_ALL})")


def downgrade() -> None:
    with op.batch_alter_table("source_links") as batch_op:
        batch_op.drop_constraint(op.f("ck_source_links_grant_is_whole"), type_="check")
        batch_op.drop_constraint(op.f("ck_source_links_grant_kind_word"), type_="check")
        for name in _COLUMNS:
            batch_op.drop_column(name)
