"""Which job is next: no account above its share, nothing short behind what is heavy, everybody in every round."""

from __future__ import annotations

from collections import Counter

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import strategies as st

from remixhub.compose import Parts
from remixhub.domain.states import JobKind, JobState, ProcessRole
from remixhub.jobs import fairness
from remixhub.jobs.claims import claim_next, rehearse
from remixhub.jobs.lease import Lease
from remixhub.jobs.stopping import Stopping
from remixhub.models import Beat, Database, Job, Turn, now
from remixhub.services.upkeep.background import do_next
from tests.unit.rows import LONG_AGO, Rows

PAYERS = ("a", "b", "c", "hub")


def claimed(database: Database, *, heavy: bool = False) -> str | None:
    lease = claim_next(database, "w", heavy=heavy, seconds=60)
    return None if lease is None else lease.subject_id


def workers_beat(rows: Rows, count: int) -> None:
    for number in range(count):
        rows.add(Beat(name=str(number), role=ProcessRole.WORKER, host="h", pid=1, version="0", beat_at=now()))


def test_payers_come_round_whatever_each_has_waiting(parts: Parts, rows: Rows) -> None:
    for number in range(4):
        rows.job(subject_id=f"a{number}", payer="a", run_after_at=now(-100 + number))
    rows.job(subject_id="b0", payer="b")
    rows.job(subject_id="hub0")
    found = [claimed(parts.database) for _ in range(7)]
    assert found == ["a0", "b0", "hub0", "a1", "a2", "a3", None]


def test_whoever_comes_later_does_not_wait_for_those_before(parts: Parts, rows: Rows) -> None:
    for number in range(3):
        rows.job(subject_id=f"b{number}", payer="b", run_after_at=now(-100 + number))
    assert claimed(parts.database) == "b0"
    rows.job(subject_id="a0", payer="a")
    assert [claimed(parts.database) for _ in range(3)] == ["a0", "b1", "b2"]


def test_what_is_not_due_is_passed_over_with_its_payer(parts: Parts, rows: Rows) -> None:
    rows.job(subject_id="a0", payer="a", run_after_at=now(30))
    rows.job(subject_id="b0", payer="b")
    assert [claimed(parts.database), claimed(parts.database)] == ["b0", None]


def test_a_lease_that_ran_out_comes_first(parts: Parts, rows: Rows) -> None:
    rows.job(subject_id="a0", payer="a")
    rows.job(subject_id="z0", payer="z", state=JobState.LEASED, leased_until_at=now(-1), fence=3)
    lease = claim_next(parts.database, "w", heavy=False, seconds=60)
    assert lease is not None
    assert (lease.subject_id, lease.fence, lease.payer, lease.worker) == ("z0", 4, "z", "w")
    assert claimed(parts.database) == "a0"


def test_short_and_heavy_are_claimed_apart(parts: Parts, rows: Rows) -> None:
    rows.job(subject_id="heavy", is_heavy=True)
    assert claimed(parts.database) is None
    assert claimed(parts.database, heavy=True) == "heavy"


def test_of_two_workers_one_stays_free_of_heavy_jobs(parts: Parts, rows: Rows) -> None:
    workers_beat(rows, 2)
    for number in range(2):
        rows.job(subject_id=f"a{number}", payer="a", is_heavy=True)
        rows.job(subject_id=f"b{number}", payer="b", is_heavy=True)
    assert claimed(parts.database, heavy=True) is not None
    assert claimed(parts.database, heavy=True) is None


def test_an_account_has_two_heavy_jobs_at_once_and_others_go_on(parts: Parts, rows: Rows) -> None:
    workers_beat(rows, 9)
    for number in range(4):
        rows.job(subject_id=f"a{number}", payer="a", is_heavy=True)
    assert [claimed(parts.database, heavy=True) is not None for _ in range(4)] == [True, True, False, False]
    rows.job(subject_id="b0", payer="b", is_heavy=True)
    assert claimed(parts.database, heavy=True) == "b0"


def test_the_only_worker_does_heavy_jobs_one_by_one(parts: Parts, rows: Rows) -> None:
    rows.job(subject_id="a0", is_heavy=True)
    rows.job(subject_id="a1", is_heavy=True)
    assert [claimed(parts.database, heavy=True) is not None for _ in range(2)] == [True, False]


def test_a_worker_that_fell_silent_is_not_counted(parts: Parts, rows: Rows) -> None:
    workers_beat(rows, 3)
    rows.change(Beat, beat_at=LONG_AGO)
    rows.job(subject_id="a0", payer="a", is_heavy=True)
    rows.job(subject_id="b0", payer="b", is_heavy=True)
    assert [claimed(parts.database, heavy=True) is not None for _ in range(2)] == [True, False]


