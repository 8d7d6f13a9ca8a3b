"""Wherever the check of an upload is interrupted, it ends as if it had not been, and leaves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.config import Settings
from remixhub.jobs.lease import WorkerStopping
from remixhub.models import Database, Original, Upload
from remixhub.services.upkeep.sweeping import enqueue_sweep
from remixhub.storage.s3 import ObjectStore
from tests.integration.conftest import Hub
from tests.integration.uploads.test_uploads import hub_with, write_wav

PART_BYTES = 5 * 1024**2
LONG_SECONDS = 61


@dataclass
class Death:
    """Comes at the step of this number: before a call to the storage, or before a transaction."""

    at: int
    steps: list[str] = field(default_factory=list)

    def step(self, name: str) -> None:
        self.steps.append(name)
        if len(self.steps) == self.at:
            raise WorkerStopping

    @property
    def came(self) -> bool:
        return len(self.steps) >= self.at


class Mortal(ObjectStore):
    def __init__(self, settings: Settings, death: Death) -> None:
        super().__init__(settings)
        self._death = death

    def head(self, key: str) -> Any:
        self._death.step("head")
        return super().head(key)

    def blocks(self, key: str, span: range | None = None) -> Iterator[bytes]:
        self._death.step("get")
        return super().blocks(key, span)

    def put_file(self, key: str, path: Path, media_type: str) -> None:
        self._death.step("put")
        super().put_file(key, path, media_type)

    def delete(self, key: str) -> None:
        self._death.step("delete")
        super().delete(key)


@dataclass(frozen=True)
class MortalDatabase(Database):
    """What is interrupted within a transaction is rolled back, so that the moment before it stands for all of it."""

    death: Death = field(default_factory=lambda: Death(0))

    @contextmanager
    def writing(self, *, patience_ms: int = 10_000, outlives_power: bool = True) -> Iterator[Session]:
        self.death.step("write")
        with super().writing(patience_ms=patience_ms, outlives_power=outlives_power) as session:
            yield session


def mortal(hub: Hub, death: Death) -> Hub:
    known = hub.parts.database
    database = MortalDatabase(known.engine, known._sessions, None, _notes_transactions=True, death=death)
    return Hub(hub.app, replace(hub.parts, database=database, store=Mortal(hub.parts.settings, death)))


def short(path: Path, number: int) -> Path:
    return write_wav(path, seed=number)


def long(path: Path, number: int) -> Path:
    return write_wav(path, LONG_SECONDS, seed=number)


def letter(path: Path, number: int) -> Path:
    path.write_text(f"This is letter {number}, not a song.\n" * 50)
    return path


@pytest.mark.parametrize(
    ("write", "is_known"),
    [(short, False), (short, True), (long, False), (long, True), (letter, False)],
    ids=["one part", "one part known", "several parts", "several parts known", "no sound"],
)
def test_a_check_that_dies_at_any_step_ends_as_if_it_had_not(
    parts: Parts, tmp_path: Path, write: Callable[[Path, int], Path], is_known: bool
) -> None:
    hub = hub_with(parts, upload_part_bytes=PART_BYTES, sweep_grace_seconds=-60)
    artist = hub.account()
    outcome = "rejected" if write is letter else "ready"
    for number in range(1, 50):
        path = write(tmp_path / "sound.wav", number)
        if is_known:
            artist.send_upload(path)
            hub.drain()
        upload_id = artist.send_upload(path)
        death = Death(number)
        with suppress(WorkerStopping):  # before there was a lease to give back
            mortal(hub, death).drain()
        hub.drain()
        upload = artist.get(f"/uploads/{upload_id}").get_json()
        assert upload["state"] == outcome, (death.steps, upload)
        if outcome == "ready":
            assert b"".join(hub.parts.store.blocks(hub.key_of(upload["sha256"]))) == path.read_bytes(), death.steps
        if not death.came:
            break
    assert not death.came
    assert {"get", "write"} <= set(death.steps)
    enqueue_sweep(hub.parts)
    hub.drain()
    assert sorted(hub.objects()) == sorted(original.key for original in hub.rows(Original))
    used = {row.original_sha256 for row in hub.rows(Upload) if row.original_sha256}
    assert used == {original.sha256 for original in hub.rows(Original)}
    assert list(hub.parts.settings.work_dir.iterdir()) == []
