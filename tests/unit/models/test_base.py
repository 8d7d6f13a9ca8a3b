"""What all rows share: times to the millisecond by the database's clock, and words from their own list alone."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from remixhub.compose import Parts
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import JobState, WorkKind
from remixhub.models import Account, Job, Work, new_id, now
from remixhub.models.base import UtcTime, Word, one_of
from tests.unit.rows import Rows

DIALECT = sqlite.dialect()
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
read_time = UtcTime().result_processor(DIALECT, None)
times = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2999, 12, 31), timezones=st.just(dt.UTC))


@pytest.mark.parametrize(
    ("microseconds", "ms"),
    [(0, 0), (499, 0), (501, 1), (1_000, 1), (1_499, 1), (1_501, 2), (999_600, 1000), (-1_000, -1)],
)
def test_a_time_is_stored_as_the_nearest_millisecond(microseconds: int, ms: int) -> None:
    assert UtcTime().process_bind_param(EPOCH + dt.timedelta(microseconds=microseconds), DIALECT) == ms


@given(times)
@example(dt.datetime(2528, 3, 1, 0, 0, 0, 501, tzinfo=dt.UTC))
@example(dt.datetime(2999, 12, 31, 23, 59, 59, 999_501, tzinfo=dt.UTC))
def test_a_time_comes_back_as_it_was_within_half_a_millisecond(moment: dt.datetime) -> None:
    kept = read_time(UtcTime().process_bind_param(moment, DIALECT))
    assert kept is not None
    assert kept.tzinfo is dt.UTC
    assert abs(kept - moment) <= dt.timedelta(microseconds=500)
    again = read_time(UtcTime().process_bind_param(kept, DIALECT))
    assert again == kept, "and once it is stored it moves no more"


@given(times, times)
def test_times_are_stored_in_their_order(one: dt.datetime, other: dt.datetime) -> None:
    stored = [UtcTime().process_bind_param(moment, DIALECT) or 0 for moment in sorted((one, other))]
    assert stored == sorted(stored)


def test_a_time_in_another_zone_is_the_same_moment() -> None:
    berlin = dt.datetime(2026, 7, 1, 14, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    stored = UtcTime().process_bind_param(berlin, DIALECT)
    assert read_time(stored) == dt.datetime(2026, 7, 1, 12, 0, tzinfo=dt.UTC)
    assert UtcTime().process_bind_param(None, DIALECT) is None
    assert read_time(None) is None


def test_the_databases_clock_is_this_machines_in_memory(rows: Rows) -> None:
    before = dt.datetime.now(dt.UTC)
    moment = rows.moment()
    assert before - dt.timedelta(milliseconds=1) <= moment <= dt.datetime.now(dt.UTC) + dt.timedelta(milliseconds=1)


@pytest.mark.parametrize("seconds", [0.0, 0.25, 90.0, -3600.0])
def test_a_moment_is_so_many_seconds_from_now(parts: Parts, seconds: float) -> None:
    with parts.database.reading() as session:
        moment, later = session.execute(sa.select(now(), now(seconds))).one()
    assert abs((later - moment).total_seconds() - seconds) < 0.1


def test_a_column_of_times_compares_with_the_clock(parts: Parts, rows: Rows) -> None:
    account = rows.account(email_verified_at=now(-1))
    with parts.database.reading() as session:
        is_over = sa.select(Account.id).where(Account.email_verified_at < now(), Account.email_verified_at > now(-60))
        assert session.scalar(is_over) == account.id


def test_a_word_is_stored_as_itself_and_no_other_word_is(parts: Parts, rows: Rows) -> None:
    job = rows.job(state=JobState.DEAD)
    with parts.database.reading() as session:
        stored = session.execute(sa.text("SELECT state FROM jobs")).scalar_one()
    assert stored == "dead"
    assert rows.one(Job).state is JobState.DEAD
    with pytest.raises(sa.exc.StatementError, match="'undead' is not a valid JobState"):
        rows.change(Job, Job.id == job.id, state="undead")


def test_a_word_of_an_open_list_comes_back_too(parts: Parts, rows: Rows) -> None:
    port = Licence("cc-by-sa-3.0-de")
    rows.work(rows.account(), licence=port)
    assert rows.one(Work).licence == port
    read = Word(Licence).result_processor(DIALECT, None)
    assert (read("cc-by-4.0"), read(None)) == (Licence.BY, None)
    with pytest.raises(ValueError, match="nonsense"):
        read("nonsense")


def test_the_table_itself_refuses_other_words(parts: Parts, rows: Rows) -> None:
    rows.job()

    def spoil() -> None:
        with parts.database.writing() as session:
            session.execute(sa.text("UPDATE jobs SET state = 'undead'"))

    with pytest.raises(sa.exc.IntegrityError, match="state_word"):
        spoil()
    check = one_of(WorkKind, "kind")
    assert (check.name, str(check.sqltext)) == ("kind_word", "kind IN ('release', 'remix')")


def test_ids_are_opaque_and_their_own() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(id) == 32 and id.isalnum() for id in ids)
