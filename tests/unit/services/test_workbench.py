"""What the jobs on stored bytes share."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from remixhub.compose import Parts
from remixhub.domain.states import RenditionKind
from remixhub.jobs.lease import Lease, LeaseLost, claim
from remixhub.models import Job, Rendition, now
from remixhub.services.workbench import BytesDone, StoredRendition, keep_rendition, own_folder
from tests.unit.rows import Rows, sha256_of

PREVIEW = StoredRendition(sha256_of("a"), RenditionKind.PREVIEW, "renditions/a/1/preview.mp3", "audio/mpeg", 700, "1")


@pytest.fixture
def lease(parts: Parts, rows: Rows) -> Lease:
    claimed = claim(parts.database, rows.job().id, seconds=60)
    assert claimed is not None
    return claimed


def test_bytes_show_as_percent_between_two_marks(rows: Rows, lease: Lease) -> None:
    count = BytesDone(lease, 200, "writing", from_percent=40.0, to_percent=90.0)
    count(bytes(50))
    assert (rows.one(Job).progress_percent, rows.one(Job).progress_step) == (52.5, "writing")
    count(bytes(150))
    assert (rows.one(Job).progress_percent, count.done_bytes) == (90.0, 200)


def test_nothing_to_do_is_no_division_by_zero(rows: Rows, lease: Lease) -> None:
    BytesDone(lease, 0, "reading")(b"")
    assert rows.one(Job).progress_percent == 0.0


def test_counting_ends_with_the_lease(rows: Rows, lease: Lease) -> None:
    rows.change(Job, fence=Job.fence + 1)
    with pytest.raises(LeaseLost):
        BytesDone(lease, 2, "reading")(b"x")


def test_a_job_s_folder_goes_however_it_ends(parts: Parts, lease: Lease) -> None:
    def work() -> None:
        with own_folder(parts, lease) as folder:
            (folder / "half").write_bytes(b"x")
            raise LeaseLost(lease.job_id)

    with pytest.raises(LeaseLost):
        work()
    assert list(parts.settings.work_dir.iterdir()) == []


def test_what_is_made_as_temporary_meanwhile_lies_in_the_folder(parts: Parts, lease: Lease) -> None:
    before = tempfile.gettempdir()
    with own_folder(parts, lease) as folder:
        assert Path(tempfile.gettempdir()) == folder
    assert tempfile.gettempdir() == before


def test_a_rendition_is_described_by_whoever_stored_it_last(parts: Parts, rows: Rows) -> None:
    with parts.database.writing() as session:
        keep_rendition(session, PREVIEW)
    rows.change(Rendition, created_at=now(-9000))
    long_ago = rows.one(Rendition).created_at
    later = replace(PREVIEW, key="renditions/a/2/preview.ogg", media_type="audio/ogg", size_bytes=900)
    with parts.database.writing() as session:
        keep_rendition(session, replace(later, engine_version="2"))
    kept = rows.one(Rendition)
    assert (kept.key, kept.media_type, kept.size_bytes, kept.engine_version) == (
        "renditions/a/2/preview.ogg", "audio/ogg", 900, "2",
    )  # fmt: skip
    assert kept.created_at > long_ago


def test_renditions_of_one_subject_stand_beside_each_other(parts: Parts, rows: Rows) -> None:
    with parts.database.writing() as session:
        keep_rendition(session, PREVIEW)
        keep_rendition(session, replace(PREVIEW, kind=RenditionKind.PEAKS, key="renditions/a/1/peaks.dat"))
    assert {one.kind for one in rows.all(Rendition)} == {RenditionKind.PREVIEW, RenditionKind.PEAKS}
