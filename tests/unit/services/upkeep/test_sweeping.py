"""What the sweep takes: what nobody uses, after a day in which somebody might have, and nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.states import JobKind, RenditionKind, UploadPurpose, UploadState
from remixhub.jobs.lease import claim
from remixhub.jobs.table import add_job
from remixhub.models import Account, Job, Mix, Mixdown, Original, Rendition, Upload, Work, now
from remixhub.services.upkeep import sweeping
from remixhub.storage.s3 import ObjectStore
from tests.unit.rows import LONG_AGO, Rows, sha256_of

DAY = 24 * 3600


class BareStore(ObjectStore):
    """A storage in which nothing was stored; it notes what is deleted."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    def objects(self, prefix: str = "") -> Iterator[Any]:
        return iter(())

    def unfinished_transfers(self, prefix: str = "") -> Iterator[Any]:
        return iter(())

    def delete(self, key: str) -> None:
        self.deleted.append(key)

    def abort_transfer(self, key: str, s3_upload_id: str) -> None:
        return


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada", stored_bytes=5000)


def sweep(parts: Parts) -> list[str]:
    """The keys that were deleted."""
    store = BareStore()
    with parts.database.writing() as session:
        job_id = add_job(session, SYSTEM, JobKind.SWEEP, sweeping.HUB, max_attempts=5)
    lease = claim(parts.database, job_id, seconds=60)
    assert lease is not None
    sweeping.sweep(dataclasses.replace(parts, store=store), lease)
    return store.deleted


def upload(rows: Rows, account: Account, **facts: Any) -> Upload:
    known = {
        "filename": "a.wav", "purpose": UploadPurpose.STEM, "size_bytes": 1000, "part_size_bytes": 1000,
        "key": "incoming/a", "s3_upload_id": "u", "state": UploadState.OPEN, "expires_at": now(-1), **facts,
    }  # fmt: skip
    return rows.add(Upload(account_id=account.id, **known))


@pytest.mark.parametrize("state", [UploadState.OPEN, UploadState.READY])
def test_an_upload_whose_day_is_over_goes_and_gives_its_bytes_back(
    parts: Parts, rows: Rows, ada: Account, state: UploadState
) -> None:
    upload(rows, ada, state=state)
    kept = upload(rows, ada, state=state, expires_at=now(60))
    sweep(parts)
    assert [one.id for one in rows.all(Upload)] == [kept.id]
    assert rows.one(Account).stored_bytes == 4000


@pytest.mark.parametrize("state", [UploadState.VERIFYING, UploadState.CLAIMED])
def test_an_upload_in_use_stays_however_old(parts: Parts, rows: Rows, ada: Account, state: UploadState) -> None:
    upload(rows, ada, state=state)
    sweep(parts)
    assert rows.one(Upload).state is state
    assert rows.one(Account).stored_bytes == 5000


def test_an_original_that_nothing_uses_goes_after_a_day(parts: Parts, rows: Rows, ada: Account) -> None:
    old, young = rows.original("old"), rows.original("young")
    rows.change(Original, Original.sha256 == old.sha256, created_at=now(-DAY - 60))
    rows.change(Original, Original.sha256 == young.sha256, created_at=now(-DAY + 60))
    assert sweep(parts) == [old.key]
    assert [one.sha256 for one in rows.all(Original)] == [young.sha256]


def test_an_original_that_something_uses_stays(parts: Parts, rows: Rows, ada: Account) -> None:
    stem, mix, claimed, ready = (rows.original(name) for name in ("stem", "mix", "claimed", "ready"))
    rows.pack(rows.work(ada), [stem])
    rows.work(ada, mix_sha256=mix.sha256)
    upload(rows, ada, state=UploadState.CLAIMED, original_sha256=claimed.sha256)
    upload(rows, ada, state=UploadState.READY, original_sha256=ready.sha256, expires_at=now(60))
    lost = rows.original("lost")
    upload(rows, ada, state=UploadState.ABORTED, original_sha256=lost.sha256, expires_at=now(60))
    rows.change(Original, created_at=LONG_AGO)
    assert sweep(parts) == [lost.key]
    assert {one.sha256 for one in rows.all(Original)} == {one.sha256 for one in (stem, mix, claimed, ready)}


