"""The operator's commands on jobs and accounts."""

from __future__ import annotations

import json
import re

import pytest

from remixhub.cli import main
from remixhub.domain.access import SYSTEM
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs.lease import claim
from remixhub.jobs.table import add_job
from remixhub.models import Account, AuditEntry, Job
from tests.integration.conftest import Hub

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _environment(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in hub.parts.settings.to_env().items():
        monkeypatch.setenv(name, value)


def add_dead_job(hub: Hub) -> str:
    with hub.parts.database.writing() as session:
        job_id = add_job(session, SYSTEM, JobKind.SWEEP, "hub", max_attempts=1)
    lease = claim(hub.parts.database, job_id, seconds=60)
    assert lease is not None
    with lease:
        lease.bury("storage_unavailable", "The storage was away.", lambda *_: None)
    return job_id


def test_dead_jobs_are_listed_shown_and_sent_again(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "list", "--state", "dead"]) == 0
    assert capsys.readouterr().out == "No dead jobs.\n"
    job_id = add_dead_job(hub)
    main(["jobs", "list", "--state", "dead"])
    assert job_id in capsys.readouterr().out
    main(["jobs", "show", job_id])
    shown = json.loads(capsys.readouterr().out)
    assert shown["error_code"] == "storage_unavailable"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", shown["created_at"])  # as in the API
    assert main(["jobs", "resend", job_id]) == 0
    (job,) = hub.rows(Job)
    assert (job.state, job.attempts) == (JobState.PENDING, 0)


def test_all_dead_jobs_are_sent_again_at_once(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    add_dead_job(hub)
    assert main(["jobs", "resend", "--all"]) == 0
    assert "1 sent again" in capsys.readouterr().out
    main(["jobs", "list", "--json"])
    assert [json.loads(line)["state"] for line in capsys.readouterr().out.splitlines()] == ["pending"]


def test_an_unknown_job_is_said_to_be_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    for action in ("show", "resend"):
        assert main(["jobs", action, "nothing"]) == 1
        assert "[job_not_found]" in capsys.readouterr().err


def test_an_operator_is_made_by_handle(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.account()
    assert main(["make-operator", "@Artist"]) == 0
    (account,) = hub.rows(Account)
    assert account.is_operator
    assert "account.made_operator" in {entry.action for entry in hub.rows(AuditEntry)}
    assert main(["make-operator", "nobody"]) == 1
    assert "[account_not_found]" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["jobs"], ["jobs", "list", "--state", "odd"]])
def test_wrong_usage_ends_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_jobs_that_an_older_release_cannot_read_are_forgotten_before_going_back_to_it(
    hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    with hub.parts.database.writing() as session:
        for kind, state in ((JobKind.SEND_LETTER, "pending"), (JobKind.CHECK_FIXITY, "done"), (JobKind.SWEEP, "done")):
            session.add(Job(kind=kind, subject_id="hub", max_attempts=5, state=JobState(state)))
    assert main(["jobs", "forget", "send_letter", "check_fixity"]) == 0
    assert capsys.readouterr().out == "2 forgotten.\n"
    assert [job.kind for job in hub.rows(Job)] == [JobKind.SWEEP]


def test_the_audit_trail_is_printed_and_an_account_signed_out(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    mika = hub.browser("mika")
    assert main(["end-sessions", "@mika", "--tokens"]) == 0
    assert capsys.readouterr().out == "1 sessions ended, 0 tokens revoked.\n"
    assert mika.get("/account").status_code == 401
    assert main(["audit", "--subject", "mika", "--since", "1"]) == 0
    opened, ended = capsys.readouterr().out.splitlines()[-2:]
    assert "session.opened  @mika → @mika  127.0.0.1" in opened
    assert "account.sessions_ended  system → @mika" in ended
    main(["audit", "--action", "account", "--json", "--limit", "1"])
    assert json.loads(capsys.readouterr().out)["after"] == {"sessions": 1, "tokens": 0}
    assert main(["audit", "--address", "192.0.2.1"]) == 0
    assert capsys.readouterr().out == "Nothing of the kind.\n"
    assert main(["end-sessions", "nobody"]) == 1
