"""The job that makes a mixdown in another format, from the FLAC that was rendered."""

from __future__ import annotations

from pathlib import Path

from remixhub.audio.convert import convert
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.states import RenditionKind
from remixhub.jobs.lease import Lease
from remixhub.models import Rendition
from remixhub.services import journal, workbench
from remixhub.services.mixes.finding import find_mixdown
from remixhub.services.mixes.formats import ON_DEMAND
from remixhub.services.mixes.tags import tags_of
from remixhub.services.workbench import BytesDone

_FETCHED_PERCENT, _ENCODED_PERCENT = 15.0, 90.0


def encode_mixdown(parts: Parts, lease: Lease) -> None:
    """A job; its kind is the format, its subject the mixdown's digest. Equal mixdowns give equal bytes."""
    format, made = next((format, made) for format, made in ON_DEMAND.items() if made.job is lease.kind)
    with parts.database.reading() as session:
        mixdown = find_mixdown(session, lease.subject_id)
        rendered = session.get(Rendition, (lease.subject_id, RenditionKind.MIXDOWN))
        is_made = session.get(Rendition, (lease.subject_id, made.rendition)) is not None
    if mixdown is None or rendered is None or is_made:
        with lease.committing():
            return
    tags = tags_of(parts, mixdown)
    with workbench.own_folder(parts, lease) as folder:
        source = _fetched(parts, lease, rendered, folder)
        path = folder / f"mixdown{format.suffix}"

        def show(fraction: float) -> None:
            lease.progress(_FETCHED_PERCENT + (_ENCODED_PERCENT - _FETCHED_PERCENT) * fraction, "encoding")

        convert(
            source, path, format, parts.sandbox,
            tags=tags, bit_depth=made.bit_depth, bitrate_bps=made.bitrate_bps, on_progress=show,
        )  # fmt: skip
        lease.progress(_ENCODED_PERCENT, "storing")
        stored = workbench.store_rendition(parts, mixdown.digest, made.rendition, path, format.media_type)
    with lease.committing() as session:
        workbench.keep_rendition(session, stored)
        journal.record(session, SYSTEM, "mixdown.encoded", "mixdown", mixdown.digest, after={"format": format.value})


def _fetched(parts: Parts, lease: Lease, rendered: Rendition, folder: Path) -> Path:
    path = folder / "rendered.flac"
    shown = BytesDone(lease, rendered.size_bytes, "fetching", to_percent=_FETCHED_PERCENT)
    parts.store.download(rendered.key, path, shown)
    return path
