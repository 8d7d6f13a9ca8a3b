"""The object storage's ten ports, tried by a stranger on the same machine who has the `weed` program alone."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError

from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.dev.process import Process
from remixhub.dev.seaweedfs import is_s3_ready, weed_program
from remixhub.dev.stack import Stack
from remixhub.storage.inner_ports import close_inner_ports
from tests.deployment.staged import STORAGE_PORTS, Staged
from tests.services import ACCESS_KEY, SECRET_KEY, running_storage

pytestmark = pytest.mark.timeout(240)
SECRET = b"nobody may hear this; " * 4000
KEY = "originals/withdrawn-song"
SHELL_SECONDS = 4
"""It answers within half a second where it may, and tries for ever where it may not."""
PATHS = (
    "/", "/buckets/music/", f"/buckets/music/{KEY}", "/dir/assign", "/dir/lookup?volumeId=1", "/dir/status",
    "/vol/status", "/col/delete?collection=music", "/?pretty=y", "/debug/pprof/", "/stats/memory",
)  # fmt: skip
STATUS_PAGE = ("master", "/")
"""How many volumes there are, for anybody; it cannot be switched off."""


@dataclass(frozen=True)
class Storage:
    process: Process
    s3: Any
    folder: Path

    @property
    def ports(self) -> dict[str, int]:
        """By `s3`, `s3.grpc` and so on, as the command says them; what is said last counts."""
        said = re.findall(r"-(\w+)\.port(\.grpc)?=(\d+)", " ".join(self.process.command))
        return {part + grpc: int(port) for part, grpc, port in said}

    @property
    def keys(self) -> Path:
        """Where `weed` finds what lets it in: the folder that it runs in."""
        assert self.process.folder is not None
        return self.process.folder

    @property
    def parts(self) -> list[str]:
        return [name for name in self.ports if "." not in name]

    def url(self, part: str) -> str:
        return f"http://{LOOPBACK}:{self.ports[part]}"


@dataclass(frozen=True)
class Stranger:
    """Another Unix user where we may be one, with a copy of `weed`, and in `folder` keys that he made himself."""

    folder: Path

    def run(self, *command: str | Path, at: Path, told: str = "", seconds: float = 60) -> str:
        as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        return run([*as_nobody, *command], at=at, told=told, seconds=seconds)


@pytest.fixture(scope="module")
def stranger() -> Iterator[Stranger]:
    with TemporaryDirectory(prefix="stranger-", dir="/tmp") as name:
        folder = Path(name)
        close_inner_ports(folder)
        shutil.copy(weed_program(), folder / "weed")
        if os.geteuid() == 0:
            for path in (folder, *folder.iterdir()):
                os.chown(path, 65534, 65534)
        yield Stranger(folder)


@contextmanager
def of_the_stack(folder: Path) -> Iterator[Storage]:
    with Stack(folder / "var", workers=1) as stack:
        made = stack.settings
        s3 = client(made.s3_endpoint_url, made.s3_access_key_id, made.s3_secret_access_key)
        yield Storage(stack.part("seaweedfs"), s3, stack.folder)


@contextmanager
def of_the_tests(folder: Path) -> Iterator[Storage]:
    with running_storage(folder / "served") as server:
        yield Storage(server.process, client(server.url, ACCESS_KEY, SECRET_KEY), folder / "served")


@contextmanager
def of_compose(folder: Path) -> Iterator[Storage]:
    """By its two services' own commands."""
    stage = Staged(folder / "served", {}, {"web": 0, "storage": free_ports(1)[0]})
    for inside in ("data", "keys"):
        stage.place("storage", inside).mkdir(parents=True)
    (stage.folder / "secrets").mkdir()
    (stage.folder / "secrets/s3_access_key_id").write_text(ACCESS_KEY)
    (stage.folder / "secrets/s3_secret_access_key").write_text(SECRET_KEY)
    run(["chmod", "-R", "go-rwx", stage.folder], at=folder)
    stage.run("storage-keys")
    ports = zip(STORAGE_PORTS, free_ports(len(STORAGE_PORTS)), strict=True)
    process = stage.start(
        "storage", *(f"-{name}={port}" for name, port in ports), folder=stage.place("storage", "keys")
    )
    storage = Storage(process, None, stage.place("storage", "data"))
    try:
        process.wait_until(lambda: is_s3_ready(storage.url("s3")))
        assert_only_s3_is_reached_from_outside(storage)
        yield replace(storage, s3=client(storage.url("s3"), ACCESS_KEY, SECRET_KEY))
    finally:
        stage.stop()