def test_a_heavy_job_may_be_asked_for_that_was_passed_over_for_long(parts: Parts, rows: Rows) -> None:
    rows.job(subject_id="a0", is_heavy=True, run_after_at=now(-10))
    assert claim_next(parts.database, "w", heavy=True, seconds=60, waited_seconds=30) is None
    assert claim_next(parts.database, "w", heavy=True, seconds=60, waited_seconds=5) is not None


def test_an_account_pays_for_its_own_jobs_and_the_hub_for_the_others(rows: Rows) -> None:
    artist = rows.account()
    rows.job(subject_id="mine", account_id=artist.id)
    rows.job(subject_id="hub's")
    assert {job.subject_id: job.payer for job in rows.all(Job)} == {"mine": artist.id, "hub's": "hub"}


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(PAYERS), st.booleans()),
        st.tuples(st.just("claim"), st.booleans(), st.none()),
        st.tuples(st.just("end"), st.integers(0, 5), st.none()),
    ),
    max_size=40,
)


@hypothesis.given(workers=st.integers(0, 5), acts=ACTS)
@hypothesis.settings(
    max_examples=40, deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
def test_whatever_happens_everybody_has_their_share(
    parts: Parts, rows: Rows, workers: int, acts: list[tuple[str, object, object]]
) -> None:
    """Against a model in plain Python: who waits, who runs, who was passed over since they waited."""
    with parts.database.writing() as session:
        session.execute(sa.delete(Job))
        session.execute(sa.delete(Beat))
        session.execute(sa.update(Turn).values(payer=""))
    workers_beat(rows, workers)
    waiting: Counter[tuple[str, bool]] = Counter()
    running: list[tuple[Lease, bool]] = []
    served: dict[tuple[str, bool], Counter[str]] = {}
    for number, (act, what, heavy) in enumerate(acts):
        if act == "add":
            assert isinstance(what, str)
            rows.job(kind=JobKind.SETTLE_LINK, subject_id=str(number), payer=what, is_heavy=heavy)
            waiting[what, bool(heavy)] += 1
            served.setdefault((what, bool(heavy)), Counter())
        elif act == "end" and running:
            assert isinstance(what, int)
            lease, _ = running.pop(what % len(running))
            with lease.committing():
                pass
        elif act == "claim":
            is_heavy = bool(what)
            in_hand = Counter(lease.payer for lease, one_heavy in running if one_heavy)
            ready = {payer for (payer, one_heavy), count in waiting.items() if count and one_heavy is is_heavy}
            if is_heavy:
                ready -= {payer for payer in ready if in_hand[payer] >= fairness.AN_ACCOUNT}
                if in_hand.total() >= max(1, workers - 1):
                    ready = set()
            found = claim_next(parts.database, "w", heavy=is_heavy, seconds=60)
            assert (found is not None) == bool(ready), "work is claimed whenever some may run"
            if found is None:
                continue
            assert found.payer in ready
            waiting[found.payer, is_heavy] -= 1
            served[found.payer, is_heavy].clear()
            running.append((found, is_heavy))
            for payer in ready - {found.payer}:
                others = served[payer, is_heavy]
                others[found.payer] += 1
                assert others[found.payer] <= 1, f"{found.payer} came twice while {payer} could have been served"


def test_a_worker_that_was_told_to_go_claims_nothing(parts: Parts, rows: Rows) -> None:
    rows.job()
    stopping = Stopping()
    stopping.ask()
    assert not do_next(parts, "w", stopping, heavy=False)
    assert rows.one(Job).state is JobState.PENDING


def test_a_worker_told_to_go_in_the_middle_of_a_claim_gives_the_job_back(parts: Parts, rows: Rows) -> None:
    rows.job()
    stopping = Stopping()
    lease = claim_next(parts.database, "w", heavy=False, seconds=60)
    assert lease is not None
    stopping.insist()
    stopping.hold(lease, lambda: pytest.fail("It must not begin."))
    assert rows.one(Job).state is JobState.PENDING


def test_a_job_in_hand_is_dropped_when_its_worker_must_go(parts: Parts, rows: Rows) -> None:
    rows.job()
    stopping = Stopping()
    lease = claim_next(parts.database, "w", heavy=False, seconds=60)
    assert lease is not None

    def work() -> None:
        stopping.ask()
        rows.change(Job, progress_step="it went on")
        stopping.insist()
        rows.change(Job, progress_step="and on")

    stopping.hold(lease, work)
    job = rows.one(Job)
    assert (job.state, job.progress_step) == (JobState.PENDING, "it went on")
    stopping.insist()


def test_a_rehearsal_changes_nothing(parts: Parts, rows: Rows) -> None:
    rows.job(subject_id="a0", payer="a")
    before = [(turn.is_heavy, turn.payer) for turn in rows.all(Turn)]
    rehearse(parts.database)
    assert [(turn.is_heavy, turn.payer) for turn in rows.all(Turn)] == before
    job = rows.one(Job)
    assert (job.state, job.fence) == (JobState.PENDING, 0)
