"""Folders in which jobs work. They go with their job, and when its process was killed, with the next job.

Whoever works in a folder holds a lock on it, which ends with the process, however it ends; so a folder that can be
locked has been left. It works between containers that share a volume of their machine. Where a file system knows no
such locks nothing is taken to be left.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

_PREFIX = "job-"
"""Folders of versions that held no lock have other names: they may be in use."""


@contextmanager
def scratch_folder(work_dir: Path, name: str) -> Iterator[Path]:
    """An empty one, named for what is done in it; those that were left are removed before."""
    work_dir.mkdir(parents=True, exist_ok=True)
    drop_left_folders(work_dir)
    folder, lock = _make(work_dir, name)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def drop_left_folders(work_dir: Path) -> None:
    for folder in work_dir.glob(f"{_PREFIX}*"):
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:  # gone, or no folder
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # somebody works in it
            continue
        finally:
            os.close(lock)


def _make(work_dir: Path, name: str) -> tuple[Path, int]:
    while True:
        folder = Path(mkdtemp(dir=work_dir, prefix=f"{_PREFIX}{name}-"))
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:  # before it was locked it was taken to be left
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:
            return folder, lock
        if folder.is_dir():
            return folder, lock
        os.close(lock)
