"""Dead jobs by index; what changes above works is noted for all that came from them

Revision ID: 0061
Revises: 0060
"""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

_MOVED = "OLD.derivative_seq IS NOT NULL AND OLD.licence <> NEW.licence"
_TRIGGERS = (
    ("links_above_new", "source_links", "INSERT", "NEW", "NEW.derivative_seq IS NOT NULL"),
    ("links_above_changed", "source_links", "UPDATE OF licence", "NEW", _MOVED),
    ("links_above_gone", "source_links", "DELETE", "OLD", "OLD.derivative_seq IS NOT NULL"),
    ("elsewhere_above_new", "elsewhere_sources", "INSERT", "NEW", "NEW.derivative_seq IS NOT NULL"),
    ("elsewhere_above_gone", "elsewhere_sources", "DELETE", "OLD", "OLD.derivative_seq IS NOT NULL"),
)
"""Beside those that note the work itself, which the release before knows."""


def upgrade() -> None:
    op.create_index("ix_jobs_kind_subject_id_state", "jobs", ["kind", "subject_id", "state"])
    op.drop_index("ix_jobs_kind_subject_id", "jobs")
    for name, table, act, row, condition in _TRIGGERS:
        begin = f"CREATE TRIGGER search_{name} AFTER {act} ON {table} FOR EACH ROW "
        if op.get_bind().dialect.name == "sqlite":
            noted = f"INSERT INTO search_changes (kind, subject_id) VALUES ('links', {row}.derivative_id)"
            op.execute(f"{begin} WHEN {condition} BEGIN {noted}; END")
        else:
            op.execute(f"{begin} WHEN ({condition}) EXECUTE FUNCTION search_note_derivative_id('links')")


def downgrade() -> None:
    for name, table, *_ in _TRIGGERS:
        op.execute(f"DROP TRIGGER search_{name}" + ("" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"))
    op.create_index("ix_jobs_kind_subject_id", "jobs", ["kind", "subject_id"])
    op.drop_index("ix_jobs_kind_subject_id_state", "jobs")
