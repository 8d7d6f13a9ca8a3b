"""Uploads: a multipart transfer from the client straight to S3, resumable until it is completed or expires.

open → verifying → ready → claimed
  │         └────→ rejected      (the bytes go; the row says why for a day)
  └→ aborted                     (by the client, or by the sweep after a day)
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, require_own_private
from remixhub.domain.errors import Conflict, Invalid, NotFound, TooLarge
from remixhub.domain.filenames import clean_filename
from remixhub.domain.states import JobKind, Scope, UploadPurpose, UploadState
from remixhub.domain.troubles import Delay
from remixhub.jobs.table import add_job, delay_of, delays_of, latest_job
from remixhub.models import Account, Upload, new_id, now
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.paging import Keyset, Page, Position, page
from remixhub.services.uploads import endings
from remixhub.services.uploads.owed import OWED
from remixhub.storage.keys import upload_key
from remixhub.storage.s3 import ObjectMissing, Part

COVER_LIMIT_BYTES = 20 * 1024**2
_NEWEST = Keyset(Upload.created_at.desc(), Upload.id.desc())
_PARTS_LIMIT = 1000
_PARTS_WANTED = 20
"""So many tell how far a file is, and of so many few are lost where a connection breaks."""
_SHORTEST_PART_BYTES = 5 * 1024**2
"""Of S3's; only the last part may be shorter."""
_HOLDING = (UploadState.OPEN, UploadState.VERIFYING, UploadState.READY)
_WAITING = (*_HOLDING, UploadState.REJECTED)
_CLOCKS_SECONDS = 60
"""How far the storage's clock may be behind the database's."""


class UploadNotFound(NotFound):
    code = "upload_not_found"
    title = "There is no such upload"


class UploadTooLarge(TooLarge):
    code = "upload_too_large"
    title = "The file is larger than this hub takes"


class UploadEmpty(Invalid):
    code = "empty_file"
    title = "The file is empty"


class QuotaExceeded(Conflict):
    code = "quota_exceeded"
    title = "The account's storage is full"


class UploadClosed(Conflict):
    code = "upload_closed"
    title = "The upload takes no more parts"


class UploadNotReady(Conflict):
    code = "upload_not_ready"
    title = "The upload cannot be used yet"


class UploadPurposeWrong(Conflict):
    code = "upload_purpose_wrong"
    title = "The upload was made for something else"


class PartsUnknown(Invalid):
    code = "part_number_invalid"
    title = "The upload has no such part"


class SizeMismatch(Conflict):
    code = "size_mismatch"
    title = "The parts do not add up to the declared size"


@dataclass(frozen=True)
class PartUrl:
    number: int
    url: str
    size_bytes: int


def part_count(upload: Upload) -> int:
    return math.ceil(upload.size_bytes / upload.part_size_bytes)


def fitting_part_size(size_bytes: int, longest_bytes: int) -> int:
    """The length of a file's parts, where `longest_bytes` is the most."""
    return min(max(math.ceil(size_bytes / _PARTS_WANTED), _SHORTEST_PART_BYTES), longest_bytes)


def create_upload(
    actor: Actor,
    parts: Parts,
    *,
    filename: str,
    size_bytes: int,
    purpose: UploadPurpose,
    sha256: str | None = None,
    part_size_bytes: int | None = None,
) -> Upload:
    """Raises UploadEmpty, UploadTooLarge, QuotaExceeded, FilenameInvalid, before a byte is sent."""
    account_id = require_account(actor)
    limit = COVER_LIMIT_BYTES if purpose is UploadPurpose.COVER else parts.settings.upload_limit_bytes
    if size_bytes <= 0:
        raise UploadEmpty("The file has no bytes; choose another.", violations={"/size_bytes": ["Must be positive."]})
    if size_bytes > limit:
        raise UploadTooLarge(f"Files may have {limit} bytes at most; this one has {size_bytes}.", limit_bytes=limit)
    upload_id = new_id()
    upload = Upload(
        id=upload_id,
        account_id=account_id,
        filename=clean_filename(filename),
        purpose=purpose,
        size_bytes=size_bytes,
        sha256_declared=sha256,
        part_size_bytes=max(
            part_size_bytes or fitting_part_size(size_bytes, parts.settings.upload_part_bytes),
            math.ceil(size_bytes / _PARTS_LIMIT),
        ),
        expires_at=now(parts.settings.upload_lifetime_seconds),
    )
    upload.key = upload_key(upload_id, part_count(upload))
    upload.s3_upload_id = parts.store.create_transfer(upload.key)
    try:
        with parts.database.writing() as session:
            _take_bytes(session, parts, account_id, size_bytes)
            session.add(upload)
            session.flush()
            session.refresh(upload)
            journal.record(session, actor, "upload.opened", "upload", upload_id, after={"size_bytes": size_bytes})
    except BaseException:
        parts.store.abort_transfer(upload.key, upload.s3_upload_id)
        raise
    return upload


