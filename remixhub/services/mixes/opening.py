"""How a mix begins, to be heard while the rest of it is still fetched and rendered.

It is made from spans of what browsers mix of the stems, by its index: a few megabytes instead of all originals. Where
that is not there, or has another rate than the mix, the mix goes without.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from remixhub.audio.mix import Output, render_beginning
from remixhub.audio.mixing.beginning import Beginning, StemShape, beginning_of
from remixhub.audio.mixing.excerpt import Excerpt
from remixhub.audio.read.flac_chunks import FlacIndex, IndexUnreadable
from remixhub.audio.write.encode import AudioFormat
from remixhub.compose import Parts
from remixhub.domain.errors import RemixHubError
from remixhub.domain.mix_spec import MixSpec, parse_mix_spec
from remixhub.domain.states import RenditionKind
from remixhub.jobs.lease import Lease
from remixhub.models import Mix, Mixdown, Rendition
from remixhub.services import workbench
from remixhub.services.mixes.tags import tags_of

log = structlog.get_logger()

OPENING_SECONDS = 30
_SHORT_SECONDS = 60
"""A mix that is no longer is rendered about as soon."""
_MOST_BYTES = 256 * 1024**2
"""More would not be there early."""
_FETCHES_AT_ONCE = 8


@dataclass(frozen=True)
class _IndexedStem:
    sound_key: str
    index: FlacIndex


def make_opening(parts: Parts, lease: Lease, mixdown: Mixdown, folder: Path) -> None:
    """Stores it and commits that it is there, if somebody waits for the mix. What stands in its way is no fault of the
    mix: the render of the whole says what is.
    """
    with parts.database.reading() as session:
        keys = _keys(session, mixdown) if _is_wanted(session, mixdown) else {}
    if not keys:
        return
    lease.progress(0.0, "opening")
    spec = parse_mix_spec(mixdown.spec)
    try:
        path = _render(parts, lease, mixdown, spec, keys, folder)
    except (RemixHubError, IndexUnreadable) as exc:
        log.warning("opening_left_out", reason=getattr(exc, "code", str(exc)))
        return
    if path is None:
        return
    media_type = AudioFormat.MP3.media_type
    stored = workbench.store_rendition(parts, mixdown.digest, RenditionKind.OPENING, path, media_type)
    with lease.writing() as session:
        workbench.keep_rendition(session, stored)


def _is_wanted(session: Session, mixdown: Mixdown) -> bool:
    """By whoever keeps a mix of it; the hub's own renders have no listener yet."""
    if session.get(Rendition, (mixdown.digest, RenditionKind.OPENING)) is not None:
        return False
    return session.scalar(sa.select(Mix.id).where(Mix.mixdown_digest == mixdown.digest).limit(1)) is not None


def _keys(session: Session, mixdown: Mixdown) -> dict[str, tuple[str, str]]:
    """Of sound and index, by stem; none unless all stems of the mix have them."""
    named = {lane["stem"] for lane in mixdown.spec["lanes"]}
    subjects = {stem.id: stem.mixer_digest for stem in mixdown.stem_pack.stems if stem.id in named}
    kinds = (RenditionKind.MIXER, RenditionKind.MIXER_INDEX)
    rows = session.execute(
        sa.select(Rendition.subject_digest, Rendition.kind, Rendition.key).where(
            Rendition.subject_digest.in_(set(subjects.values())), Rendition.kind.in_(kinds)
        )
    )
    found = {(row.subject_digest, row.kind): row.key for row in rows}
    if not all((subject, kind) in found for subject in subjects.values() for kind in kinds):
        return {}
    return {stem: (found[subject, kinds[0]], found[subject, kinds[1]]) for stem, subject in subjects.items()}


def _render(
    parts: Parts, lease: Lease, mixdown: Mixdown, spec: MixSpec, keys: Mapping[str, tuple[str, str]], folder: Path
) -> Path | None:
    """The file, or None where it would come no sooner than the whole."""
    with ThreadPoolExecutor(_FETCHES_AT_ONCE) as pool:
        stems = dict(zip(keys, pool.map(lambda both: _indexed(parts, *both), keys.values()), strict=True))
        beginning = _beginning(spec, stems)
        if beginning is None:
            return None
        lease.progress(0.0, "opening")
        with _excerpts(parts, pool, stems, beginning, folder) as excerpts:
            reads = {stem: excerpt.read for stem, excerpt in excerpts.items()}
            output = Output(folder / "opening.mp3", AudioFormat.MP3, tags_of(parts, mixdown))
            render_beginning(
                spec, beginning, reads, output, parts.sandbox,
                on_progress=lambda _fraction, _step: lease.progress(0.0, "opening"),
            )  # fmt: skip
            return output.path


def _indexed(parts: Parts, sound_key: str, index_key: str) -> _IndexedStem:
    return _IndexedStem(sound_key, FlacIndex.parse(parts.store.get_bytes(index_key)))


def _beginning(spec: MixSpec, stems: Mapping[str, _IndexedStem]) -> Beginning | None:
    if any(stem.index.sample_rate_hz != spec.sample_rate_hz for stem in stems.values()):
        return None
    shapes = {name: StemShape(stem.index.total_frames, stem.index.channels) for name, stem in stems.items()}
    beginning = beginning_of(spec, shapes, OPENING_SECONDS * spec.sample_rate_hz)
    if beginning.whole_frames <= _SHORT_SECONDS * spec.sample_rate_hz:
        return None
    spans = [
        stems[name].index.span(heard.start, heard.stop) for name, all in beginning.heard().items() for heard in all
    ]
    return beginning if sum(span.end_byte - span.first_byte for span in spans) <= _MOST_BYTES else None


@contextmanager
def _excerpts(
    parts: Parts, pool: ThreadPoolExecutor, stems: Mapping[str, _IndexedStem], beginning: Beginning, folder: Path
) -> Iterator[dict[str, Excerpt]]:
    """By stem; a stem of which nothing is heard has an empty one."""
    heard = beginning.heard()
    with ExitStack() as stack:
        excerpts = {
            name: Excerpt(stem.index, stack.enter_context((folder / f"excerpt-{number}.f32").open("w+b")))
            for number, (name, stem) in enumerate(stems.items())
        }

        def fill(name: str) -> None:
            for span in heard.get(name, ()):
                _fetch_span(parts, stems[name], span, excerpts[name], folder / f"{name}.flac")

        for _ in pool.map(fill, stems):
            pass
        yield excerpts


def _fetch_span(parts: Parts, stem: _IndexedStem, heard: range, excerpt: Excerpt, path: Path) -> None:
    span = stem.index.span(heard.start, heard.stop)
    with path.open("wb") as flac:
        flac.write(stem.index.head(span.frames))
        for block in parts.store.blocks(stem.sound_key, range(span.first_byte, span.end_byte)):
            flac.write(block)
    excerpt.add(span, path)
    path.unlink()
