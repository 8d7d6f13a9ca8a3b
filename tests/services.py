"""The real servers the tests talk to: started once a session, only when a test asks for them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
import pytest
from botocore.config import Config

from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.dev.process import Process
from remixhub.dev.seaweedfs import PORTS_NEEDED, is_s3_ready, seaweedfs
from remixhub.dev.valkey import is_valkey_ready, valkey, valkey_url

ACCESS_KEY, SECRET_KEY, PASSWORD = "test-access-key", "test-secret-key", "test-password"
_MEMORY_BYTES = 2 * 1024**3
_NOBODY = "65534"


@dataclass(frozen=True)
class RunningStorage:
    url: str
    process: Process
    _kept: list[str] = field(default_factory=list)

    @cached_property
    def _s3(self) -> Any:
        return boto3.resource(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )

    def kept_bucket(self) -> str | None:
        """An empty one, if a test has left one so."""
        return self._kept.pop() if self._kept else None

    def take_back(self, name: str) -> None:
        """Most tests put nothing into theirs: it is kept for the next one. To make and drop one takes 60 ms."""
        client = self._s3.meta.client
        try:
            held = client.list_objects_v2(Bucket=name, MaxKeys=1).get("Contents")
            held = held or client.list_multipart_uploads(Bucket=name, MaxUploads=1).get("Uploads")
        except client.exceptions.NoSuchBucket:
            return
        if held:
            self.drop_bucket(name)
        else:
            self._kept.append(name)

    def drop_bucket(self, name: str) -> None:
        """SeaweedFS keeps a volume for each bucket, and has as many volumes as there are gigabytes free."""
        bucket = self._s3.Bucket(name)
        try:
            for transfer in bucket.multipart_uploads.all():
                transfer.abort()
            bucket.objects.all().delete()
            bucket.delete()
        except bucket.meta.client.exceptions.NoSuchBucket:
            return  # the test needed none


@dataclass(frozen=True)
class RunningValkey:
    url: str
    process: Process


@contextmanager
def running_storage(folder: Path) -> Iterator[RunningStorage]:
    ports = free_ports(PORTS_NEEDED)
    process = seaweedfs(folder / "objects", ports, ACCESS_KEY, SECRET_KEY, folder / "seaweedfs.log")
    process.start()
    try:
        url = f"http://{LOOPBACK}:{ports[0]}"
        process.wait_until(lambda: is_s3_ready(url))
        yield RunningStorage(url, process)
    finally:
        process.stop()


@contextmanager
def running_valkey(folder: Path, port: int | None = None) -> Iterator[RunningValkey]:
    port = port or free_ports(1)[0]
    process = valkey(folder / "valkey", port, PASSWORD, folder / "valkey.log")
    process.start()
    try:
        url = valkey_url(port, PASSWORD)
        process.wait_until(lambda: is_valkey_ready(url))
        yield RunningValkey(url, process)
    finally:
        process.stop()


def as_nobody(*places: Path) -> list[str]:
    """What to put before a command that refuses to run as root; it may write to `places`."""
    if os.geteuid() != 0:
        return []
    for place in places:
        os.chown(place, int(_NOBODY), int(_NOBODY))
    return ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]


def memory_folder() -> Path | None:
    """Where the tests' databases need not wait for a disk; None where there is too little memory for that."""
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK) or shutil.disk_usage(shared).free < _MEMORY_BYTES:
        return None
    return shared


@contextmanager
def running_postgres() -> Iterator[str]:
    """A private cluster, as a user without rights when we are root; the URL of its maintenance database."""
    binaries = postgres_binaries()
    # pytest's own folders are closed to other users
    with TemporaryDirectory(prefix="remixhub-postgres-", dir=memory_folder()) as folder:
        cluster = Path(folder) / "cluster"
        cluster.mkdir()
        port = free_ports(1)[0]
        run: list[str | Path] = [*as_nobody(Path(folder), cluster), "env", "-u", "PGHOST", "LC_ALL=C.UTF-8"]
        authentication = ["-U", "remixhub", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run(
            [*run, binaries / "initdb", "-D", cluster, *authentication], check=True, capture_output=True, cwd="/"
        )
        options = (
            f"-p {port} -c listen_addresses={LOOPBACK} -c unix_socket_directories={cluster} -c fsync=off "
            "-c full_page_writes=off -c max_connections=200"
        )
        control: list[str | Path] = [*run, binaries / "pg_ctl", "-D", cluster, "-w"]
        start: list[str | Path] = ["-l", cluster / "log", "-o", options, "start"]
        stop = ["-m", "immediate", "stop"]
        subprocess.run([*control, *start], check=True, stdout=subprocess.DEVNULL, cwd="/")
        try:
            yield f"postgresql+psycopg://remixhub@{LOOPBACK}:{port}/postgres"
        finally:
            subprocess.run([*control, *stop], check=True, stdout=subprocess.DEVNULL, cwd="/")


def find_chromium() -> Path:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        _apt_install("chromium", "fonts-liberation", what="Chromium, for the browser tests")
        found = shutil.which("chromium")
    assert found is not None
    return Path(found)


def find_promtool() -> Path:
    if shutil.which("promtool") is None:
        _apt_install("prometheus", what="promtool, for the tests of alarms")
    found = shutil.which("promtool")
    assert found is not None
    return Path(found)


def postgres_binaries() -> Path:
    for attempt in (1, 2):
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        on_path = shutil.which("initdb")
        if on_path:
            folders.append(Path(on_path).resolve().parent)
        if folders:
            return folders[-1]
        if attempt == 1:
            _apt_install("postgresql", what="PostgreSQL, for the tests on it")
    raise AssertionError("apt-get installed postgresql, but no initdb is there")


def _apt_install(*packages: str, what: str) -> None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        pytest.fail(
            f"{what}, is missing; install the package {packages[0]!r}, or run as root on Debian.", pytrace=False
        )
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-qq", "--no-install-recommends", *packages]):
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.fail(f"{what}, cannot be installed: {done.stderr.strip()[-300:]}", pytrace=False)
