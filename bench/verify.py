"""The check of a large upload on the whole service with one worker, beside fetching and hashing the same object alone.

`BENCH_VERIFY_MB` makes the file smaller, for a quick look.
"""

from __future__ import annotations

import hashlib
import os
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import sqlalchemy as sa

from bench.runs import Figure
from remixhub.dev.client import ApiClient
from remixhub.dev.stack import Stack
from remixhub.domain.states import UploadState
from remixhub.models import Upload
from remixhub.models.engine import Database
from remixhub.storage.s3 import ObjectStore

MEGABYTES = int(os.environ.get("BENCH_VERIFY_MB", "1000"))
ROUNDS = 3
_POLL_SECONDS = 0.02
_FRAME_BYTES = 6


def figures() -> Iterator[Figure]:
    checks, floors = [], []
    with TemporaryDirectory(prefix="remixhub-bench-") as name, Stack(Path(name, "var"), workers=1) as stack:
        client, database = ApiClient(stack.url), Database.connect(stack.settings.database_url)
        client.sign_up("bench", "as long as it takes", "Bench")
        store = ObjectStore(stack.settings)
        for number in range(ROUNDS):
            path = _sound(Path(name, f"{number}.wav"), number)
            upload_id = client.send(path, "stem")
            path.unlink()
            client.post(f"/uploads/{upload_id}/complete")
            checks.append(_check_seconds(database, upload_id))
            floors.append(_floor_seconds(store, database, upload_id))
        database.dispose()
    check, floor = median(checks), median(floors)
    baseline = f"GET and SHA-256 of the same object of {MEGABYTES:,} MB, {floor:.1f} s; the check {check:.1f} s"
    yield Figure("verify_1gb_vs_get_and_hash", round(check / floor, 2), "ratio", baseline, check / floor)


def _sound(path: Path, number: int) -> Path:
    """24-bit noise, another for each number."""
    second = np.random.default_rng(number).bytes(44_100 * _FRAME_BYTES)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(3)
        out.setframerate(44_100)
        for _ in range(MEGABYTES * 10**6 // len(second)):
            out.writeframesraw(second)
    return path


def _check_seconds(database: Database, upload_id: str) -> float:
    """From its completion to its outcome, by the database's clock."""
    asked = sa.select(Upload.state, Upload.completed_at, Upload.verified_at).where(Upload.id == upload_id)
    while True:
        with database.reading() as session:
            row = session.execute(asked).one()
        if row.state is UploadState.READY:
            return float((row.verified_at - row.completed_at).total_seconds())
        if row.state is UploadState.REJECTED:
            raise RuntimeError("The upload of the bench was rejected; the stack's log says why.")
        time.sleep(_POLL_SECONDS)


def _floor_seconds(store: ObjectStore, database: Database, upload_id: str) -> float:
    with database.reading() as session:
        upload = session.get_one(Upload, upload_id)
        key = upload.original.key if upload.original else upload.key
    began, digest = time.monotonic(), hashlib.sha256()
    for block in store.blocks(key):
        digest.update(block)
    return time.monotonic() - began
