"""What each kind of job does, and what tells its subject when it can never be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from remixhub.compose import Parts
from remixhub.domain.states import JobKind
from remixhub.jobs.lease import GiveUp, Lease
from remixhub.jobs.runner import Plan, nothing, perform
from remixhub.services.contests import entry_archives, tending
from remixhub.services.lineage import settling
from remixhub.services.mixes import encoding, formats, rendering
from remixhub.services.stems import archives, ingest, preparing, review
from remixhub.services.upkeep import sweeping
from remixhub.services.uploads import verification
from remixhub.services.works import printing


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
    JobKind.PRINT_COVER: Kind(printing.print_cover),
    **dict.fromkeys(formats.JOBS, Kind(encoding.encode_mixdown)),
    JobKind.SWEEP: Kind(sweeping.sweep),
}


def run_job(parts: Parts, kind: JobKind, job_id: str) -> None:
    """Claims the job and does it; returns quietly when there is nothing to claim."""
    perform(parts.settings, parts.database, job_id, KINDS[kind].plan(parts))
