"""The whole service on this machine: how workers add up, and how soon a stem can be heard."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import soundfile
import sqlalchemy as sa
from numpy.typing import NDArray

from bench.runs import Figure
from remixhub.dev.client import ApiClient
from remixhub.dev.music import SONGS, compose
from remixhub.dev.stack import Stack
from remixhub.domain.states import JobKind, JobState
from remixhub.models import Job
from remixhub.models.engine import Database

RATE_HZ = 44_100
STEMS = 8
PACK_SECONDS = 60
PREVIEW_SECONDS = 210
ROUNDS = 3


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="remixhub-bench-") as name:
        folder = Path(name)
        one, previews = _measure(folder / "one", workers=1, with_preview=True)
        two, _ = _measure(folder / "two", workers=2, with_preview=False)
    ratio = median(one) / median(two)
    baseline = f"the same pack of {STEMS} stems of {PACK_SECONDS} s with 1 worker, in throughput"
    yield Figure("pack_2_workers_vs_1", ratio, "×", baseline, ratio)
    share = median(previews) / PREVIEW_SECONDS
    yield Figure("first_preview_vs_duration", share, "×", f"the duration of a stem of {PREVIEW_SECONDS} s", share)


def _measure(folder: Path, *, workers: int, with_preview: bool) -> tuple[list[float], list[float]]:
    """Seconds to ingest a pack, and from an upload's completion to its first preview, in each round."""
    folder.mkdir()
    with Stack(folder / "var", workers=workers) as stack:
        client = ApiClient(stack.url)
        client.sign_up("bench", "as long as it takes", "Bench")
        database = Database.connect(stack.settings.database_url)
        _pack_seconds(client, database, folder, seed=0)  # a warm-up
        packs = [_pack_seconds(client, database, folder, seed=number) for number in range(1, ROUNDS + 1)]
        database.dispose()
        rounds = range(ROUNDS) if with_preview else ()
        return packs, [_preview_seconds(client, folder, seed=100 + number) for number in rounds]


def _pack_seconds(client: ApiClient, database: Database, folder: Path, *, seed: int) -> float:
    uploads = [client.upload(_stem(folder, PACK_SECONDS, seed * STEMS + number), "stem") for number in range(STEMS)]
    work = client.post("/releases", {"title": f"Pack {seed}", "licence": "cc-by-4.0"})
    began = dt.datetime.now(dt.UTC)
    for upload_id in uploads:
        client.post(f"/works/{work['id']}/stems", {"upload_id": upload_id})
    return (_last_ingest(database, began) - began).total_seconds()


def _last_ingest(database: Database, began: dt.datetime) -> dt.datetime:
    """When the pack's last stem was ingested, by the jobs' table: polling the API would take what workers could use."""
    ingests = sa.select(Job.finished_at, Job.state).where(Job.kind == JobKind.INGEST_STEM, Job.created_at >= began)
    while True:
        with database.reading() as session:
            rows = session.execute(ingests).all()
        if any(row.state is JobState.DEAD for row in rows):
            raise RuntimeError("A stem of the bench was not ingested; the stack's log says why.")
        finished: list[dt.datetime] = [row.finished_at for row in rows if row.finished_at is not None]
        if len(finished) == STEMS:
            return max(finished)
        time.sleep(0.2)


def _preview_seconds(client: ApiClient, folder: Path, *, seed: int) -> float:
    work = client.post("/releases", {"title": f"Preview {seed}", "licence": "cc-by-4.0"})
    path = _stem(folder, PREVIEW_SECONDS, seed)
    upload = client.send(path, "stem")
    began = time.monotonic()
    client.finish(upload)
    client.post(f"/works/{work['id']}/stems", {"upload_id": upload})
    client.wait(f"/stem-packs/{work['stem_pack_id']}", _is_ingested, seconds=300)
    return time.monotonic() - began


def _is_ingested(pack: Any) -> bool:
    return bool(pack["stems"]) and all(stem["preview_url"] for stem in pack["stems"])


@cache
def _music() -> Sequence[NDArray[np.float32]]:
    return list(compose(SONGS[0]).values())


def _stem(folder: Path, seconds: int, seed: int) -> Path:
    """Music of the demo, made different by a seeded gain, so that nothing is recognised as equal."""
    part = _music()[seed % len(_music())]
    looped = np.resize(part, (seconds * RATE_HZ, part.shape[1])) * (0.9 - 0.001 * seed)
    path = folder / f"stem-{seed}.wav"
    soundfile.write(path, looped, RATE_HZ, "PCM_24")
    return path
