"""Lineage counts by a job, shortlists of descendants, and what happens to links after publication

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_JOB_KINDS = (
    "verify_upload", "ingest_stem", "review_stem_pack", "render_mixdown", "build_archive", "sweep", "settle_lineage",
    "settle_link",
)  # fmt: skip
_SOURCE_KINDS = ("remix", "sample", "mashup", "cover", "edit", "translation")


def upgrade() -> None:
    op.execute("INSERT INTO counters (name, value) VALUES ('lineage', 0)")
    op.add_column("works", sa.Column("generation", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("works", sa.Column("is_uncounted", sa.Boolean(), nullable=False, server_default=sa.false()))
    uncounted = sa.text("is_uncounted")
    op.create_index("ix_works_uncounted", "works", ["seq"], sqlite_where=uncounted, postgresql_where=uncounted)
    _number_generations()
    _add_link_states()
    op.create_index("ix_source_links_upwards", "source_links", ["derivative_seq", "source_seq"])
    op.create_index("ix_source_links_downwards", "source_links", ["source_seq", "derivative_seq"])
    _allow_job_kinds()
    op.create_table(
        "shortlisted_descendants",
        sa.Column("work_seq", sa.BigInteger(), nullable=False),
        sa.Column("is_newest", sa.Boolean(), nullable=False),
        sa.Column("descendant_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("work_seq", "is_newest", "descendant_seq", name=op.f("pk_shortlisted_descendants")),
    )
    op.create_table(
        "link_events",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("derivative_id", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.String(length=32), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "act IN ('added', 'claimed', 'accepted', 'refused', 'disputed', 'upheld', 'removed')",
            name=op.f("ck_link_events_act_word"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_link_events_account_id")),
        sa.ForeignKeyConstraint(["derivative_id"], ["works.id"], name=op.f("fk_link_events_derivative_id")),
        sa.ForeignKeyConstraint(["source_id"], ["works.id"], name=op.f("fk_link_events_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_events")),
    )
    op.create_index("ix_link_events_pair", "link_events", ["derivative_id", "source_id"])
    op.create_index("ix_link_events_source_id", "link_events", ["source_id"])
    op.create_table(
        "link_claims",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("derivative_id", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'accepted', 'refused')", name=op.f("ck_link_claims_state_word")),
        sa.CheckConstraint(f"kind IN {_SOURCE_KINDS!r}", name=op.f("ck_link_claims_kind_word")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_link_claims_account_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_link_claims_decided_by")),
        sa.ForeignKeyConstraint(["derivative_id"], ["works.id"], name=op.f("fk_link_claims_derivative_id")),
        sa.ForeignKeyConstraint(["source_id"], ["works.id"], name=op.f("fk_link_claims_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_claims")),
    )
    still_open = sa.text("state = 'open'")
    op.create_index(
        "uq_link_claims_one_open",
        "link_claims",
        ["derivative_id", "source_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_index("ix_link_claims_source_id", "link_claims", ["source_id"])


def _number_generations() -> None:
    """In the order of publication: a source is always older than what was made from it."""
    connection = op.get_bind()
    works = connection.execute(sa.text("SELECT id FROM works WHERE seq IS NOT NULL ORDER BY seq")).scalars().all()
    for work_id in works:
        connection.execute(
            sa.text(
                "UPDATE works SET generation = COALESCE((SELECT MAX(source.generation) + 1 FROM source_links"
                " JOIN works AS source ON source.id = source_links.source_id"
                " WHERE source_links.derivative_id = :id), 0) WHERE id = :id"
            ),
            {"id": work_id},
        )


def _add_link_states() -> None:
    with op.batch_alter_table("source_links") as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(32), nullable=False, server_default="standing"))
        batch_op.create_check_constraint(op.f("ck_source_links_state_word"), "state IN ('standing', 'disputed')")
        batch_op.drop_constraint(op.f("ck_source_links_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f("ck_source_links_kind_word"), f"kind IN {_SOURCE_KINDS!r}")


def _allow_job_kinds() -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_constraint(op.f("ck_jobs_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f("ck_jobs_kind_word"), f"kind IN {_JOB_KINDS!r}")
