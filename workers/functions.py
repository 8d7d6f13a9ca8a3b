"""The job functions that RQ calls by dotted path, one a `JobKind`; each may run twice."""

from __future__ import annotations

from remixhub.domain.states import JobKind
from remixhub.services.upkeep.background import run_job
from workers.parts import parts


def verify_upload(job_id: str) -> None:
    run_job(parts(), JobKind.VERIFY_UPLOAD, job_id)


def ingest_stem(job_id: str) -> None:
    run_job(parts(), JobKind.INGEST_STEM, job_id)


def prepare_stem(job_id: str) -> None:
    run_job(parts(), JobKind.PREPARE_STEM, job_id)


def review_stem_pack(job_id: str) -> None:
    run_job(parts(), JobKind.REVIEW_STEM_PACK, job_id)


def render_mixdown(job_id: str) -> None:
    run_job(parts(), JobKind.RENDER_MIXDOWN, job_id)


def build_archive(job_id: str) -> None:
    run_job(parts(), JobKind.BUILD_ARCHIVE, job_id)


def sweep(job_id: str) -> None:
    run_job(parts(), JobKind.SWEEP, job_id)


def settle_lineage(job_id: str) -> None:
    run_job(parts(), JobKind.SETTLE_LINEAGE, job_id)


def settle_link(job_id: str) -> None:
    run_job(parts(), JobKind.SETTLE_LINK, job_id)


def tend_contest(job_id: str) -> None:
    run_job(parts(), JobKind.TEND_CONTEST, job_id)


def build_entry_archive(job_id: str) -> None:
    run_job(parts(), JobKind.BUILD_ENTRY_ARCHIVE, job_id)


def print_cover(job_id: str) -> None:
    run_job(parts(), JobKind.PRINT_COVER, job_id)


def encode_wav(job_id: str) -> None:
    run_job(parts(), JobKind.ENCODE_WAV, job_id)


def encode_mp3(job_id: str) -> None:
    run_job(parts(), JobKind.ENCODE_MP3, job_id)


def encode_opus(job_id: str) -> None:
    run_job(parts(), JobKind.ENCODE_OPUS, job_id)