def test_a_mixdown_stays_while_a_mix_or_a_work_stands_on_it(parts: Parts, rows: Rows, ada: Account) -> None:
    pack = rows.pack(rows.work(ada), [rows.original("stem")])
    facts = {"stem_pack_id": pack.id, "spec": {}, "sample_rate_hz": 48_000}
    mixed, worked, young, lost = (
        rows.add(Mixdown(digest=sha256_of(name), created_at=now(-DAY + 60) if name == "young" else LONG_AGO, **facts))
        for name in ("mixed", "worked", "young", "lost")
    )
    rows.add(Mix(account_id=ada.id, mixdown_digest=mixed.digest))
    rows.work(ada, mixdown_digest=worked.digest)
    sweep(parts)
    assert {one.digest for one in rows.all(Mixdown)} == {one.digest for one in (mixed, worked, young)}
    assert lost.digest not in {one.digest for one in rows.all(Mixdown)}


def rendition(rows: Rows, digest: str, kind: RenditionKind, age_seconds: float) -> Rendition:
    facts = {"key": "k", "media_type": "m", "size_bytes": 1, "engine_version": "1", "created_at": now(-age_seconds)}
    return rows.add(Rendition(subject_digest=digest, kind=kind, **facts))


def test_renditions_go_with_what_they_were_made_from(parts: Parts, rows: Rows, ada: Account) -> None:
    original = rows.original("stem")
    rows.pack(
        rows.work(
            ada, cover_digest=sha256_of("cover"), print_digest=sha256_of("print"), thumbnail_digest=sha256_of("small")
        ),
        [original],
    )
    rendition(rows, original.sha256, RenditionKind.PREVIEW, 90 * DAY)
    rendition(rows, sha256_of("cover"), RenditionKind.COVER, 90 * DAY)
    rendition(rows, sha256_of("cover"), RenditionKind.LINK_PICTURE, 90 * DAY)
    rendition(rows, sha256_of("print"), RenditionKind.LINK_PICTURE, 90 * DAY)
    rendition(rows, sha256_of("fresh"), RenditionKind.LINK_PICTURE, DAY - 60)
    rendition(rows, sha256_of("small"), RenditionKind.THUMBNAIL_192, 90 * DAY)
    rendition(rows, sha256_of("just made"), RenditionKind.THUMBNAIL_768, DAY - 60)
    rendition(rows, sha256_of("young"), RenditionKind.PREVIEW, DAY - 60)
    kept = {one.subject_digest for one in rows.all(Rendition)}
    rendition(rows, sha256_of("gone"), RenditionKind.PREVIEW, DAY + 60)
    rendition(rows, sha256_of("bare"), RenditionKind.COVER, DAY + 60)
    rendition(rows, sha256_of("reprinted"), RenditionKind.LINK_PICTURE, DAY + 60)
    rendition(rows, sha256_of("of another cover"), RenditionKind.THUMBNAIL_384, DAY + 60)
    sweep(parts)
    assert {one.subject_digest for one in rows.all(Rendition)} == kept


@pytest.mark.parametrize(("days", "stays"), [(29.9, True), (30.1, False)])
def test_an_archive_is_kept_for_a_month(parts: Parts, rows: Rows, days: float, stays: bool) -> None:
    rendition(rows, sha256_of("pack"), RenditionKind.ARCHIVE, days * DAY)
    sweep(parts)
    assert bool(rows.all(Rendition)) is stays


def test_a_mixdown_keeps_its_render_and_loses_what_was_made_beside_it(parts: Parts, rows: Rows, ada: Account) -> None:
    pack = rows.pack(rows.work(ada), [rows.original("stem")])
    mixdown = rows.add(Mixdown(digest=sha256_of("mix"), stem_pack_id=pack.id, spec={}, sample_rate_hz=48_000))
    rows.add(Mix(account_id=ada.id, mixdown_digest=mixdown.digest))
    rendition(rows, mixdown.digest, RenditionKind.MIXDOWN, 90 * DAY)
    rendition(rows, mixdown.digest, RenditionKind.MIXDOWN_WAV, 30.1 * DAY)
    rendition(rows, mixdown.digest, RenditionKind.MIXDOWN_OPUS, 29.9 * DAY)
    rendition(rows, mixdown.digest, RenditionKind.OPENING, DAY + 60)
    sweep(parts)
    assert {one.kind for one in rows.all(Rendition)} == {RenditionKind.MIXDOWN, RenditionKind.MIXDOWN_OPUS}


def test_an_opening_stays_while_somebody_may_be_hearing_it(parts: Parts, rows: Rows, ada: Account) -> None:
    rendition(rows, sha256_of("mix"), RenditionKind.OPENING, DAY - 60)
    sweep(parts)
    assert rows.all(Rendition)


def test_a_sweep_twice_is_the_same_as_once(parts: Parts, rows: Rows, ada: Account) -> None:
    upload(rows, ada)
    for _ in range(2):
        sweep(parts)
        assert rows.one(Account).stored_bytes == 4000
    assert rows.all(Work) == []
    assert len(rows.all(Job)) == 2
