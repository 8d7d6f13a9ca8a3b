"""One run of a job: what counts as an attempt, how long the next one waits, and when it is over for good."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import structlog
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from remixhub.compose import Parts
from remixhub.domain.errors import Conflict, Invalid, Unavailable
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs import deaths, lease, runner
from remixhub.jobs.lease import Lease, LeaseLost, WorkerStopping
from remixhub.jobs.runner import Plan, perform
from remixhub.models import Job, now
from tests.unit.rows import LONG_AGO, Rows


@pytest.fixture(autouse=True)
def every_line(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a hub of an earlier test in this process has left out of its log."""
    before = structlog.get_config()
    structlog.reset_defaults()
    for module in (runner, lease, deaths):
        monkeypatch.setattr(module, "log", structlog.get_logger())
    yield
    structlog.configure(**before)


class StorageAway(Unavailable):
    code = "storage_away"


class FileRefused(Invalid):
    code = "file_refused"


class ObjectGone(Conflict):
    code = "object_gone"


@dataclass
class Trial:
    """A job on subject `s`, and what its subject was told."""

    parts: Parts
    rows: Rows
    told: list[tuple[str, str, str]] = field(default_factory=list)
    """That it is at fault itself."""
    aside: list[tuple[str, str, str]] = field(default_factory=list)
    runs: int = 0

    def perform(self, fault: BaseException | None = None) -> Job:
        """With work that raises `fault` or ends well."""

        def work(lease: Lease) -> None:
            self.runs += 1
            if fault is not None:
                raise fault
            with lease.committing():
                return

        def reject(_session: Session, subject_id: str, code: str, detail: str) -> None:
            self.told.append((subject_id, code, detail))

        def set_aside(_session: Session, subject_id: str, code: str, detail: str) -> None:
            self.aside.append((subject_id, code, detail))

        perform(self.parts.settings, self.parts.database, self.rows.one(Job).id, Plan(work, reject, set_aside))
        return self.rows.one(Job)

    def wait(self) -> None:
        """Until the job is due again."""
        self.rows.change(Job, run_after_at=now())


@pytest.fixture
def trial(parts: Parts, rows: Rows) -> Trial:
    return Trial(parts, rows)


def test_work_that_ends_well_is_done_and_has_failed_in_no_attempt(trial: Trial, rows: Rows) -> None:
    rows.job(subject_id="s")
    job = trial.perform()
    assert (job.state, job.attempts, trial.told) == (JobState.DONE, 0, [])
    trial.perform()
    assert trial.runs == 1, "a ring that comes twice does nothing"


def test_an_outage_is_no_attempt_however_often_it_comes(trial: Trial, rows: Rows) -> None:
    rows.job(subject_id="s")
    for _ in range(12):
        job = trial.perform(StorageAway("The storage is away."))
        assert (job.state, job.attempts, job.error_code) == (JobState.PENDING, 0, "storage_away")
        trial.wait()
    assert trial.told == []
    assert trial.perform().state is JobState.DONE


def test_the_pauses_of_an_outage_grow_from_five_seconds_to_ten_minutes(trial: Trial, rows: Rows) -> None:
    rows.job(subject_id="s")
    waits = []
    for _ in range(9):
        before = rows.moment()
        job = trial.perform(StorageAway("The storage is away."))
        waits.append((job.run_after_at - before).total_seconds())
        trial.wait()
    for wait, least in zip(waits, (5, 10, 20, 40, 80, 160, 320, 600, 600), strict=True):
        assert least <= wait < least * 1.3 + 1


def test_once_it_went_well_the_pauses_begin_anew(trial: Trial, rows: Rows) -> None:
    rows.job(subject_id="s", delays=6)
    assert trial.perform().delays == 0


def test_an_outage_in_between_leaves_the_attempts_that_were_made(trial: Trial, rows: Rows) -> None:
    rows.job(subject_id="s", attempts=3)
    assert trial.perform(StorageAway("The storage is away.")).attempts == 3


