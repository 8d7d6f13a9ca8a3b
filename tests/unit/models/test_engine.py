"""Two kinds of transaction: one that writes all or nothing, and one that writes nothing."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.states import JobState, WorkState
from remixhub.models import Account, Database, DatabaseUnavailable, Job, SourceLink, Work
from tests.unit.rows import Rows


def test_a_transaction_writes_all_or_nothing(parts: Parts, rows: Rows) -> None:
    def write_half() -> None:
        with parts.database.writing() as session:
            session.add(Account(handle="half", display_name="Half"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert rows.all(Account) == []


def test_what_only_reads_leaves_nothing(parts: Parts, rows: Rows) -> None:
    with parts.database.reading() as session:
        session.add(Account(handle="stray", display_name="Stray"))
    assert rows.all(Account) == []


def test_rows_outlive_their_transaction(parts: Parts, rows: Rows) -> None:
    rows.account("ada")
    with parts.database.reading() as session:
        account = session.scalars(sa.select(Account)).one()
    assert account.handle == "ada"


def test_a_writer_that_is_not_let_in_says_that_the_database_is_busy(parts: Parts, rows: Rows) -> None:
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with parts.database.writing():
            locked.set()
            done.wait(30)

    def write() -> None:
        with parts.database.writing(patience_ms=20) as session:
            session.add(Account(handle="late", display_name="Late"))

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert locked.wait(30)
        assert rows.all(Account) == [], "reading goes on"
        with pytest.raises(DatabaseUnavailable):
            write()
    finally:
        done.set()
        holder.join()
    write()
    assert len(rows.all(Account)) == 1


def test_a_database_that_is_not_there_is_unavailable() -> None:
    nowhere = Database.connect("sqlite:////no/such/folder/hub.db")

    def read() -> None:
        with nowhere.reading():
            pytest.fail("it was opened")

    with pytest.raises(DatabaseUnavailable):
        read()


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


def refused(rows: Rows, constraint: str, statement: str) -> None:
    def spoil() -> None:
        with rows.database.writing() as session:
            session.execute(sa.text(statement))

    with pytest.raises(sa.exc.IntegrityError, match=constraint):
        spoil()


def test_a_link_goes_from_the_younger_to_the_older_work(rows: Rows, ada: Account) -> None:
    older = rows.work(ada, "Older")
    younger = rows.work(ada, "Younger")
    with pytest.raises(sa.exc.IntegrityError, match="source_is_older"):
        rows.link(older, younger)
    rows.link(younger, older)
    with pytest.raises(sa.exc.IntegrityError, match=r"not_itself|source_is_older"):
        rows.link(younger, younger)
    assert len(rows.all(SourceLink)) == 1


def test_only_what_is_published_has_a_number(rows: Rows, ada: Account) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="published_has_seq"):
        rows.work(ada, state=WorkState.DRAFT, seq=7)
    with pytest.raises(sa.exc.IntegrityError, match="published_has_seq"):
        rows.work(ada, seq=None)
    assert rows.all(Work) == []


def test_references_are_kept(rows: Rows) -> None:
    columns = "id, token_hash, account_id, name, scopes, created_at"
    refused(rows, "FOREIGN KEY", f"INSERT INTO access_tokens ({columns}) VALUES ('t', 'h', 'nobody', 'n', '[]', 0)")


def test_one_active_job_for_a_thing_to_do(rows: Rows) -> None:
    rows.job(state=JobState.DONE)
    rows.job()
    with pytest.raises(sa.exc.IntegrityError):
        rows.job(state=JobState.LEASED)
    assert len(rows.all(Job)) == 2


def test_an_accounts_bytes_are_never_less_than_none(rows: Rows, ada: Account) -> None:
    refused(rows, "stored_bytes_positive", "UPDATE accounts SET stored_bytes = -1")
