"""The job functions that RQ calls by dotted path, one a `JobKind`; each may run twice."""

from __future__ import annotations

from functools import partial

from remixhub.jobs.lease import GiveUp
from remixhub.jobs.runner import Work, perform
from remixhub.services import archives, ingest, rendering, review, sweeping, verification
from workers.parts import parts


def verify_upload(job_id: str) -> None:
    _perform(job_id, partial(verification.verify_upload, parts()), verification.give_up_on_upload)


def ingest_stem(job_id: str) -> None:
    _perform(job_id, partial(ingest.ingest_stem, parts()), ingest.give_up_on_original)


def review_stem_pack(job_id: str) -> None:
    _perform(job_id, partial(review.review_stem_pack, parts()), review.give_up_on_review)


def render_mixdown(job_id: str) -> None:
    _perform(job_id, partial(rendering.render_mixdown, parts()), rendering.give_up_on_mixdown)


def build_archive(job_id: str) -> None:
    _perform(job_id, partial(archives.build_archive, parts()), archives.give_up_on_archive)


def sweep(job_id: str) -> None:
    _perform(job_id, partial(sweeping.sweep, parts()), sweeping.give_up_on_sweep)


def _perform(job_id: str, work: Work, give_up: GiveUp) -> None:
    perform(parts().settings, parts().database, job_id, work, give_up)
