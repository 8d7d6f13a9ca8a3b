"""The review of a draft pack once all of its stems are playable: stem QC, tempo and key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from remixhub.audio.halves import put_together
from remixhub.audio.measure.coherence.compare import Coherence, measure_coherence
from remixhub.audio.measure.music import PackSource, analyze_pack
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.measurements import Measurements
from remixhub.domain.states import IngestState, StemPackState
from remixhub.domain.stems.naming import StemRole
from remixhub.domain.stems.qc import Finding, ReferenceFigures, Severity, StemFigures, judge_pack
from remixhub.jobs.lease import Lease
from remixhub.models import Original, Stem, StemPack, Work
from remixhub.services import journal, workbench
from remixhub.services.stems.orders import order_ingest, order_review, present_digest

_FETCHED, _COMPARED = 50.0, 75.0
"""Percent of the job's progress."""


@dataclass(frozen=True)
class Review:
    findings: list[dict[str, Any]]
    tempo_bpm: float | None
    tempo_confidence: float | None
    key: str | None
    key_confidence: float | None


def review_stem_pack(parts: Parts, lease: Lease) -> None:
    """A job on a draft pack; does nothing while stems are not playable: their ingests order it again."""
    with parts.database.reading() as session:
        pack = _find(session, lease.subject_id)
    if pack is None or not _is_due(pack):
        if pack is not None:
            _order_waiting(parts, pack)
        _end_without_review(parts, lease)
        return
    with workbench.own_folder(parts, lease) as folder:
        review = _review(parts, lease, pack, folder)
    _commit(parts, lease, present_digest(pack, pack.work), review)


def give_up_on_review(session: Session, stem_pack_id: str, code: str, detail: str) -> None:
    """The artist may publish what we failed to check."""
    pack = _find(session, stem_pack_id)
    if pack is None or pack.state is not StemPackState.DRAFT:
        return
    advice = "The stems could not be checked against each other; listen to them together before you publish."
    pack.findings = [
        {
            "code": "review_failed", "severity": Severity.WARNING.value, "stem": None, "file": None, "figure": None,
            "unit": None, "advice": advice,
        }
    ]  # fmt: skip
    pack.reviewed_digest = present_digest(pack, pack.work)
    journal.record(session, SYSTEM, "stem_pack.review_failed", "stem_pack", stem_pack_id, after={"code": code})


def _find(session: Session, stem_pack_id: str) -> StemPack | None:
    return session.scalars(
        sa.select(StemPack)
        .where(StemPack.id == stem_pack_id)
        .options(joinedload(StemPack.work).joinedload(Work.mix), selectinload(StemPack.stems))
        .execution_options(populate_existing=True)
    ).one_or_none()


def _is_due(pack: StemPack) -> bool:
    """All of it has been looked at, all stems are playable, and it was not judged like this before."""
    if pack.state is not StemPackState.DRAFT or not pack.stems:
        return False
    if any(stem.original.ingest_state is not IngestState.READY for stem in pack.stems):
        return False
    if pack.work.mix is not None and pack.work.mix.ingest_state is IngestState.PENDING:
        return False
    return pack.findings is None or pack.reviewed_digest != present_digest(pack, pack.work)


def _order_waiting(parts: Parts, pack: StemPack) -> None:
    """Makes sure that what the review waits for is on its way; its end orders the review again."""
    waiting = [*(stem.original for stem in pack.stems), *([pack.work.mix] if pack.work.mix else [])]
    with parts.database.writing() as session:
        for sha256 in sorted({one.sha256 for one in waiting if one.ingest_state is IngestState.PENDING}):
            order_ingest(session, SYSTEM, parts, sha256)


def _end_without_review(parts: Parts, lease: Lease) -> None:
    with lease.committing() as session:
        pack = _find(session, lease.subject_id)
        if pack is not None and _is_due(pack):  # it has become so since
            order_review(session, SYSTEM, parts, pack.id)


def _commit(parts: Parts, lease: Lease, reviewed_digest: str, review: Review) -> None:
    with lease.committing() as session:
        pack = _find(session, lease.subject_id)
        if pack is None or pack.state is not StemPackState.DRAFT:
            return
        if present_digest(pack, pack.work) != reviewed_digest:  # somebody changed it meanwhile
            order_review(session, SYSTEM, parts, pack.id)
            return
        pack.findings, pack.reviewed_digest = review.findings, reviewed_digest
        pack.tempo_bpm, pack.tempo_confidence = review.tempo_bpm, review.tempo_confidence
        pack.key, pack.key_confidence = review.key, review.key_confidence
        after = {"findings": [finding["code"] for finding in review.findings]}
        journal.record(session, SYSTEM, "stem_pack.reviewed", "stem_pack", pack.id, after=after)


def _review(parts: Parts, lease: Lease, pack: StemPack, folder: Path) -> Review:
    labels = _labels(pack)
    mix = pack.work.mix if pack.work.mix and pack.work.mix.ingest_state is IngestState.READY else None
    originals = [*(stem.original for stem in pack.stems), *([mix] if mix else [])]
    paths = workbench.fetch_originals(parts, lease, originals, folder, to_percent=_FETCHED)
    lease.progress(_FETCHED, "comparing stems")
    sounds = {labels[stem.id]: paths[stem.original_sha256] for stem in pack.stems}
    sounds, split = put_together(sounds, folder, parts.sandbox)
    coherence = measure_coherence(sounds, paths[mix.sha256] if mix else None, parts.sandbox)
    figures = [_figures(labels[stem.id], stem, coherence) for stem in pack.stems]
    findings = judge_pack(figures, _reference(mix, coherence) if mix else None, split=split)
    ids = {label: stem_id for stem_id, label in labels.items()}
    lease.progress(_COMPARED, "finding tempo and key")
    music = analyze_pack(
        [PackSource(paths[stem.original_sha256], stem.filename, StemRole(stem.role)) for stem in pack.stems],
        parts.sandbox,
    )
    return Review(
        findings=[_shown(finding, ids) for finding in findings],
        tempo_bpm=music.tempo_bpm,
        tempo_confidence=music.tempo_confidence,
        key=music.key_name,
        key_confidence=music.key_confidence,
    )


def _labels(pack: StemPack) -> dict[str, str]:
    """Stems by their file names, which never change, told apart when two are alike; keyed by the stems' ids."""
    labels: dict[str, str] = {}
    for stem in pack.stems:
        label, number = stem.filename, 1
        while label in labels.values():
            number += 1
            label = f"{stem.filename} ({number})"
        labels[stem.id] = label
    return labels


def _figures(label: str, stem: Stem, coherence: Coherence) -> StemFigures:
    assert stem.original.measurements is not None
    measured = Measurements.from_json(stem.original.measurements)
    return StemFigures.from_measurements(label, measured, **coherence.of(label))


def _reference(mix: Original, coherence: Coherence) -> ReferenceFigures:
    assert mix.duration_frames is not None
    return ReferenceFigures(mix.sample_rate_hz, mix.duration_frames, coherence.mix_lag_frames, coherence.fit)


def _shown(finding: Finding, ids: Mapping[str, str]) -> dict[str, Any]:
    """`stem` is the stem's id; its file name stands beside it."""
    stem = ids[finding.stem] if finding.stem is not None else None
    return {**finding.to_json(), "stem": stem, "file": finding.stem}
