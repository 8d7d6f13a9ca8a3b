"""A release of 8 stems of 256 MiB as a folder to be taken along, against a plain copy of the same files."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from bench.runs import Figure, Run, run
from remixhub.compose import Parts, build_parts
from remixhub.dev.client import ApiClient
from remixhub.dev.stack import Stack
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import IngestState, StemPackState, WorkKind, WorkState
from remixhub.models import Account, Original, Stem, StemPack, Work, now

STEMS, STEM_BYTES, ROUNDS = 8, 256 * 1024**2, 3


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="remixhub-bench-") as name:
        folder = Path(name)
        with Stack(folder / "var", workers=1) as stack:
            ApiClient(stack.url).sign_up("bench", "as long as it takes", "Bench")
            os.environ.update(stack.settings.to_env())
            with closing(build_parts(stack.settings)) as parts:
                work_id = _release(parts, folder / "plain")
            rounds = [_round(work_id, folder) for _ in range(ROUNDS + 1)][1:]
    size_mb = STEMS * STEM_BYTES / 1e6
    ours, copies = (median(size_mb / runs[place].wall_seconds for runs in rounds) for place in (0, 1))
    ratio = median(copy.wall_seconds / bundle.wall_seconds for bundle, copy in rounds)
    yield Figure(
        "bundle_mb_s",
        round(ours, 1),
        "MB/s",
        f"cp -r of the same bytes, both until they lie on the disk: {copies:.0f} MB/s",
        round(ratio, 3),
    )
    largest = max(bundle.rss_mb for bundle, _ in rounds)
    yield Figure("bundle_rss_mb", round(largest, 1), "MB", "pages and paper included, whatever the size of the stems")


def _round(work_id: str, folder: Path) -> tuple[Run, Run]:
    """A bundle, then a copy; each finds the disk as the other does."""
    runs = []
    written = shlex.quote(str(folder / "out"))
    for command in (
        f"{sys.executable} -m remixhub bundle work {work_id} -o {written}",
        f"cp -r --reflink=never {shlex.quote(str(folder / 'plain'))} {written}",
    ):
        os.sync()
        runs.append(run(["sh", "-c", f"{command} && find {written} -type f -exec sync {{}} +"]))
        shutil.rmtree(folder / "out")
    return runs[0], runs[1]


def _release(parts: Parts, folder: Path) -> str:
    """Its id. The sound is noise that nobody has decoded: what is measured is copied, not heard."""
    folder.mkdir()
    originals = []
    for number in range(STEMS):
        path = folder / f"{number}.wav"
        with path.open("wb") as file:
            for _ in range(STEM_BYTES // 1024**2):
                file.write(os.urandom(1024**2))
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        key = f"originals/{sha256[:2]}/{sha256}"
        parts.store.put_file(key, path, "audio/wav")
        originals.append(
            Original(
                sha256=sha256, key=key, size_bytes=STEM_BYTES, container="wav", codec="pcm_s24le",
                media_type="audio/wav", sample_rate_hz=44_100, channels=2, bit_depth=24,
                duration_frames=STEM_BYTES // 6, ingest_state=IngestState.READY, measurements={},
            )
        )  # fmt: skip
    with parts.database.writing() as session:
        account_id = session.scalars(sa.select(Account.id)).one()
        work = Work(
            kind=WorkKind.RELEASE, state=WorkState.PUBLISHED, seq=1, account_id=account_id, title="Large",
            licence=Licence.BY, published_at=now(),
        )  # fmt: skip
        session.add_all([work, *originals])
        session.flush()
        pack = StemPack(work_id=work.id, version=1, state=StemPackState.FROZEN, digest="d" * 64, frozen_at=now())
        session.add(pack)
        session.flush()
        for number, original in enumerate(originals):
            session.add(
                Stem(
                    stem_pack_id=pack.id, position=number, name=f"Stem {number}", role="other",
                    filename=f"{number}.wav", original_sha256=original.sha256,
                )
            )  # fmt: skip
        return work.id
