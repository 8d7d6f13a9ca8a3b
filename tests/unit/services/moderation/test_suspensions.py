"""Suspensions: who may make one, how it ends, its one appeal, and that somebody is left to operate the hub."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, AccountSuspended, OperatorOnly, ProofNeeded, require_not_suspended
from remixhub.domain.errors import NotFound
from remixhub.domain.letters import LetterKind
from remixhub.domain.moderation import NoticeKind, ReportReason, SuspensionReason, SuspensionState
from remixhub.domain.states import WorkState
from remixhub.models import Account, AuditEntry, Letter, Notice, Suspension, Work, now
from remixhub.services.accounts import sessions
from remixhub.services.accounts.devices import Browser
from remixhub.services.moderation import suspensions
from remixhub.services.moderation.suspensions import (
    SuspendedAlready,
    SuspensionAppealed,
    SuspensionInvalid,
    SuspensionSettled,
    appeal,
    decide_suspension,
    get_suspension,
)
from tests.mailbox import with_mail
from tests.unit.rows import LONG_AGO, Rows, actor_of

BROWSER = Browser("here", "test")


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


@pytest.fixture
def operator(rows: Rows) -> Account:
    return rows.account("operator", is_operator=True)


def suspend(parts: Parts, account: Account, by: Account | None = None, **facts: Any) -> Suspension:
    actor = SYSTEM if by is None else actor_of(by)
    return suspensions.suspend(
        actor, parts, handle=account.handle, **{"reason": SuspensionReason.SPAM, "note": "Links.", **facts}
    )


def is_suspended(parts: Parts, rows: Rows, account: Account) -> bool:
    """As whoever asks with a session finds it."""
    token = sessions.open_session(parts, account, BROWSER).token
    return sessions.authenticate(parts, token).actor.suspended is not None


def test_only_an_operator_suspends_and_the_account_is_told(
    parts: Parts, rows: Rows, ada: Account, operator: Account
) -> None:
    with pytest.raises(OperatorOnly):
        suspend(parts, operator, by=ada)
    stale = replace(actor_of(operator), is_fresh=False)
    with pytest.raises(ProofNeeded):
        suspensions.suspend(stale, parts, handle=ada.handle, reason=SuspensionReason.SPAM)
    made = suspend(parts, ada, by=operator)
    assert is_suspended(parts, rows, ada)
    notice = rows.one(Notice)
    assert (notice.account_id, notice.kind, notice.subject_id) == (ada.id, NoticeKind.ACCOUNT_SUSPENDED, made.id)
    entry = rows.one(AuditEntry, AuditEntry.action == "account.suspended")
    assert entry.after is not None
    assert (entry.actor, entry.after["reason"], entry.after["note"]) == (operator.id, "spam", "Links.")


def test_it_ends_at_its_end_without_anybody(parts: Parts, rows: Rows, ada: Account) -> None:
    with pytest.raises(SuspensionInvalid):
        suspend(parts, ada, ends_at=LONG_AGO)
    suspend(parts, ada, ends_at=rows.moment() + dt.timedelta(days=1))
    assert is_suspended(parts, rows, ada)
    with pytest.raises(SuspendedAlready):
        suspend(parts, ada)
    rows.change(Suspension, ends_at=now(-1))
    assert not is_suspended(parts, rows, ada)
    with pytest.raises(SuspensionSettled):
        appeal(actor_of(ada), parts, rows.one(Suspension).id, note="Please.")
    suspend(parts, ada)
    assert is_suspended(parts, rows, ada)


def test_one_appeal_and_its_decision(parts: Parts, rows: Rows, ada: Account, operator: Account) -> None:
    made = suspend(parts, ada, by=operator)
    with pytest.raises(NotFound):
        appeal(actor_of(operator), parts, made.id, note="Not mine.")
    with pytest.raises(SuspensionSettled):
        decide_suspension(actor_of(operator), parts, made.id, outcome=SuspensionState.KEPT)
    assert appeal(actor_of(ada), parts, made.id, note="Not me.").state is SuspensionState.APPEALED
    kept = decide_suspension(actor_of(operator), parts, made.id, outcome=SuspensionState.KEPT, note="It was.")
    assert (kept.state, kept.decided_by_id) == (SuspensionState.KEPT, operator.id)
    assert is_suspended(parts, rows, ada)
    with pytest.raises(SuspensionAppealed):
        appeal(actor_of(ada), parts, made.id, note="Really.")
    decide_suspension(actor_of(operator), parts, made.id, outcome=SuspensionState.LIFTED)
    assert not is_suspended(parts, rows, ada)
    with pytest.raises(SuspensionSettled):
        decide_suspension(actor_of(operator), parts, made.id, outcome=SuspensionState.LIFTED)
    told = [one.kind for one in rows.all(Notice)]
    assert sorted(told) == [NoticeKind.ACCOUNT_SUSPENDED, *2 * [NoticeKind.SUSPENSION_DECIDED]]
    actions = {one.action for one in rows.all(AuditEntry)}
    assert {"account.suspended", "suspension.appealed", "suspension.kept", "suspension.lifted"} <= actions


def test_nobody_suspends_themselves_nor_the_last_operator(parts: Parts, rows: Rows, operator: Account) -> None:
    for actor in (actor_of(operator), SYSTEM):
        with pytest.raises(SuspensionInvalid):
            suspensions.suspend(actor, parts, handle="operator", reason=SuspensionReason.RULES)
    second = rows.account("second", is_operator=True)
    suspend(parts, operator, by=second)
    with pytest.raises(SuspensionInvalid, match="last operator"):
        suspend(parts, second)


def test_a_suspended_operator_operates_nothing_even_when_the_request_was_under_way(
    parts: Parts, rows: Rows, operator: Account
) -> None:
    second, stale = rows.account("second", is_operator=True), actor_of(operator)
    suspend(parts, operator, by=second)
    token = sessions.open_session(parts, operator, BROWSER).token
    assert not sessions.authenticate(parts, token).actor.is_operator
    with pytest.raises(SuspensionInvalid):
        suspensions.suspend(stale, parts, handle="second", reason=SuspensionReason.RULES)


def test_it_is_seen_by_the_account_and_the_operators(parts: Parts, rows: Rows, ada: Account, operator: Account) -> None:
    made = suspend(parts, ada)
    for who in (ada, operator):
        assert get_suspension(actor_of(who), parts, made.id).id == made.id
    with pytest.raises(NotFound):
        get_suspension(actor_of(rows.account("other")), parts, made.id)


def test_published_works_stay_unless_they_are_taken_down_too(parts: Parts, rows: Rows, ada: Account) -> None:
    rows.work(ada)
    first = suspend(parts, ada)
    assert rows.one(Work).state is WorkState.PUBLISHED
    decide_suspension(SYSTEM, parts, first.id, outcome=SuspensionState.LIFTED)
    suspend(parts, ada, take_down_works=ReportReason.INFRINGEMENT)
    assert rows.one(Work).state is WorkState.TAKEN_DOWN


def test_what_is_refused_says_why_until_when_and_where_to_appeal(parts: Parts, rows: Rows, ada: Account) -> None:
    made = suspend(parts, ada, ends_at=dt.datetime(2100, 1, 2, 3, 4, tzinfo=dt.UTC))
    token = sessions.open_session(parts, ada, BROWSER).token
    with pytest.raises(AccountSuspended, match="until 2 January 2100, 03:04 UTC") as refused:
        require_not_suspended(sessions.authenticate(parts, token).actor)
    assert refused.value.context == {
        "suspension_id": made.id, "reason": "spam", "until": "2100-01-02T03:04:00.000Z",
        "appeal": f"/suspensions/{made.id}",
    }  # fmt: skip


def test_the_account_is_written_to_whatever_it_wishes(parts: Parts, rows: Rows, ada: Account) -> None:
    writing = with_mail(parts, "smtp://127.0.0.1")
    rows.change(Account, Account.id == ada.id, email_verified_at=None)
    made = suspend(writing, ada)
    decide_suspension(SYSTEM, writing, made.id, outcome=SuspensionState.LIFTED)
    letters = rows.all(Letter)
    assert [(one.kind, one.account_id) for one in letters] == 2 * [(LetterKind.ACCOUNT_SUSPENDED, ada.id)]
    assert {one.facts["suspension_id"] for one in letters} == {made.id}