def get_upload(actor: Actor, parts: Parts, upload_id: str) -> Upload:
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        upload = session.get(Upload, upload_id)
    return _own(actor, upload, upload_id, account_id)


def why_waiting(parts: Parts, upload: Upload) -> Delay | None:
    """The trouble of ours that its check waits for; None where nothing is in its way."""
    if upload.state is not UploadState.VERIFYING:
        return None
    with parts.database.reading() as session:
        return delay_of(latest_job(session, JobKind.VERIFY_UPLOAD, upload.id))


def arrived_parts(parts: Parts, upload: Upload) -> Sequence[Part]:
    """What S3 has of an open upload; nothing once it is closed."""
    if upload.state is not UploadState.OPEN:
        return []
    try:
        return parts.store.parts(upload.key, upload.s3_upload_id)
    except ObjectMissing:
        return []


def list_uploads(
    actor: Actor, parts: Parts, *, state: UploadState | None, after: Position | None, limit: int
) -> Page[Upload]:
    """One's own, newest first."""
    account_id = require_account(actor, Scope.READ)
    query = sa.select(Upload).where(Upload.account_id == account_id)
    if state is not None:
        query = query.where(Upload.state == state)
    with parts.database.reading() as session:
        return page(session, query, _NEWEST, after=after, limit=limit)


def list_waiting(
    actor: Actor, parts: Parts, *, after: Position | None, limit: int
) -> tuple[Page[Upload], Mapping[str, Delay]]:
    """One's own that nothing uses yet and that were not given up, newest first; and what some of them wait for."""
    account_id = require_account(actor, Scope.READ)
    query = sa.select(Upload).where(Upload.account_id == account_id, Upload.state.in_(_WAITING))
    with parts.database.reading() as session:
        found = page(session, query, _NEWEST, after=after, limit=limit)
        checked = [upload.id for upload in found.rows if upload.state is UploadState.VERIFYING]
        return found, delays_of(session, JobKind.VERIFY_UPLOAD, checked) if checked else {}


def presign_parts(actor: Actor, parts: Parts, upload_id: str, numbers: Collection[int]) -> Sequence[PartUrl]:
    """URLs that take a PUT of exactly the part's length. Raises PartsUnknown, UploadClosed."""
    upload = get_upload(actor, parts, upload_id)
    require_account(actor)
    if upload.state is not UploadState.OPEN:
        raise UploadClosed(f"The upload is {upload.state}; open a new one.", state=upload.state.value)
    count = part_count(upload)
    unknown = sorted(number for number in numbers if not 1 <= number <= count)
    if unknown:
        raise PartsUnknown(f"The parts are numbered 1 to {count}; {unknown[:5]} are not among them.", part_count=count)
    return [
        PartUrl(number, parts.store.presign_part(upload.key, upload.s3_upload_id, number, size), size)
        for number in sorted(set(numbers))
        for size in [part_size(upload, number)]
    ]


def part_size(upload: Upload, number: int) -> int:
    """All parts have the same length but the last."""
    return min(upload.part_size_bytes, upload.size_bytes - (number - 1) * upload.part_size_bytes)


def presign_form(actor: Actor, parts: Parts, upload_id: str) -> tuple[str, dict[str, str]]:
    """The address and fields of a form that sends the whole file at once.

    Aborting does not end a form, so the upload remembers until when one works. Raises UploadTooLarge, UploadClosed.
    """
    upload = get_upload(actor, parts, upload_id)
    require_account(actor)
    if part_count(upload) > 1:
        limit = upload.part_size_bytes
        raise UploadTooLarge(f"A form takes {limit} bytes at most; send this file in parts.", limit_bytes=limit)
    form = parts.store.presign_form(upload.key, upload.size_bytes)
    with parts.database.writing() as session:
        noted = changed(
            session,
            sa.update(Upload)
            .where(Upload.id == upload_id, Upload.state == UploadState.OPEN)
            .values(storable_until_at=now(parts.settings.presign_seconds + _CLOCKS_SECONDS)),
        )
        if noted == 0:
            state = session.get_one(Upload, upload_id).state
            raise UploadClosed(f"The upload is {state}; open a new one.", state=state.value)
    return form


def complete_upload(actor: Actor, parts: Parts, upload_id: str) -> Upload:
    """Closes the transfer and orders the check. Repeating it gives the same answer.

    Raises SizeMismatch while parts are missing; the upload stays open for them.
    """
    upload = get_upload(actor, parts, upload_id)
    require_account(actor)
    if upload.state is not UploadState.OPEN:
        return _completed(upload)
    try:
        _assemble(parts, upload)
    except (SizeMismatch, ObjectMissing):
        upload = get_upload(actor, parts, upload_id)
        if upload.state is UploadState.OPEN:
            raise
        return _completed(upload)  # another request was quicker
    with parts.database.writing() as session:
        closed = changed(
            session,
            sa.update(Upload)
            .where(Upload.id == upload_id, Upload.state == UploadState.OPEN)
            .values(state=UploadState.VERIFYING, completed_at=now()),
        )
        if closed == 1:
            attempts = parts.settings.job_attempts
            add_job(session, actor, JobKind.VERIFY_UPLOAD, upload_id, max_attempts=attempts)
            journal.record(session, actor, "upload.completed", "upload", upload_id)
        upload = session.get_one(Upload, upload_id, populate_existing=True)
    return _completed(upload)


