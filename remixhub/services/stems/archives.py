"""A published stem pack as one ZIP in the object storage: built once for what it holds, by a worker, on demand."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, Actor
from remixhub.domain.lineage.credits import plain_lines
from remixhub.domain.states import ArchiveState, JobKind, RenditionKind, StemPackState
from remixhub.domain.stems.archive import (
    ArchivedPack,
    ArchivedStem,
    archive_digest,
    archive_file_name,
    stem_file_names,
    texts,
)
from remixhub.domain.stems.refusals import StemPackNotFrozen
from remixhub.jobs.lease import Lease
from remixhub.models import Rendition, Stem, StemPack, Work
from remixhub.services import journal
from remixhub.services.licences.contest_licences import require_stems
from remixhub.services.lineage import credits
from remixhub.services.stems import on_demand, receipts
from remixhub.services.stems.handing_out import GivenFile, given_file
from remixhub.services.stems.on_demand import ArchiveView, Asker
from remixhub.services.stems.packs import find_newest_pack, find_pack
from remixhub.services.stems.receipts import receipt_text
from remixhub.services.stems.zip_writer import MEDIA_TYPE, StoredFile, write_archive
from remixhub.services.workbench import StoredRendition, keep_rendition
from remixhub.services.works.tempo_and_key import said_or_heard
from remixhub.storage.keys import rendition_key

ARCHIVE_VERSION = "zip1"


def get_archive(actor: Actor, parts: Parts, stem_pack_id: str) -> ArchiveView:
    """Where the archive is, or how far. Raises StemPackNotFound, StemPackNotFrozen, ContestLicenceNotAccepted."""
    return _shown(actor, parts, _found(actor, parts, stem_pack_id))


def order_archive(asker: Asker, parts: Parts, stem_pack_id: str) -> ArchiveView:
    """Raises as `get_archive`, and TooManyOrders."""
    return _ordered(asker, parts, _found(asker.actor, parts, stem_pack_id))


def get_archive_of_work(actor: Actor, parts: Parts, work_id: str) -> tuple[Work, ArchiveView]:
    """Of its newest stems. Raises NotFound, also for a work without any, and ContestLicenceNotAccepted."""
    found = _found_of_work(actor, parts, work_id)
    return found.pack.work, _shown(actor, parts, found)


def order_archive_of_work(asker: Asker, parts: Parts, work_id: str) -> ArchiveView:
    """Raises as `get_archive_of_work`, and TooManyOrders."""
    return _ordered(asker, parts, _found_of_work(asker.actor, parts, work_id))


@dataclass(frozen=True)
class _Found:
    pack: StemPack
    archived: ArchivedPack
    rendition: Rendition | None
    absent: ArchiveView
    """How far it is while there is no rendition."""


def _found(actor: Actor, parts: Parts, stem_pack_id: str) -> _Found:
    with parts.database.reading() as session:
        pack = find_pack(session, actor, stem_pack_id)
        if pack.state is not StemPackState.FROZEN:
            raise StemPackNotFrozen("Publish it first: an archive is made of stems that stay as they are.")
        return _look(session, actor, parts, pack)


def _found_of_work(actor: Actor, parts: Parts, work_id: str) -> _Found:
    with parts.database.reading() as session:
        return _look(session, actor, parts, find_newest_pack(session, actor, work_id))


def _look(session: Session, actor: Actor, parts: Parts, pack: StemPack) -> _Found:
    require_stems(session, actor, pack.work)
    archived = describe_pack(session, parts, pack)
    rendition = session.get(Rendition, (archive_digest(archived), RenditionKind.ARCHIVE))
    return _Found(pack, archived, rendition, on_demand.look(session, JobKind.BUILD_ARCHIVE, pack.id))


def _ordered(asker: Asker, parts: Parts, found: _Found) -> ArchiveView:
    if found.rendition is not None:
        return _shown(asker.actor, parts, found)
    return on_demand.order(asker, parts, JobKind.BUILD_ARCHIVE, found.pack.id)


def _shown(actor: Actor, parts: Parts, found: _Found) -> ArchiveView:
    rendition = found.rendition
    if rendition is None:
        return found.absent
    if found.pack.work.account_id != actor.account_id:
        receipts.record_download(actor, parts, found.archived.licence, stem_pack_id=found.pack.id)
    filename = archive_file_name(found.archived)
    url = parts.store.presign_get(rendition.key, media_type=MEDIA_TYPE, filename=filename)
    return ArchiveView(ArchiveState.READY, 100.0, "done", url, rendition.size_bytes)


def build_archive(parts: Parts, lease: Lease) -> None:
    """A job on a published pack; safe to repeat, since equal packs give equal bytes under equal keys."""
    with parts.database.reading() as session:
        pack = _find(session, lease.subject_id)
        archived = None if pack is None else describe_pack(session, parts, pack)
        keys = [] if pack is None else [given_file(session, stem.original).key for stem in pack.stems]
    if pack is None or archived is None:
        with lease.committing():
            return
    digest = archive_digest(archived)
    key = rendition_key(digest, ARCHIVE_VERSION, "stems.zip")
    files = [
        StoredFile(name, stored, stem.size_bytes, stem.sha256)
        for name, stem, stored in zip(stem_file_names(archived), archived.stems, keys, strict=True)
    ]
    size_bytes = write_archive(parts, lease, key, texts(archived), files)
    with lease.committing() as session:
        keep_archive(session, digest, key, size_bytes)
        journal.record(session, SYSTEM, "archive.built", "stem_pack", lease.subject_id, after={"digest": digest})


def keep_archive(session: Session, digest: str, key: str, size_bytes: int) -> None:
    """Equal archives are one rendition; the sweep takes it a month after it was built."""
    keep_rendition(
        session, StoredRendition(digest, RenditionKind.ARCHIVE, key, MEDIA_TYPE, size_bytes, ARCHIVE_VERSION)
    )


def _find(session: Session, stem_pack_id: str) -> StemPack | None:
    return session.scalars(
        sa.select(StemPack)
        .where(StemPack.id == stem_pack_id, StemPack.state == StemPackState.FROZEN)
        .options(joinedload(StemPack.work), selectinload(StemPack.stems))
    ).one_or_none()


def describe_pack(session: Session, parts: Parts, pack: StemPack) -> ArchivedPack:
    """A frozen pack, as whatever leaves the hub with its stems says it."""
    work = pack.work
    assert pack.digest is not None
    owed = credits.credits_of(session, parts, work)
    return ArchivedPack(
        work_id=work.id,
        title=work.title,
        artist=work.account.display_name,
        url=parts.addresses.work(work.id),
        licence=work.licence,
        **vars(said_or_heard(work, pack)),
        version=pack.version,
        digest=pack.digest,
        note=pack.note,
        credits=[(line["name"], line["role"]) for line in work.credits],
        receipt=receipt_text(session, parts, pack),
        sources_text=plain_lines(owed),
        stems=[_describe_stem(stem, given_file(session, stem.original)) for stem in pack.stems],
    )


def _describe_stem(stem: Stem, given: GivenFile) -> ArchivedStem:
    original = stem.original
    measured = original.measurements or {}
    return ArchivedStem(
        id=stem.id,
        name=stem.name,
        role=stem.role,
        gain_db=stem.gain_db,
        container=given.container,
        sha256=given.sha256,
        size_bytes=given.size_bytes,
        sample_rate_hz=original.sample_rate_hz,
        channels=original.channels,
        bit_depth=original.bit_depth,
        duration_frames=original.duration_frames,
        integrated_lufs=measured.get("integrated_lufs"),
        true_peak_dbtp=measured.get("true_peak_dbtp"),
    )
