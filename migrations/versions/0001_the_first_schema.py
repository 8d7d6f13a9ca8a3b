"""The first schema

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("handle", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("display_name", sa.String(length=80), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("links", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("is_operator", sa.Boolean(), nullable=False),
        sa.Column("quota_bytes", sa.BigInteger(), nullable=True),
        sa.Column("stored_bytes", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("stored_bytes >= 0", name=op.f("ck_accounts_stored_bytes_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
        sa.UniqueConstraint("handle", name=op.f("uq_accounts_handle")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entries_subject", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.execute("INSERT INTO counters (name, value) VALUES ('work_seq', 0)")
    op.create_table(
        "originals",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("container", sa.String(length=20), nullable=False),
        sa.Column("codec", sa.String(length=40), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("sample_rate_hz", sa.Integer(), nullable=False),
        sa.Column("channels", sa.Integer(), nullable=False),
        sa.Column("bit_depth", sa.Integer(), nullable=True),
        sa.Column("duration_frames", sa.BigInteger(), nullable=True),
        sa.Column("ingest_state", sa.String(length=32), nullable=False),
        sa.Column("engine_version", sa.String(length=20), nullable=True),
        sa.Column("measurements", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("refusal_code", sa.String(length=60), nullable=True),
        sa.Column("refusal_detail", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "ingest_state IN ('pending', 'ready', 'refused')", name=op.f("ck_originals_ingest_state_word")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_originals")),
    )
    op.create_table(
        "renditions",
        sa.Column("subject_digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("engine_version", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('preview', 'mixer', 'peaks', 'peaks_coarse', 'mixdown', 'archive', 'cover')",
            name=op.f("ck_renditions_kind_word"),
        ),
        sa.PrimaryKeyConstraint("subject_digest", "kind", name=op.f("pk_renditions")),
    )
    op.create_table(
        "throttles",
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("window_ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_throttles")),
    )
    op.create_table(
        "access_tokens",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("scopes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_access_tokens_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_tokens_token_hash")),
    )
    with op.batch_alter_table("access_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_tokens_account_id"), ["account_id"], unique=False)

    op.create_table(
        "browser_sessions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_browser_sessions_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_browser_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_browser_sessions_token_hash")),
    )
    with op.batch_alter_table("browser_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_browser_sessions_account_id"), ["account_id"], unique=False)

    op.create_table(
        "idempotent_answers",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_idempotent_answers_account_id")),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_idempotent_answers")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("run_after_at", sa.BigInteger(), nullable=False),
        sa.Column("rung_at", sa.BigInteger(), nullable=True),
        sa.Column("leased_until_at", sa.BigInteger(), nullable=True),
        sa.Column("progress_percent", sa.Double(), nullable=False),
        sa.Column("progress_step", sa.String(length=60), nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_detail", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('verify_upload', 'ingest_stem', 'review_stem_pack', 'render_mixdown', 'build_archive', 'sweep')",
            name=op.f("ck_jobs_kind_word"),
        ),
        sa.CheckConstraint("state IN ('pending', 'leased', 'done', 'dead')", name=op.f("ck_jobs_state_word")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_jobs_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("ix_jobs_kind_subject_id", ["kind", "subject_id"], unique=False)
        batch_op.create_index("ix_jobs_state_run_after_at", ["state", "run_after_at"], unique=False)
        batch_op.create_index(
            "uq_jobs_one_active",
            ["kind", "subject_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('pending', 'leased')"),
            postgresql_where=sa.text("state IN ('pending', 'leased')"),
        )

    op.create_table(
        "uploads",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256_declared", sa.String(length=64), nullable=True),
        sa.Column("part_size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("s3_upload_id", sa.String(length=400), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("original_sha256", sa.String(length=64), nullable=True),
        sa.Column("cover_digest", sa.String(length=64), nullable=True),
        sa.Column("rejection_code", sa.String(length=60), nullable=True),
        sa.Column("rejection_detail", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('stem', 'reference_mix', 'remix', 'cover')", name=op.f("ck_uploads_purpose_word")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'verifying', 'ready', 'claimed', 'rejected', 'aborted')",
            name=op.f("ck_uploads_state_word"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_uploads_account_id")),
        sa.ForeignKeyConstraint(["original_sha256"], ["originals.sha256"], name=op.f("fk_uploads_original_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_uploads_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_uploads_state_expires_at", ["state", "expires_at"], unique=False)

    op.create_table(
        "works",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("tempo_bpm", sa.Double(), nullable=True),
        sa.Column("key", sa.String(length=12), nullable=True),
        sa.Column("tags", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("licence", sa.String(length=32), nullable=False),
        sa.Column("credits", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("cover_digest", sa.String(length=64), nullable=True),
        sa.Column("mix_sha256", sa.String(length=64), nullable=True),
        sa.Column("mixdown_digest", sa.String(length=64), nullable=True),
        sa.Column("remix_count", sa.Integer(), nullable=False),
        sa.Column("descendant_count", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'draft') = (seq IS NULL)", name=op.f("ck_works_published_has_seq")),
        sa.CheckConstraint("kind IN ('release', 'remix')", name=op.f("ck_works_kind_word")),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'withdrawn', 'taken_down')", name=op.f("ck_works_state_word")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_works_account_id")),
        sa.ForeignKeyConstraint(["mix_sha256"], ["originals.sha256"], name=op.f("fk_works_mix_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works")),
        sa.UniqueConstraint("id", "seq", name=op.f("uq_works_id_seq")),
        sa.UniqueConstraint("seq", name=op.f("uq_works_seq")),
    )
    with op.batch_alter_table("works", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_works_account_id"), ["account_id"], unique=False)

    op.create_table(
        "source_links",
        sa.Column("derivative_id", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.String(length=32), nullable=False),
        sa.Column("derivative_seq", sa.BigInteger(), nullable=True),
        sa.Column("source_seq", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("stems", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("starts_seconds", sa.Double(), nullable=True),
        sa.Column("ends_seconds", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("licence", sa.String(length=32), nullable=False),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('remix', 'sample', 'mashup', 'cover', 'edit')", name=op.f("ck_source_links_kind_word")
        ),
        sa.CheckConstraint(
            "derivative_seq IS NULL OR source_seq < derivative_seq", name=op.f("ck_source_links_source_is_older")
        ),
        sa.CheckConstraint("source_id <> derivative_id", name=op.f("ck_source_links_not_itself")),
        sa.ForeignKeyConstraint(
            ["derivative_id", "derivative_seq"],
            ["works.id", "works.seq"],
            name=op.f("fk_source_links_derivative_id_derivative_seq"),
        ),
        sa.ForeignKeyConstraint(
            ["derivative_id"], ["works.id"], name=op.f("fk_source_links_derivative_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id", "source_seq"], ["works.id", "works.seq"], name=op.f("fk_source_links_source_id_source_seq")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["works.id"], name=op.f("fk_source_links_source_id")),
        sa.PrimaryKeyConstraint("derivative_id", "source_id", name=op.f("pk_source_links")),
    )
    with op.batch_alter_table("source_links", schema=None) as batch_op:
        batch_op.create_index("ix_source_links_source_seq", ["source_id", "derivative_seq"], unique=False)

    op.create_table(
        "stem_packs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("work_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("findings", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reviewed_digest", sa.String(length=64), nullable=True),
        sa.Column("tempo_bpm", sa.Double(), nullable=True),
        sa.Column("tempo_confidence", sa.Double(), nullable=True),
        sa.Column("key", sa.String(length=12), nullable=True),
        sa.Column("key_confidence", sa.Double(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("frozen_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'frozen')", name=op.f("ck_stem_packs_state_word")),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_stem_packs_work_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stem_packs")),
        sa.UniqueConstraint("work_id", "version", name=op.f("uq_stem_packs_work_id_version")),
    )
    with op.batch_alter_table("stem_packs", schema=None) as batch_op:
        batch_op.create_index(
            "uq_stem_packs_one_draft",
            ["work_id"],
            unique=True,
            sqlite_where=sa.text("state = 'draft'"),
            postgresql_where=sa.text("state = 'draft'"),
        )

    op.create_table(
        "mixdowns",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("stem_pack_id", sa.String(length=32), nullable=False),
        sa.Column("spec", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("sample_rate_hz", sa.Integer(), nullable=False),
        sa.Column("duration_frames", sa.BigInteger(), nullable=True),
        sa.Column("integrated_lufs", sa.Double(), nullable=True),
        sa.Column("true_peak_dbtp", sa.Double(), nullable=True),
        sa.Column("warnings", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("refusal_code", sa.String(length=60), nullable=True),
        sa.Column("refusal_detail", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("rendered_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'ready', 'refused')", name=op.f("ck_mixdowns_state_word")),
        sa.ForeignKeyConstraint(["stem_pack_id"], ["stem_packs.id"], name=op.f("fk_mixdowns_stem_pack_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_mixdowns")),
    )
    with op.batch_alter_table("mixdowns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mixdowns_stem_pack_id"), ["stem_pack_id"], unique=False)

    op.create_table(
        "stems",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("stem_pack_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("gain_db", sa.Double(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("original_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["original_sha256"], ["originals.sha256"], name=op.f("fk_stems_original_sha256")),
        sa.ForeignKeyConstraint(
            ["stem_pack_id"], ["stem_packs.id"], name=op.f("fk_stems_stem_pack_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stems")),
    )
    with op.batch_alter_table("stems", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stems_original_sha256"), ["original_sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_stems_stem_pack_id"), ["stem_pack_id"], unique=False)

    op.create_table(
        "mixes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("mixdown_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_mixes_account_id")),
        sa.ForeignKeyConstraint(["mixdown_digest"], ["mixdowns.digest"], name=op.f("fk_mixes_mixdown_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mixes")),
    )
    with op.batch_alter_table("mixes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mixes_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mixes_mixdown_digest"), ["mixdown_digest"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mixes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mixes_mixdown_digest"))
        batch_op.drop_index(batch_op.f("ix_mixes_account_id"))

    op.drop_table("mixes")
    with op.batch_alter_table("stems", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stems_stem_pack_id"))
        batch_op.drop_index(batch_op.f("ix_stems_original_sha256"))

    op.drop_table("stems")
    with op.batch_alter_table("mixdowns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mixdowns_stem_pack_id"))

    op.drop_table("mixdowns")
    with op.batch_alter_table("stem_packs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_stem_packs_one_draft",
            sqlite_where=sa.text("state = 'draft'"),
            postgresql_where=sa.text("state = 'draft'"),
        )

    op.drop_table("stem_packs")
    with op.batch_alter_table("source_links", schema=None) as batch_op:
        batch_op.drop_index("ix_source_links_source_seq")

    op.drop_table("source_links")
    with op.batch_alter_table("works", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_works_account_id"))

    op.drop_table("works")
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.drop_index("ix_uploads_state_expires_at")
        batch_op.drop_index(batch_op.f("ix_uploads_account_id"))

    op.drop_table("uploads")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_jobs_one_active",
            sqlite_where=sa.text("state IN ('pending', 'leased')"),
            postgresql_where=sa.text("state IN ('pending', 'leased')"),
        )
        batch_op.drop_index("ix_jobs_state_run_after_at")
        batch_op.drop_index("ix_jobs_kind_subject_id")

    op.drop_table("jobs")
    op.drop_table("idempotent_answers")
    with op.batch_alter_table("browser_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_browser_sessions_account_id"))

    op.drop_table("browser_sessions")
    with op.batch_alter_table("access_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_tokens_account_id"))

    op.drop_table("access_tokens")
    op.drop_table("throttles")
    op.drop_table("renditions")
    op.drop_table("originals")
    op.drop_table("counters")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entries_subject")

    op.drop_table("audit_entries")
    op.drop_table("accounts")
