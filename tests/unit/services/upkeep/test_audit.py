"""The audit trail is the operators'; addresses go before what was observed, and changes never."""

from __future__ import annotations

from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, OperatorOnly, session_actor
from remixhub.models import AuditEntry, now
from remixhub.services import journal
from remixhub.services.upkeep import audit
from remixhub.services.upkeep.audit import Filters
from tests.unit.rows import LONG_AGO, Rows, actor_of

DAY = 24 * 3600


def entry(rows: Rows, **facts: Any) -> AuditEntry:
    known = {"actor": "visitor", "action": "work.published", "subject_kind": "work", "subject_id": "w", **facts}
    return rows.add(AuditEntry(**known))


def found(parts: Parts, **filters: Any) -> list[str]:
    return [line.action for line in audit.list_entries(SYSTEM, parts, Filters(**filters), limit=50).rows]


def test_it_is_for_operators_alone(parts: Parts, rows: Rows) -> None:
    with pytest.raises(OperatorOnly):
        audit.list_entries(actor_of(rows.account("ada")), parts, Filters(), limit=5)


def test_it_is_found_by_what_whom_where_and_when(parts: Parts, rows: Rows) -> None:
    ada = rows.account("ada")
    entry(rows, action="sign_in.failed", subject_kind="account", subject_id=ada.id, address="192.0.2.1")
    entry(rows, action="sign_in.held_off", subject_kind="account", subject_id=ada.id, created_at=LONG_AGO)
    entry(rows, action="sign_up.failed", actor=ada.id, address="192.0.2.9")
    assert found(parts) == ["sign_up.failed", "sign_in.held_off", "sign_in.failed"], "the newest first"
    assert found(parts, action="sign_in") == ["sign_in.held_off", "sign_in.failed"]
    assert found(parts, action="sign_in.failed", subject="@Ada") == ["sign_in.failed"]
    assert found(parts, action="sign_") == []
    assert found(parts, actor="ada") == found(parts, actor=ada.id) == ["sign_up.failed"]
    assert found(parts, address="192.0.2.1") == ["sign_in.failed"]
    assert found(parts, since=rows.moment().replace(year=2021), action="sign_in") == ["sign_in.failed"]
    line = audit.list_entries(SYSTEM, parts, Filters(action="sign_in.failed"), limit=1).rows[0]
    assert (line.subject_handle, line.actor_handle) == ("ada", None)


def test_it_comes_in_pages(parts: Parts, rows: Rows) -> None:
    for number in range(5):
        entry(rows, action=f"work.{number}")
    first = audit.list_entries(SYSTEM, parts, Filters(), limit=3)
    second = audit.list_entries(SYSTEM, parts, Filters(), after=first.next_position, limit=3)
    assert [line.action[-1] for line in (*first.rows, *second.rows)] == list("43210")


def test_addresses_go_after_180_days_observations_after_400_and_changes_stay(parts: Parts, rows: Rows) -> None:
    for days in (179, 181, 401):
        entry(rows, action=f"change.{days}", address="192.0.2.1", created_at=now(-days * DAY))
        seen = {"address": "192.0.2.1", "observed_count": 1, "created_at": now(-days * DAY)}
        entry(rows, action=f"seen.{days}", **seen)
    audit.forget_old(parts)
    left = {row.action: row.address for row in rows.all(AuditEntry)}
    assert left == {
        "change.179": "192.0.2.1", "change.181": None, "change.401": None, "seen.179": "192.0.2.1", "seen.181": None,
    }  # fmt: skip


def test_of_a_flood_the_newest_stay(parts: Parts, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_MOST_OBSERVATIONS", 3)
    monkeypatch.setattr(audit, "_AT_ONCE", 2)
    entry(rows, action="change.first")
    for number in range(8):
        entry(rows, action=f"seen.{number}", observed_count=1)
    audit.forget_old(parts)
    assert [row.action for row in rows.all(AuditEntry)] == ["change.first", "seen.5", "seen.6", "seen.7"]


def test_rows_about_access_say_from_where_and_others_only_of_operators(parts: Parts, rows: Rows) -> None:
    ada, operator = actor_of(rows.account("ada")), session_actor("o", "op", is_operator=True)
    journal.came_from("192.0.2.1")
    with parts.database.writing() as session:
        journal.record(session, ada, "session.ended", "session", "s")
        journal.record(session, ada, "ballot.cast", "contest", "c")
        journal.record(session, operator, "contest.edited", "contest", "c")
    journal.came_from(None)
    addresses = {row.action: row.address for row in rows.all(AuditEntry)}
    assert addresses == {"session.ended": "192.0.2.1", "ballot.cast": None, "contest.edited": "192.0.2.1"}
