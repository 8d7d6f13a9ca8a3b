"""What browsers mix: which stems still need it made, in which order, and under which name it is found."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from remixhub.compose import Parts
from remixhub.domain.states import JobKind, JobState, RenditionKind, WorkState
from remixhub.models import Account, Job, Original, Rendition, Stem, StemPack, Work
from remixhub.services.stems import preparing
from tests.unit.rows import LONG_AGO, Rows


@pytest.fixture
def artist(rows: Rows) -> Account:
    return rows.account("artist")


def with_index(rows: Rows, digest: str) -> None:
    rows.add(
        Rendition(
            subject_digest=digest, kind=RenditionKind.MIXER_INDEX, key=digest, media_type="x/y", size_bytes=1,
            engine_version="2",
        )
    )  # fmt: skip


def original(rows: Rows, name: str, rate_hz: int = 48_000, *, is_indexed: bool = True) -> Original:
    made = rows.original(name, sample_rate_hz=rate_hz)
    if is_indexed:
        with_index(rows, made.sha256)
    return made


def of_before(rows: Rows, artist: Account, name: str, days: int = 0, **facts: WorkState) -> Work:
    """Published so many days after the first, with two stems that have no index."""
    work = rows.work(artist, name, **facts)
    pack = rows.pack(work, [original(rows, f"{name} {number}", is_indexed=False) for number in (1, 2)])
    frozen_at = LONG_AGO + dt.timedelta(days=days)
    rows.change(StemPack, StemPack.id == pack.id, is_unprepared=True, frozen_at=frozen_at)
    return work


def freeze(parts: Parts, rows: Rows, artist: Account, *originals: Original) -> StemPack:
    pack = rows.pack(rows.work(artist), originals)
    with parts.database.writing() as session:
        loaded = sa.select(StemPack).where(StemPack.id == pack.id)
        found = session.scalars(loaded.options(selectinload(StemPack.stems).joinedload(Stem.original))).one()
        preparing.order(session, parts, found)
    return rows.one(StemPack, StemPack.id == pack.id)


def ordered(rows: Rows) -> set[str]:
    jobs = rows.all(Job, Job.kind == JobKind.PREPARE_STEM, Job.state == JobState.PENDING)
    return {job.subject_id for job in jobs}


def stems_of(rows: Rows, work: Work) -> set[str]:
    packs = [pack.id for pack in rows.all(StemPack, StemPack.work_id == work.id)]
    return {stem.original_sha256 for stem in rows.all(Stem, Stem.stem_pack_id.in_(packs))}


def done(rows: Rows, *works: Work) -> None:
    for work in works:
        for sha256 in stems_of(rows, work):
            with_index(rows, sha256)
    rows.change(Job, Job.state == JobState.PENDING, state=JobState.DONE)


def test_stems_of_one_rate_are_ready_with_their_ingest(parts: Parts, rows: Rows, artist: Account) -> None:
    pack = freeze(parts, rows, artist, original(rows, "a"), original(rows, "b"))
    assert (pack.is_unprepared, ordered(rows)) == (False, set())
    assert {stem.resampled_digest for stem in rows.all(Stem)} == {None}


def test_a_stem_of_another_rate_is_made_at_that_of_its_pack_under_a_name_of_its_own(
    parts: Parts, rows: Rows, artist: Account
) -> None:
    odd = original(rows, "odd", 44_100)
    pack = freeze(parts, rows, artist, original(rows, "a"), odd, original(rows, "b"))
    (stem,) = rows.all(Stem, Stem.original_sha256 == odd.sha256)
    assert stem.resampled_digest not in (None, odd.sha256)
    assert (pack.is_unprepared, ordered(rows)) == (True, {stem.resampled_digest})
    for kind in RenditionKind:
        is_mixed = kind in (RenditionKind.MIXER, RenditionKind.MIXER_INDEX)
        assert preparing.filed_under(stem, kind) == (stem.resampled_digest if is_mixed else odd.sha256)


def test_the_name_is_that_of_original_and_rate(parts: Parts, rows: Rows, artist: Account) -> None:
    """So that it is made once for all packs of one rate, and anew for those of another."""
    odd, other = original(rows, "odd", 44_100), original(rows, "other", 32_000)
    for rate_hz in (48_000, 48_000, 96_000):
        number = len(rows.all(StemPack))
        twice = [original(rows, f"{number} {one}", rate_hz) for one in "ab"]
        freeze(parts, rows, artist, *twice, odd, other)
    digests = [stem.resampled_digest for stem in rows.all(Stem, Stem.original_sha256 == odd.sha256)]
    assert len(digests) == 3
    assert len(set(digests)) == 2
    assert len(ordered(rows)) == 4


def test_stems_of_before_their_index_are_made_when_they_are_published_again(
    parts: Parts, rows: Rows, artist: Account
) -> None:
    old = original(rows, "old", is_indexed=False)
    pack = freeze(parts, rows, artist, original(rows, "a"), old)
    assert (pack.is_unprepared, ordered(rows)) == (True, {old.sha256})


def test_works_of_before_are_caught_up_with_the_newest_first_and_a_few_stems_at_a_time(
    parts: Parts, rows: Rows, artist: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "_STEMS_AT_A_TIME", 2)
    middle, newest, oldest = (of_before(rows, artist, name, days) for name, days in (("m", 5), ("n", 9), ("o", 1)))
    for expected in (newest, middle, oldest):
        preparing.order_due(parts)
        assert ordered(rows) == stems_of(rows, expected)
        preparing.order_due(parts)  # while these are under way
        assert ordered(rows) == stems_of(rows, expected)
        done(rows, expected)
    preparing.order_due(parts)
    assert ordered(rows) == set()
    assert {pack.is_unprepared for pack in rows.all(StemPack)} == {False}


def test_what_died_waits_and_keeps_nobody_else_waiting(parts: Parts, rows: Rows, artist: Account) -> None:
    work, other = of_before(rows, artist, "a", 2), of_before(rows, artist, "b", 1)
    dead = min(stems_of(rows, work))
    rows.job(kind=JobKind.PREPARE_STEM, subject_id=dead, state=JobState.DEAD)
    preparing.order_due(parts)
    assert ordered(rows) == (stems_of(rows, work) | stems_of(rows, other)) - {dead}
    done(rows, other)
    with_index(rows, max(stems_of(rows, work)))
    preparing.order_due(parts)
    assert ordered(rows) == set()
    assert {pack.work_id for pack in rows.all(StemPack, StemPack.is_unprepared)} == {work.id}


def test_works_that_nobody_mixes_are_left_alone(parts: Parts, rows: Rows, artist: Account) -> None:
    for state in (WorkState.WITHDRAWN, WorkState.TAKEN_DOWN):
        of_before(rows, artist, state.value, state=state)
    preparing.order_due(parts)
    assert ordered(rows) == set()
