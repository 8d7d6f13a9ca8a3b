"""No secrets in kept answers

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Links to labels and addresses of upload parts: forgotten, but still known to be done."""
    op.execute("""
        UPDATE idempotent_answers SET body = '{"text": null, "headers": {}}'
        WHERE CAST(body AS TEXT) LIKE '%/label-invitations/%' OR CAST(body AS TEXT) LIKE '%uploadId=%'
    """)


def downgrade() -> None:
    """What is forgotten stays forgotten."""
