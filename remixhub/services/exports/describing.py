"""A pack or a mix as the session that is written of it, from the rows that it lies in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from remixhub.compose import Parts
from remixhub.domain.exports import formats
from remixhub.domain.exports.formats import FORMS, Exported, ExportFormat, Folder, Papers, StemFile
from remixhub.domain.exports.session import DawSession
from remixhub.domain.exports.sessions import Measured, papers_of, session_of_mix, session_of_pack
from remixhub.domain.exports.stem_file import STREAMS_BYTES_A_SECOND
from remixhub.domain.mix_spec import parse_mix_spec
from remixhub.domain.states import RenditionKind, StemPackState
from remixhub.domain.stems.roles import Family
from remixhub.models import Account, Mix, Original, Rendition, Stem, StemPack, Work
from remixhub.services.stems.archives import describe_pack


@dataclass(frozen=True)
class OwnMix:
    """The whole piece as its artist made it: an upload, or a mixdown."""

    key: str
    digest: str
    is_original: bool
    """Then the digest is that of the bytes."""


@dataclass(frozen=True)
class Described:
    """All that decides what is in the file, and where its sound comes from."""

    session: DawSession
    papers: Papers
    format: ExportFormat
    digest: str
    filename: str
    originals: Sequence[Original]
    """Of the session's sounds, in their order."""
    families: Mapping[str, Family]
    """By stem, those that its artist chose."""
    own_mix: OwnMix | None
    """Of the work, where the format takes it."""


def describe(session: Session, parts: Parts, pack: StemPack, exported: Exported, mix: Mix | None) -> Described:
    """Of a frozen pack, or of a mix of its stems."""
    archived = describe_pack(session, parts, pack)
    measured = [_measured(stem) for stem in pack.stems]
    if mix is None:
        daw = session_of_pack(archived, measured)
    else:
        maker = session.get_one(Account, mix.account_id)
        title = mix.title or f"Mix of {archived.title}"
        daw = session_of_mix(archived, measured, parse_mix_spec(mix.document), title=title, mixed_by=maker.display_name)
    originals = {stem.id: stem.original for stem in pack.stems}
    families = {stem: Family(word) for stem, word in (pack.families or {}).items() if stem in originals}
    format, papers, beside = exported.format, papers_of(archived), list[object]()
    own_mix = None
    if isinstance(FORMS[format].made, StemFile):
        own_mix = _own_mix(session, pack.work) if mix is None else None
        beside = [sorted(families.items()), None if own_mix is None else own_mix.digest]
    return Described(
        session=daw,
        papers=papers,
        format=format,
        digest=formats.digest(daw, papers, format, beside),
        filename=formats.file_name(daw, format),
        originals=[originals[sound.stem] for sound in daw.sounds],
        families=families,
        own_mix=own_mix,
    )


def find_described(session: Session, parts: Parts, exported: Exported) -> Described | None:
    """For the job; None for what is gone, or was never published."""
    mix = session.get(Mix, exported.id) if exported.is_mix else None
    if exported.is_mix and (mix is None or not FORMS[exported.format].takes_mixes):
        return None
    pack = session.scalars(
        sa.select(StemPack)
        .where(StemPack.id == (exported.id if mix is None else mix.mixdown.stem_pack_id))
        .where(StemPack.state == StemPackState.FROZEN)
        .options(joinedload(StemPack.work), selectinload(StemPack.stems))
    ).one_or_none()
    return None if pack is None else describe(session, parts, pack, exported, mix)


def expected_bytes(stems: Sequence[Stem], format: ExportFormat = ExportFormat.DAWPROJECT) -> int:
    """About how large the file of a pack comes to be: its sound, at the rates of the originals."""
    made = FORMS[format].made
    if isinstance(made, Folder):
        return sum(3 * (stem.original.duration_frames or 0) * (stem.original.channels or 0) for stem in stems)
    seconds = max((stem.original.duration_seconds or 0 for stem in stems), default=0)
    return round(seconds * STREAMS_BYTES_A_SECOND[made.codec])


def _own_mix(session: Session, work: Work) -> OwnMix | None:
    if work.mix_sha256 is not None:
        original = session.get_one(Original, work.mix_sha256)
        return OwnMix(original.key, original.sha256, is_original=True)
    if work.mixdown_digest is None:
        return None
    mixdown = session.get(Rendition, (work.mixdown_digest, RenditionKind.MIXDOWN))
    return None if mixdown is None else OwnMix(mixdown.key, work.mixdown_digest, is_original=False)


def _measured(stem: Stem) -> Measured:
    original, levels = stem.original, stem.original.measurements or {}
    return Measured(
        sha256=original.sha256,
        sample_rate_hz=original.sample_rate_hz or 0,
        channels=original.channels or 0,
        duration_frames=original.duration_frames or 0,
        sample_peak_dbfs=levels.get("sample_peak_dbfs"),
        true_peak_dbtp=levels.get("true_peak_dbtp"),
    )
