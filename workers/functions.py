"""The functions that RQ calls by dotted path.

`work` is what is rung; those by kind are for rings of release 0.1 that still wait in Redis, and go with release 0.3.
"""

from __future__ import annotations

import os

from remixhub.jobs.stopping import Stopping
from remixhub.services.upkeep.background import run_job, work_through
from workers.parts import parts

STOPPING = Stopping()
"""Of this process: a work-horse is a fork, so each has its own."""


def work() -> None:
    work_through(parts(), _worker(), STOPPING)


def _worker() -> str:
    return os.environ.get("RQ_WORKER_ID", "")


def verify_upload(job_id: str) -> None:
    run_job(parts(), job_id, _worker())


def ingest_stem(job_id: str) -> None:
    run_job(parts(), job_id, _worker())


def prepare_stem(job_id: str) -> None:
    run_job(parts(), job_id, _worker())


def review_stem_pack(job_id: str) -> None:
    run_job(parts(), job_id, _worker())


def render_mixdown(job_id: str) -> None:
    run_job(parts(), job_id, _worker())


def build_archive(job_id: str) -> None:
    run_job(parts(), job_id, _worker())


def sweep(job_id: str) -> None:
    run_job(parts(), job_id, _worker())


def settle_lineage(job_id: str) -> None:
    run_job(parts(), job_id, _worker())


def settle_link(job_id: str) -> None:
    run_job(parts(), job_id, _worker())


def tend_contest(job_id: str) -> None:
    run_job(parts(), job_id, _worker())


def build_entry_archive(job_id: str) -> None:
    run_job(parts(), job_id, _worker())


def print_cover(job_id: str) -> None:
    run_job(parts(), job_id, _worker())


def encode_wav(job_id: str) -> None:
    run_job(parts(), job_id, _worker())


def encode_mp3(job_id: str) -> None:
    run_job(parts(), job_id, _worker())


def encode_opus(job_id: str) -> None:
    run_job(parts(), job_id, _worker())
