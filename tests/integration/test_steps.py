"""A hub is upgraded while it runs, and there is a way back: the schema only expands from one step to the next.

What is read from the tables is asked always; the code of the step before itself runs where git has it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from remixhub.models import Database, Row
from remixhub.models.migrate import alembic_config, upgrade
from tests.releases.steps import REPOSITORY, REVISION_BEFORE, unpack_step_before

_MIGRATIONS = REPOSITORY / "migrations" / "versions"
_NAMES = re.compile(r"\w+")
_NEVER_DELETED = {"accounts", "contests", "contest_entries"}
"""Whose rows new tables may point at without a word on what happens when one goes."""
OLD_TESTS = [
    f"tests/integration/{one}"
    for one in (
        "accounts/test_accounts.py::test_signing_up_makes_a_public_profile_without_the_address",
        "accounts/test_accounts.py::test_a_new_password_ends_the_other_sessions",
        "accounts/test_accounts.py::test_a_deleted_account_takes_what_nobody_else_has_seen_along",
        "accounts/test_sessions.py::test_sessions_are_listed_and_ended_from_elsewhere",
        "accounts/test_tokens.py::test_a_token_speaks_for_its_account_and_is_shown_once",
        "accounts/test_address_verification.py::test_the_link_in_the_mail_verifies_the_address_once_for_good",
        "accounts/test_follows.py::test_artists_and_labels_are_followed_once_and_no_more",
        "uploads/test_uploads.py::test_an_aborted_upload_leaves_nothing_in_the_storage",
        "stems/test_archives.py::test_a_pack_is_built_once_and_holds_the_originals_byte_for_byte",
        "remixes/test_links.py::test_a_claim_becomes_a_link_when_it_is_accepted",
        "contests/test_labels.py::test_a_label_grows_by_invitations_that_work_once",
        "contests/test_voting.py::test_a_duel_is_answered_once_after_both_were_heard",
        "contests/test_voting.py::test_scores_are_given_once_within_bounds",
        "contests/test_judging.py::test_judges_score_what_is_not_too_near_and_nothing_else",
        "contests/test_decisions.py::test_the_export_binds_the_names_and_keeps_voters_and_entrants_apart",
        "contests/test_tending.py",
        "mixes/test_drafts.py::test_a_draft_is_rendered_as_it_was_saved_last_and_a_copy_goes_its_own_way",
        "moderation/test_moderation.py::test_an_appeal_is_made_once_and_answered",
        "licences/test_receipts.py::test_a_download_is_enough_to_remix_what_was_closed_since",
        "upkeep/test_sweeping.py::test_a_second_sweep_finds_nothing_more_and_spares_what_is_used",
        "test_pages.py::test_a_release_goes_from_upload_to_download",
        "test_pages.py::test_a_mix_is_made_rendered_and_published_as_a_remix",
        "test_statements.py::test_every_page_and_reading_route_takes_what_the_budget_says_whatever_the_number_of_rows[2]",
    )
]
"""Signing up and in, uploads, publishing, remixes, votes, moderation, the workers' jobs; and every page is read."""


@pytest.mark.long
def test_the_code_of_the_step_before_runs_on_the_tables_of_this_one(tmp_path: Path) -> None:
    """Its own tests say so, on both databases, with today's migrations in the place of its own."""
    before = tmp_path / "before"
    if reason := unpack_step_before(before):
        pytest.skip(reason)
    shutil.rmtree(before / "migrations")
    (before / "migrations").symlink_to(REPOSITORY / "migrations")
    static = Path("remixhub/web/static/build")
    (before / static).symlink_to(REPOSITORY / static)
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "REMIXHUB"))}
    asked = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *OLD_TESTS]
    ran = subprocess.run(asked, cwd=before, env=environ, capture_output=True, text=True, check=False, timeout=1800)
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    assert int(re.findall(r"(\d+) passed", ran.stdout)[-1]) >= len(OLD_TESTS), ran.stdout[-500:]


