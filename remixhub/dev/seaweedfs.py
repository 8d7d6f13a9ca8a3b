"""SeaweedFS from its wheel as the S3 server: keys required, nothing but S3 answers, only on the loopback."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import urllib3

from remixhub.dev.ports import LOOPBACK
from remixhub.dev.process import Process, StackFailure

PORTS_NEEDED = 10


def seaweedfs(folder: Path, ports: Sequence[int], access_key: str, secret_key: str, log: Path) -> Process:
    """`ports[0]` is S3's; the other nine are the server's own."""
    folder.mkdir(parents=True, exist_ok=True)
    s3, s3_grpc, master, master_grpc, volume, volume_grpc, filer, filer_grpc, admin, admin_grpc = ports
    command = [
        _weed(), "-logtostderr=true", "mini", f"-dir={folder}", f"-ip={LOOPBACK}", f"-ip.bind={LOOPBACK}",
        f"-s3.port={s3}", f"-s3.port.grpc={s3_grpc}", f"-master.port={master}", f"-master.port.grpc={master_grpc}",
        f"-volume.port={volume}", f"-volume.port.grpc={volume_grpc}", f"-filer.port={filer}",
        f"-filer.port.grpc={filer_grpc}", f"-admin.port={admin}", f"-admin.port.grpc={admin_grpc}",
        "-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false",
        "-s3.autoCreateBucket=false", "-s3.allowDeleteBucketNotEmpty=false",
        "-disableHttp=true",  # else the filer serves every object to anybody
    ]  # fmt: skip
    environ = {
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": secret_key,
        "GOMEMLIMIT": "512MiB",
        "GOGC": "100",
        "TMPDIR": str(folder),  # it leaves sockets in the temporary folder
    }
    return Process("seaweedfs", command, log, environ, stop_seconds=15.0)


def is_s3_ready(url: str) -> bool:
    """S3 answers, even if only with 403: keys are required."""
    try:
        return urllib3.request("GET", url, retries=False, timeout=2).status in (200, 403)
    except urllib3.exceptions.HTTPError:
        return False


def _weed() -> str:
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        raise StackFailure("`weed` is missing; run `make setup`, which installs requirements-embedded.txt.")
    return found
