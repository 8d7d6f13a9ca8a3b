"""The formats that a mixdown is offered in: FLAC as it was rendered, the others made from it on demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from remixhub.audio.write.encode import AudioFormat
from remixhub.domain.states import JobKind, JobState, MixFileState, RenditionKind
from remixhub.jobs.table import ACTIVE, failure_of
from remixhub.models import Job, Rendition


@dataclass(frozen=True)
class OnDemand:
    rendition: RenditionKind
    job: JobKind
    bit_depth: int | None = None
    bitrate_bps: int | None = None


ON_DEMAND = {
    AudioFormat.WAV: OnDemand(RenditionKind.MIXDOWN_WAV, JobKind.ENCODE_WAV, bit_depth=24),
    AudioFormat.MP3: OnDemand(RenditionKind.MIXDOWN_MP3, JobKind.ENCODE_MP3, bitrate_bps=320_000),
    AudioFormat.OPUS: OnDemand(RenditionKind.MIXDOWN_OPUS, JobKind.ENCODE_OPUS, bitrate_bps=160_000),
}
RENDITIONS = {
    AudioFormat.WAV: RenditionKind.MIXDOWN_WAV,
    AudioFormat.FLAC: RenditionKind.MIXDOWN,
    AudioFormat.MP3: RenditionKind.MIXDOWN_MP3,
    AudioFormat.OPUS: RenditionKind.MIXDOWN_OPUS,
}
"""In the order in which they are offered."""
JOBS = tuple(made.job for made in ON_DEMAND.values())


@dataclass(frozen=True)
class MixFile:
    format: AudioFormat
    state: MixFileState
    size_bytes: int | None = None
    percent: float = 0.0
    """While it is made."""
    failure: str | None = None


def files_of(renditions: Mapping[RenditionKind, Rendition], jobs: Mapping[JobKind, Job]) -> Sequence[MixFile]:
    """`jobs` are the newest of their kinds that are not done."""
    return [_file(format, renditions.get(kind), jobs) for format, kind in RENDITIONS.items()]


def _file(format: AudioFormat, rendition: Rendition | None, jobs: Mapping[JobKind, Job]) -> MixFile:
    if rendition is not None:
        return MixFile(format, MixFileState.READY, rendition.size_bytes, 100.0)
    made = ON_DEMAND.get(format)
    job = None if made is None else jobs.get(made.job)
    if job is None:
        return MixFile(format, MixFileState.ABSENT)
    if job.state in ACTIVE:
        return MixFile(format, MixFileState.MAKING, percent=job.progress_percent)
    assert job.state is JobState.DEAD
    return MixFile(format, MixFileState.FAILED, failure=failure_of(job))
