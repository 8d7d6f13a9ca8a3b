"""What is known of a job's subject when the job is added: how long it sounds, how many bytes it has."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.exports.formats import Exported
from remixhub.domain.job_sizes import Size
from remixhub.domain.states import JobKind
from remixhub.models import Mix, Mixdown, Original, Stem, Upload

_SECONDS = 1.0 * Original.duration_frames / Original.sample_rate_hz
_OF_STEMS = sa.select(sa.func.sum(_SECONDS), sa.func.sum(Original.size_bytes)).select_from(Stem).join(
    Original, Original.sha256 == Stem.original_sha256
)  # fmt: skip


def size_of(session: Session, kind: JobKind, subject_id: str) -> Size:
    """By one statement, or none; nothing where the subject has neither sound nor bytes."""
    query: sa.Select[*tuple[Any, ...]]
    match kind:
        case JobKind.VERIFY_UPLOAD:
            query = sa.select(sa.literal(0.0), Upload.size_bytes).where(Upload.id == subject_id)
        case JobKind.INGEST_STEM | JobKind.MEASURE_SOUND:
            query = sa.select(_SECONDS, Original.size_bytes).where(Original.sha256 == subject_id)
        case JobKind.PREPARE_STEM:  # filed under the original, or under what becomes of it at its pack's rate
            resampled = sa.select(Stem.original_sha256).where(Stem.resampled_digest == subject_id).limit(1)
            sha256 = sa.func.coalesce(resampled.scalar_subquery(), subject_id)
            query = sa.select(_SECONDS, Original.size_bytes).where(Original.sha256 == sha256)
        case JobKind.REVIEW_STEM_PACK | JobKind.BUILD_ARCHIVE:
            query = _OF_STEMS.where(Stem.stem_pack_id == subject_id)
        case JobKind.EXPORT_SESSION:
            source = Exported.read(subject_id)
            mixed = sa.select(Mixdown.stem_pack_id).join(Mix, Mix.mixdown_digest == Mixdown.digest)
            of_mix = mixed.where(Mix.id == source.id).scalar_subquery()
            query = _OF_STEMS.where(Stem.stem_pack_id == (of_mix if source.is_mix else source.id))
        case JobKind.RENDER_MIXDOWN:
            pack_id = sa.select(Mixdown.stem_pack_id).where(Mixdown.digest == subject_id).scalar_subquery()
            query = _OF_STEMS.where(Stem.stem_pack_id == pack_id)
        case JobKind.ENCODE_WAV | JobKind.ENCODE_MP3 | JobKind.ENCODE_OPUS:
            seconds = 1.0 * Mixdown.duration_frames / Mixdown.sample_rate_hz
            query = sa.select(seconds, sa.literal(0)).where(Mixdown.digest == subject_id)
        case _:
            return Size()
    row = session.execute(query).one_or_none()
    return Size() if row is None else Size(float(row[0] or 0), int(row[1] or 0))
