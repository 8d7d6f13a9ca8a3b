"""What keeps a worker for long is heavy: by the sound of its subject, or by its bytes."""

from __future__ import annotations

import pytest

from remixhub.domain.job_sizes import Size, is_heavy
from remixhub.domain.states import JobKind

MINUTE, GB = 60.0, 10**9


@pytest.mark.parametrize(
    ("kind", "size", "heavy"),
    [
        (JobKind.INGEST_STEM, Size(5 * MINUTE, GB), False),
        (JobKind.INGEST_STEM, Size(120 * MINUTE, 8_000_000), True),
        (JobKind.PREPARE_STEM, Size(5 * MINUTE), False),
        (JobKind.REVIEW_STEM_PACK, Size(8 * 4 * MINUTE), False),
        (JobKind.REVIEW_STEM_PACK, Size(60 * 4 * MINUTE), True),
        (JobKind.RENDER_MIXDOWN, Size(8 * 3 * MINUTE), False),
        (JobKind.VERIFY_UPLOAD, Size(0, 100_000_000), False),
        (JobKind.VERIFY_UPLOAD, Size(0, 2 * GB), True),
        (JobKind.BUILD_ARCHIVE, Size(0, 10 * GB), True),
        (JobKind.EXPORT_SESSION, Size(8 * 4 * MINUTE), False),
        (JobKind.EXPORT_SESSION, Size(60 * 4 * MINUTE), True),
        (JobKind.BUILD_ENTRY_ARCHIVE, Size(), True),
        (JobKind.SWEEP, Size(), False),
        (JobKind.TEND_CONTEST, Size(), False),
    ],
)
def test_a_job_is_heavy_by_what_is_known_of_its_subject(kind: JobKind, size: Size, heavy: bool) -> None:
    assert is_heavy(kind, size) is heavy
