"""Apps that act for people: registered clients, the leave they were given, refresh tokens, and devices that ask

The release before takes an app's access tokens for personal ones, until they end within the hour.

Revision ID: 0065
Revises: 0064
"""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "oauth_clients",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("homepage", sa.String(300), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=True),
        sa.Column("redirects", sa.JSON(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("uses_devices", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_oauth_clients_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oauth_clients")),
    )
    op.create_index(op.f("ix_oauth_clients_account_id"), "oauth_clients", ["account_id"])
    op.create_table(
        "app_grants",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("client_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=True),
        sa.Column("redirect", sa.Text(), nullable=True),
        sa.Column("challenge", sa.String(128), nullable=True),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_app_grants_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_grants")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_app_grants_code_hash")),
    )
    op.create_index("ix_app_grants_account_id_client_id", "app_grants", ["account_id", "client_id"])
    op.create_index(op.f("ix_app_grants_client_id"), "app_grants", ["client_id"])
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("grant_id", sa.String(32), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["app_grants.id"], name=op.f("fk_refresh_tokens_grant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_tokens")),
    )
    op.create_index(op.f("ix_refresh_tokens_grant_id"), "refresh_tokens", ["grant_id"])
    op.create_table(
        "device_requests",
        sa.Column("device_hash", sa.String(64), nullable=False),
        sa.Column("user_hash", sa.String(64), nullable=False),
        sa.Column("client_id", sa.String(32), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("poll_seconds", sa.Integer(), nullable=False),
        sa.Column("polled_at", sa.BigInteger(), nullable=True),
        sa.Column("grant_id", sa.String(32), nullable=True),
        sa.Column("denied_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["app_grants.id"], name=op.f("fk_device_requests_grant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_hash", name=op.f("pk_device_requests")),
        sa.UniqueConstraint("user_hash", name=op.f("uq_device_requests_user_hash")),
    )
    for column in ("client_id", "grant_id", "expires_at"):
        op.create_index(op.f(f"ix_device_requests_{column}"), "device_requests", [column])
    with op.batch_alter_table("access_tokens") as batch_op:
        batch_op.add_column(sa.Column("grant_id", sa.String(32), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_access_tokens_grant_id"), "app_grants", ["grant_id"], ["id"], ondelete="CASCADE"
        )
    op.create_index(op.f("ix_access_tokens_grant_id"), "access_tokens", ["grant_id"])


def downgrade() -> None:
    op.execute("DELETE FROM access_tokens WHERE grant_id IS NOT NULL")
    op.drop_index(op.f("ix_access_tokens_grant_id"), table_name="access_tokens")
    with op.batch_alter_table("access_tokens") as batch_op:
        batch_op.drop_constraint(op.f("fk_access_tokens_grant_id"), type_="foreignkey")
        batch_op.drop_column("grant_id")
    for table in ("device_requests", "refresh_tokens", "app_grants", "oauth_clients"):
        op.drop_table(table)
