"""A ring finds its function, also one of release 0.1 that still waits in Redis; every kind of job has a plan."""

from __future__ import annotations

import pytest

from remixhub.domain.states import JobKind
from remixhub.services.upkeep.background import KINDS
from workers import functions

SINCE_RINGS_NAME_NO_JOB = {
    JobKind.SCREEN_BALLOTS, JobKind.SEND_LETTER, JobKind.CHECK_FIXITY, JobKind.INDEX_SEARCH, JobKind.MATCH_SEARCH,
    JobKind.SEND_DIGEST, JobKind.DELIVER_HOOK, JobKind.MEASURE_SOUND, JobKind.EXPORT_SESSION, JobKind.BUILD_BUNDLE,
}  # fmt: skip


def test_what_is_rung_is_there() -> None:
    assert callable(functions.work)


@pytest.mark.parametrize("kind", [kind for kind in JobKind if kind not in SINCE_RINGS_NAME_NO_JOB])
def test_each_kind_that_a_ring_may_name_can_be_called_by_its_path(kind: JobKind) -> None:
    assert callable(getattr(functions, kind.value))


def test_each_kind_of_job_has_a_plan() -> None:
    assert set(KINDS) == set(JobKind)
