"""When the bytes of an upload go back to the quota: once, after it is over and nothing can be stored for it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.states import UploadPurpose, UploadState
from remixhub.models import Account, Job, Original, Upload, new_id, now
from remixhub.services.upkeep.sweeping import ENDED_UPLOADS, order_clearing
from remixhub.services.uploads.claims import release_claims
from remixhub.services.uploads.endings import OVER, give_back_cleared, still_counted
from tests.unit.rows import Rows

SIZE_BYTES, OTHER_BYTES = 1000, 70
IN_USE = [state for state in UploadState if state not in OVER]


@pytest.fixture
def upload(rows: Rows) -> Upload:
    """Over, with a form that has run out."""
    artist = rows.account(stored_bytes=SIZE_BYTES + OTHER_BYTES)
    upload = Upload(
        id=new_id(), account_id=artist.id, filename="a.wav", purpose=UploadPurpose.STEM, size_bytes=SIZE_BYTES,
        part_size_bytes=SIZE_BYTES, key="incoming/a", s3_upload_id="s3", state=UploadState.ABORTED,
        expires_at=rows.moment(),
    )  # fmt: skip
    rows.add(upload)
    rows.change(Upload, storable_until_at=now())
    return upload


def give_back(parts: Parts, upload: Upload) -> None:
    with parts.database.writing() as session:
        give_back_cleared(session, upload.id)


def counted_bytes(rows: Rows) -> int:
    return rows.one(Account).stored_bytes


@pytest.mark.parametrize("state", OVER)
def test_an_upload_that_is_over_gives_its_bytes_back_once(
    parts: Parts, rows: Rows, upload: Upload, state: UploadState
) -> None:
    rows.change(Upload, state=state)
    give_back(parts, upload)
    assert counted_bytes(rows) == OTHER_BYTES
    give_back(parts, upload)
    assert counted_bytes(rows) == OTHER_BYTES


def test_while_a_form_works_it_gives_nothing_back(parts: Parts, rows: Rows, upload: Upload) -> None:
    rows.change(Upload, storable_until_at=now(60))
    give_back(parts, upload)
    assert counted_bytes(rows) == SIZE_BYTES + OTHER_BYTES


@pytest.mark.parametrize("state", IN_USE)
def test_one_that_is_in_use_keeps_its_bytes_though_its_form_has_run_out(
    parts: Parts, rows: Rows, upload: Upload, state: UploadState
) -> None:
    rows.change(Upload, state=state)
    give_back(parts, upload)
    assert counted_bytes(rows) == SIZE_BYTES + OTHER_BYTES


def test_ending_an_upload_keeps_the_time_of_its_form_or_sets_one(parts: Parts, rows: Rows, upload: Upload) -> None:
    rows.change(Upload, storable_until_at=now(60))
    until = rows.one(Upload).storable_until_at
    rows.change(Upload, storable_until_at=still_counted())
    assert rows.one(Upload).storable_until_at == until
    before = rows.moment()
    rows.change(Upload, storable_until_at=None)
    rows.change(Upload, storable_until_at=still_counted())
    until = rows.one(Upload).storable_until_at
    assert until is not None
    assert before <= until <= rows.moment()


@pytest.mark.parametrize(("form_seconds", "left_bytes"), [(None, OTHER_BYTES), (-1, OTHER_BYTES), (60, 1070)])
def test_what_a_work_lets_go_comes_back_at_once_unless_a_form_works(
    parts: Parts, rows: Rows, upload: Upload, form_seconds: float | None, left_bytes: int
) -> None:
    original = rows.original()
    until = None if form_seconds is None else now(form_seconds)
    rows.change(Upload, state=UploadState.CLAIMED, original_sha256=original.sha256, storable_until_at=until)
    with parts.database.writing() as session:
        release_claims(session, upload.account_id, originals=session.scalars(sa.select(Original.sha256)).all())
    assert rows.one(Upload).state is UploadState.ABORTED
    assert counted_bytes(rows) == left_bytes
    assert (rows.one(Upload).storable_until_at is None) == (left_bytes == OTHER_BYTES)


def test_clearing_is_ordered_only_when_a_form_has_run_out(parts: Parts, rows: Rows, upload: Upload) -> None:
    rows.change(Upload, storable_until_at=now(60))
    order_clearing(parts)
    rows.change(Upload, storable_until_at=None)
    order_clearing(parts)
    assert rows.all(Job) == []
    rows.change(Upload, storable_until_at=now())
    order_clearing(parts)
    assert rows.one(Job).subject_id == ENDED_UPLOADS
