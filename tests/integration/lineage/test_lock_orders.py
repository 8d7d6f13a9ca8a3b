"""Two transactions on PostgreSQL that write the same works wait for each other in one order, and none is thrown out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.comments import CommentGone, CommentNotFound, CommentState
from remixhub.domain.states import JobKind
from remixhub.jobs.lease import claim
from remixhub.models import Account, Comment, Like, Play, Work, now
from remixhub.services.accounts.passwords import hash_password
from remixhub.services.comments.removing import delete_comment
from remixhub.services.licences.sources import NewSource
from remixhub.services.lineage.orders import LINEAGE, order_settling
from remixhub.services.lineage.settling import settle, tell_rest
from remixhub.services.listening.likes import unlike
from remixhub.services.remixes.links import add_link
from remixhub.services.upkeep.departures import delete_account
from tests.unit.rows import Rows, actor_of

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
PASSWORD = "a sentence nobody guesses"
HASH = hash_password(PASSWORD)
_PATIENCE_SECONDS = 20


@pytest.fixture
def rows(parts: Parts) -> Rows:
    return Rows(parts.database)


@contextmanager
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def waits(parts: Parts, number: int, *ends: Future[Any]) -> None:
    """Until so many of this database's transactions wait for a lock, or those that should have are over."""
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until and not all(end.done() for end in ends):
        with parts.database.engine.connect() as connection:
            if connection.scalar(waiting) == number:
                return
        time.sleep(0.01)


@contextmanager
def held(parts: Parts, work_id: str) -> Iterator[Session]:
    """By somebody else, who is about to be ready."""
    with parts.database.writing() as session:
        session.execute(sa.update(Work).where(Work.id == work_id).values(revision=Work.revision))
        yield session


def three_works(rows: Rows) -> tuple[Account, list[Work]]:
    """In the order of their ids."""
    ada = rows.account("ada")
    return ada, sorted((rows.work(ada, title) for title in "abc"), key=lambda work: work.id)


def leaving(rows: Rows) -> Account:
    return rows.account("leaving", password_hash=HASH)


def leave(parts: Parts, account: Account) -> None:
    delete_account(actor_of(account), parts, password=PASSWORD, withdraw_works=False)


def comment(rows: Rows, account: Account, work: Work) -> Comment:
    made = rows.add(Comment(work_id=work.id, account_id=account.id, text="Fine.", mentions=[]))
    rows.change(Work, Work.id == work.id, comment_count=1)
    return made


def test_a_link_is_added_while_the_lineage_is_settled(parts: Parts, rows: Rows) -> None:
    ada = rows.account("ada")
    source, root = rows.work(ada, "Source"), rows.work(ada, "Root")
    remix = rows.work(ada, "Remix", [root], is_untold=True, is_uncounted=True)
    with parts.database.writing() as session:
        order_settling(session, SYSTEM, parts)
    with parts.database.reading() as session:
        job_id = session.scalar(sa.text("SELECT id FROM jobs WHERE kind = 'settle_lineage'"))
    lease = claim(parts.database, str(job_id), seconds=60)
    assert lease is not None
    assert (lease.kind, lease.subject_id) == (JobKind.SETTLE_LINEAGE, LINEAGE)
    with threads() as pool:
        with lease, lease.committing() as session:
            adding = pool.submit(add_link, actor_of(ada), parts, remix.id, NewSource(source.id))
            waits(parts, 1, adding)
            settle(session, limit=20)
        adding.result()
    assert rows.one(Work, Work.id == root.id).descendant_count == 1
    assert tell_rest(parts)  # the job that was ordered meanwhile has it to do


def test_an_account_leaves_while_plays_are_counted(parts: Parts, rows: Rows) -> None:
    _, (first, second, _) = three_works(rows)
    fan = leaving(rows)
    rows.add(Like(account_id=fan.id, work_id=second.id, created_at=now()))
    rows.change(Work, Work.id == second.id, like_count=1)
    comment(rows, fan, first)
    writing = parts.database.writing

    def play() -> None:
        with writing() as session:
            parts.database.plays._save(session, {Play(work.id, "0" * 64): 1 for work in (first, second)})

    with threads() as pool:
        with held(parts, first.id):
            playing = pool.submit(play)
            waits(parts, 1, playing)
            going = pool.submit(leave, parts, fan)
            waits(parts, 2, going)
        playing.result()
        going.result()
    stored = {work.id: work for work in rows.all(Work)}
    assert [(stored[one.id].play_count, stored[one.id].like_count) for one in (first, second)] == [(1, 0), (1, 0)]
    assert stored[first.id].comment_count == 0


@pytest.mark.parametrize("act", ["comment", "like"])
def test_an_account_leaves_while_what_it_said_or_likes_goes_anyway(parts: Parts, rows: Rows, act: str) -> None:
    _, (work, *_) = three_works(rows)
    fan = leaving(rows)
    said = comment(rows, fan, work)
    rows.add(Like(account_id=fan.id, work_id=work.id, created_at=now()))
    rows.change(Work, Work.id == work.id, like_count=1)
    acts: dict[str, Callable[[], Any]] = {
        "comment": lambda: delete_comment(actor_of(fan), parts, said.id),
        "like": lambda: unlike(actor_of(fan), parts, work.id),
    }
    with threads() as pool:
        with held(parts, work.id):
            going = pool.submit(leave, parts, fan)
            waits(parts, 1, going)
            one = pool.submit(acts[act])
            waits(parts, 2, one)
        going.result()
        with suppress(CommentNotFound, CommentGone):
            one.result()
    left = rows.one(Work, Work.id == work.id)
    assert (left.comment_count, left.like_count) == (0, 0)
    assert rows.one(Comment).state is CommentState.DELETED
    assert rows.all(Like) == []


def test_works_are_counted_while_plays_are(parts: Parts, rows: Rows) -> None:
    """What was published last may have the lowest id, and is written after those that it was made from."""
    ada = rows.account("ada")
    root = rows.work(ada, "Root", id="f" * 32)
    remix = rows.work(ada, "Remix", [root], id="0" * 32, is_uncounted=True)

    def play() -> None:
        with parts.database.writing() as session:
            parts.database.plays._save(session, {Play(work.id, "0" * 64): 1 for work in (remix, root)})

    def count() -> None:
        with parts.database.writing() as session:
            settle(session, limit=20)

    with threads() as pool:
        with held(parts, remix.id):
            playing = pool.submit(play)
            waits(parts, 1, playing)
            counting = pool.submit(count)
            waits(parts, 2, counting)
        playing.result()
        counting.result()
    counted = rows.one(Work, Work.id == root.id)
    assert (counted.play_count, counted.descendant_count) == (1, 1)
