"""The ingest of an original: one decode for its measurements and for all that browsers play and draw."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.audio.engine import ENGINE_VERSION
from remixhub.audio.ingest import Ingested, ingest
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.job_sizes import SHORT_SOUND_SECONDS
from remixhub.domain.media import Cancelled, Refused, TooLong
from remixhub.domain.states import IngestState
from remixhub.domain.stems.sound import RECIPE
from remixhub.jobs.lease import Lease, LeaseLost, TurnsOutHeavy
from remixhub.jobs.troubles import is_verdict
from remixhub.models import Original
from remixhub.services import journal, workbench
from remixhub.services.stems.orders import order_reviews_with
from remixhub.services.workbench import StoredRendition

_DOWNLOADED, _DECODED = 10.0, 85.0
"""Percent of the job's progress."""


def ingest_stem(parts: Parts, lease: Lease) -> None:
    """A job on an original; safe to repeat at any point, since equal bytes give equal renditions under equal keys."""
    with parts.database.reading() as session:
        original = session.get(Original, lease.subject_id)
    if original is None or _is_up_to_date(original):
        with lease.committing() as session:
            order_reviews_with(session, SYSTEM, parts, lease.subject_id)
        return
    with workbench.own_folder(parts, lease) as folder:
        try:
            ingested = _ingest(parts, lease, original, folder)
        except Refused as exc:
            if isinstance(exc, TooLong) and _is_kept_short(parts, lease):
                raise TurnsOutHeavy from exc
            if not is_verdict(exc):
                raise
            _commit_refusal(parts, lease, original.sha256, exc)
            return
        except Cancelled as exc:
            raise LeaseLost(lease.job_id) from exc
        lease.progress(_DECODED, "storing")
        stored = [
            workbench.store_rendition(parts, original.sha256, file.kind, file.path, file.media_type)
            for file in ingested.renditions
        ]
    _commit(parts, lease, original.sha256, ingested, stored)


def refuse_original(session: Session, sha256: str, code: str, detail: str) -> None:
    """By its own fault, found out otherwise than by the ingest."""
    _refuse(session, sha256, code, detail)


def _is_up_to_date(original: Original) -> bool:
    return original.ingest_state is not IngestState.PENDING and original.engine_version == ENGINE_VERSION


def _ingest(parts: Parts, lease: Lease, original: Original, folder: Path) -> Ingested:
    out_dir = folder / "out"
    out_dir.mkdir()
    fetched = workbench.fetch_originals(parts, lease, [original], folder, to_percent=_DOWNLOADED)
    sandbox = parts.sandbox
    if _is_kept_short(parts, lease):
        sandbox = replace(sandbox, caps=replace(sandbox.caps, longest_seconds=SHORT_SOUND_SECONDS))
    ingested = ingest(
        fetched[original.sha256],
        out_dir,
        sandbox,
        on_progress=lambda share, step: lease.progress(_DOWNLOADED + (_DECODED - _DOWNLOADED) * share, step),
        cancelled=lambda: lease.lost,
    )
    limit = parts.settings.duration_limit_seconds
    if ingested.measurements.duration_seconds > limit:
        raise TooLong(f"The audio lasts longer than {limit // 60} minutes.", limit_seconds=limit)
    return ingested


def _is_kept_short(parts: Parts, lease: Lease) -> bool:
    return not lease.is_heavy and parts.settings.duration_limit_seconds > SHORT_SOUND_SECONDS


def _commit(parts: Parts, lease: Lease, sha256: str, ingested: Ingested, stored: list[StoredRendition]) -> None:
    measured = ingested.measurements
    with lease.committing() as session:
        session.execute(
            sa.update(Original)
            .where(Original.sha256 == sha256)
            .values(
                ingest_state=IngestState.READY,
                engine_version=ENGINE_VERSION,
                measurements=measured.to_json(),
                sound=ingested.sound,
                sound_recipe=RECIPE,
                codec=measured.codec,
                sample_rate_hz=measured.sample_rate_hz,
                channels=measured.channels,
                bit_depth=measured.bit_depth,
                duration_frames=measured.duration_frames,
                refusal_code=None,
                refusal_detail=None,
            )
        )
        for rendition in stored:
            workbench.keep_rendition(session, rendition)
        journal.record(session, SYSTEM, "original.ingested", "original", sha256, after={"engine": ENGINE_VERSION})
        order_reviews_with(session, SYSTEM, parts, sha256)


def _commit_refusal(parts: Parts, lease: Lease, sha256: str, refusal: Refused) -> None:
    """The job is done: it found out that the file cannot be used."""
    with lease.committing() as session:
        _refuse(session, sha256, refusal.code, refusal.detail)
        order_reviews_with(session, SYSTEM, parts, sha256)


def _refuse(session: Session, sha256: str, code: str, detail: str) -> None:
    session.execute(
        sa.update(Original)
        .where(Original.sha256 == sha256)
        .values(
            ingest_state=IngestState.REFUSED,
            engine_version=ENGINE_VERSION,
            refusal_code=code,
            refusal_detail=detail,
        )
    )
    journal.record(session, SYSTEM, "original.refused", "original", sha256, after={"code": code})