def test_the_wait_doubles_with_each_attempt_from_five_seconds(trial: Trial, rows: Rows) -> None:
    rows.job(subject_id="s")
    waits = []
    for attempt in range(1, 5):
        before = rows.moment()
        job = trial.perform(ValueError("odd"))
        assert (job.state, job.attempts, job.error_code) == (JobState.PENDING, attempt, "internal")
        assert job.error_detail == "ValueError: odd"
        waits.append((job.run_after_at - before).total_seconds())
        trial.wait()
    assert [wait // 5 * 5 for wait in waits] == [5, 10, 20, 40]


def test_a_job_is_not_tried_again_before_its_wait_is_over(trial: Trial, rows: Rows) -> None:
    rows.job(subject_id="s")
    trial.perform(ValueError("odd"))
    trial.perform(ValueError("odd"))
    assert trial.runs == 1


def test_after_the_last_attempt_it_waits_for_an_operator_and_its_subject_is_not_at_fault(
    trial: Trial, rows: Rows
) -> None:
    rows.job(subject_id="s", max_attempts=2)
    trial.perform(ValueError("odd"))
    trial.wait()
    assert trial.aside == []
    job = trial.perform(ValueError("odd"))
    assert (job.state, job.attempts, job.error_code) == (JobState.DEAD, 1, "internal")
    assert job.finished_at is not None
    assert trial.aside == [("s", "internal", "ValueError: odd")]
    assert trial.told == []


def test_a_verdict_on_the_file_is_not_asked_again(trial: Trial, rows: Rows) -> None:
    rows.job(subject_id="s")
    job = trial.perform(FileRefused("It is cut short."))
    assert (job.state, job.error_code, job.error_detail) == (JobState.DEAD, "file_refused", "It is cut short.")
    assert trial.told == [("s", "file_refused", "It is cut short.")]
    assert trial.aside == []


def test_a_death_of_a_worker_is_no_attempt(trial: Trial, rows: Rows) -> None:
    rows.job(subject_id="s", state=JobState.LEASED, attempts=4, max_attempts=5, leased_until_at=now(-1))
    job = trial.perform()
    assert (job.state, job.attempts, trial.runs) == (JobState.DONE, 4, 1)


def test_a_state_that_does_not_allow_it_is_no_verdict_on_the_file(trial: Trial, rows: Rows) -> None:
    rows.job(subject_id="s", max_attempts=1)
    job = trial.perform(ObjectGone("It was there."))
    assert (job.state, job.error_code, trial.told) == (JobState.DEAD, "internal", [])
    assert job.error_detail == "ObjectGone: object_gone: It was there."


def full_disk() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_verdict_that_came_of_a_trouble_is_none(trial: Trial, rows: Rows) -> None:
    rows.job(subject_id="s")
    verdict = FileRefused("It cannot be read.")
    verdict.__cause__ = full_disk()
    job = trial.perform(verdict)
    assert (job.state, job.attempts, job.error_code, trial.told) == (JobState.PENDING, 0, "scratch_full", [])


def test_the_first_job_that_waits_for_a_trouble_raises_the_alarm_and_no_other(trial: Trial, rows: Rows) -> None:
    first, second = rows.job(subject_id="s"), rows.job(subject_id="t")
    with capture_logs() as lines:
        for job in (first, second):
            perform(trial.parts.settings, trial.parts.database, job.id, Plan(fails))
    told = [(one["log_level"], one["code"]) for one in lines if one["event"] == "delayed_by_us"]
    assert told == [("error", "scratch_full"), ("info", "scratch_full")]


def fails(_lease: Lease) -> None:
    raise full_disk()


def test_a_lease_that_ran_out_is_nobodys_failed_attempt_however_often(trial: Trial, rows: Rows) -> None:
    rows.job(subject_id="s", state=JobState.LEASED, fence=40, attempts=0, leased_until_at=now(-1))
    job = trial.perform()
    assert (job.state, job.attempts, trial.runs) == (JobState.DONE, 0, 1)


def test_a_worker_that_has_to_go_gives_the_job_back_uncounted(trial: Trial, rows: Rows) -> None:
    rows.job(subject_id="s", attempts=1, run_after_at=LONG_AGO)
    job = trial.perform(WorkerStopping())
    assert (job.state, job.attempts, job.error_code) == (JobState.PENDING, 1, None)
    assert trial.told == []
    assert job.run_after_at <= rows.moment()


def test_work_that_says_nothing_of_its_end_is_a_failed_attempt(parts: Parts, rows: Rows, trial: Trial) -> None:
    job = rows.job(subject_id="s")
    perform(parts.settings, parts.database, job.id, Plan(lambda lease: None))
    job = rows.one(Job)
    assert (job.state, job.attempts, job.error_code) == (JobState.PENDING, 1, "internal")


def test_who_loses_the_lease_in_the_middle_leaves_the_job_to_the_other(parts: Parts, rows: Rows) -> None:
    job = rows.job(subject_id="s")

    def work(lease: Lease) -> None:
        rows.change(Job, fence=lease.fence + 1, leased_until_at=now(60))
        with lease.committing():
            return

    perform(parts.settings, parts.database, job.id, Plan(work, lambda *_told: pytest.fail("buried")))
    job = rows.one(Job)
    assert (job.state, job.fence, job.error_code) == (JobState.LEASED, 2, None)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (None, "done"),
        (StorageAway("Away."), "storage_away"),
        (FileRefused("Torn."), "file_refused"),
        (ZeroDivisionError("zero"), "retry"),
        (LeaseLost("lost"), "lease_lost"),
        (WorkerStopping(), "given_back"),
    ],
)
def test_each_run_leaves_one_line_that_says_how_it_ended(
    trial: Trial, rows: Rows, fault: BaseException | None, outcome: str
) -> None:
    rows.job(subject_id="s", attempts=1)
    began = time.monotonic()
    with capture_logs() as lines:
        trial.perform(fault)
    (line,) = [one for one in lines if one["event"] == "job"]
    assert (line["outcome"], line["attempt"], line["log_level"]) == (outcome, 2, "info")
    assert 0 <= line["seconds"] <= time.monotonic() - began + 0.001
    assert isinstance(line["seconds"], float)
    assert line["seconds"] == round(line["seconds"], 3)
    failed = [(one["log_level"], one["attempt"]) for one in lines if one["event"] == "job_failed"]
    assert failed == ([("error", 2)] if outcome == "retry" else [])


def test_a_run_that_sets_the_job_aside_says_so(trial: Trial, rows: Rows) -> None:
    rows.job(subject_id="s", attempts=4, max_attempts=5)
    with capture_logs() as lines:
        trial.perform(ZeroDivisionError("zero"))
    assert [one["outcome"] for one in lines if one["event"] == "job"] == ["set_aside"]
    assert [one["log_level"] for one in lines if one["event"] == "job_set_aside"] == ["error"]


def test_lines_of_a_run_bear_the_job_its_kind_and_the_request_that_caused_it(trial: Trial, rows: Rows) -> None:
    job = rows.job(subject_id="s", kind=JobKind.INGEST_STEM, request_id="asked")
    structlog.contextvars.clear_contextvars()
    trial.perform()
    bound = structlog.contextvars.get_contextvars()
    structlog.contextvars.clear_contextvars()
    assert bound == {"job_id": job.id, "job_kind": "ingest_stem", "request_id": "asked"}
