"""Reports of comments: in the moderators' queue with what was said; upheld, the comment goes and both are told."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.comments import CommentFault, CommentGone, CommentState
from remixhub.domain.moderation import ReportReason, ReportState
from remixhub.models import Account, AuditEntry, Comment, Notice, Report, Work
from remixhub.services.comments import removing, writing
from remixhub.services.moderation import reports, takedowns
from remixhub.services.moderation.reports import ReportOpen
from remixhub.services.moderation.takedowns import TakedownWorksInvalid
from tests.unit.rows import Rows, actor_of


@pytest.fixture
def people(rows: Rows) -> dict[str, Account]:
    made = {handle: rows.account(handle) for handle in ("ada", "pest", "fan", "friend")}
    return made | {"operator": rows.account("operator", is_operator=True)}


@pytest.fixture
def work(rows: Rows, people: dict[str, Account]) -> Work:
    return rows.work(people["ada"], "Song")


@pytest.fixture
def comment(parts: Parts, people: dict[str, Account], work: Work) -> Comment:
    return writing.write_comment(actor_of(people["pest"]), parts, work.id, text="Buy!")


def reported(parts: Parts, by: Account, comment: Comment) -> Report:
    return reports.report_comment(actor_of(by), parts, comment.id, fault=CommentFault.SPAM, note="Again.")


def test_a_report_of_a_comment_stands_beside_one_of_its_work(
    parts: Parts, rows: Rows, people: dict[str, Account], work: Work, comment: Comment
) -> None:
    fan = people["fan"]
    made = reported(parts, fan, comment)
    assert (made.work_id, made.comment_text, made.reason) == (work.id, "Buy!", ReportReason.OFFENSIVE)
    reports.create_report(actor_of(fan), parts, work_id=work.id, reason=ReportReason.OFFENSIVE)
    with pytest.raises(ReportOpen):
        reported(parts, fan, comment)
    other = writing.write_comment(actor_of(people["pest"]), parts, work.id, text="Buy now!")
    reported(parts, fan, other)
    assert len(rows.all(Report)) == 3


def test_upheld_the_comment_goes_and_its_author_and_all_who_reported_it_are_told(
    parts: Parts, rows: Rows, people: dict[str, Account], comment: Comment
) -> None:
    first, _ = (reported(parts, people[handle], comment) for handle in ("fan", "friend"))
    operator = actor_of(people["operator"])
    reports.decide_report(operator, parts, first.id, outcome=ReportState.UPHELD, note="Not here.")
    gone = rows.one(Comment)
    assert (gone.state, gone.text) == (CommentState.TAKEN_DOWN, "")
    decided = rows.all(Report)
    assert [(one.state, one.comment_text) for one in decided] == [(ReportState.UPHELD, None)] * 2
    handles = {account.id: handle for handle, account in people.items()}
    told = sorted(
        (handles[one.account_id], one.title)
        for one in rows.all(Notice)
        if "removed" in one.title or "report" in one.title
    )
    assert told == [
        ("fan", "Your report of a comment on “Song” was upheld"),
        ("friend", "Your report of a comment on “Song” was upheld"),
        ("pest", "Your comment on “Song” was removed by the moderators"),
    ]
    (notice,) = rows.all(Notice, Notice.account_id == people["pest"].id)
    assert notice.text == "The reason: it is spam. Not here."
    assert "comment.taken_down" in [one.action for one in rows.all(AuditEntry)]


def test_dismissed_it_stays_and_what_was_quoted_goes(
    parts: Parts, rows: Rows, people: dict[str, Account], comment: Comment
) -> None:
    report = reported(parts, people["fan"], comment)
    reports.decide_report(actor_of(people["operator"]), parts, report.id, outcome=ReportState.DISMISSED)
    assert rows.one(Comment).text == "Buy!"
    assert rows.one(Report).comment_text is None


def test_what_its_author_deletes_meanwhile_can_be_decided_and_not_be_reported(
    parts: Parts, rows: Rows, people: dict[str, Account], comment: Comment
) -> None:
    report = reported(parts, people["fan"], comment)
    removing.delete_comment(actor_of(people["pest"]), parts, comment.id)
    with pytest.raises(CommentGone):
        reported(parts, people["friend"], comment)
    reports.decide_report(actor_of(people["operator"]), parts, report.id, outcome=ReportState.UPHELD)
    assert rows.one(Comment).state is CommentState.DELETED


def test_a_work_is_not_taken_down_for_a_comment_on_it(
    parts: Parts, people: dict[str, Account], work: Work, comment: Comment
) -> None:
    report = reported(parts, people["fan"], comment)
    with pytest.raises(TakedownWorksInvalid):
        takedowns.take_down(
            actor_of(people["operator"]), parts, work_ids=[work.id], reason=ReportReason.OFFENSIVE, report_id=report.id
        )
