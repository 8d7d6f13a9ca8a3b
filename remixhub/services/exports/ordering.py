"""Sessions: where one is, how far its worker is, and ordering one. The rules are those of the pack's ZIP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.errors import NotFound
from remixhub.domain.exports.formats import FORMS, Exported, ExportFormat, Form, format_of
from remixhub.domain.states import ArchiveState, JobKind, RenditionKind, Scope, StemPackState
from remixhub.domain.stems.refusals import StemPackNotFrozen
from remixhub.models import Mix, Rendition, Stem, StemPack
from remixhub.services.exports.building import write_file
from remixhub.services.exports.describing import Described, describe, expected_bytes, find_described
from remixhub.services.exports.writing import Tell
from remixhub.services.licences.contest_licences import require_stems
from remixhub.services.mixes.mixes import find_mix, require_not_taken_down
from remixhub.services.stems import on_demand, receipts
from remixhub.services.stems.on_demand import ArchiveView, Asker
from remixhub.services.stems.packs import find_newest_pack, find_pack


@dataclass(frozen=True)
class Offer:
    """A format in which a pack or a mix is to be had."""

    format: ExportFormat
    expected_bytes: int

    @property
    def form(self) -> Form:
        return FORMS[self.format]


def offers(stems: Sequence[Stem], *, of_mix: bool) -> Sequence[Offer]:
    offered = [format for format, form in FORMS.items() if form.takes_mixes or not of_mix]
    return [Offer(format, expected_bytes(stems, format)) for format in offered]


def list_pack_exports(actor: Actor, parts: Parts, stem_pack_id: str) -> Sequence[Offer]:
    """Raises StemPackNotFound, StemPackNotFrozen, ContestLicenceNotAccepted."""
    with parts.database.reading() as session:
        return offers(_published(session, actor, stem_pack_id).stems, of_mix=False)


def list_mix_exports(actor: Actor, parts: Parts, mix_id: str) -> Sequence[Offer]:
    """Raises NotFound, StemPackNotFound, StemPackGone, ContestLicenceNotAccepted."""
    with parts.database.reading() as session:
        mix, pack = _mixed(session, actor, mix_id)
        used = {lane["stem"] for lane in mix.document["lanes"]}
        return offers([stem for stem in pack.stems if stem.id in used], of_mix=True)


def get_pack_export(actor: Actor, parts: Parts, stem_pack_id: str, format: ExportFormat) -> ArchiveView:
    """Raises as `list_pack_exports`."""
    return _shown(actor, parts, _pack(actor, parts, stem_pack_id, format))


def order_pack_export(asker: Asker, parts: Parts, stem_pack_id: str, format: ExportFormat) -> ArchiveView:
    """Raises as `list_pack_exports`, and TooManyOrders."""
    return _ordered(asker, parts, _pack(asker.actor, parts, stem_pack_id, format))


def get_work_export(actor: Actor, parts: Parts, work_id: str, format: ExportFormat) -> tuple[StemPack, ArchiveView]:
    """Of its newest stems. Raises NotFound, also for a work without any, and ContestLicenceNotAccepted."""
    found = _work(actor, parts, work_id, format)
    return found.pack, _shown(actor, parts, found)


def order_work_export(asker: Asker, parts: Parts, work_id: str, format: ExportFormat) -> ArchiveView:
    """Raises as `get_work_export`, and TooManyOrders."""
    return _ordered(asker, parts, _work(asker.actor, parts, work_id, format))


def get_mix_export(actor: Actor, parts: Parts, mix_id: str, format: ExportFormat) -> tuple[Mix, ArchiveView]:
    """Raises as `list_mix_exports`, and ExportFormatUnknown for one that holds no mix."""
    mix, found = _mix(actor, parts, mix_id, format)
    return mix, _shown(actor, parts, found)


def order_mix_export(asker: Asker, parts: Parts, mix_id: str, format: ExportFormat) -> ArchiveView:
    """Raises as `get_mix_export`, and TooManyOrders."""
    return _ordered(asker, parts, _mix(asker.actor, parts, mix_id, format)[1])


def write_work_export(
    actor: Actor, parts: Parts, work_id: str, format: ExportFormat, path: Path | None, tell: Tell
) -> Path:
    """Into a file, at once and without a worker; under the name of the download where no other is given.

    Raises as `get_work_export`, OriginalCorrupted, and what decoding raises.
    """
    with parts.database.reading() as session:
        pack = find_newest_pack(session, actor, work_id)
        require_stems(session, actor, pack.work)
        described = describe(session, parts, pack, Exported(format, pack.id), None)
    return _written(parts, described, path, tell)


def write_mix_export(parts: Parts, mix_id: str, format: ExportFormat, path: Path | None, tell: Tell) -> Path:
    """For operators: anybody's mix, as `write_work_export` writes a work. Raises NotFound, ExportFormatUnknown too."""
    format_of(format, of_mix=True)
    with parts.database.reading() as session:
        described = find_described(session, parts, Exported(format, mix_id, is_mix=True))
    if described is None:
        raise NotFound(f"There is no mix {mix_id!r}.", what="mix")
    return _written(parts, described, path, tell)


def _written(parts: Parts, described: Described, path: Path | None, tell: Tell) -> Path:
    path = path or Path(described.filename)
    write_file(parts, described, path, tell)
    return path


@dataclass(frozen=True)
class _Found:
    pack: StemPack
    exported: Exported
    described: Described
    rendition: Rendition | None
    absent: ArchiveView
    """How far it is while there is no rendition."""


def _pack(actor: Actor, parts: Parts, stem_pack_id: str, format: ExportFormat) -> _Found:
    with parts.database.reading() as session:
        pack = _published(session, actor, stem_pack_id)
        return _look(session, parts, pack, Exported(format, pack.id))


def _work(actor: Actor, parts: Parts, work_id: str, format: ExportFormat) -> _Found:
    with parts.database.reading() as session:
        pack = find_newest_pack(session, actor, work_id)
        require_stems(session, actor, pack.work)
        return _look(session, parts, pack, Exported(format, pack.id))


def _mix(actor: Actor, parts: Parts, mix_id: str, format: ExportFormat) -> tuple[Mix, _Found]:
    format_of(format, of_mix=True)
    with parts.database.reading() as session:
        mix, pack = _mixed(session, actor, mix_id)
        return mix, _look(session, parts, pack, Exported(format, mix.id, is_mix=True), mix)


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
    absent = on_demand.look(session, JobKind.EXPORT_SESSION, str(exported))
    return _Found(pack, exported, described, rendition, absent)


def _ordered(asker: Asker, parts: Parts, found: _Found) -> ArchiveView:
    if found.rendition is not None:
        return _shown(asker.actor, parts, found)
    return on_demand.order(asker, parts, JobKind.EXPORT_SESSION, str(found.exported))


def _shown(actor: Actor, parts: Parts, found: _Found) -> ArchiveView:
    rendition, work = found.rendition, found.pack.work
    if rendition is None:
        return found.absent
    if work.account_id != actor.account_id:
        receipts.record_download(actor, parts, work.licence, stem_pack_id=found.pack.id)
    url = parts.store.presign_get(rendition.key, media_type=rendition.media_type, filename=found.described.filename)
    return ArchiveView(ArchiveState.READY, 100.0, "done", url, rendition.size_bytes)
