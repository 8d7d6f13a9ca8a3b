"""The sweep: what nobody uses goes, on any S3, after a day in which somebody might still have wanted it; what comes for
an upload that is over goes at once.

No transaction waits for the storage: what goes is marked first, then deleted, then forgotten, so that a sweep that dies
half-way or runs twice leaves nothing behind that the next one does not find. Objects without a row are judged by S3's
own time stamps, and once more just before they go: a job may have stored the same bytes anew under the same key since
they were listed. While a backup runs nothing is deleted, since it copies what its database names after that; each step
asks for that once it has decided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import islice

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.covers.thumbnails import SIDES_PIXELS
from remixhub.domain.states import JobKind, RenditionKind, UploadState
from remixhub.jobs.lease import Lease
from remixhub.jobs.scratch import drop_left_folders
from remixhub.jobs.table import add_job
from remixhub.models import ContestEntry, Mix, Mixdown, Original, Rendition, Stem, Upload, Work, now
from remixhub.models.changes import changed
from remixhub.models.listening import forget_heard
from remixhub.services.answers import drop_old_answers
from remixhub.services.bundles.orders import drop_old as drop_old_bundles
from remixhub.services.hooks.log import drop_old as drop_old_deliveries
from remixhub.services.mail.letters import drop_old_letters
from remixhub.services.mixes.formats import ON_DEMAND
from remixhub.services.oauth.apps import drop_old as drop_old_grants
from remixhub.services.upkeep.audit import forget_old
from remixhub.services.uploads import endings
from remixhub.storage.keys import INCOMING, ORIGINALS, RENDITIONS, UPLOADS, upload_id_of

HUB, ENDED_UPLOADS = "hub", "uploads"
"""The subjects of its jobs."""
_KEYS_AT_ONCE = 500
_ON_DEMAND_SECONDS = 30 * 24 * 3600
_MADE_ON_DEMAND = (RenditionKind.ARCHIVE, *(made.rendition for made in ON_DEMAND.values()))


def enqueue_sweep(parts: Parts) -> None:
    _enqueue(parts, HUB)


def order_clearing(parts: Parts) -> None:
    """When uploads have ended that count although nothing more can come: artists wait for these bytes."""
    with parts.database.reading() as session:
        due = session.scalar(sa.select(Upload.id).where(endings.DUE).limit(1))
    if due is not None:
        _enqueue(parts, ENDED_UPLOADS)


def sweep(parts: Parts, lease: Lease) -> None:
    """A job; each step stands for itself."""
    steps: tuple[Callable[[Parts], None], ...] = (_clear_uploads,)
    if lease.subject_id == HUB:
        steps = (
            _end_uploads, _clear_uploads, _forget_uploads, _drop_incoming, _drop_originals, _drop_mixdowns,
            _drop_renditions, _drop_strays, drop_old_answers, drop_old_letters, drop_old_deliveries, drop_old_grants,
            drop_old_bundles, forget_old, _forget_heard, _drop_left_folders,
        )  # fmt: skip
    for number, step in enumerate(steps):
        lease.progress(100 * number / len(steps), step.__name__.strip("_").replace("_", " "))
        step(parts)
    with lease.committing():
        return


def _forget_heard(parts: Parts) -> None:
    with parts.database.writing() as session:
        forget_heard(session)


def _enqueue(parts: Parts, subject_id: str) -> None:
    with parts.database.writing() as session:
        add_job(session, SYSTEM, JobKind.SWEEP, subject_id, max_attempts=parts.settings.job_attempts)


def _end_uploads(parts: Parts) -> None:
    """Open and unclaimed ones whose day is over."""
    with parts.database.writing() as session:
        session.execute(
            sa.update(Upload)
            .where(Upload.state.in_([UploadState.OPEN, UploadState.READY]), Upload.expires_at < now())
            .values(state=UploadState.ABORTED, storable_until_at=endings.still_counted())
        )


def _clear_uploads(parts: Parts) -> None:
    with parts.database.reading() as session:
        ended = session.scalars(sa.select(Upload).where(endings.DUE)).all()
    for upload in ended:
        endings.clear(parts, upload)


def _forget_uploads(parts: Parts) -> None:
    """Those that are over and count no more, once their outcome could be read for a day."""
    told = sa.and_(Upload.state.in_(endings.OVER), Upload.expires_at < now())
    with parts.database.writing() as session:
        session.execute(sa.delete(Upload).where(told, Upload.storable_until_at.is_(None)))


def _drop_incoming(parts: Parts) -> None:
    """What no upload in progress knows. A transfer comes before its row, so it may be young; an object comes after."""
    for prefix in (INCOMING, UPLOADS):
        for transfer in parts.store.unfinished_transfers(prefix):
            state = _upload_state(parts, transfer.key)
            if state is not UploadState.OPEN and (state is not None or _is_old(parts, transfer.started_at)):
                parts.store.abort_transfer(transfer.key, transfer.s3_upload_id)
        for keys in _batches(stored.key for stored in parts.store.objects(prefix)):
            with parts.database.reading() as session:
                unwanted = endings.unwanted_keys(session, keys)
            if unwanted and endings.may_not_delete(parts):
                return
            for key in unwanted:
                parts.store.delete(key)


def _drop_originals(parts: Parts) -> None:
    """Doomed, deleted, forgotten: each step by itself, and the next sweep goes on where this one died.

    What comes again meanwhile finds the row doomed and brings a key of its own, so that it does not matter when the
    deletion happens.
    """
    unused = sa.and_(
        Original.created_at < _young_since(parts),
        ~sa.exists().where(Stem.original_sha256 == Original.sha256),
        ~sa.exists().where(Work.mix_sha256 == Original.sha256),
        ~sa.exists().where(ContestEntry.audio_sha256 == Original.sha256),
        ~sa.exists().where(
            Upload.original_sha256 == Original.sha256, Upload.state.in_([UploadState.READY, UploadState.CLAIMED])
        ),
    )
    with parts.database.reading() as session:
        candidates = session.scalars(sa.select(Original.sha256).where(unused, Original.doomed_at.is_(None))).all()
    for sha256 in candidates:
        one = Original.sha256 == sha256
        with parts.database.writing() as session:
            # what refers to it at this moment is waited for, and seen by the next statement
            session.execute(sa.select(Original.sha256).where(one).with_for_update())
            session.execute(sa.update(Original).where(one, unused).values(doomed_at=now()))
    with parts.database.reading() as session:
        doomed = session.execute(sa.select(Original.sha256, Original.key).where(Original.doomed_at.is_not(None))).all()
    if doomed and endings.may_not_delete(parts):
        return
    for sha256, key in doomed:
        parts.store.delete(key)
        _forget_original(parts, sha256, key)


def _forget_original(parts: Parts, sha256: str, key: str) -> None:
    """Unless it came again under another key."""
    still = sa.and_(Original.sha256 == sha256, Original.key == key, Original.doomed_at.is_not(None))
    with parts.database.writing() as session:
        if changed(session, sa.update(Original).where(still).values(doomed_at=now())) == 0:
            return
        session.execute(
            sa.update(Upload)
            .where(Upload.original_sha256 == sha256, Upload.state.in_(endings.OVER))
            .values(original_sha256=None)
        )
        session.execute(sa.delete(Original).where(still))


def _drop_mixdowns(parts: Parts) -> None:
    unused = sa.and_(
        Mixdown.created_at < _young_since(parts),
        ~sa.exists().where(Mix.mixdown_digest == Mixdown.digest),
        ~sa.exists().where(Work.mixdown_digest == Mixdown.digest),
        ~sa.exists().where(Work.stems_mix_digest == Mixdown.digest),
        ~sa.exists().where(ContestEntry.audio_sha256 == Mixdown.digest),
    )
    with parts.database.writing() as session:
        session.execute(sa.delete(Mixdown).where(unused))


def _drop_renditions(parts: Parts) -> None:
    """Renditions of what is gone; openings, which the whole has followed; and of archives and mixdowns in other formats
    those that are a month old: they are made again on demand.
    """
    subjectless = sa.and_(
        Rendition.created_at < _young_since(parts),
        Rendition.kind.not_in([RenditionKind.ARCHIVE, RenditionKind.COVER, RenditionKind.LINK_PICTURE, *SIDES_PIXELS]),
        ~sa.exists().where(Original.sha256 == Rendition.subject_digest),
        ~sa.exists().where(Mixdown.digest == Rendition.subject_digest),
        ~sa.exists().where(Stem.resampled_digest == Rendition.subject_digest),
    )
    bare_cover = sa.and_(
        Rendition.kind == RenditionKind.COVER,
        Rendition.created_at < _young_since(parts),
        ~sa.exists().where(Work.cover_digest == Rendition.subject_digest),
        ~sa.exists().where(
            Upload.cover_digest == Rendition.subject_digest, Upload.state.in_([UploadState.READY, UploadState.CLAIMED])
        ),
    )
    bare_link_picture = sa.and_(
        Rendition.kind == RenditionKind.LINK_PICTURE,
        Rendition.created_at < _young_since(parts),
        ~sa.exists().where(Work.cover_digest == Rendition.subject_digest),
        ~sa.exists().where(Work.print_digest == Rendition.subject_digest),
    )
    bare_thumbnail = sa.and_(
        Rendition.kind.in_(SIDES_PIXELS),
        Rendition.created_at < _young_since(parts),
        ~sa.exists().where(Work.thumbnail_digest == Rendition.subject_digest),
    )
    old_opening = sa.and_(Rendition.kind == RenditionKind.OPENING, Rendition.created_at < _young_since(parts))
    month_old = sa.and_(Rendition.kind.in_(_MADE_ON_DEMAND), Rendition.created_at < now(-_ON_DEMAND_SECONDS))
    doomed = sa.or_(subjectless, bare_cover, bare_link_picture, bare_thumbnail, old_opening, month_old)
    with parts.database.writing() as session:
        session.execute(sa.delete(Rendition).where(doomed))


def _drop_left_folders(parts: Parts) -> None:
    """Of this machine's scratch space; on others the next job does it."""
    drop_left_folders(parts.settings.work_dir)


