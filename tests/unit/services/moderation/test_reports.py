"""Reports: of what is published, one at a time by each account, and decided once."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import OperatorOnly, ScopeMissing
from remixhub.domain.errors import NotFound
from remixhub.domain.moderation import ReportReason, ReportState
from remixhub.domain.states import WorkState
from remixhub.domain.work_refusals import WorkNotPublished, WorkWithdrawn
from remixhub.models import Account, Notice, Report, Work, now
from remixhub.services.moderation import reports
from remixhub.services.moderation.reports import ReportDecided, ReportOpen
from tests.unit.rows import Rows, actor_of


@pytest.fixture
def work(rows: Rows) -> Work:
    return rows.work(rows.account("ada"))


@pytest.fixture
def fan(rows: Rows) -> Account:
    return rows.account("fan")


@pytest.fixture
def operator(rows: Rows) -> Account:
    return rows.account("operator", is_operator=True)


def reported(parts: Parts, by: Account, work: Work) -> Report:
    return reports.create_report(actor_of(by), parts, work_id=work.id, reason=ReportReason.OFFENSIVE)


def test_one_report_of_a_work_is_open_for_an_account(
    parts: Parts, rows: Rows, work: Work, fan: Account, operator: Account
) -> None:
    first = reported(parts, fan, work)
    with pytest.raises(ReportOpen):
        reported(parts, fan, work)
    reported(parts, rows.account("other"), work)
    reports.decide_report(actor_of(operator), parts, first.id, outcome=ReportState.DISMISSED)
    reported(parts, fan, work)
    assert len(rows.all(Report)) == 3


def test_only_what_is_published_is_reported(parts: Parts, rows: Rows, fan: Account) -> None:
    ada = rows.account("ada")
    draft = rows.work(ada, state=WorkState.DRAFT)
    with pytest.raises(NotFound):
        reported(parts, fan, draft)
    with pytest.raises(WorkNotPublished):
        reported(parts, ada, draft)
    for state in (WorkState.WITHDRAWN, WorkState.TAKEN_DOWN):
        with pytest.raises(WorkWithdrawn):
            reported(parts, fan, rows.work(ada, state=state))


def test_a_report_is_decided_once_by_an_operator_and_its_reporter_is_told(
    parts: Parts, rows: Rows, work: Work, fan: Account, operator: Account
) -> None:
    report = reported(parts, fan, work)
    with pytest.raises((OperatorOnly, ScopeMissing)):
        reports.decide_report(actor_of(fan), parts, report.id, outcome=ReportState.DISMISSED)
    decided = reports.decide_report(actor_of(operator), parts, report.id, outcome=ReportState.UPHELD, note="Yes.")
    assert (decided.state, decided.decided_by_id, decided.decision_note) == (ReportState.UPHELD, operator.id, "Yes.")
    with pytest.raises(ReportDecided):
        reports.decide_report(actor_of(operator), parts, report.id, outcome=ReportState.DISMISSED)
    assert rows.one(Report).state is ReportState.UPHELD
    assert [notice.account_id for notice in rows.all(Notice)] == [fan.id]
    with pytest.raises(NotFound):
        reports.decide_report(actor_of(operator), parts, "f" * 32, outcome=ReportState.DISMISSED)


def test_the_moderators_queue_is_theirs_and_begins_with_the_oldest(
    parts: Parts, rows: Rows, work: Work, fan: Account, operator: Account
) -> None:
    with pytest.raises((OperatorOnly, ScopeMissing)):
        reports.list_reports(actor_of(fan), parts, after=None, limit=10)
    facts = {"work_id": work.id, "reason": ReportReason.OFFENSIVE}
    made = [
        rows.add(Report(account_id=rows.account(f"fan{age}").id, created_at=now(-age), **facts)).id
        for age in (30, 20, 10)
    ]
    first = reports.list_reports(actor_of(operator), parts, after=None, limit=2)
    second = reports.list_reports(actor_of(operator), parts, after=first.next_position, limit=2)
    assert [report.id for report in (*first.rows, *second.rows)] == made
    assert second.next_position is None
