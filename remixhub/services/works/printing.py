"""The press: a work's envelope is folded from its peaks, and its picture for links made, once for each revision.

What is published and not printed as it stands now is due; the scheduler orders the newest few at a time. So works are
printed after publishing and after edits, works of before are caught up with, and people's uploads wait for none of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.audio.confine.pictures import COVER_MEDIA_TYPE, PHOTO_MEDIA_TYPE, jpeg_photo, webp_thumbnail
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.covers.envelope import columns_of, envelope_of
from remixhub.domain.covers.printed import digest_of
from remixhub.domain.covers.printed import print_cover as print_from
from remixhub.domain.covers.score import Score
from remixhub.domain.covers.thumbnails import MOST_BYTES, SIDES_PIXELS, thumbnails_digest
from remixhub.domain.states import JobKind, JobState, RenditionKind, StemPackState, WorkState
from remixhub.jobs.lease import Lease
from remixhub.jobs.table import add_job
from remixhub.models import Job, Rendition, Stem, StemPack, Work
from remixhub.models.works import UNPRINTED
from remixhub.services import workbench
from remixhub.services.workbench import StoredRendition
from remixhub.services.works.link_pictures import PRINT_MEDIA_TYPE, printed_png
from remixhub.services.works.prints import score_from
from remixhub.services.works.tempo_and_key import TempoAndKey, said_or_heard

_AT_ONCE = 20


@dataclass(frozen=True)
class _Due:
    work: Work
    tempo_and_key: TempoAndKey
    peaks_keys: Sequence[str]
    """Of the whole piece, or else of its stems."""
    cover_key: str | None
    pictured: str | None
    """What a picture is filed under already."""
    small: str | None
    """What the thumbnails of the cover are filed under; None without a cover."""
    lacking: Sequence[RenditionKind]
    """Those that are still to be made."""


def order_prints(parts: Parts) -> None:
    """Of the newest works that are due, and whose sound is there. What died waits for an operator to send it again."""
    died = sa.exists().where(Job.kind == JobKind.PRINT_COVER, Job.subject_id == Work.id, Job.state == JobState.DEAD)
    due = sa.select(Work.id).where(UNPRINTED, sa.not_(Work.is_unheard), ~died).order_by(Work.seq.desc()).limit(_AT_ONCE)
    with parts.database.reading() as session:
        ids = session.scalars(due).all()
    if ids:
        with parts.database.writing() as session:
            for id in ids:
                add_job(session, SYSTEM, JobKind.PRINT_COVER, id, max_attempts=parts.settings.job_attempts)


def print_cover(parts: Parts, lease: Lease) -> None:
    """A job; its subject is the work. Safe to repeat: equal works give equal prints under equal keys."""
    due = _find(parts, lease.subject_id)
    if due is None:
        with lease.committing():
            return
    envelope = envelope_of(columns_of(b"".join(parts.store.blocks(key))) for key in due.peaks_keys)
    heard = dataclasses.asdict(due.tempo_and_key)
    score = score_from(due.work.id, envelope, **heard)
    digest = digest_of(score)
    subject = due.work.cover_digest if due.work.cover_digest and due.cover_key else digest
    lease.progress(50, "printing")
    pictures = _pictures(parts, lease, due, score, subject)
    with lease.committing() as session:
        for picture in pictures:
            workbench.keep_rendition(session, picture)
        # an edit in the meantime leaves the work due
        session.execute(
            sa.update(Work)
            .where(Work.id == due.work.id, Work.revision == due.work.revision)
            .values(
                imprint={"envelope": envelope.hex(), **heard},
                print_digest=digest,
                thumbnail_digest=due.small,
                printed_revision=due.work.revision,
            )
        )


def _find(parts: Parts, work_id: str) -> _Due | None:
    with parts.database.reading() as session:
        work = session.get(Work, work_id)
        if work is None or work.state is not WorkState.PUBLISHED or work.printed_revision == work.revision:
            return None
        pack = session.scalars(
            sa.select(StemPack)
            .where(StemPack.work_id == work_id, StemPack.state == StemPackState.FROZEN)
            .order_by(StemPack.version.desc())
            .limit(1)
        ).first()
        keys = _keys(session, RenditionKind.PEAKS_COARSE, [work.whole_digest])
        if not keys and pack is not None:
            stems = sa.select(Stem.original_sha256).where(Stem.stem_pack_id == pack.id)
            keys = _keys(session, RenditionKind.PEAKS_COARSE, session.scalars(stems).all())
        covers = _keys(session, RenditionKind.COVER, [work.cover_digest])
        pictured = _keys(session, RenditionKind.LINK_PICTURE, [work.cover_digest or work.print_digest])
        small = thumbnails_digest(work.cover_digest) if work.cover_digest and covers else None
        return _Due(
            work=work,
            tempo_and_key=said_or_heard(work, pack),
            peaks_keys=[keys[digest] for digest in sorted(keys)],
            cover_key=next(iter(covers.values()), None),
            pictured=next(iter(pictured), None),
            small=small,
            lacking=[] if small is None else _lacking(session, small),
        )


def _keys(session: Session, kind: RenditionKind, digests: Sequence[str | None]) -> dict[str, str]:
    """By what the renditions are filed under."""
    rows: Any = session.execute(
        sa.select(Rendition.subject_digest, Rendition.key).where(
            Rendition.kind == kind, Rendition.subject_digest.in_([one for one in digests if one is not None])
        )
    )
    return dict(rows.all())


def _lacking(session: Session, small: str) -> list[RenditionKind]:
    made = sa.select(Rendition.kind).where(Rendition.subject_digest == small, Rendition.kind.in_(SIDES_PIXELS))
    there = set(session.scalars(made))
    return [kind for kind in SIDES_PIXELS if kind not in there]


def _pictures(parts: Parts, lease: Lease, due: _Due, score: Score, subject: str) -> list[StoredRendition]:
    """Those that are still to be made: for links, and small ones of a cover."""
    stored = []
    is_pictured = due.pictured == subject
    with workbench.own_folder(parts, lease) as folder:
        cover = folder / "cover.webp"
        if due.cover_key is not None and (due.lacking or not is_pictured):
            parts.store.download(due.cover_key, cover)
        if not is_pictured:
            stored.append(_link_picture(parts, due, score, subject, cover))
        if due.small is not None:
            stored += [_thumbnail(parts, due.small, kind, cover) for kind in due.lacking]
    return stored


def _link_picture(parts: Parts, due: _Due, score: Score, subject: str, cover: Path) -> StoredRendition:
    """Of the cover, or of the print."""
    if due.cover_key is not None:
        path, media_type = cover.with_name("link-picture.jpg"), PHOTO_MEDIA_TYPE
        path.write_bytes(jpeg_photo(cover, parts.sandbox))
    else:
        path, media_type = cover.with_name("link-picture.png"), PRINT_MEDIA_TYPE
        path.write_bytes(printed_png(print_from(score)))
    return workbench.store_rendition(parts, subject, RenditionKind.LINK_PICTURE, path, media_type)


def _thumbnail(parts: Parts, small: str, kind: RenditionKind, cover: Path) -> StoredRendition:
    side = SIDES_PIXELS[kind]
    path = cover.with_name(f"thumbnail-{side}.webp")
    path.write_bytes(webp_thumbnail(cover, parts.sandbox, side_pixels=side, most_bytes=MOST_BYTES[side]))
    return workbench.store_rendition(parts, small, kind, path, COVER_MEDIA_TYPE)
