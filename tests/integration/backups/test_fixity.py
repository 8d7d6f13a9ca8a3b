"""Stored originals are read again over a month; what is wrong is told to operators and ends when it is right again."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from remixhub.app import create_app
from remixhub.compose import Parts
from remixhub.domain.backups.faults import FaultKind
from remixhub.domain.letters import LetterKind
from remixhub.domain.states import JobKind, JobState
from remixhub.models import Account, FixityFault, FixityRound, Job, Letter, Original, now
from remixhub.services.backups import fixity, snapshots, state
from remixhub.services.backups.restoring import mend
from remixhub.services.backups.targets import open_target
from remixhub.services.upkeep.health import check_backups
from tests.integration.conftest import Hub
from tests.integration.uploads.test_uploads import write_wav
from tests.mailbox import with_mail


def check(hub: Hub) -> None:
    fixity.order_due(hub.parts)
    hub.drain()
    assert {job.state for job in hub.rows(Job) if job.kind is JobKind.CHECK_FIXITY} == {JobState.DONE}


def test_what_lies_damaged_is_found_alarmed_and_over_once_it_is_put_back(parts: Parts, tmp_path: Path) -> None:
    parts.settings.work_dir.mkdir(parents=True)
    mailing = with_mail(parts, "smtp://127.0.0.1:9")
    hub = Hub(create_app(mailing.settings, mailing), mailing)
    artist = hub.account()
    hub.account("keeper")
    with parts.database.writing() as session:
        keeper = sa.update(Account).where(Account.handle == "keeper")
        session.execute(keeper.values(is_operator=True, email_verified_at=now()))
    uploads = [artist.send_upload(write_wav(tmp_path / f"{seed}.wav", 0.2, seed=seed)) for seed in range(3)]
    hub.drain()
    target = open_target(str(tmp_path / "target"), hub.parts.settings, makes=True)
    snapshots.take(hub.parts, target)
    whole, lost, flipped = sorted(hub.rows(Original), key=lambda original: original.sha256)
    hub.parts.store.delete(lost.key)
    body = bytearray(hub.parts.store.get_bytes(flipped.key))
    body[-1] ^= 1
    hub.parts.store.put_bytes(flipped.key, bytes(body), "audio/wav")

    check(hub)
    _age(hub, fixity.ROUND_SECONDS)
    check(hub)

    found = {fault.sha256: fault.kind for fault in hub.rows(FixityFault)}
    assert found == {lost.sha256: FaultKind.MISSING, flipped.sha256: FaultKind.DAMAGED}
    assert [round.checked_count for round in hub.rows(FixityRound)] == [3]
    assert [(letter.kind, letter.address) for letter in hub.rows(Letter)] == [
        (LetterKind.ORIGINALS_AT_FAULT, "keeper@example.org")
    ]
    originals, _backup = check_backups(hub.parts)
    assert (originals.ok, originals.required, "2 missing or damaged" in originals.detail) == (False, False, True)
    assert [artist.get(f"/uploads/{one}").get_json()["state"] for one in uploads] == ["ready"] * 3
    assert hub.visitor().http.get("/readyz").get_json()["ready"] is True

    count, verified = mend(hub.parts, target)
    assert (count, verified.ok) == (2, True)
    check(hub)
    assert hub.rows(FixityFault) == []
    with hub.parts.database.reading() as session:
        assert state.measure(session).fixity_fault_count == 0
    assert whole.sha256 not in found


def test_a_round_goes_on_where_it_was_at_an_even_pace_and_begins_anew_after_its_month(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    for seed in range(4):
        artist.send_upload(write_wav(tmp_path / f"{seed}.wav", 0.2, seed=seed))
    hub.drain()
    fixity._LEAST_SLICE_BYTES, before = 1, fixity._LEAST_SLICE_BYTES
    try:
        check(hub)
        assert [round.checked_count for round in hub.rows(FixityRound)] == [1]
        check(hub)
        assert [round.checked_count for round in hub.rows(FixityRound)] == [1], "it is ahead of an even pace"
        _age(hub, fixity.ROUND_SECONDS // 2)
        for _slice in range(4):
            check(hub)
        assert [round.checked_count for round in hub.rows(FixityRound)] == [3], "half, and the file that it is in"
        _age(hub, fixity.ROUND_SECONDS)
        for _slice in range(4):
            check(hub)
    finally:
        fixity._LEAST_SLICE_BYTES = before
    assert sorted((round.checked_count, round.finished_at is None) for round in hub.rows(FixityRound))[-1] == (4, False)
    check(hub)
    assert len(hub.rows(FixityRound)) == 2


def _age(hub: Hub, seconds: int) -> None:
    with hub.parts.database.writing() as session:
        session.execute(sa.update(FixityRound).values(started_at=now(-seconds)))
