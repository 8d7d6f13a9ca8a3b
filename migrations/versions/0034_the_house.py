"""The house: name, imprint, rules, who may sign up; which rules an account accepted; invitations

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    house = op.create_table(
        "house",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("contact", sa.String(200), nullable=False),
        sa.Column("imprint", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("rules_revision", sa.Integer(), nullable=False),
        sa.Column("sign_up", sa.String(32), nullable=False),
        sa.Column("invitations_each", sa.Integer(), nullable=False),
        sa.Column("operators_need_second_factor", sa.Boolean(), nullable=False),
        sa.Column("label_owners_need_second_factor", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_house_one_row")),
        sa.CheckConstraint("sign_up IN ('open', 'invitation', 'closed')", name=op.f("ck_house_sign_up_word")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house")),
    )
    assert house is not None
    plain = {
        "id": 1, "name": "RemixHub", "contact": "", "imprint": "", "rules": "", "rules_revision": 0, "sign_up": "open",
        "invitations_each": 0, "operators_need_second_factor": False, "label_owners_need_second_factor": False,
        "revision": 1,
    }  # fmt: skip
    op.bulk_insert(house, [plain])
    op.add_column("accounts", sa.Column("accepted_rules", sa.Integer(), nullable=True))
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("uses_limit", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("uses >= 0 AND uses <= uses_limit", name=op.f("ck_invitations_uses_within_limit")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_invitations_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_index(op.f("ix_invitations_account_id_created_at"), "invitations", ["account_id", "created_at"])
    op.create_table(
        "arrivals",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("invitation_id", sa.String(32), nullable=False),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_arrivals_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitations.id"], name=op.f("fk_arrivals_invitation_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_arrivals")),
    )
    op.create_index(op.f("ix_arrivals_invitation_id"), "arrivals", ["invitation_id"])


def downgrade() -> None:
    op.drop_table("arrivals")
    op.drop_table("invitations")
    op.drop_column("accounts", "accepted_rules")
    op.drop_table("house")
