"""The press: what is due, in which order, and that a work which was edited meanwhile stays due."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.covers.thumbnails import MOST_BYTES, SIDES_PIXELS
from remixhub.domain.states import JobKind, JobState, RenditionKind, WorkState
from remixhub.jobs.lease import claim
from remixhub.jobs.table import add_job
from remixhub.models import Account, Job, Rendition, Work
from remixhub.services.works import printing
from remixhub.services.works.printing import order_prints, print_cover
from remixhub.services.works.prints import score_of
from remixhub.storage.s3 import ObjectStore
from tests.unit.domain.covers.test_envelope import peaks
from tests.unit.rows import Rows, sha256_of

LOUD, SOFT = peaks([(-100, 100)] * 48), peaks([(-20, 20)] * 48)


class Shelf(ObjectStore):
    """A storage in memory."""

    def __init__(self, **objects: bytes) -> None:
        self.objects_by_key = objects

    def blocks(self, key: str) -> Iterator[bytes]:
        yield self.objects_by_key[key]

    def put_file(self, key: str, path: Path, media_type: str) -> None:
        del media_type
        self.objects_by_key[key] = path.read_bytes()


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


def ordered(rows: Rows) -> list[str]:
    return [job.subject_id for job in rows.all(Job, Job.kind == JobKind.PRINT_COVER)]


def press(parts: Parts, shelf: Shelf, work: Work) -> None:
    with parts.database.writing() as session:
        job_id = add_job(session, SYSTEM, JobKind.PRINT_COVER, work.id, max_attempts=5)
    lease = claim(parts.database, job_id, seconds=60)
    assert lease is not None
    print_cover(dataclasses.replace(parts, store=shelf), lease)


def keep(rows: Rows, digest: str, key: str, kind: RenditionKind = RenditionKind.PEAKS_COARSE) -> None:
    rows.add(
        Rendition(
            subject_digest=digest, kind=kind, key=key, media_type="x/y", size_bytes=1,
            engine_version="1",
        )
    )  # fmt: skip


def test_what_is_published_and_not_printed_as_it_stands_is_due(parts: Parts, rows: Rows, ada: Account) -> None:
    rows.work(ada, state=WorkState.DRAFT)
    rows.work(ada, state=WorkState.WITHDRAWN)
    rows.work(ada, revision=3, printed_revision=3)
    new, edited = rows.work(ada), rows.work(ada, revision=4, printed_revision=3)
    order_prints(parts)
    order_prints(parts)
    assert sorted(ordered(rows)) == sorted([new.id, edited.id])


def test_the_newest_few_come_first_and_what_died_waits(
    parts: Parts, rows: Rows, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "_AT_ONCE", 2)
    works = [rows.work(ada, str(number)) for number in range(4)]
    rows.job(kind=JobKind.PRINT_COVER, subject_id=works[3].id, state=JobState.DEAD)
    order_prints(parts)
    assert sorted(ordered(rows)) == sorted([works[3].id, works[2].id, works[1].id])


def test_the_whole_piece_is_printed_and_its_stems_only_without_one(parts: Parts, rows: Rows, ada: Account) -> None:
    mix, bass = rows.original("mix"), rows.original("bass")
    whole = rows.work(ada, "whole", mix_sha256=mix.sha256)
    apart = rows.work(ada, "apart")
    for work in (whole, apart):
        rows.pack(work, [bass], tempo_bpm=120.0, key="A minor")
    keep(rows, mix.sha256, "mix")
    keep(rows, bass.sha256, "bass")
    shelf = Shelf(mix=LOUD, bass=SOFT)
    for work in (whole, apart):
        press(parts, shelf, work)
    scores = [score_of(rows.one(Work, Work.id == work.id)) for work in (whole, apart)]
    assert [score.envelope[0] for score in scores] == [199, 40]
    assert {(score.tempo_bpm, score.key.name if score.key else None) for score in scores} == {(120.0, "A minor")}


def test_a_print_is_made_once_and_again_when_it_changes(parts: Parts, rows: Rows, ada: Account) -> None:
    work = rows.work(ada, tempo_bpm=120.0)
    shelf = Shelf()
    press(parts, shelf, work)
    first = rows.one(Work)
    assert first.printed_revision == first.revision
    (key,) = shelf.objects_by_key
    shelf.objects_by_key[key] = b"untouched"
    press(parts, shelf, work)
    rows.change(Work, title="Another", revision=2)
    press(parts, shelf, work)
    assert shelf.objects_by_key == {key: b"untouched"}
    assert (rows.one(Work).printed_revision, rows.one(Work).print_digest) == (2, first.print_digest)
    rows.change(Work, tempo_bpm=121.0, revision=3)
    press(parts, shelf, work)
    assert len(shelf.objects_by_key) == 2
    assert rows.one(Work).print_digest != first.print_digest
    assert {one.subject_digest for one in rows.all(Rendition)} >= {first.print_digest, rows.one(Work).print_digest}


def test_a_work_that_is_edited_while_it_is_printed_stays_due(parts: Parts, rows: Rows, ada: Account) -> None:
    mix = rows.original("mix")
    work = rows.work(ada, mix_sha256=mix.sha256)
    keep(rows, mix.sha256, "mix")

    class Busy(Shelf):
        def blocks(self, key: str) -> Iterator[bytes]:
            rows.change(Work, tempo_bpm=99.0, revision=2)
            return super().blocks(key)

    press(parts, Busy(mix=LOUD), work)
    assert (rows.one(Work).printed_revision, rows.one(Work).print_digest) == (0, None)


def test_what_is_no_longer_published_is_not_printed(parts: Parts, rows: Rows, ada: Account) -> None:
    work = rows.work(ada, state=WorkState.TAKEN_DOWN)
    press(parts, Shelf(), work)
    assert rows.all(Rendition) == []
    assert rows.one(Job).state is JobState.DONE


def test_a_picture_of_the_artists_takes_the_place_of_the_print(parts: Parts, rows: Rows, ada: Account) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(picture, "WEBP")
    work = rows.work(ada, cover_digest=sha256_of("picture"))
    keep(rows, sha256_of("picture"), "cover", RenditionKind.COVER)
    shelf = Shelf(cover=picture.getvalue())
    press(parts, shelf, work)
    made = rows.one(Rendition, Rendition.kind == RenditionKind.LINK_PICTURE)
    assert (made.subject_digest, made.media_type) == (work.cover_digest, "image/jpeg")
    assert Image.open(io.BytesIO(shelf.objects_by_key[made.key])).size == (1200, 1200)


def test_the_small_ones_of_a_picture_are_squares_that_weigh_little_whatever_it_shows(
    parts: Parts, rows: Rows, ada: Account
) -> None:
    noise = Image.merge("RGBA", [Image.effect_noise((1400, 700), 250) for _ in range(4)])
    picture = io.BytesIO()
    noise.save(picture, "WEBP", quality=95)
    assert len(picture.getvalue()) > 500_000
    work = rows.work(ada, cover_digest=sha256_of("picture"))
    keep(rows, sha256_of("picture"), "cover", RenditionKind.COVER)
    shelf = Shelf(cover=picture.getvalue())
    press(parts, shelf, work)
    pressed = rows.one(Work)
    small = rows.all(Rendition, Rendition.subject_digest == pressed.thumbnail_digest)
    assert {one.kind for one in small} == set(SIDES_PIXELS)
    for one in small:
        side, encoded = SIDES_PIXELS[one.kind], shelf.objects_by_key[one.key]
        shown = Image.open(io.BytesIO(encoded))
        assert (shown.format, shown.mode, shown.size) == ("WEBP", "RGB", (side, side))
        assert len(encoded) == one.size_bytes <= MOST_BYTES[side]

    lost = small[0]
    for one in small[1:]:
        shelf.objects_by_key[one.key] = b"untouched"
    with parts.database.writing() as session:
        session.execute(sa.delete(Rendition).where(Rendition.key == lost.key))
    rows.change(Work, revision=2)
    press(parts, shelf, work)
    assert [shelf.objects_by_key[one.key] == b"untouched" for one in small] == [False, True, True]
    assert len(rows.all(Rendition, Rendition.subject_digest == pressed.thumbnail_digest)) == 3
    rows.change(Work, cover_digest=None, revision=3)
    press(parts, shelf, work)
    assert rows.one(Work).thumbnail_digest is None
