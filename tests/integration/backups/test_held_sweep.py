"""What a snapshot's database names is in the snapshot, whatever is deleted while it is taken."""

from __future__ import annotations

import threading
from pathlib import Path

from remixhub.domain.states import UploadState
from remixhub.models import Original, SweepHold, Upload
from remixhub.services.backups import snapshots
from remixhub.services.backups.leases import sweep_held
from remixhub.services.backups.pacing import Pace
from remixhub.services.backups.targets import open_target
from remixhub.services.upkeep import sweeping
from tests.integration.conftest import Client, Hub, unlimited
from tests.integration.uploads.test_uploads import hub_with, write_wav

FILES = 12


def filled(hub: Hub, folder: Path, count: int) -> tuple[Client, list[str]]:
    """An artist with that many checked uploads, which they may end at any time."""
    artist = hub.account()
    uploads = [artist.send_upload(write_wav(folder / f"{seed}.wav", 0.2, seed=seed)) for seed in range(count)]
    hub.drain()
    return artist, uploads


def test_deletions_wait_for_a_backup_that_runs(hub: Hub, tmp_path: Path) -> None:
    """An artist ends one upload after another and the sweep goes round, from before the dump to the end."""
    hub = hub_with(hub.parts, sweep_grace_seconds=0)
    unlimited(hub)
    artist, uploads = filled(hub, tmp_path, FILES)
    target = open_target(str(tmp_path / "target"), hub.parts.settings, makes=True)
    over, began = threading.Event(), threading.Event()

    def delete_all() -> None:
        for upload_id in uploads:
            assert artist.delete(f"/uploads/{upload_id}").status_code == 204
            sweep(hub)
            began.set()
        while not over.wait(0.05):
            sweep(hub)

    deleting = threading.Thread(target=delete_all)
    deleting.start()
    began.wait()
    taken = snapshots.take(hub.parts, target, pace=Pace(100_000))  # two seconds for all
    over.set()
    deleting.join()

    assert taken.faults == []
    kept, rows = taken.manifest.object_count, taken.manifest.rows["originals"]
    assert 0 < kept <= rows < FILES
    assert rows - kept <= 1  # the sweep takes them one by one, and what is doomed as the dump begins is not kept
    assert hub.rows(SweepHold) == []
    sweep(hub)
    sweep(hub)
    assert (hub.objects(), hub.rows(Original)) == ([], [])


def test_an_upload_ended_meanwhile_counts_until_its_bytes_may_go(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    upload_id = artist.send_upload(write_wav(tmp_path / "bass.wav"))
    with sweep_held(hub.parts):
        assert artist.delete(f"/uploads/{upload_id}").status_code == 204
        hub.drain()
        sweep(hub)
        assert len(hub.objects()) == 1
    assert hub.states(Upload) == {UploadState.ABORTED: 1}
    hub.parts.database.dispose()
    sweep(hub)
    assert hub.objects() == []


def sweep(hub: Hub) -> None:
    """The steps that delete from the storage, as the job does them."""
    for step in (sweeping._clear_uploads, sweeping._drop_incoming, sweeping._drop_originals, sweeping._drop_strays):
        step(hub.parts)
