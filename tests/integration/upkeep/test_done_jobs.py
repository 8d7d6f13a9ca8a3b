"""Jobs that are done stay for days, for those who read how theirs went; then the scheduler forgets them."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.domain.access import SYSTEM, Actor
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs.table import add_job
from remixhub.models import Account, Job, now
from remixhub.services.discovery.search import indexing
from remixhub.services.upkeep.jobs import KEPT_SECONDS, measure_delays
from tests.integration.conftest import Hub
from workers.scheduler import DUTIES


def a_round(hub: Hub) -> None:
    """As the scheduler does it after its start."""
    for duty in DUTIES:
        duty.order(hub.parts)


def ended(hub: Hub, *, state: JobState, ago: float, subject_id: str = "hub", actor: Actor = SYSTEM, **more: Any) -> str:
    with hub.parts.database.writing() as session:
        job_id = add_job(session, actor, JobKind.SWEEP, subject_id, max_attempts=1)
        at = now(-ago)
        values = {"state": state, "created_at": at, "run_after_at": at, "finished_at": at, **more}
        session.execute(sa.update(Job).where(Job.id == job_id).values(**values))
    return job_id


def test_what_is_done_is_read_for_some_days_and_forgotten_then(hub: Hub) -> None:
    artist = hub.account()
    actor = Actor(account_id=next(one.id for one in hub.rows(Account)))
    old = ended(hub, state=JobState.DONE, ago=KEPT_SECONDS + 60, subject_id="a", actor=actor)
    young = ended(hub, state=JobState.DONE, ago=KEPT_SECONDS - 60, subject_id="b", actor=actor)
    dead = ended(hub, state=JobState.DEAD, ago=KEPT_SECONDS + 60, subject_id="c", actor=actor)
    assert artist.get(f"/jobs/{old}").get_json()["state"] == "done"
    a_round(hub)
    assert artist.get(f"/jobs/{old}").get_json()["code"] == "job_not_found"
    assert artist.get(f"/jobs/{young}").get_json()["state"] == "done"
    assert artist.get(f"/jobs/{dead}").get_json()["state"] == "dead"


def test_one_that_waited_long_is_kept_from_its_end_on(hub: Hub) -> None:
    late = ended(hub, state=JobState.DONE, ago=KEPT_SECONDS + 60, finished_at=now(-60))
    a_round(hub)
    assert late in {job.id for job in hub.rows(Job)}


def test_more_than_one_transaction_takes_go_in_one_round(hub: Hub) -> None:
    at = now(-KEPT_SECONDS - 60)
    rows = [{"id": f"{n:032}", "subject_id": f"s{n}"} for n in range(2500)]
    with hub.parts.database.writing() as session:
        done = sa.insert(Job).values(
            kind=JobKind.SWEEP, max_attempts=1, state=JobState.DONE, created_at=at, run_after_at=at, finished_at=at
        )
        session.execute(done, rows)
    a_round(hub)
    assert {job.state for job in hub.rows(Job)} == {JobState.PENDING}  # what the round itself ordered


def test_what_took_over_from_a_dead_one_goes_on_saying_so(hub: Hub) -> None:
    ended(hub, state=JobState.DEAD, ago=KEPT_SECONDS + 300, error_code="storage_unavailable")
    followers = [ended(hub, state=JobState.DONE, ago=KEPT_SECONDS + ago) for ago in (200, 100)]
    assert measure_delays(hub.parts) == []
    for duty in DUTIES:
        if duty.order.__name__ == "forget_done":
            duty.order(hub.parts)
    assert measure_delays(hub.parts) == []
    assert followers[1:] == [job.id for job in hub.rows(Job) if job.state is JobState.DONE]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whether_indexing_died_is_asked_of_the_dead_alone(hub: Hub) -> None:
    """Each round of the scheduler asks it, beside any number that are done."""
    asked: list[tuple[str, Any]] = []
    engine = hub.parts.database.engine

    def note(_c: Any, _u: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        indexing.order_due(hub.parts)
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    statement, parameters = next(one for one in asked if "search_changes" in one[0])
    with engine.connect() as connection:
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    assert sum("kind=? AND subject_id=? AND state=?" in step for step in plan) == 2, plan