def assert_only_s3_is_reached_from_outside(storage: Storage) -> None:
    """Its gRPC shares its address, and asks for a certificate like the others."""
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()]
    anywhere = [words[1].split(":") for words in lines if words[3] == "0A"]
    outside = {int(port, 16) for address, port in anywhere if set(address) == {"0"}}
    assert {name for name, port in storage.ports.items() if port in outside} == {"s3", "s3.grpc"}


@pytest.mark.parametrize("started", [of_the_stack, of_the_tests, of_compose])
def test_a_stranger_lists_reads_and_makes_nothing(
    started: Callable[[Path], Any], stranger: Stranger, tmp_path: Path
) -> None:
    with started(tmp_path) as storage:
        fill(storage.s3)
        assert len(storage.ports) >= 8
        told = f"fs.meta.cat /buckets/music/{KEY}\nfs.ls /buckets/music/originals\n"
        seen = run([weed_program(), *shell_at(storage)], at=storage.keys, told=told)
        assert "withdrawn-song" in seen, "its owner does list; else this test would prove nothing"
        file_id = re.findall(r'"fileId": +"([\d,a-f]+)"', seen)[0]

        told += (
            f"fs.cat /buckets/music/{KEY}\nvolume.list\ns3.bucket.list\n"
            "s3.configure -user=eve -access_key=eve-access-key -secret_key=eve-secret-key -actions=Admin -apply\n"
        )
        command = [stranger.folder / "weed", *shell_at(storage)]
        attempt = partial(stranger.run, *command, told=told, seconds=SHELL_SECONDS)
        with ThreadPoolExecutor() as at_once:  # with no keys at all, and with his own
            tried = [at_once.submit(attempt, at=place) for place in (Path("/"), stranger.folder)]
        for heard in (one.result() for one in tried):
            for secret in ("withdrawn-song", "music", "nobody may hear", "eve-access-key", file_id):
                assert secret not in heard, heard
        with pytest.raises(ClientError, match="InvalidAccessKeyId"):
            client(storage.url("s3"), "eve-access-key", "eve-secret-key").list_buckets()

        for part in storage.parts:
            for path in (*PATHS, f"/{file_id}"):
                for method in ("GET", "PUT", "POST", "DELETE"):
                    answer = urllib3.request(method, storage.url(part) + path, body=b"new", retries=False, timeout=5)
                    assert answer.status >= 400 or (part, path.partition("?")[0]) == STATUS_PAGE, (
                        part,
                        method,
                        path,
                        answer.data,
                    )
                    assert b"nobody may hear" not in answer.data, (part, path)
                    assert b"withdrawn-song" not in answer.data or path.endswith(KEY), (part, path)
            assert_only_the_owner_is_let_in(storage.ports[f"{part}.grpc"], storage.keys, stranger.folder)
        assert storage.s3.get_object(Bucket="music", Key=KEY)["Body"].read() == SECRET

        assert_nothing_is_readable(storage, stranger)
        assert_s3_works(storage.s3)


def test_a_hub_of_before_is_closed_at_its_next_start_and_keeps_its_keys(tmp_path: Path) -> None:
    with of_the_tests(tmp_path) as storage:
        fill(storage.s3)
        kept = storage.keys
        first = {path.name: path.read_bytes() for path in kept.iterdir()}
    with of_the_tests(tmp_path) as storage:
        assert {path.name: path.read_bytes() for path in kept.iterdir()} == first
        assert storage.s3.get_object(Bucket="music", Key=KEY)["Body"].read() == SECRET
    shutil.rmtree(kept)  # as a hub was before it had any
    with of_the_tests(tmp_path) as storage:
        assert storage.s3.get_object(Bucket="music", Key=KEY)["Body"].read() == SECRET
        assert {path.name for path in kept.iterdir()} == first.keys()


