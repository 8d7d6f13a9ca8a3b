"""Asking for a session: where it is, or how far the worker is that makes it. The rules are those of the pack's ZIP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.exports.formats import FORMS, Exported, ExportFormat, format_of
from remixhub.domain.states import JobKind, JobState, RenditionKind, Scope, StemPackState
from remixhub.domain.stems.refusals import StemPackNotFrozen
from remixhub.domain.troubles import Delay
from remixhub.jobs.table import add_job, failure_of, latest_job, why_delayed
from remixhub.models import Job, Mix, Rendition, Stem, StemPack, Work
from remixhub.services.exports.building import write_file
from remixhub.services.exports.describing import Described, describe, expected_bytes
from remixhub.services.exports.writing import Tell
from remixhub.services.licences.contest_licences import require_stems
from remixhub.services.mixes.mixes import find_mix, require_not_taken_down
from remixhub.services.stems import receipts
from remixhub.services.stems.archives import ArchiveView, progress_of
from remixhub.services.stems.packs import find_newest_pack, find_pack


@dataclass(frozen=True)
class Offer:
    """A format in which a pack or a mix is to be had."""

    format: ExportFormat
    expected_bytes: int


def list_pack_exports(actor: Actor, parts: Parts, stem_pack_id: str) -> Sequence[Offer]:
    """Raises StemPackNotFound, StemPackNotFrozen, ContestLicenceNotAccepted."""
    with parts.database.reading() as session:
        return _offers(_published(session, actor, stem_pack_id).stems, of_mix=False)


def list_mix_exports(actor: Actor, parts: Parts, mix_id: str) -> Sequence[Offer]:
    """Raises NotFound, StemPackNotFound, StemPackGone, ContestLicenceNotAccepted."""
    with parts.database.reading() as session:
        mix, pack = _mixed(session, actor, mix_id)
        used = {lane["stem"] for lane in mix.document["lanes"]}
        return _offers([stem for stem in pack.stems if stem.id in used], of_mix=True)


def order_pack_export(actor: Actor, parts: Parts, stem_pack_id: str, format: ExportFormat) -> ArchiveView:
    """Asking for one that is not there orders it. Raises as `list_pack_exports`."""
    with parts.database.reading() as session:
        pack = _published(session, actor, stem_pack_id)
        found = _look(session, parts, pack, Exported(format, pack.id))
    return _answer(actor, parts, found)


def order_work_export(actor: Actor, parts: Parts, work_id: str, format: ExportFormat) -> tuple[Work, ArchiveView]:
    """Of its newest stems. Raises NotFound, also for a work without any, and ContestLicenceNotAccepted."""
    with parts.database.reading() as session:
        pack = find_newest_pack(session, actor, work_id)
        require_stems(session, actor, pack.work)
        found = _look(session, parts, pack, Exported(format, pack.id))
    return pack.work, _answer(actor, parts, found)


def order_mix_export(actor: Actor, parts: Parts, mix_id: str, format: ExportFormat) -> tuple[Mix, ArchiveView]:
    """Raises as `list_mix_exports`, and ExportFormatUnknown for one that holds no mix."""
    format_of(format, of_mix=True)
    with parts.database.reading() as session:
        mix, pack = _mixed(session, actor, mix_id)
        found = _look(session, parts, pack, Exported(format, mix.id, is_mix=True), mix)
    return mix, _answer(actor, parts, found)


def write_work_export(
    actor: Actor, parts: Parts, work_id: str, format: ExportFormat, path: Path | None, tell: Tell
) -> Path:
    """Into a file, at once and without a worker; under the name of the download where no other is given.

    Raises as `order_work_export`, OriginalCorrupted, and what decoding raises.
    """
    with parts.database.reading() as session:
        pack = find_newest_pack(session, actor, work_id)
        require_stems(session, actor, pack.work)
        described = describe(session, parts, pack, Exported(format, pack.id), None)
    path = path or Path(described.filename)
    write_file(parts, described, path, tell)
    return path


@dataclass(frozen=True)
class _Found:
    pack: StemPack
    exported: Exported
    described: Described
    rendition: Rendition | None
    job: Job | None
    delay: Delay | None


def _offers(stems: Sequence[Stem], *, of_mix: bool) -> Sequence[Offer]:
    size_bytes = expected_bytes(stems)
    return [Offer(format, size_bytes) for format, form in FORMS.items() if form.takes_mixes or not of_mix]


def _published(session: Session, actor: Actor, stem_pack_id: str) -> StemPack:
    pack = find_pack(session, actor, stem_pack_id)
    if pack.state is not StemPackState.FROZEN:
        raise StemPackNotFrozen("Publish it first: a session is made of stems that stay as they are.")
    require_stems(session, actor, pack.work)
    return pack


def _mixed(session: Session, actor: Actor, mix_id: str) -> tuple[Mix, StemPack]:
    """One's own, while its stems may be had: a session holds them whole."""
    require_account(actor, Scope.READ)
    mix = find_mix(session, actor, mix_id).mix
    require_not_taken_down(mix)
    return mix, _published(session, actor, mix.mixdown.stem_pack_id)


def _look(session: Session, parts: Parts, pack: StemPack, exported: Exported, mix: Mix | None = None) -> _Found:
    described = describe(session, parts, pack, exported, mix)
    rendition = session.get(Rendition, (described.digest, RenditionKind.ARCHIVE))
    job = latest_job(session, JobKind.EXPORT_SESSION, str(exported))
    is_waiting = rendition is None and job is not None and job.state is JobState.PENDING
    delay = why_delayed(session, [str(exported)]) if is_waiting else None
    return _Found(pack, exported, described, rendition, job, delay)


def _answer(actor: Actor, parts: Parts, found: _Found) -> ArchiveView:
    rendition, job, work = found.rendition, found.job, found.pack.work
    if rendition is not None:
        if work.account_id != actor.account_id:
            receipts.record_download(actor, parts, work.licence, stem_pack_id=found.pack.id)
        url = parts.store.presign_get(rendition.key, media_type=rendition.media_type, filename=found.described.filename)
        return ArchiveView(100.0, "done", url, rendition.size_bytes)
    if job is not None and job.state is JobState.DEAD:
        return ArchiveView(0.0, "failed", failure=failure_of(job))
    if job is None or job.state is JobState.DONE:
        with parts.database.writing() as session:
            attempts = parts.settings.job_attempts
            add_job(session, actor, JobKind.EXPORT_SESSION, str(found.exported), max_attempts=attempts)
    return replace(progress_of(job), delay=found.delay)
