"""What each kind of job does, what tells its subject when it can never be done; what a worker does when it is rung."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from remixhub.compose import Parts
from remixhub.domain.job_sizes import COSTLY
from remixhub.domain.states import JobKind
from remixhub.jobs import budget
from remixhub.jobs.claims import claim_next, may_claim
from remixhub.jobs.lease import GiveUp, Lease, claim
from remixhub.jobs.runner import run
from remixhub.jobs.stopping import Stopping
from remixhub.models import DatabaseUnavailable
from remixhub.models.jobs import HUB
from remixhub.services.contests import entry_archives, tending
from remixhub.services.lineage import settling
from remixhub.services.mixes import encoding, formats, rendering
from remixhub.services.stems import archives, ingest, preparing, review
from remixhub.services.upkeep import sweeping
from remixhub.services.uploads import verification
from remixhub.services.works import printing

PLANS: dict[JobKind, tuple[Callable[[Parts, Lease], None], GiveUp]] = {
    JobKind.VERIFY_UPLOAD: (verification.verify_upload, verification.give_up_on_upload),
    JobKind.INGEST_STEM: (ingest.ingest_stem, ingest.give_up_on_original),
    JobKind.PREPARE_STEM: (preparing.prepare_stem, preparing.give_up),
    JobKind.REVIEW_STEM_PACK: (review.review_stem_pack, review.give_up_on_review),
    JobKind.BUILD_ARCHIVE: (archives.build_archive, archives.give_up_on_archive),
    JobKind.RENDER_MIXDOWN: (rendering.render_mixdown, rendering.give_up_on_mixdown),
    JobKind.SETTLE_LINEAGE: (settling.settle_lineage, settling.give_up),
    JobKind.SETTLE_LINK: (settling.settle_link, settling.give_up),
    JobKind.BUILD_ENTRY_ARCHIVE: (entry_archives.build_entry_archive, archives.give_up_on_archive),
    JobKind.TEND_CONTEST: (tending.tend_contest, tending.give_up),
    JobKind.PRINT_COVER: (printing.print_cover, printing.give_up),
    **dict.fromkeys(formats.JOBS, (encoding.encode_mixdown, encoding.give_up_on_file)),
    JobKind.SWEEP: (sweeping.sweep, sweeping.give_up_on_sweep),
}


SHORT_JOBS, SHORT_SECONDS = 50, 5.0
"""What a work-horse does of short jobs before it looks for a heavy one and makes room for a fresh one."""
PASSED_OVER_SECONDS = 30.0
"""A heavy job that has waited so long is not put off for short ones any more: one comes after each lot of them."""


def work_through(parts: Parts, worker: str, stopping: Stopping) -> int:
    """Short jobs one after another, then a heavy one; how many. Returns early when the worker has to go."""
    done, until = 0, time.monotonic() + SHORT_SECONDS
    while done < SHORT_JOBS and time.monotonic() < until:
        if not do_next(parts, worker, stopping, heavy=False, rings=done == 0):
            return done + do_next(parts, worker, stopping, heavy=True, rings=True)
        done += 1
    ring_again(parts)
    waited = PASSED_OVER_SECONDS
    return done + do_next(parts, worker, stopping, heavy=True, waited_seconds=waited, rings=True)


def do_next(
    parts: Parts, worker: str, stopping: Stopping, *, heavy: bool, waited_seconds: float = 0.0, rings: bool = False
) -> bool:
    """Whether there was a job to do. `rings`: for whoever is idle, if there is more."""
    if stopping.is_asked:
        return False
    lease = claim_next(
        parts.database,
        worker,
        heavy=heavy,
        seconds=parts.settings.job_lease_seconds,
        waited_seconds=waited_seconds,
        daily_seconds=parts.settings.processing_seconds_a_day,
    )
    if lease is None:
        return False

    def do() -> None:
        if rings:
            ring_again(parts)
        _do(parts, lease)

    stopping.hold(lease, do)
    return True


def ring_again(parts: Parts) -> None:
    """While something is left to do."""
    if may_claim(parts.database, heavy=False) or may_claim(parts.database, heavy=True):
        parts.carrier.ring_soon()


def run_job(parts: Parts, job_id: str, worker: str = "") -> None:
    """One job by its id, as rings of release 0.1 name it. Returns quietly when there is nothing to claim."""
    lease = claim(parts.database, job_id, seconds=parts.settings.job_lease_seconds, worker=worker)
    if lease is not None:
        _do(parts, lease)


def make_ready(parts: Parts) -> None:
    """Before a worker forks: what a claim compiles and imports is there for each work-horse, and nothing stays open."""
    try:
        may_claim(parts.database, heavy=True)
        may_claim(parts.database, heavy=False)
    except DatabaseUnavailable:
        return
    finally:
        parts.database.dispose()


def _do(parts: Parts, lease: Lease) -> None:
    work, give_up = PLANS[lease.kind]
    before = budget.cpu_seconds()
    try:
        run(parts.settings, lease, partial(work, parts), give_up)
    finally:
        _charge(parts, lease, budget.cpu_seconds() - before)


def _charge(parts: Parts, lease: Lease, seconds: float) -> None:
    """What counts; a write for each trivial job would take longer than it."""
    if lease.kind not in COSTLY or lease.payer == HUB or not parts.settings.processing_seconds_a_day:
        return
    try:
        budget.spend(parts.database, lease.payer, seconds)
    except DatabaseUnavailable:
        return  # in the account's favour
