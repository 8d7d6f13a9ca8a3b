"""Whatever the operator's rclone reaches, by one `rclone rcd` of our own on the loopback: starting it for each object
takes a tenth of a second. Its configuration, and so its keys, are the operator's.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread, Timer
from typing import IO, Any
from urllib.parse import quote, urlencode

import urllib3

from remixhub.parentage import ends_with_its_starter
from remixhub.services.backups.targets import Absent, TargetUnavailable, TargetUnclear

_BLOCK_BYTES = 1024**2
_SERVING = re.compile(rb"Serving remote control on (http://127\.0\.0\.1:\d+/)")
_START_SECONDS = 30.0
_PATIENCE = urllib3.Timeout(connect=10, read=600)
"""Clouds take their time over the last block of an upload."""


class RcloneTarget:
    def __init__(self, remote: str) -> None:
        if ":" not in remote or "]" in remote:
            raise TargetUnclear("An rclone target is rclone:remote:path, with a remote of `rclone listremotes`.")
        self._remote = remote.rstrip("/") if not remote.endswith(":/") else remote
        self.words = f"rclone:{remote.partition(',')[0].partition(':')[0]}:{remote.rpartition(':')[2]}"
        self._user, password = secrets.token_hex(8), secrets.token_hex(32)
        self._headers = urllib3.make_headers(basic_auth=f"{self._user}:{password}")
        self._http = urllib3.PoolManager(maxsize=8, retries=False, timeout=_PATIENCE)
        self._process = _start(self._user, password)
        self._url = self._address()
        try:
            self._call("operations/fsinfo", fs=self._remote)
        except Absent as exc:
            self.close()
            raise TargetUnavailable(f"{self.words}: there is no such place.") from exc
        except TargetUnavailable:
            self.close()
            raise

    def write(self, name: str, path: Path) -> None:
        folder, _, file = name.rpartition("/")
        query = urlencode({"fs": self._remote, "remote": folder})
        edge = secrets.token_hex(16)
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{file}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        tail = f"\r\n--{edge}--\r\n".encode()
        length = len(head) + path.stat().st_size + len(tail)
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}", "Content-Length": str(length)}
        with path.open("rb") as source, self._reported():
            body = _chain(head, source, tail)
            answer = self._http.request(
                "POST", f"{self._url}operations/uploadfile?{query}", body=body, headers={**self._headers, **headers}
            )
            if answer.status == 404:
                raise TargetUnavailable(f"{self.words}: there is no such place.")
            self._judge(answer, name)
        path.unlink()

    def read(self, name: str) -> Iterator[bytes]:
        with self._reported():
            address = f"{self._url}{quote(f'[{self._remote}]')}/{quote(name)}"
            answer = self._http.request("GET", address, headers=self._headers, preload_content=False)
            try:
                self._judge(answer, name)
                yield from answer.stream(_BLOCK_BYTES)
            finally:
                answer.release_conn()

    def names(self, folder: str) -> Iterator[tuple[str, int]]:
        wanted = {"recurse": True, "filesOnly": True, "noModTime": True, "noMimeType": True}
        try:
            listed = self._call("operations/list", fs=self._remote, remote=folder, opt=wanted)
        except Absent:
            return
        for one in listed.get("list") or []:
            yield str(one["Path"]), int(one["Size"])

    def delete(self, name: str) -> None:
        try:
            self._call("operations/deletefile", fs=self._remote, remote=name)
        except Absent:
            return

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
        assert self._process.stderr is not None
        self._process.stderr.close()
        self._http.clear()

    def _address(self) -> str:
        """As it says itself: it takes a free port."""
        patience = Timer(_START_SECONDS, self._process.kill)
        patience.start()
        try:
            return self._said_address()
        finally:
            patience.cancel()

    def _said_address(self) -> str:
        stream: IO[bytes] | None = self._process.stderr
        assert stream is not None
        said = b""
        for line in stream:
            if found := _SERVING.search(line):
                Thread(target=_drained, args=(stream,), name="rclone-log", daemon=True).start()
                return found[1].decode()
            said = line
        code = self._process.wait()
        stream.close()
        words = said.decode(errors="replace").strip()[:300] or f"it ended with {code} within {_START_SECONDS:.0f} s"
        raise TargetUnavailable(f"rclone did not start: {words}.")

    def _call(self, method: str, **arguments: Any) -> dict[str, Any]:
        with self._reported():
            answer = self._http.request("POST", f"{self._url}{method}", json=arguments, headers=self._headers)
            self._judge(answer, str(arguments.get("remote", "")))
            found: dict[str, Any] = answer.json()
        return found

    def _judge(self, answer: urllib3.BaseHTTPResponse, name: str) -> None:
        if answer.status == 404:
            raise Absent(name)
        if answer.status != 200:
            try:
                said = str(answer.json()["error"])
            except (ValueError, KeyError):
                said = f"HTTP {answer.status}"
            raise TargetUnavailable(f"{self.words}: rclone says: {said[:300]}")

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except urllib3.exceptions.HTTPError as exc:
            raise TargetUnavailable(f"{self.words}: rclone does not answer: {exc}") from exc


def _start(user: str, password: str) -> subprocess.Popen[bytes]:
    beside = Path(sys.executable).with_name("rclone")
    program = shutil.which("rclone") or (str(beside) if beside.exists() else None)
    if program is None:
        raise TargetUnavailable("`rclone` is not installed here; it is the operator's own program.")
    return subprocess.Popen(  # noqa: S603
        [program, "rcd", "--rc-addr", "127.0.0.1:0", "--rc-serve"],
        env={**os.environ, "RCLONE_RC_USER": user, "RCLONE_RC_PASS": password, "RCLONE_LOG_LEVEL": "NOTICE"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=ends_with_its_starter(os.getpid(), signal.SIGTERM),
    )


def _drained(stream: IO[bytes]) -> None:
    """A full pipe would stop it."""
    try:
        for _line in stream:
            pass
    except ValueError:  # closed
        return


def _chain(head: bytes, source: IO[bytes], tail: bytes) -> Iterator[bytes]:
    yield head
    while block := source.read(_BLOCK_BYTES):
        yield block
    yield tail
