"""What each kind of job does, what tells its subject when it can never be done; what a worker does when it is rung."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog

from remixhub.compose import Parts
from remixhub.domain.errors import Unavailable
from remixhub.domain.job_sizes import COSTLY
from remixhub.domain.states import JobKind
from remixhub.jobs import budget
from remixhub.jobs.claims import claim_next, may_claim, rehearse
from remixhub.jobs.lease import GiveUp, Lease, claim
from remixhub.jobs.runner import Plan, nothing, run
from remixhub.jobs.stopping import Stopping
from remixhub.models import DatabaseUnavailable
from remixhub.models.jobs import HUB, STRANGER
from remixhub.services.backups import fixity
from remixhub.services.bundles import building as bundles
from remixhub.services.contests import entry_archives, screening, tending
from remixhub.services.discovery.search import indexing, matching
from remixhub.services.exports import building
from remixhub.services.hooks import delivering
from remixhub.services.lineage import settling
from remixhub.services.mail import digests, sending
from remixhub.services.mixes import encoding, formats, rendering
from remixhub.services.stems import archives, ingest, preparing, review, sounds
from remixhub.services.upkeep import sweeping
from remixhub.services.uploads import verification
from remixhub.services.works import printing


class JobOfNewerRelease(Unavailable):
    """It waits, uncounted, until a worker comes that knows it: the release is being changed."""

    code = "job_of_newer_release"
    title = "A newer release has to do this"


@dataclass(frozen=True)
class Kind:
    work: Callable[[Parts, Lease], None]
    reject: GiveUp = nothing
    set_aside: GiveUp = nothing
    """Both as in `Plan`."""

    def plan(self, parts: Parts) -> Plan:
        return Plan(partial(self.work, parts), self.reject, self.set_aside)


KINDS: dict[JobKind, Kind] = {
    JobKind.VERIFY_UPLOAD: Kind(verification.verify_upload, verification.reject_upload),
    JobKind.INGEST_STEM: Kind(ingest.ingest_stem, ingest.refuse_original),
    JobKind.PREPARE_STEM: Kind(preparing.prepare_stem),
    JobKind.REVIEW_STEM_PACK: Kind(review.review_stem_pack, review.give_up_on_review, review.give_up_on_review),
    JobKind.BUILD_ARCHIVE: Kind(archives.build_archive),
    JobKind.RENDER_MIXDOWN: Kind(rendering.render_mixdown, rendering.refuse_mixdown, rendering.set_mixdown_aside),
    JobKind.SETTLE_LINEAGE: Kind(settling.settle_lineage),
    JobKind.SETTLE_LINK: Kind(settling.settle_link),
    JobKind.BUILD_ENTRY_ARCHIVE: Kind(entry_archives.build_entry_archive),
    JobKind.TEND_CONTEST: Kind(tending.tend_contest),
    JobKind.SCREEN_BALLOTS: Kind(screening.screen_ballots),
    JobKind.PRINT_COVER: Kind(printing.print_cover),
    **dict.fromkeys(formats.JOBS, Kind(encoding.encode_mixdown)),
    JobKind.EXPORT_SESSION: Kind(building.export_session),
    JobKind.BUILD_BUNDLE: Kind(bundles.build_bundle),
    JobKind.SEND_LETTER: Kind(sending.send_letter),
    JobKind.SEND_DIGEST: Kind(digests.write_digest),
    JobKind.SWEEP: Kind(sweeping.sweep),
    JobKind.INDEX_SEARCH: Kind(indexing.index_search),
    JobKind.MATCH_SEARCH: Kind(matching.match_searches),
    JobKind.CHECK_FIXITY: Kind(fixity.check_fixity),
    JobKind.DELIVER_HOOK: Kind(delivering.deliver_hook),
    JobKind.MEASURE_SOUND: Kind(sounds.measure_sound),
}


log = structlog.get_logger()

SHORT_JOBS, SHORT_SECONDS = 50, 5.0
"""What a work-horse does of short jobs before it looks for a heavy one and makes room for a fresh one."""
PASSED_OVER_SECONDS = 30.0
"""A heavy job that has waited so long is not put off for short ones any more: one comes after each lot of them."""


def work_through(parts: Parts, worker: str, stopping: Stopping) -> None:
    """Short jobs one after another, then a heavy one. Returns early when the worker has to go, or when the database is
    away or busy: then it is rung again.
    """
    try:
        _work_through(parts, worker, stopping)
    except DatabaseUnavailable as exc:
        log.info("claim_put_off", detail=exc.detail)


def _work_through(parts: Parts, worker: str, stopping: Stopping) -> None:
    done, until = 0, time.monotonic() + SHORT_SECONDS
    while done < SHORT_JOBS and time.monotonic() < until:
        if not do_next(parts, worker, stopping, heavy=False, rings=done == 0):
            do_next(parts, worker, stopping, heavy=True, rings=True)
            return
        done += 1
    ring_again(parts)
    do_next(parts, worker, stopping, heavy=True, waited_seconds=PASSED_OVER_SECONDS, rings=True)


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
        look_first=rings,
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
        rehearse(parts.database)
    except DatabaseUnavailable:
        return
    finally:
        parts.database.dispose()


def _do(parts: Parts, lease: Lease) -> None:
    before = budget.cpu_seconds()
    kind = KINDS.get(lease.kind, Kind(_left_to_others))
    try:
        run(parts.settings, lease, kind.plan(parts))
    finally:
        _charge(parts, lease, budget.cpu_seconds() - before)


def _left_to_others(_parts: Parts, lease: Lease) -> None:
    raise JobOfNewerRelease(f"A worker of this release knows no {lease.kind}.")


def _charge(parts: Parts, lease: Lease, seconds: float) -> None:
    """What counts; a write for each trivial job would take longer than it."""
    is_counted = lease.payer != HUB and not lease.payer.startswith(STRANGER)
    if lease.kind not in COSTLY or not is_counted or not parts.settings.processing_seconds_a_day:
        return
    try:
        budget.spend(parts.database, lease.payer, seconds)
    except DatabaseUnavailable:
        return  # in the account's favour
