"""Letters of a day or a week: one with what is new and unread, none when there is nothing, each notice once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.digests import subject_of
from remixhub.domain.letters import LetterKind, MailTopic, Rhythm
from remixhub.domain.moderation import NoticeKind
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs.lease import Lease, claim
from remixhub.models import Account, Job, Letter, MailRhythm, Notice, now
from remixhub.services import notices
from remixhub.services.mail import digests, wishes
from remixhub.services.mail.messages import unsubscribe_token
from tests.mailbox import Mailbox
from tests.unit.rows import LONG_AGO, Rows, actor_of

SendAll = Callable[[], None]
DIGESTS = Job.kind == JobKind.SEND_DIGEST


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


def tell(parts: Parts, account: Account, title: str, kind: NoticeKind = NoticeKind.COMMENT) -> None:
    with parts.database.writing() as session:
        notices.send(session, [account.id], kind, ("work", "w" + title), title, "Words.")


def choose(parts: Parts, account: Account, topic: MailTopic, rhythm: Rhythm) -> None:
    wishes.choose(actor_of(account), parts, {topic: rhythm})


def due(parts: Parts, rows: Rows) -> Lease:
    """The waiting digest, in a worker's hands, as if its hour had come."""
    rows.change(Job, DIGESTS, Job.state == JobState.PENDING, run_after_at=now())
    job = rows.one(Job, DIGESTS, Job.state == JobState.PENDING)
    lease = claim(parts.database, job.id, seconds=60)
    assert lease is not None
    return lease