def abort_upload(actor: Actor, parts: Parts, upload_id: str) -> None:
    """Ends an upload that nothing uses yet, deletes its bytes and gives them back. Safe to repeat."""
    upload = get_upload(actor, parts, upload_id)
    require_account(actor)
    with parts.database.writing() as session:
        aborted = changed(
            session,
            sa.update(Upload)
            .where(Upload.id == upload_id, sa.or_(Upload.state.in_(_HOLDING), OWED))
            .values(
                state=UploadState.ABORTED,
                expires_at=now(parts.settings.upload_lifetime_seconds),
                storable_until_at=endings.still_counted(),
            ),
        )
        if aborted == 1:
            journal.record(session, actor, "upload.aborted", "upload", upload_id)
        elif upload.state is UploadState.CLAIMED:
            raise UploadClosed("A work uses this upload; remove it there.", state=upload.state.value)
    endings.clear(parts, upload)


def claim_upload(session: Session, actor: Actor, upload_id: str, purposes: Collection[UploadPurpose]) -> Upload:
    """Turns a verified upload of the actor's into something used, in the caller's transaction; once only.

    Raises UploadNotFound, UploadNotReady, UploadPurposeWrong.
    """
    account_id = require_account(actor)
    claimed = changed(
        session,
        sa.update(Upload)
        .where(
            Upload.id == upload_id,
            Upload.account_id == account_id,
            Upload.state == UploadState.READY,
            Upload.purpose.in_(purposes),
        )
        .values(state=UploadState.CLAIMED),
    )
    upload = _own(actor, session.get(Upload, upload_id, populate_existing=True), upload_id, account_id)
    if claimed == 1:
        return upload
    if upload.state is UploadState.READY:
        wanted = " or ".join(sorted(purpose.value for purpose in purposes))
        raise UploadPurposeWrong(f"It was uploaded as {upload.purpose}; upload it again as {wanted}.")
    reason = f": {upload.rejection_detail}" if upload.state is UploadState.REJECTED else ""
    raise UploadNotReady(f"The upload is {upload.state}{reason}", state=upload.state.value)


def _take_bytes(session: Session, parts: Parts, account_id: str, size_bytes: int) -> None:
    quota = sa.func.coalesce(Account.quota_bytes, parts.settings.quota_bytes)
    taken = changed(
        session,
        sa.update(Account)
        .where(Account.id == account_id, Account.stored_bytes + size_bytes <= quota)
        .values(stored_bytes=Account.stored_bytes + size_bytes),
    )
    if taken == 0:
        account = session.get_one(Account, account_id)
        raise QuotaExceeded(
            "The file does not fit into the account's quota; delete drafts or ask the operator for more.",
            stored_bytes=account.stored_bytes,
            quota_bytes=parts.settings.quota_bytes if account.quota_bytes is None else account.quota_bytes,
        )


def _completed(upload: Upload) -> Upload:
    if upload.state is UploadState.ABORTED:
        raise UploadClosed("The upload was aborted; open a new one.", state=upload.state.value)
    return upload


def _assemble(parts: Parts, upload: Upload) -> None:
    """Joins the parts in S3, after comparing each one's length with what it has to be."""
    try:
        arrived = parts.store.parts(upload.key, upload.s3_upload_id)
    except ObjectMissing:
        arrived = []  # an earlier answer was lost on its way, or the file came by a form
    stored = None if arrived else parts.store.head(upload.key)
    if stored is not None and stored.size_bytes == upload.size_bytes:
        parts.store.abort_transfer(upload.key, upload.s3_upload_id)
        return
    right = {part.number for part in arrived if part.size_bytes == part_size(upload, part.number)}
    missing = [number for number in range(1, part_count(upload) + 1) if number not in right]
    if missing:
        raise SizeMismatch(
            f"{sum(part.size_bytes for part in arrived)} of {upload.size_bytes} bytes have arrived; "
            f"send the missing parts and complete again.",
            declared_bytes=upload.size_bytes,
            arrived_bytes=sum(part.size_bytes for part in arrived),
            missing_parts=missing[:100],
        )
    parts.store.complete_transfer(upload.key, upload.s3_upload_id, arrived)


def _own(actor: Actor, upload: Upload | None, upload_id: str, account_id: str) -> Upload:
    if upload is None or upload.account_id != account_id:
        raise UploadNotFound(f"There is no upload {upload_id!r}, or it is private.")
    require_own_private(actor, owner_id=upload.account_id, what="upload", id=upload_id)
    return upload