def assert_only_the_owner_is_let_in(port: int, owner: Path, stranger: Path) -> None:
    """By a handshake: no certificate, an own one, and the right one."""
    with pytest.raises((ssl.SSLError, ConnectionError)):
        greet(port, None)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        greet(port, stranger / "identity.pem")
    assert greet(port, owner / "identity.pem")
    with socket.create_connection((LOOPBACK, port), timeout=5) as plain:
        plain.sendall(HTTP2)
        with suppress(ConnectionError):
            assert plain.recv(100)[:1] in (b"", b"\x15")  # nothing, or an alert of TLS


HTTP2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"


def greet(port: int, identity: Path | None) -> bytes:
    """The server's first frame. Raises SSLError when it refuses."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    if identity is not None:
        context.load_cert_chain(identity)
    with socket.create_connection((LOOPBACK, port), timeout=5) as plain, context.wrap_socket(plain) as secured:
        secured.sendall(HTTP2)
        frame = secured.recv(100)
        if not frame:
            raise ConnectionError("it hung up")
        return frame


def assert_nothing_is_readable(storage: Storage, stranger: Stranger) -> None:
    # `weed` insists on 0644 for what says of a volume which version it has
    paths = [path for path in storage.folder.rglob("*") if path.suffix != ".vif"]
    for part in storage.parts:
        paths += Path("/tmp").glob(f"seaweedfs-{part}-{storage.ports[part]}.sock")
        paths += Path("/tmp").glob(f"seaweedfs-{part}-grpc-{storage.ports[f'{part}.grpc']}.sock")
    assert [f"{path} {path.stat().st_mode:o}" for path in paths if path.stat().st_mode & 0o077] == []
    if os.geteuid() == 0:
        assert "denied" in stranger.run("find", str(storage.folder), "-type", "f", at=Path("/"))


def assert_s3_works(s3: Any) -> None:
    """Put, get, range, presigned, multipart: as with no doors at all."""
    s3.put_object(Bucket="music", Key="song", Body=SECRET, ContentType="audio/flac")
    assert s3.get_object(Bucket="music", Key="song", Range="bytes=7-14")["Body"].read() == SECRET[7:15]
    address = s3.generate_presigned_url("get_object", Params={"Bucket": "music", "Key": "song"})
    assert urllib3.request("GET", address).data == SECRET
    assert urllib3.request("GET", address.partition("?")[0], retries=False).status == 403
    part = bytes(5 * 1024**2)
    transfer = {
        "Bucket": "music",
        "Key": "long",
        "UploadId": s3.create_multipart_upload(Bucket="music", Key="long")["UploadId"],
    }
    where = s3.generate_presigned_url("upload_part", Params={**transfer, "PartNumber": 1})
    first = urllib3.request("PUT", where, body=part).headers["ETag"]
    second = s3.upload_part(**transfer, PartNumber=2, Body=SECRET)["ETag"]
    tags = [{"PartNumber": 1, "ETag": first}, {"PartNumber": 2, "ETag": second}]
    s3.complete_multipart_upload(**transfer, MultipartUpload={"Parts": tags})
    assert s3.get_object(Bucket="music", Key="long")["Body"].read() == part + SECRET


def fill(s3: Any) -> None:
    for attempt in range(100):
        try:
            s3.create_bucket(Bucket="music")
            break
        except ClientError:  # it answers before its volume is ready for the first bucket
            if attempt == 99:
                raise
    s3.put_object(Bucket="music", Key=KEY, Body=SECRET)


def client(url: str, access_key: str, secret_key: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )


def shell_at(storage: Storage) -> list[str]:
    ports = storage.ports
    return ["shell", *(f"-{part}={LOOPBACK}:{ports[part]}.{ports[f'{part}.grpc']}" for part in ("master", "filer"))]


def run(command: Sequence[str | Path], *, at: Path, told: str = "", seconds: float = 60) -> str:
    """What it prints, until it ends or until it took so long."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(at)}
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=at, env=environ, text=True, **streams) as process:
        try:
            return str(process.communicate(told, timeout=seconds)[0])
        except subprocess.TimeoutExpired:
            process.kill()
            return str(process.communicate()[0])
