"""What jobs on stored bytes have in common: a folder of their own, originals fetched into it, and renditions kept."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from remixhub.audio.engine import ENGINE_VERSION
from remixhub.compose import Parts
from remixhub.domain.states import RenditionKind
from remixhub.jobs.lease import Lease
from remixhub.jobs.scratch import scratch_folder
from remixhub.models import Original, Rendition, now
from remixhub.models.upsert import insert
from remixhub.storage.keys import rendition_key


@contextmanager
def own_folder(parts: Parts, lease: Lease) -> Iterator[Path]:
    """An empty folder that goes when the job ends, however it ends; what is made meanwhile as temporary lies in it."""
    with scratch_folder(parts.settings.work_dir, lease.kind) as folder, _temporary_in(folder):
        yield folder


@contextmanager
def _temporary_in(folder: Path) -> Iterator[None]:
    """It holds for the whole process: a work-horse does one job at a time, in its main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


@dataclass
class BytesDone:
    """Called with each block, it shows the bytes done as the job's percent between two marks. Raises LeaseLost."""

    lease: Lease
    whole_bytes: int
    step: str
    from_percent: float = 0.0
    to_percent: float = 100.0
    done_bytes: int = 0

    def __call__(self, block: bytes) -> None:
        self.done_bytes += len(block)
        share = self.done_bytes / max(self.whole_bytes, 1)
        self.lease.progress(self.from_percent + (self.to_percent - self.from_percent) * share, self.step)


def fetch_originals(
    parts: Parts, lease: Lease, originals: Iterable[Original], folder: Path, *, to_percent: float
) -> dict[str, Path]:
    """As local files by their SHA-256; equal ones once."""
    wanted = {original.sha256: original for original in originals}
    count = BytesDone(lease, sum(one.size_bytes for one in wanted.values()), "fetching", to_percent=to_percent)
    for sha256, original in wanted.items():
        parts.store.download(original.key, folder / sha256, count)
    return {sha256: folder / sha256 for sha256 in wanted}


@dataclass(frozen=True)
class StoredRendition:
    """An object that is in the storage and not yet in the tables."""

    subject_digest: str
    kind: RenditionKind
    key: str
    media_type: str
    size_bytes: int
    engine_version: str = ENGINE_VERSION


def store_rendition(
    parts: Parts, subject_digest: str, kind: RenditionKind, path: Path, media_type: str
) -> StoredRendition:
    """Named by its subject, the engine and the file's name."""
    key = rendition_key(subject_digest, ENGINE_VERSION, path.name)
    parts.store.put_file(key, path, media_type)
    return StoredRendition(subject_digest, kind, key, media_type, path.stat().st_size)


def keep_rendition(session: Session, stored: StoredRendition) -> None:
    """Whoever stored last is right: an older row under the same name would say what is no longer there.

    The row is young again, so that the sweep leaves it its day.
    """
    subject = {"subject_digest": stored.subject_digest, "kind": stored.kind}
    described = {name: value for name, value in asdict(stored).items() if name not in subject}
    described["created_at"] = now()
    session.execute(
        insert(session, Rendition)
        .values(**subject, **described)
        .on_conflict_do_update(index_elements=[Rendition.subject_digest, Rendition.kind], set_=described)
    )