def _drop_strays(parts: Parts) -> None:
    """Objects without a row: a job died between storing and committing, a row went above, or a backup came back."""
    for prefix, column in ((ORIGINALS, Original.key), (RENDITIONS, Rendition.key)):
        old = (stored.key for stored in parts.store.objects(prefix) if _is_old(parts, stored.modified_at))
        for keys in _batches(old):
            with parts.database.reading() as session:
                known = set(session.scalars(sa.select(column).where(column.in_(keys))))
            strays = [key for key in keys if key not in known]
            if strays and endings.may_not_delete(parts):
                return
            for key in strays:
                _delete_unless_renewed(parts, key)


def _batches(keys: Iterator[str]) -> Iterator[list[str]]:
    """A few hundred at a time."""
    while batch := list(islice(keys, _KEYS_AT_ONCE)):
        yield batch


def _delete_unless_renewed(parts: Parts, key: str) -> None:
    stored = parts.store.head(key)
    if stored is not None and _is_old(parts, stored.modified_at):
        parts.store.delete(key)


def _upload_state(parts: Parts, key: str) -> UploadState | None:
    with parts.database.reading() as session:
        return session.scalar(sa.select(Upload.state).where(Upload.id == upload_id_of(key)))


def _young_since(parts: Parts) -> sa.ColumnElement[dt.datetime]:
    return now(-parts.settings.sweep_grace_seconds)


def _is_old(parts: Parts, at: dt.datetime) -> bool:
    return at < dt.datetime.now(dt.UTC) - dt.timedelta(seconds=parts.settings.sweep_grace_seconds)
