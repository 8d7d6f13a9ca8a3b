"""From a pack of 8 stems of 3 minutes, verified and added, to its last preview with two workers."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from bench.runs import Figure
from bench.service import _stem
from remixhub.dev.client import ApiClient
from remixhub.dev.stack import Stack
from remixhub.domain.states import JobKind, JobState
from remixhub.models import Account, Job, ProcessingDay
from remixhub.models.engine import Database

STEMS, STEM_SECONDS, WORKERS, ROUNDS = 8, 180, 2, 3


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="remixhub-bench-") as name:
        folder = Path(name)
        with Stack(folder / "var", workers=WORKERS) as stack:
            client = ApiClient(stack.url)
            client.sign_up("bench", "as long as it takes", "Bench")
            database = Database.connect(stack.settings.database_url)
            runs = [_last_preview(client, database, folder, seed) for seed in range(ROUNDS)]
            database.dispose()
    seconds, floor = median(run[0] for run in runs), median(run[1] for run in runs)
    print(f"pack: {runs}", file=sys.stderr)
    baseline = f"the CPU of the {STEMS} ingests on {WORKERS} cores: {floor:.1f} s"
    yield Figure("pack_last_preview_s", seconds, "s", baseline, seconds / floor)


def _last_preview(client: ApiClient, database: Database, folder: Path, seed: int) -> tuple[float, float]:
    """Seconds, and what the ingests took of the cores, divided by their number."""
    uploads = [client.upload(_stem(folder, STEM_SECONDS, seed * STEMS + number), "stem") for number in range(STEMS)]
    work = client.post("/releases", {"title": f"Pack {seed}", "licence": "cc-by-4.0"})
    before, began = _spent(database), dt.datetime.now(dt.UTC)
    for upload_id in uploads:
        client.post(f"/works/{work['id']}/stems", {"upload_id": upload_id})
    ended = _last_ingest(database, began)
    return (ended - began).total_seconds(), (_spent(database) - before) / WORKERS


def _last_ingest(database: Database, began: dt.datetime) -> dt.datetime:
    """By the jobs' table: polling the API would take what workers could use."""
    ingests = sa.select(Job.finished_at, Job.state).where(Job.kind == JobKind.INGEST_STEM, Job.created_at >= began)
    while True:
        with database.reading() as session:
            rows = session.execute(ingests).all()
            is_over = sum(row.state is JobState.DONE for row in rows) == STEMS
        if any(row.state is JobState.DEAD for row in rows):
            raise RuntimeError("A stem of the bench was not ingested; the stack's log says why.")
        if is_over:
            time.sleep(0.5)  # what the last one took is written after its end
            finished: list[dt.datetime] = [row.finished_at for row in rows if row.finished_at is not None]
            return max(finished)
        time.sleep(0.2)


def _spent(database: Database) -> float:
    own = sa.select(Account.id).where(Account.handle == "bench").scalar_subquery()
    with database.reading() as session:
        spent = sa.select(sa.func.sum(ProcessingDay.cpu_seconds)).where(ProcessingDay.payer == own)
        return session.scalar(spent) or 0.0


if __name__ == "__main__":
    for figure in figures():
        print(figure)
