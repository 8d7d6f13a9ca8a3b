"""Reports of collections, and a salt a day by which listeners are told apart

A report of a collection names no work. The step before reads none of these, and shows a collection that was taken down
to nobody but its owner, because it is private as well.

Revision ID: 0058
Revises: 0057
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

_TRIGGERS = (
    ("search_members_insert", "label_members", "INSERT"),
    ("search_members_delete", "label_members", "DELETE"),
    ("search_collections_insert", "collections", "INSERT"),
    ("search_collections_update", "collections", "UPDATE OF visibility"),
    ("search_collections_delete", "collections", "DELETE"),
)
_OF_A_COLLECTION = sa.text("state = 'open' AND collection_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "play_salts",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_play_salts")),
    )
    op.add_column("collections", sa.Column("taken_down_at", sa.BigInteger(), nullable=True))
    with _nothing_refers_to_reports(), op.batch_alter_table("reports") as batch_op:
        batch_op.alter_column("work_id", existing_type=sa.String(32), nullable=True)
        batch_op.add_column(sa.Column("collection_id", sa.String(32), nullable=True))
        batch_op.add_column(sa.Column("collection_text", sa.Text(), nullable=True))
    _make_triggers()
    # who has nothing public is no artist that is found
    op.execute("INSERT INTO search_changes (kind, subject_id) SELECT 'reach', id FROM accounts")
    op.create_index(op.f("ix_reports_collection_id"), "reports", ["collection_id"])
    op.create_index(
        "uq_reports_one_open_of_collection", "reports", ["account_id", "collection_id"], unique=True,
        sqlite_where=_OF_A_COLLECTION, postgresql_where=_OF_A_COLLECTION,
    )  # fmt: skip


@contextmanager
def _nothing_refers_to_reports() -> Iterator[None]:
    """SQLite makes the table anew, and drops none that others refer to: what takedowns say is taken out and put back."""
    connection, takedowns = op.get_bind(), sa.table("takedowns", sa.column("id"), sa.column("report_id"))
    refer = takedowns.c.report_id.is_not(None)
    kept = connection.execute(sa.select(takedowns.c.id, takedowns.c.report_id).where(refer)).all()
    connection.execute(sa.update(takedowns).where(refer).values(report_id=None))
    yield
    for id, report_id in kept:
        connection.execute(sa.update(takedowns).where(takedowns.c.id == id).values(report_id=report_id))


def _make_triggers() -> None:
    """Of what makes somebody an artist that is found, beside works: a place in a label, and a public collection."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        op.execute(
            "CREATE OR REPLACE FUNCTION search_note_public() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "INSERT INTO search_changes (kind, subject_id) VALUES "
            "('reach', CASE WHEN TG_OP = 'DELETE' THEN OLD.account_id ELSE NEW.account_id END); RETURN NULL; END $$"
        )
    for name, table, act in _TRIGGERS:
        row = "OLD" if act == "DELETE" else "NEW"
        noted = (
            f"BEGIN INSERT INTO search_changes (kind, subject_id) VALUES ('reach', {row}.account_id); END"
            if is_sqlite else "EXECUTE FUNCTION search_note_public()"
        )  # fmt: skip
        op.execute(f"CREATE TRIGGER {name} AFTER {act} ON {table} FOR EACH ROW {noted}")


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, _ in _TRIGGERS:
        op.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON {table}"))
    if not is_sqlite:
        op.execute("DROP FUNCTION search_note_public")
    op.drop_index("uq_reports_one_open_of_collection", table_name="reports")
    op.drop_index(op.f("ix_reports_collection_id"), table_name="reports")
    op.execute("DELETE FROM reports WHERE work_id IS NULL")
    with _nothing_refers_to_reports(), op.batch_alter_table("reports") as batch_op:
        batch_op.drop_column("collection_text")
        batch_op.drop_column("collection_id")
        batch_op.alter_column("work_id", existing_type=sa.String(32), nullable=False)
    op.drop_column("collections", "taken_down_at")
    op.drop_table("play_salts")
