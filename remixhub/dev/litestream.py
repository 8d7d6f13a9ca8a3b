"""Litestream from its wheel: it copies the commits of the SQLite database to a folder or an S3, a second later.

It copies no objects. Keys and endpoint of an S3 come from `LITESTREAM_…` variables (`litestream.yml` beside this file).
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from remixhub.dev.process import Process, StackFailure

TEMPLATE = Path(__file__).with_name("litestream.yml")
_OPTIONAL = ("ENDPOINT", "REGION", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY")


def litestream(database: Path, url: str, log: Path) -> Process:
    command = [litestream_program(), "replicate", "-config", str(TEMPLATE)]
    return Process("litestream", command, log, litestream_environ(database, url), stop_seconds=15.0)


def litestream_environ(database: Path, url: str) -> dict[str, str]:
    """Also for `litestream restore -config … DATABASE`. Raises StackFailure for an address that it does not know."""
    if not url.startswith(("file:///", "s3://")):
        raise StackFailure(f"{url!r} is no place for copies; name file:///a/folder or s3://bucket/prefix.")
    given = {f"LITESTREAM_{name}": os.environ.get(f"LITESTREAM_{name}", "") for name in _OPTIONAL}
    return {**given, "LITESTREAM_DATABASE": str(database), "LITESTREAM_URL": url, "AWS_CA_BUNDLE": ""}


def litestream_program() -> str:
    beside = Path(sys.executable).parent / "litestream"
    found = str(beside) if beside.exists() else shutil.which("litestream")
    if found is None:
        raise StackFailure("`litestream` is missing; run `make setup`, which installs requirements-embedded.txt.")
    return found
