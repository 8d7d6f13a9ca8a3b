"""Every kind of job has a function that RQ can call, and a plan behind it."""

from __future__ import annotations

import pytest

from remixhub.domain.states import JobKind
from remixhub.services.upkeep.background import PLANS
from workers import functions


@pytest.mark.parametrize("kind", JobKind)
def test_each_kind_of_job_can_be_called_by_its_path(kind: JobKind) -> None:
    assert callable(getattr(functions, kind.value))
    assert kind in PLANS
