"""The whole piece: a work, a mix or an entry as one sound, whether it was uploaded or rendered from a mix spec."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.errors import NotFound
from remixhub.domain.filenames import download_name
from remixhub.domain.states import IngestState, RenditionKind
from remixhub.models import Mixdown, Original, Rendition, Work


class RenditionMissing(NotFound):
    code = "rendition_missing"
    title = "This is not ready to play"


@dataclass(frozen=True)
class Refusal:
    code: str
    detail: str


@dataclass(frozen=True)
class WholePiece:
    digest: str
    """What its renditions are filed under."""
    state: IngestState
    duration_seconds: float | None
    integrated_lufs: float | None
    true_peak_dbtp: float | None
    refusal: Refusal | None
    warnings: Sequence[Mapping[str, str]] = ()
    """`code` and `detail` of what is odd about the file, such as what was left out of it (docs/audio-files.md)."""

    @classmethod
    def of(cls, row: Original | Mixdown) -> WholePiece:
        refusal = Refusal(row.refusal_code, row.refusal_detail or "") if row.refusal_code else None
        if isinstance(row, Mixdown):
            loudness, peak = row.integrated_lufs, row.true_peak_dbtp
            return cls(row.digest, row.state, row.duration_seconds, loudness, peak, refusal)
        measured = row.measurements or {}
        loudness, peak = measured.get("integrated_lufs"), measured.get("true_peak_dbtp")
        warnings = measured.get("warnings", ())
        return cls(row.sha256, row.ingest_state, row.duration_seconds, loudness, peak, refusal, warnings)


def whole_piece(session: Session, work: Work) -> WholePiece | None:
    """None for a work that has none."""
    if work.mix_sha256 is not None:
        return WholePiece.of(session.get_one(Original, work.mix_sha256))
    digest = work.whole_digest
    return None if digest is None else WholePiece.of(session.get_one(Mixdown, digest))


def filed_under(session: Session, digests: Collection[str]) -> dict[str, WholePiece]:
    """By digest, in two statements; those that are gone are left out."""
    rows: list[Original | Mixdown] = [*session.scalars(sa.select(Original).where(Original.sha256.in_(digests)))]
    rows += session.scalars(sa.select(Mixdown).where(Mixdown.digest.in_(digests)))
    return {piece.digest: piece for piece in map(WholePiece.of, rows)}


def rendition_url(
    session: Session,
    parts: Parts,
    digest: str | None,
    kind: RenditionKind,
    download_as: str | None = None,
    *,
    for_head: bool = False,
) -> str:
    """Where the rendition filed under `digest` is found for a while. Raises RenditionMissing."""
    rendition = session.get(Rendition, (digest, kind)) if digest else None
    if rendition is None:
        raise RenditionMissing("It is still being made; try again in a moment.", kind=kind.value)
    return _address_of(parts, rendition, download_as, for_head=for_head)


def address_in(
    parts: Parts, renditions: Mapping[RenditionKind, Rendition], kind: RenditionKind, download_as: str | None = None
) -> str | None:
    """None while there is none."""
    rendition = renditions.get(kind)
    return None if rendition is None else _address_of(parts, rendition, download_as)


def _address_of(parts: Parts, rendition: Rendition, download_as: str | None, *, for_head: bool = False) -> str:
    """A download is named as given, with the suffix of the file."""
    filename = None if download_as is None else download_name(download_as, PurePosixPath(rendition.key).suffix)
    return parts.store.presign_get(rendition.key, media_type=rendition.media_type, filename=filename, for_head=for_head)
