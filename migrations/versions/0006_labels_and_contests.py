"""Labels, contests with their entries, ballots and logs, and verified addresses

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NOTICE_KINDS = (
    "work_taken_down", "source_taken_down", "takedown_kept", "takedown_restored", "source_restored", "report_decided",
    "contest",
)  # fmt: skip
_JOB_KINDS = (
    "verify_upload", "ingest_stem", "review_stem_pack", "render_mixdown", "build_archive", "sweep", "settle_lineage",
    "settle_link", "tend_contest",
)  # fmt: skip


def upgrade() -> None:
    _allow("notices", _NOTICE_KINDS)
    _allow("jobs", _JOB_KINDS)
    op.create_table(
        "labels",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("handle", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
        sa.UniqueConstraint("handle", name=op.f("uq_labels_handle")),
    )
    op.create_table(
        "label_invitations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("label_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("invited_by_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("accepted_by_id", sa.String(length=32), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("role IN ('owner', 'manager', 'judge')", name=op.f("ck_label_invitations_role_word")),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["accounts.id"], name=op.f("fk_label_invitations_accepted_by_id")),
        sa.ForeignKeyConstraint(["invited_by_id"], ["accounts.id"], name=op.f("fk_label_invitations_invited_by_id")),
        sa.ForeignKeyConstraint(["label_id"], ["labels.id"], name=op.f("fk_label_invitations_label_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_label_invitations_token_hash")),
    )
    op.create_index(op.f("ix_label_invitations_label_id"), "label_invitations", ["label_id"], unique=False)
    op.create_table(
        "label_members",
        sa.Column("label_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'manager', 'judge')", name=op.f("ck_label_members_role_word")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_label_members_account_id")),
        sa.ForeignKeyConstraint(["label_id"], ["labels.id"], name=op.f("fk_label_members_label_id")),
        sa.PrimaryKeyConstraint("label_id", "account_id", name=op.f("pk_label_members")),
    )
    op.create_index(op.f("ix_label_members_account_id"), "label_members", ["account_id"], unique=False)
    op.create_table(
        "contests",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("label_id", sa.String(length=32), nullable=False),
        sa.Column("release_id", sa.String(length=32), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("terms_frozen_at", sa.BigInteger(), nullable=True),
        sa.Column("opens_at", sa.BigInteger(), nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=False),
        sa.Column("voting_closes_at", sa.BigInteger(), nullable=True),
        sa.Column("judging_closes_at", sa.BigInteger(), nullable=True),
        sa.Column("embargo_until", sa.BigInteger(), nullable=True),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("is_secret_remixer", sa.Boolean(), nullable=False),
        sa.Column("log_length", sa.Integer(), nullable=False),
        sa.Column("log_head", sa.String(length=64), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("cancel_note", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("announced_at", sa.BigInteger(), nullable=True),
        sa.Column("dealt_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("tended_until", sa.BigInteger(), nullable=True),
        sa.Column("tend_after_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'decided') = (decided_at IS NOT NULL)", name=op.f("ck_contests_decided_has_date")),
        sa.CheckConstraint("(state = 'decided') = (result IS NOT NULL)", name=op.f("ck_contests_decided_has_result")),
        sa.CheckConstraint(
            "state IN ('draft', 'announced', 'decided', 'cancelled')", name=op.f("ck_contests_state_word")
        ),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_contests_closes_after_opening")),
        sa.ForeignKeyConstraint(["label_id"], ["labels.id"], name=op.f("fk_contests_label_id")),
        sa.ForeignKeyConstraint(["release_id"], ["works.id"], name=op.f("fk_contests_release_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contests")),
    )
    op.create_index(op.f("ix_contests_label_id"), "contests", ["label_id"], unique=False)
    op.create_index(op.f("ix_contests_release_id"), "contests", ["release_id"], unique=False)
    op.create_index(op.f("ix_contests_tend_after_at"), "contests", ["tend_after_at"], unique=False)
    op.create_index("ix_contests_state_closes_at", "contests", ["state", "closes_at"], unique=False)
    op.create_table(
        "label_releases",
        sa.Column("work_id", sa.String(length=32), nullable=False),
        sa.Column("label_id", sa.String(length=32), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["label_id"], ["labels.id"], name=op.f("fk_label_releases_label_id")),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_label_releases_work_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("work_id", name=op.f("pk_label_releases")),
    )
    op.create_index(op.f("ix_label_releases_label_id"), "label_releases", ["label_id"], unique=False)
    op.create_table(
        "contest_announcements",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("contest_id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_contest_announcements_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_announcements")),
    )
    op.create_index(op.f("ix_contest_announcements_contest_id"), "contest_announcements", ["contest_id"], unique=False)
    op.create_table(
        "contest_judges",
        sa.Column("contest_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_contest_judges_account_id")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_contest_judges_contest_id")),
        sa.PrimaryKeyConstraint("contest_id", "account_id", name=op.f("pk_contest_judges")),
    )
    op.create_index(op.f("ix_contest_judges_account_id"), "contest_judges", ["account_id"], unique=False)
    op.create_table(
        "contest_log",
        sa.Column("contest_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_contest_log_contest_id")),
        sa.PrimaryKeyConstraint("contest_id", "number", name=op.f("pk_contest_log")),
    )
    op.create_table(
        "contest_sign_ups",
        sa.Column("contest_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("work_id", sa.String(length=32), nullable=False),
        sa.Column("dealt_work_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_contest_sign_ups_account_id")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_contest_sign_ups_contest_id")),
        sa.ForeignKeyConstraint(["dealt_work_id"], ["works.id"], name=op.f("fk_contest_sign_ups_dealt_work_id")),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_contest_sign_ups_work_id")),
        sa.PrimaryKeyConstraint("contest_id", "account_id", name=op.f("pk_contest_sign_ups")),
    )
    op.create_index(op.f("ix_contest_sign_ups_account_id"), "contest_sign_ups", ["account_id"], unique=False)
    op.create_table(
        "contest_slots",
        sa.Column("contest_id", sa.String(length=32), nullable=False),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name=op.f("fk_contest_slots_contest_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contest_id", "slot", name=op.f("pk_contest_slots")),
    )
    op.create_table(
        "contest_entries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("contest_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("work_id", sa.String(length=32), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("audio_sha256", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('counted', 'withdrawn', 'replaced', 'ruled_out')", name=op.f("ck_contest_entries_state_word")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_contest_entries_account_id")),
        sa.ForeignKeyConstraint(
            ["contest_id", "slot"],
            ["contest_slots.contest_id", "contest_slots.slot"],
            name=op.f("fk_contest_entries_contest_id_slot"),
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_contest_entries_contest_id")),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_contest_entries_work_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_entries")),
    )
    op.create_index(op.f("ix_contest_entries_account_id"), "contest_entries", ["account_id"], unique=False)
    op.create_index("ix_contest_entries_work_id", "contest_entries", ["work_id"], unique=False)
    op.create_index(
        "uq_contest_entries_slot",
        "contest_entries",
        ["contest_id", "account_id", "slot"],
        unique=True,
        sqlite_where=sa.text("state IN ('counted', 'ruled_out')"),
        postgresql_where=sa.text("state IN ('counted', 'ruled_out')"),
    )
    op.create_index(
        "uq_contest_entries_work",
        "contest_entries",
        ["contest_id", "work_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('counted', 'ruled_out')"),
        postgresql_where=sa.text("state IN ('counted', 'ruled_out')"),
    )
    op.create_table(
        "duel_offers",
        sa.Column("contest_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("left_id", sa.String(length=32), nullable=False),
        sa.Column("right_id", sa.String(length=32), nullable=False),
        sa.Column("offered_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_duel_offers_account_id")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_duel_offers_contest_id")),
        sa.ForeignKeyConstraint(["left_id"], ["contest_entries.id"], name=op.f("fk_duel_offers_left_id")),
        sa.ForeignKeyConstraint(["right_id"], ["contest_entries.id"], name=op.f("fk_duel_offers_right_id")),
        sa.PrimaryKeyConstraint("contest_id", "account_id", name=op.f("pk_duel_offers")),
    )
    op.create_table(
        "contest_ballots",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("contest_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("favoured_id", sa.String(length=32), nullable=False),
        sa.Column("against_id", sa.String(length=32), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("review_note", sa.Text(), nullable=False),
        sa.Column("reviewed_by_id", sa.String(length=32), nullable=True),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=True),
        sa.Column("cast_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('counted', 'excluded')", name=op.f("ck_contest_ballots_state_word")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_contest_ballots_account_id")),
        sa.ForeignKeyConstraint(["against_id"], ["contest_entries.id"], name=op.f("fk_contest_ballots_against_id")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_contest_ballots_contest_id")),
        sa.ForeignKeyConstraint(["favoured_id"], ["contest_entries.id"], name=op.f("fk_contest_ballots_favoured_id")),
        sa.ForeignKeyConstraint(["reviewed_by_id"], ["accounts.id"], name=op.f("fk_contest_ballots_reviewed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_ballots")),
        sa.UniqueConstraint(
            "contest_id", "account_id", "subject", name=op.f("uq_contest_ballots_contest_id_account_id_subject")
        ),
    )
    op.create_index(op.f("ix_contest_ballots_account_id"), "contest_ballots", ["account_id"], unique=False)
    op.create_table(
        "entry_receipts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("contest_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("work_id", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=True),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("audio_sha256", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_entry_receipts_account_id")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_entry_receipts_contest_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["contest_entries.id"], name=op.f("fk_entry_receipts_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_receipts")),
    )
    op.create_index(op.f("ix_entry_receipts_account_id"), "entry_receipts", ["account_id"], unique=False)
    op.create_table(
        "hearings",
        sa.Column("contest_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("heard_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_beat_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_hearings_account_id")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_hearings_contest_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["contest_entries.id"], name=op.f("fk_hearings_entry_id")),
        sa.PrimaryKeyConstraint("contest_id", "account_id", "entry_id", name=op.f("pk_hearings")),
    )
    op.create_table(
        "judge_conflicts",
        sa.Column("contest_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_judge_conflicts_account_id")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_judge_conflicts_contest_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["contest_entries.id"], name=op.f("fk_judge_conflicts_entry_id")),
        sa.PrimaryKeyConstraint("contest_id", "account_id", "entry_id", name=op.f("pk_judge_conflicts")),
    )
    op.create_table(
        "judge_scores",
        sa.Column("contest_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_judge_scores_account_id")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_judge_scores_contest_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["contest_entries.id"], name=op.f("fk_judge_scores_entry_id")),
        sa.PrimaryKeyConstraint("contest_id", "account_id", "entry_id", name=op.f("pk_judge_scores")),
    )
    op.add_column("accounts", sa.Column("email_verified_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_table("judge_scores")
    op.drop_table("judge_conflicts")
    op.drop_table("hearings")
    op.drop_table("entry_receipts")
    op.drop_table("contest_ballots")
    op.drop_table("duel_offers")
    op.drop_table("contest_entries")
    op.drop_table("contest_slots")
    op.drop_table("contest_sign_ups")
    op.drop_table("contest_log")
    op.drop_table("contest_judges")
    op.drop_table("contest_announcements")
    op.drop_table("label_releases")
    op.drop_table("contests")
    op.drop_table("label_members")
    op.drop_table("label_invitations")
    op.drop_table("labels")
    op.drop_column("accounts", "email_verified_at")
    op.execute("DELETE FROM notices WHERE kind = 'contest'")
    op.execute("DELETE FROM jobs WHERE kind = 'tend_contest'")
    _allow("notices", _NOTICE_KINDS[:-1])
    _allow("jobs", _JOB_KINDS[:-1])


def _allow(table: str, kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_kind_word"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_kind_word"), f"kind IN {kinds!r}")
