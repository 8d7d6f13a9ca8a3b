"""A backup of a hub into a folder, its repetition, and its restore, beside fetching the same objects into a folder.

`BENCH_BACKUP_MB` makes the hub smaller or larger. Half of its bytes are stems of 20 MB, half pieces of 200 kB.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.runs import Figure
from remixhub.compose import Parts, build_parts
from remixhub.dev.stack import Stack
from remixhub.domain.states import IngestState, RenditionKind
from remixhub.models import Original, Rendition, now
from remixhub.models.migrate import upgrade
from remixhub.services.backups import snapshots
from remixhub.services.backups.restoring import restore
from remixhub.services.backups.targets import open_target
from remixhub.services.backups.verifying import verify_hub

MEGABYTES = int(os.environ.get("BENCH_BACKUP_MB", "1000"))
ROUNDS = 3
_STEM_BYTES, _PIECE_BYTES = 20_000_000, 200_000


def figures() -> Iterator[Figure]:
    firsts, agains, plains, restores, reads = [], [], [], [], []
    with TemporaryDirectory(prefix="remixhub-bench-") as name, Stack(Path(name, "var"), workers=1) as stack:
        parts = build_parts(stack.settings)
        _fill(parts, Path(name))
        for number in range(ROUNDS):
            target = open_target(f"{name}/target-{number}", parts.settings, makes=True)
            plains.append(_seconds(lambda number=number: _plain_copy(parts, Path(name, f"plain-{number}"))))
            firsts.append(_seconds(lambda target=target: snapshots.take(parts, target)))
            agains.append(_seconds(lambda target=target: snapshots.take(parts, target)))
            fresh = replace(
                parts.settings, database_url=f"sqlite:///{name}/back-{number}.db", s3_bucket=f"back-{number}"
            )
            upgrade(fresh.database_url)
            back = build_parts(fresh)
            restores.append(_seconds(lambda back=back, target=target: restore(back, target)))
            reads.append(_seconds(lambda back=back: verify_hub(back)))
            back.close()
            for folder in (f"target-{number}", f"plain-{number}"):
                shutil.rmtree(Path(name, folder))
        parts.close()
    first, again, plain, restored, read = (median(one) for one in (firsts, agains, plains, restores, reads))
    whole = f"{MEGABYTES:,} MB: GET of each object into a file, one after another, {plain:.1f} s"
    yield Figure(
        "backup_first_vs_plain_copy", round(first / plain, 2), "ratio", f"{whole}; {first:.1f} s", first / plain
    )
    yield Figure(
        "backup_again_vs_plain_copy", round(again / plain, 3), "ratio", f"nothing new, {again:.2f} s", again / plain
    )
    yield Figure(
        "restore_vs_plain_copy", round(restored / plain, 2), "ratio", f"with reading all again, {restored:.1f} s",
        restored / plain,
    )  # fmt: skip
    yield Figure("backup_first", round(MEGABYTES / first, 1), "MB/s", None, None)
    yield Figure("restore", round(MEGABYTES / restored, 1), "MB/s", None, None)
    yield Figure("verify", round(MEGABYTES / read, 1), "MB/s", None, None)


def _fill(parts: Parts, folder: Path) -> None:
    path = folder / "object"
    for size, prefix in ((_STEM_BYTES, "originals"), (_PIECE_BYTES, "renditions")):
        for _number in range(max(1, MEGABYTES * 500_000 // size)):
            body = os.urandom(size)
            path.write_bytes(body)
            sha256 = hashlib.sha256(body).hexdigest()
            key = f"{prefix}/{sha256[:2]}/{sha256}/0"
            parts.store.put_file(key, path, "application/octet-stream")
            with parts.database.writing() as session:
                if prefix == "originals":
                    session.add(
                        Original(
                            sha256=sha256, key=key, size_bytes=size, container="wav", codec="pcm_s16le",
                            media_type="audio/wav", sample_rate_hz=44_100, channels=2, duration_frames=1,
                            ingest_state=IngestState.READY, created_at=now(),
                        )
                    )  # fmt: skip
                else:
                    session.add(
                        Rendition(
                            subject_digest=sha256, kind=RenditionKind.PREVIEW, key=key, media_type="audio/mpeg",
                            size_bytes=size, engine_version="bench",
                        )
                    )  # fmt: skip
    path.unlink()


def _plain_copy(parts: Parts, folder: Path) -> None:
    """What a script around `GET` does, and no more: it hashes nothing, and does not wait for the disk."""
    for stored in parts.store.objects(""):
        path = folder / stored.key
        path.parent.mkdir(parents=True, exist_ok=True)
        parts.store.download(stored.key, path)
    shutil.copy(str(parts.database.engine.url.database), folder / "hub.db")


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began
