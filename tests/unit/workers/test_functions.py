"""A ring finds its function, also one of release 0.1 that still waits in Redis; every kind of job has a plan."""

from __future__ import annotations

import pytest

from remixhub.domain.states import JobKind
from remixhub.services.upkeep.background import KINDS
from workers import functions


def test_what_is_rung_is_there() -> None:
    assert callable(functions.work)


@pytest.mark.parametrize("kind", JobKind)
def test_each_kind_of_job_can_be_called_by_its_path(kind: JobKind) -> None:
    assert callable(getattr(functions, kind.value))
    assert kind in KINDS
