"""Letters of a day or a week: what an account was told and has not read, as far as it wishes that together.

A notice is marked with the letter that it goes with; the job that writes the letter takes the marks off in the same
transaction, so that each goes once, whatever dies. There is one waiting job for an account and a rhythm, ordered with
the first notice that it has to tell.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.digests import read_subject, seconds_until, subject_of
from remixhub.domain.letters import LetterKind, MailTopic, Rhythm, topic_of
from remixhub.domain.states import JobKind
from remixhub.jobs.lease import Lease
from remixhub.jobs.table import add_jobs_if_missing
from remixhub.models import Account, Notice, now
from remixhub.services.mail import letters, wishes
from remixhub.services.mail.quoting import IS_THERE

_ATTEMPTS = 5
_TOLD_OF_A_TOPIC = 20
"""The rest is counted."""


def order(session: Session, accounts: Collection[str], rhythm: Rhythm) -> None:
    """For notices that were just marked, in their transaction."""
    if not accounts:
        return
    moment = session.scalars(sa.select(now())).one()
    subjects = [subject_of(account_id, rhythm) for account_id in sorted(accounts)]
    after_seconds = seconds_until(rhythm, moment)
    add_jobs_if_missing(session, JobKind.SEND_DIGEST, subjects, max_attempts=_ATTEMPTS, after_seconds=after_seconds)


def write_digest(parts: Parts, lease: Lease) -> None:
    """A job. Nothing is written for who has read it all, or wishes it no more."""
    account_id, rhythm = read_subject(lease.subject_id)
    with lease.committing() as session:
        taken = sa.update(Notice).where(Notice.account_id == account_id, Notice.mail_due == rhythm)
        due = session.execute(
            taken.values(mail_due=None).returning(
                Notice.kind, Notice.title, Notice.created_at, Notice.read_at, Notice.id
            ),
            execution_options={"synchronize_session": False},
        ).all()
        account = session.get(Account, account_id)
        groups = _groups(session, account_id, [row for row in due if row.read_at is None])
        if account is not None and groups and letters.addresses_of(session, [account_id]):
            letters.write(session, account, LetterKind.DIGEST, rhythm=rhythm.value, groups=groups)


def _groups(session: Session, account_id: str, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """By topic, in the order of the topics, the oldest first; without what is gone since."""
    wished = wishes.rhythms(session, account_id)
    asked = sa.select(Notice.id).where(Notice.id.in_([row.id for row in rows]), IS_THERE)
    there = set(session.scalars(asked)) if rows else set()
    by_topic: dict[MailTopic, list[dict[str, str]]] = {topic: [] for topic in MailTopic}
    for row in sorted(rows, key=lambda row: (row.created_at, row.id)):
        if row.id in there and wished[topic_of(row.kind)] is not Rhythm.NEVER:
            by_topic[topic_of(row.kind)].append({"title": row.title})
    return [
        {"topic": topic.value, "notices": told[:_TOLD_OF_A_TOPIC], "more": max(len(told) - _TOLD_OF_A_TOPIC, 0)}
        for topic, told in by_topic.items()
        if told
    ]
