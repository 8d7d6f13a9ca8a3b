"""Who rings, and who gets what: many workers ask at once, on both databases, and each job is one worker's."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.domain.states import JobKind, JobState, ProcessRole, UploadState
from remixhub.jobs.carrier import Carrier
from remixhub.jobs.claims import claim_next
from remixhub.models import Account, Beat, Job, Upload, now
from tests.integration.conftest import Hub
from tests.integration.uploads.test_uploads import write_wav

THREADS, JOBS = 8, 60


def test_no_job_is_claimed_twice_and_no_account_has_three_heavy_ones(hub: Hub) -> None:
    database, chosen, most = hub.parts.database, Counter[str](), Counter[str]()
    lock, in_hand = threading.Lock(), Counter[str]()
    with database.writing() as session:
        people = [Account(handle=name, display_name=name) for name in ("ada", "bea", "cyd")]
        session.add_all(people)
        session.flush()
        for number in range(JOBS):
            owner = people[number % 3].id
            session.add(
                Job(kind=JobKind.SETTLE_LINK, subject_id=str(number), account_id=owner, max_attempts=5,
                    is_heavy=number % 2 == 0)
            )  # fmt: skip
        session.add_all(
            Beat(name=f"{n}", role=ProcessRole.WORKER, host="h", pid=1, version="0", beat_at=now()) for n in range(9)
        )

    def work(name: str) -> None:
        idle = 0
        while idle < 3:
            found = False
            for heavy in (False, True):
                lease = claim_next(database, name, heavy=heavy, seconds=60)
                if lease is None:
                    continue
                found = True
                with lock:
                    chosen[lease.job_id] += 1
                    if heavy:
                        in_hand[lease.payer] += 1
                        most[lease.payer] = max(most[lease.payer], in_hand[lease.payer])
                with lease.committing(), lock:
                    in_hand[lease.payer] -= heavy
            idle = 0 if found else idle + 1

    crowd = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(THREADS)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert set(chosen.values()) == {1}
    assert len(chosen) == JOBS
    assert max(most.values()) <= 2
    assert {job.state for job in hub.rows(Job)} == {JobState.DONE}


def test_a_request_that_adds_a_job_rings_once_it_is_committed_and_others_do_not(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    assert artist.get("/uploads").status_code == 200
    assert hub.parts.carrier.waiting() == 0
    for name in ("one.wav", "two.wav"):
        artist.send_upload(write_wav(tmp_path / name))
        assert hub.parts.carrier.waiting() == 1, "a ring names no job, so one is enough"


def test_while_redis_is_away_requests_are_answered_as_ever(hub: Hub, tmp_path: Path) -> None:
    away = Carrier(f"redis://{LOOPBACK}:{free_ports(1)[0]}", "none")
    hub.app.extensions["remixhub"] = replace(hub.parts, carrier=away)
    upload = hub.account().send_upload(write_wav(tmp_path / "one.wav"))
    hub.drain()
    assert [(one.id, one.state) for one in hub.rows(Upload)] == [(upload, UploadState.READY)]