def test_what_is_wished_daily_goes_together_and_what_was_read_does_not(
    parts: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    choose(parts, ada, MailTopic.REMIXES, Rhythm.DAILY)
    for title in ("First comment", "Second comment", "Read already"):
        tell(parts, ada, title)
    tell(parts, ada, "Dawn is a remix", NoticeKind.REMIXED)
    tell(parts, ada, "It opens", NoticeKind.CONTEST)
    rows.change(Notice, Notice.title == "Read already", read_at=now())
    send_all()
    assert len(server.letters) == 1, "contests come at once"
    job = rows.one(Job, DIGESTS)
    assert (job.subject_id, job.state) == (subject_of(ada.id, Rhythm.DAILY), JobState.PENDING)
    assert 0 < (job.run_after_at - rows.moment()).total_seconds() <= 24 * 3600
    digests.write_digest(parts, due(parts, rows))
    send_all()
    letter = server.letters[-1]
    assert "Your day on the hub: 3 notices" in letter
    places = [letter.index(words) for words in ("Dawn is a remix", "First comment", "Second comment")]
    assert places == sorted(places)
    assert "Read already" not in letter
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in letter
    tell(parts, ada, "Third comment")
    digests.write_digest(parts, due(parts, rows))
    send_all()
    assert "1 notice" in server.letters[-1]
    assert "First comment" not in server.letters[-1]


def test_no_letter_when_all_was_read_or_nothing_is_wished_any_more(parts: Parts, rows: Rows, ada: Account) -> None:
    tell(parts, ada, "A comment")
    rows.change(Notice, read_at=now())
    digests.write_digest(parts, due(parts, rows))
    tell(parts, ada, "Another")
    choose(parts, ada, MailTopic.COMMENTS, Rhythm.NEVER)
    digests.write_digest(parts, due(parts, rows))
    tell(parts, ada, "A third")
    assert rows.all(Job, DIGESTS, Job.state == JobState.PENDING) == []
    assert rows.all(Letter) == []


def test_a_worker_that_dies_before_the_commit_leaves_the_letter_to_the_next_and_a_late_one_writes_none(
    parts: Parts, rows: Rows, ada: Account
) -> None:
    tell(parts, ada, "A comment")
    first = due(parts, rows)
    rows.change(Job, Job.id == first.job_id, leased_until_at=LONG_AGO)
    second = claim(parts.database, first.job_id, seconds=60)
    assert second is not None
    digests.write_digest(parts, second)
    with pytest.raises(Exception, match=first.job_id):
        digests.write_digest(parts, first)
    assert [letter.kind for letter in rows.all(Letter)] == [LetterKind.DIGEST]


def test_weekly_and_daily_are_letters_of_their_own(parts: Parts, rows: Rows, ada: Account) -> None:
    choose(parts, ada, MailTopic.REMIXES, Rhythm.WEEKLY)
    tell(parts, ada, "A remix", NoticeKind.REMIXED)
    tell(parts, ada, "A comment")
    subjects = {job.subject_id for job in rows.all(Job, DIGESTS)}
    assert subjects == {subject_of(ada.id, rhythm) for rhythm in (Rhythm.DAILY, Rhythm.WEEKLY)}


def wished(parts: Parts, account: Account) -> dict[MailTopic, Rhythm]:
    with parts.database.reading() as session:
        return wishes.rhythms(session, account.id)


def test_one_click_stops_all_of_the_letter_and_another_brings_it_back(parts: Parts, rows: Rows, ada: Account) -> None:
    token = unsubscribe_token(parts.settings, ada.id, Rhythm.DAILY)
    before = wished(parts, ada)
    for _ in range(2):
        assert wishes.stop_by_link(parts, token) is Rhythm.DAILY
    stopped = {topic for topic, rhythm in wished(parts, ada).items() if rhythm is Rhythm.NEVER}
    assert stopped == {MailTopic.COMMENTS, MailTopic.SEARCHES}
    for _ in range(2):
        wishes.undo_by_link(parts, token)
        assert wished(parts, ada) == before


def test_undoing_brings_back_what_the_link_stopped_and_nothing_else(parts: Parts, rows: Rows, ada: Account) -> None:
    choose(parts, ada, MailTopic.REMIXES, Rhythm.NEVER)
    choose(parts, ada, MailTopic.CONTESTS, Rhythm.WEEKLY)
    daily = unsubscribe_token(parts.settings, ada.id, Rhythm.DAILY)
    before = wished(parts, ada)
    wishes.undo_by_link(parts, daily)
    assert wished(parts, ada) == before, "nothing was stopped"
    wishes.stop_by_link(parts, daily)
    choose(parts, ada, MailTopic.SEARCHES, Rhythm.NEVER)
    wishes.undo_by_link(parts, daily)
    assert wished(parts, ada) == before | {MailTopic.SEARCHES: Rhythm.NEVER}, "that was chosen since"
    contests = unsubscribe_token(parts.settings, ada.id, MailTopic.CONTESTS)
    wishes.stop_by_link(parts, contests)
    assert wished(parts, ada)[MailTopic.CONTESTS] is Rhythm.NEVER
    wishes.undo_by_link(parts, contests)
    assert wished(parts, ada)[MailTopic.CONTESTS] is Rhythm.WEEKLY, "as it came before"


def test_for_who_is_gone_nothing_is_written(parts: Parts, rows: Rows) -> None:
    gone = rows.account("di", email=None, deleted_at=LONG_AGO)
    for what in (Rhythm.DAILY, MailTopic.COMMENTS):
        token = unsubscribe_token(parts.settings, gone.id, what)
        wishes.stop_by_link(parts, token)
        wishes.undo_by_link(parts, token)
    assert rows.all(MailRhythm) == []


def test_what_the_release_before_declined_and_wished_again_counts(parts: Parts, rows: Rows, ada: Account) -> None:
    choose(parts, ada, MailTopic.CONTESTS, Rhythm.WEEKLY)
    with parts.database.writing() as session:  # as it does
        session.execute(sa.text("DELETE FROM declined_topics"))
    with parts.database.reading() as session:
        assert wishes.rhythms(session, ada.id)[MailTopic.CONTESTS] is Rhythm.AT_ONCE
        assert wishes.rhythms(session, ada.id)[MailTopic.COMMENTS] is Rhythm.DAILY
