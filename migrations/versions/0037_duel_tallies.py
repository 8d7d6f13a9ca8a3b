"""Tallies of duels by pair, counted from the ballots that are there

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

# the subject has both ids in order, which a database may take for another one than Python does
_COUNTED = """
INSERT INTO duel_tallies (contest_id, one_id, other_id, one_wins, other_wins)
SELECT contest_id, one_id, other_id, SUM(is_one), SUM(1 - is_one) FROM (
    SELECT contest_id,
           CASE WHEN subject = favoured_id || ' ' || against_id THEN favoured_id ELSE against_id END AS one_id,
           CASE WHEN subject = favoured_id || ' ' || against_id THEN against_id ELSE favoured_id END AS other_id,
           CASE WHEN subject = favoured_id || ' ' || against_id THEN 1 ELSE 0 END AS is_one
    FROM contest_ballots
    WHERE against_id IS NOT NULL AND state = 'counted'
) AS duels
GROUP BY contest_id, one_id, other_id
"""


def upgrade() -> None:
    op.create_table(
        "duel_tallies",
        sa.Column("contest_id", sa.String(32), nullable=False),
        sa.Column("one_id", sa.String(32), nullable=False),
        sa.Column("other_id", sa.String(32), nullable=False),
        sa.Column("one_wins", sa.Integer(), nullable=False),
        sa.Column("other_wins", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", "one_id", "other_id", name=op.f("pk_duel_tallies")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_duel_tallies_contest_id_contests")),
        sa.ForeignKeyConstraint(
            ["one_id"], ["contest_entries.id"], name=op.f("fk_duel_tallies_one_id_contest_entries")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["contest_entries.id"], name=op.f("fk_duel_tallies_other_id_contest_entries")
        ),
    )
    op.execute(_COUNTED)


def downgrade() -> None:
    op.drop_table("duel_tallies")
