"""Who is told of a remix, and mail by the day or week

Revision ID: 0050
Revises: 0049
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_UNTOLD = sa.text("is_untold")
_DUE = sa.text("mail_due IS NOT NULL")


def upgrade() -> None:
    op.add_column("works", sa.Column("is_untold", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_works_untold", "works", ["seq"], sqlite_where=_UNTOLD, postgresql_where=_UNTOLD)
    op.add_column(
        "accounts", sa.Column("hears_of_far_remixes", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("notices", sa.Column("mail_due", sa.String(32), nullable=True))
    op.create_index(
        "ix_notices_mail_due", "notices", ["account_id", "mail_due"], sqlite_where=_DUE, postgresql_where=_DUE
    )
    op.add_column("notices", sa.Column("told_of", sa.String(32), nullable=True))
    op.create_index("uq_notices_told_of", "notices", ["told_of", "account_id"], unique=True)
    op.create_table(
        "mail_rhythms",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("topic", sa.String(32), nullable=False),
        sa.Column("rhythm", sa.String(32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_mail_rhythms_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "topic", name=op.f("pk_mail_rhythms")),
    )


def downgrade() -> None:
    op.drop_table("mail_rhythms")
    op.drop_index("uq_notices_told_of", table_name="notices")
    op.drop_column("notices", "told_of")
    op.drop_index("ix_notices_mail_due", table_name="notices")
    op.drop_column("notices", "mail_due")
    op.drop_column("accounts", "hears_of_far_remixes")
    op.drop_index("ix_works_untold", table_name="works")
    op.drop_column("works", "is_untold")
