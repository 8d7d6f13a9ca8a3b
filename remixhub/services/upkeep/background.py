"""What each kind of job does, and what tells its subject when it can never be done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from remixhub.compose import Parts
from remixhub.domain.states import JobKind
from remixhub.jobs.lease import GiveUp, Lease
from remixhub.jobs.runner import perform
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


def run_job(parts: Parts, kind: JobKind, job_id: str) -> None:
    """Claims the job and does it; returns quietly when there is nothing to claim."""
    work, give_up = PLANS[kind]
    perform(parts.settings, parts.database, job_id, partial(work, parts), give_up)
