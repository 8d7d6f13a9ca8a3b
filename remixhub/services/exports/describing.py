"""A pack or a mix as the session that is written of it, from the rows that it lies in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from remixhub.compose import Parts
from remixhub.domain.exports import formats
from remixhub.domain.exports.formats import FORMS, Exported, ExportFormat, Papers
from remixhub.domain.exports.session import DawSession
from remixhub.domain.exports.sessions import Measured, papers_of, session_of_mix, session_of_pack
from remixhub.domain.mix_spec import parse_mix_spec
from remixhub.domain.states import StemPackState
from remixhub.models import Account, Mix, Original, Stem, StemPack
from remixhub.services.stems.archives import describe_pack


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
    return _described(daw, papers_of(archived), exported.format, {stem.id: stem.original for stem in pack.stems})


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


def expected_bytes(stems: Sequence[Stem]) -> int:
    """About how large the file of a pack comes to be: its sound, at the rates of the originals."""
    return sum(3 * (stem.original.duration_frames or 0) * (stem.original.channels or 0) for stem in stems)


def _described(daw: DawSession, papers: Papers, format: ExportFormat, originals: Mapping[str, Original]) -> Described:
    return Described(
        session=daw,
        papers=papers,
        format=format,
        digest=formats.digest(daw, papers, format),
        filename=formats.file_name(daw, format),
        originals=[originals[sound.stem] for sound in daw.sounds],
    )


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