def test_a_step_only_expands(database_url: str) -> None:
    engine = Database.connect(database_url).engine
    with engine.begin() as connection:
        Row.metadata.drop_all(connection)
        connection.execute(sa.text("DROP TABLE alembic_version"))
    command.upgrade(alembic_config(database_url), REVISION_BEFORE)
    before = Tables(engine)
    upgrade(database_url)
    after = Tables(engine)
    engine.dispose()
    assert shrunk(before, after) == []
    kinds = [set(re.findall(r"'(\w+)'", tables.checks["jobs"]["ck_jobs_kind_word"])) for tables in (before, after)]
    told = re.findall(r"jobs forget ([a-z_ ]+)", (REPOSITORY / "docs" / "operations.md").read_text())
    assert set(told[0].split()) == kinds[1] - kinds[0], "what the step before cannot read"


def test_migrations_say_what_they_do_by_themselves() -> None:
    """One that imports what we wrote changes with it, and the step before cannot run it."""
    naming = [
        path.name for path in _MIGRATIONS.glob("*.py") if re.search(r"^(from|import) remixhub", path.read_text(), re.M)
    ]
    assert naming == []


class Tables:
    """What there is in a database, by table."""

    def __init__(self, engine: sa.Engine) -> None:
        found = sa.inspect(engine)
        self.columns = {
            table: {one["name"]: one for one in found.get_columns(table)} for table in found.get_table_names()
        }
        self.checks = {table: {str(one["name"]): str(one["sqltext"]) for one in found.get_check_constraints(table)}
                       for table in self.columns}  # fmt: skip
        self.unique = {table: {(frozenset(one["column_names"]), _condition(one)) for one in found.get_indexes(table)
                               if one["unique"]}
                       | {(frozenset(one["column_names"]), "") for one in found.get_unique_constraints(table)}
                       for table in self.columns}  # fmt: skip
        self.keys = {table: {(tuple(one["constrained_columns"]), one["referred_table"]): one["options"].get("ondelete")
                             for one in found.get_foreign_keys(table)} for table in self.columns}  # fmt: skip


def shrunk(before: Tables, after: Tables) -> list[str]:
    """What of the tables of now would stop code that knows those of before."""
    faults = [f"{table}: is gone" for table in before.columns if table not in after.columns]
    for table, columns in after.columns.items():
        known = before.columns.get(table, {})
        for name, column in columns.items():
            if known and name not in known and not column["nullable"] and column["default"] is None:
                faults.append(f"{table}.{name}: new, NOT NULL and without a server default")
            if name in known and known[name]["nullable"] and not column["nullable"]:
                faults.append(f"{table}.{name}: may not be null any more")
            if name in known and str(known[name]["type"]) != str(column["type"]):
                faults.append(f"{table}.{name}: was {known[name]['type']}")
        faults += [f"{table}.{name}: is gone" for name in known if name not in columns]
        checked, differ = before.checks.get(table, {}), before.unique.get(table, set())
        if known:
            ours = [
                (name, text) for name, text in after.checks[table].items() if known.keys() & set(_NAMES.findall(text))
            ]
            news = [name for name, text in ours if forbids_more(checked.get(name), text)]
            faults += [f"{table}: {name} forbids more" for name in news]
            words = _words(" ".join(checked.values()))
            faults += [
                f"{table}: {sorted(columns)} must differ"
                for columns, condition in after.unique[table] - differ
                # rows with words that it does not know it never writes
                if columns <= known.keys()
                and _words(condition) <= words
                and not _is_narrower(columns, condition, differ)
            ]
        for key, on_delete in after.keys[table].items():
            holds = key[1] in before.columns.keys() - _NEVER_DELETED and not on_delete
            if holds and key not in before.keys.get(table, {}):
                faults.append(f"{table}.{key[0][0]}: keeps rows of {key[1]} from being deleted")
    return faults


def _condition(index: Any) -> str:
    """Of a partial index."""
    return " ".join(str(value) for name, value in index.get("dialect_options", {}).items() if name.endswith("_where"))


def _is_narrower(columns: frozenset[str], condition: str, differ: set[tuple[frozenset[str], str]]) -> bool:
    return any(columns == others and _plain(condition).startswith(_plain(wide)) for others, wide in differ)


def _plain(condition: str) -> str:
    """As both databases give it back."""
    return re.sub(r"::[a-z ]+|[()\s]", "", condition).lower()


def _words(text: str) -> set[str]:
    return set(re.findall(r"'([^']*)'", text))


def forbids_more(before: str | None, now: str) -> bool:
    """A list of words may grow; other conditions stay, and none comes."""
    if before is None:
        return True
    words = [_words(text) for text in (before, now)]
    return not words[0] <= words[1] if any(words) else "".join(before.split()) != "".join(now.split())
