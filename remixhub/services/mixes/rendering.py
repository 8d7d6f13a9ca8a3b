"""The render of a mixdown: stems from the object storage, the mix in a sandbox, renditions back to the storage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.audio import mix
from remixhub.audio.measure.peaks import COARSE_FRAMES, FINE_FRAMES, PEAKS_MEDIA_TYPE
from remixhub.audio.write.encode import AudioFormat
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.mix_spec import parse_mix_spec
from remixhub.domain.states import IngestState, RenditionKind
from remixhub.jobs.lease import Lease
from remixhub.models import Mixdown, Stem, now
from remixhub.services import journal, workbench
from remixhub.services.mixes import together
from remixhub.services.mixes.finding import find_mixdown
from remixhub.services.mixes.opening import make_opening
from remixhub.services.mixes.tags import tags_of
from remixhub.services.workbench import StoredRendition

_FETCHED_PERCENT, _RENDERED_PERCENT = 15.0, 90.0


def render_mixdown(parts: Parts, lease: Lease) -> None:
    """A job; its subject is the mixdown's digest. Safe to repeat: equal specs over equal stems give equal bytes."""
    with parts.database.reading() as session:
        mixdown = find_mixdown(session, lease.subject_id)
    if mixdown is None or mixdown.state is IngestState.READY:
        with lease.committing():
            return
    with workbench.own_folder(parts, lease) as folder:
        make_opening(parts, lease, mixdown, folder)
        stems = _fetch(parts, lease, mixdown, folder)
        rendered, renditions = _render(parts, lease, mixdown, stems, folder)
    with lease.committing() as session:
        for rendition in renditions:
            workbench.keep_rendition(session, rendition)
        session.execute(
            sa.update(Mixdown)
            .where(Mixdown.digest == mixdown.digest)
            .values(
                state=IngestState.READY,
                duration_frames=rendered.duration_frames,
                integrated_lufs=rendered.integrated_lufs,
                true_peak_dbtp=rendered.true_peak_dbtp,
                warnings=_warnings(rendered, mixdown.stem_pack.stems),
                refusal_code=None,
                refusal_detail=None,
                rendered_at=now(),
            )
        )
        journal.record(session, SYSTEM, "mixdown.rendered", "mixdown", mixdown.digest)
        together.settle(session, session.get_one(Mixdown, mixdown.digest))


def refuse_mixdown(session: Session, digest: str, code: str, detail: str) -> None:
    session.execute(
        sa.update(Mixdown)
        .where(Mixdown.digest == digest, Mixdown.state != IngestState.READY)
        .values(state=IngestState.REFUSED, refusal_code=code, refusal_detail=detail)
    )
    journal.record(session, SYSTEM, "mixdown.refused", "mixdown", digest, after={"code": code})
    mixdown = session.get(Mixdown, digest)
    if mixdown is not None:
        together.settle(session, mixdown)


def set_mixdown_aside(session: Session, digest: str, _code: str, _detail: str) -> None:
    """It stays as it is until somebody asks for it again, or an operator sends the job."""
    mixdown = session.get(Mixdown, digest)
    if mixdown is not None:
        together.go_without(session, mixdown)


def _fetch(parts: Parts, lease: Lease, mixdown: Mixdown, folder: Path) -> dict[str, Path]:
    """The originals of all lanes as local files, by stem id."""
    named = {lane["stem"] for lane in mixdown.spec["lanes"]}
    stems = [stem for stem in mixdown.stem_pack.stems if stem.id in named]
    originals = [stem.original for stem in stems]
    paths = workbench.fetch_originals(parts, lease, originals, folder, to_percent=_FETCHED_PERCENT)
    return {stem.id: paths[stem.original_sha256] for stem in stems}


def _render(
    parts: Parts, lease: Lease, mixdown: Mixdown, stems: dict[str, Path], folder: Path
) -> tuple[mix.Mixdown, list[StoredRendition]]:
    """The figures, and the renditions, whose files are stored."""
    tags = tags_of(parts, mixdown)
    preview = mix.Output(folder / "preview.mp3", AudioFormat.MP3, tags)
    full = mix.Output(folder / "mixdown.flac", AudioFormat.FLAC, tags)
    zooms = {FINE_FRAMES: folder / "peaks.dat", COARSE_FRAMES: folder / "peaks-coarse.dat"}

    def show(fraction: float, step: str) -> None:
        lease.progress(_FETCHED_PERCENT + (_RENDERED_PERCENT - _FETCHED_PERCENT) * fraction, step)

    spec = parse_mix_spec(mixdown.spec)
    rendered = mix.render_mix(spec, stems, [preview, full], parts.sandbox, peaks=zooms, on_progress=show)
    lease.progress(_RENDERED_PERCENT, "storing")
    files = (
        (RenditionKind.PREVIEW, preview.path, preview.format.media_type),
        (RenditionKind.MIXDOWN, full.path, full.format.media_type),
        (RenditionKind.PEAKS, zooms[FINE_FRAMES], PEAKS_MEDIA_TYPE),
        (RenditionKind.PEAKS_COARSE, zooms[COARSE_FRAMES], PEAKS_MEDIA_TYPE),
    )
    return rendered, [workbench.store_rendition(parts, mixdown.digest, *file) for file in files]


def _warnings(rendered: mix.Mixdown, stems: Sequence[Stem]) -> list[dict[str, str]]:
    """People know stems by name, not by id."""
    named = []
    for warning in rendered.warnings:
        detail = warning.detail
        for stem in stems:
            detail = detail.replace(stem.id, f"“{stem.name}”")
        named.append({"code": warning.code, "detail": detail})
    return named
