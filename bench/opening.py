"""How soon a mix of 8 stems of 3 min, 24-bit WAV, can be heard after it was asked for: its first 30 s, fetched by who
asked, on the whole service with one worker.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import soundfile
import sqlalchemy as sa

from bench.mix import LANES, RATE_HZ
from bench.runs import Figure
from remixhub.dev.client import ApiClient
from remixhub.dev.music import SONGS, compose
from remixhub.dev.stack import Stack
from remixhub.jobs.table import ACTIVE
from remixhub.models import Job
from remixhub.models.engine import Database

SECONDS = 180
ROUNDS = 5
_POLL_SECONDS = 0.05


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="remixhub-bench-") as name, Stack(Path(name, "var"), workers=1) as stack:
        client = ApiClient(stack.url)
        client.sign_up("bench", "as long as it takes", "Bench")
        database = Database.connect(stack.settings.database_url)
        pack = _published(client, database, Path(name))
        rounds = [_heard(client, database, pack, number) for number in range(ROUNDS + 1)][1:]
        database.dispose()
    opening, whole = median(one for one, _ in rounds), median(one for _, one in rounds)
    yield Figure("opening_s", round(opening, 2), "s", f"the whole, in {whole:.2f} s")


def _published(client: ApiClient, database: Database, folder: Path) -> Any:
    stems = [stem for song in SONGS for stem in compose(song).values()][: len(LANES)]
    work = client.post("/releases", {"title": "Opening", "licence": "cc-by-4.0"})
    for number, stem in enumerate(stems):
        path = folder / f"{number}.wav"
        soundfile.write(path, np.resize(stem, (SECONDS * RATE_HZ, stem.shape[1])), RATE_HZ, "PCM_24")
        client.post(f"/works/{work['id']}/stems", {"upload_id": client.upload(path, "stem")})
        path.unlink()
    _wait_for_jobs(database)
    client.post(f"/works/{work['id']}/publish")
    _wait_for_jobs(database)
    return client.get(f"/stem-packs/{work['stem_pack_id']}")


def _wait_for_jobs(database: Database) -> None:
    while True:
        with database.reading() as session:
            if session.scalar(sa.select(Job.id).where(Job.state.in_(ACTIVE)).limit(1)) is None:
                return
        time.sleep(0.1)


def _heard(client: ApiClient, database: Database, pack: Any, number: int) -> tuple[float, float]:
    """Seconds from the request to the first sound, and to the whole; of another mix by each number."""
    lanes = [
        {"stem": stem["id"], "gain_db": gain - number / 10, "pan": pan}
        for stem, (gain, pan) in zip(pack["stems"], LANES, strict=True)
    ]
    spec = {"version": 1, "lanes": lanes, "loudness": {"target_lufs": -14.0, "ceiling_dbtp": -1.0}}
    began = time.monotonic()
    mix = client.post("/mixes", {"stem_pack_id": pack["id"], "spec": spec})
    heard: list[float] = []
    while True:
        seen = client.get(f"/mixes/{mix['id']}")
        if not heard and (address := seen["opening_url"] or seen["preview_url"]):
            client.fetch(address)
            heard.append(time.monotonic() - began)
        if seen["state"] == "ready":
            whole = time.monotonic() - began
            _wait_for_jobs(database)
            return heard[0], whole
        time.sleep(_POLL_SECONDS)
