"""What is observed is counted, bounded, and written beside; it stops nobody."""

from __future__ import annotations

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.models import AuditEntry
from remixhub.models.observations import MOST_ROWS
from remixhub.services import journal
from tests.unit.rows import Rows


def fail_to_sign_in(parts: Parts, address: str, times: int = 1) -> None:
    journal.came_from(address)
    for _ in range(times):
        journal.observe(parts, "sign_in.failed", "account", "a")
    journal.came_from(None)


def test_what_repeats_is_one_row_with_a_number(parts: Parts, rows: Rows) -> None:
    fail_to_sign_in(parts, "192.0.2.1", 3)
    fail_to_sign_in(parts, "192.0.2.2")
    journal.observe(parts, "access.denied", "route", "jobs.list", actor=Actor("ada"), code="operator_only")
    assert rows.all(AuditEntry) == [], "nobody waits for the database"
    assert parts.database.observations.write()
    written = {(row.action, row.actor, row.address, row.observed_count): row.after for row in rows.all(AuditEntry)}
    assert written == {
        ("sign_in.failed", "visitor", "192.0.2.1", 3): None,
        ("sign_in.failed", "visitor", "192.0.2.2", 1): None,
        ("access.denied", "ada", None, 1): {"code": "operator_only"},
    }
    assert not parts.database.observations.write()


def test_a_flood_is_a_bounded_number_of_rows_and_all_of_it_is_counted(parts: Parts, rows: Rows) -> None:
    for number in range(1000):
        fail_to_sign_in(parts, f"192.0.2.{number}")
    parts.database.observations.write()
    found = rows.all(AuditEntry)
    assert len(found) == MOST_ROWS + 1
    assert sum(row.observed_count or 0 for row in found) == 1000
    (others,) = (row for row in found if row.subject_id == "others")
    assert (others.action, others.address) == ("sign_in.failed", None)


def test_while_the_database_is_locked_it_is_kept_for_later(parts: Parts, rows: Rows) -> None:
    fail_to_sign_in(parts, "192.0.2.1", 2)
    with parts.database.writing():
        parts.database.observations.write()
    fail_to_sign_in(parts, "192.0.2.1")
    parts.database.observations.write()
    assert rows.one(AuditEntry).observed_count == 3


def test_what_is_left_is_written_when_the_process_ends(parts: Parts, rows: Rows) -> None:
    fail_to_sign_in(parts, "192.0.2.1")
    parts.database.observations.close()
    assert rows.one(AuditEntry).observed_count == 1
