"""A stranger's short stem while one account has 200 uploads and three two-hour files in the queue, and alone."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import soundfile

from bench.runs import Figure
from remixhub.dev.client import ApiClient
from remixhub.dev.stack import Stack

RATE_HZ, STEM_SECONDS, ROUNDS = 44_100, 10, 3
UPLOADS, UPLOAD_SECONDS = 200, 2
LONG_FILES, LONG_SECONDS = 3, 7_200


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="remixhub-bench-") as name:
        folder = Path(name)
        with Stack(folder / "var", workers=2) as stack:
            stranger, crowd = _account(stack.url, "stranger"), _account(stack.url, "crowd")
            _heard_after(stranger, folder, 0)  # a warm-up
            idle = [_heard_after(stranger, folder, number) for number in range(1, ROUNDS + 1)]
            _queue_much(crowd, folder)
            busy = [_heard_after(stranger, folder, number) for number in range(11, ROUNDS + 11)]
    print(f"idle {idle}, busy {busy}", file=sys.stderr)
    ratio = max(busy) / median(idle)
    yield Figure(
        "stranger_stem_vs_idle", ratio, "×", f"the same stem of {STEM_SECONDS} s alone: {median(idle):.2f} s", ratio
    )


def _queue_much(crowd: ApiClient, folder: Path) -> None:
    """Long files as stems, whose ingest is the work, and then all the others at once."""
    work = crowd.post("/releases", {"title": "Crowd", "licence": "cc-by-4.0"})
    for number in range(LONG_FILES):
        path = folder / f"long-{number}.flac"
        _write_silence(path, LONG_SECONDS, click_at=number)
        upload = crowd.upload(path, "stem")
        crowd.post(f"/works/{work['id']}/stems", {"upload_id": upload})
    sent = [crowd.send(_noise(folder, UPLOAD_SECONDS, 1000 + number), "stem") for number in range(UPLOADS)]
    for upload in sent:
        crowd.post(f"/uploads/{upload}/complete")


def _heard_after(client: ApiClient, folder: Path, seed: int) -> float:
    """Seconds from the end of the transfer to the preview."""
    work = client.post("/releases", {"title": f"Stem {seed}", "licence": "cc-by-4.0"})
    upload = client.send(_noise(folder, STEM_SECONDS, seed), "stem")
    began = time.monotonic()
    client.finish(upload)
    client.post(f"/works/{work['id']}/stems", {"upload_id": upload})
    client.wait(f"/stem-packs/{work['stem_pack_id']}", _is_ingested, seconds=300)
    return time.monotonic() - began


def _is_ingested(pack: Any) -> bool:
    return bool(pack["stems"]) and all(stem["preview_url"] for stem in pack["stems"])


def _account(url: str, handle: str) -> ApiClient:
    client = ApiClient(url)
    client.sign_up(handle, "as long as it takes", handle)
    return client


def _noise(folder: Path, seconds: int, seed: int) -> Path:
    path = folder / f"noise-{seed}.wav"
    sound = np.random.default_rng(seed).normal(0, 0.1, (seconds * RATE_HZ, 2))
    soundfile.write(path, sound, RATE_HZ, "PCM_16")
    return path


def _write_silence(path: Path, seconds: int, *, click_at: int) -> None:
    minute = np.zeros((60 * RATE_HZ, 2), dtype=np.int16)
    with soundfile.SoundFile(path, "w", RATE_HZ, 2, "PCM_16") as file:
        for number in range(seconds // 60):
            minute[0] = 1000 if number == click_at else 0
            file.write(minute)


if __name__ == "__main__":
    for figure in figures():
        print(figure)
