"""Files into the hub's storage, in parts by presigned addresses: never more than a block of them in memory, only parts
that the storage does not have yet, and again with patience where a connection breaks.
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, BinaryIO, cast

from remixhub.client.failures import ClientFailure, Refused, Stopped, Unreachable, UsageWrong
from remixhub.client.generated import schemas
from remixhub.client.generated.operations import Operations
from remixhub.client.memory import Memory, SentFile
from remixhub.client.telling import Bar, Teller
from remixhub.client.wire import Pauses, Wire, why_unreachable

_BLOCK_BYTES = 2**17
_AT_ONCE = 3
_OVER = ("rejected", "aborted")


class FileChanged(ClientFailure):
    code = "file_changed"


class Uploader:
    """Of one push; `memory` is kept at each step."""

    def __init__(self, wire: Wire, api: Operations, memory: Memory, tell: Teller) -> None:
        self._wire, self._api, self._memory, self._tell = wire, api, memory, tell

    def digest(self, file: str, path: Path) -> str:
        """SHA-256, read once for a file that stays as it is."""
        stat = path.stat()
        known = self._memory.files.get(file)
        if known and (known.size_bytes, known.mtime_ns) == (stat.st_size, stat.st_mtime_ns):
            return known.sha256
        digest = hashlib.sha256()
        with path.open("rb") as opened, self._tell.bar(f"{file}, reading", stat.st_size, 0) as bar:
            while block := opened.read(2**20):
                digest.update(block)
                bar.advance(len(block))
        sha256 = digest.hexdigest()
        if known is None or known.sha256 != sha256:
            known = SentFile(sha256=sha256)
        known.size_bytes, known.mtime_ns = stat.st_size, stat.st_mtime_ns
        self._memory.files[file] = known
        self._memory.keep()
        return sha256

    def send(self, file: str, path: Path, purpose: str) -> bool:
        """All missing parts of a file whose digest is known, and then the order to check it; False where the hub has
        them since an earlier attempt.
        """
        sent = self._memory.files[file]
        upload = self._open_again(sent, purpose) or self._opened(file, path, sent, purpose)
        if upload["state"] != "open":
            return False
        self._send_missing(file, path, sent, upload)
        self._api.complete_upload(upload["id"])
        self._tell.say(
            "file_sent", f"{file}: sent, {shown_bytes(upload['size_bytes'])}", file=file, upload_id=upload["id"]
        )
        return True

    def wait_until_checked(self, file: str) -> None:
        """Raises Refused with the hub's reason when it does not take the file."""
        upload_id = self._memory.files[file].upload_id
        assert upload_id is not None
        for upload in patiently(self._wire, lambda: self._api.get_upload(upload_id)):
            if upload["state"] in ("ready", "claimed"):
                return
            if upload["state"] in _OVER:
                self._memory.files[file].upload_id = self._memory.files[file].upload_key = None
                self._memory.keep()
                rejection = upload["rejection"] or {"detail": f"The upload was {upload['state']}."}
                raise Refused(422, {**rejection, "detail": f"{file}: {rejection.get('detail')}"})
            waiting = cast("dict[str, Any] | None", upload["waiting"])
            self._tell.waiting(f"{file}: {waiting['detail'] if waiting else 'the hub checks what arrived'}")

    def used(self, file: str) -> None:
        """A work has it now: who pushes the same bytes again sends them anew."""
        self._memory.files[file].upload_id = self._memory.files[file].upload_key = None

    def _open_again(self, sent: SentFile, purpose: str) -> schemas.UploadStatus | None:
        """The upload of an earlier attempt, if it can still be used."""
        if sent.upload_id is None:
            return None
        try:
            upload = self._api.get_upload(sent.upload_id)
        except Refused as exc:
            if exc.status != 404:
                raise
            upload = None
        fits = upload is not None and upload["state"] not in (*_OVER, "claimed") and upload["purpose"] == purpose
        if upload is not None and fits and upload["sha256"] in (None, sent.sha256):  # none before it was checked
            return upload
        sent.upload_id = sent.upload_key = None
        return None

    def _opened(self, file: str, path: Path, sent: SentFile, purpose: str) -> schemas.UploadStatus:
        """The key is kept before it is used, the id as soon as it is known."""
        sent.upload_key = sent.upload_key or str(uuid.uuid4())
        self._memory.keep()
        body = {"filename": path.name, "size_bytes": sent.size_bytes, "purpose": purpose, "sha256": sent.sha256}
        try:
            upload = self._api.create_upload(cast("schemas.UploadCreate", body), idempotency_key=sent.upload_key)
        except Refused as exc:
            sent.upload_key = None
            self._memory.keep()
            if exc.code == "idempotency_key_reused":
                return self._opened(file, path, sent, purpose)
            raise
        sent.upload_id = upload["id"]
        self._memory.keep()
        return self._api.get_upload(upload["id"])

    def _send_missing(self, file: str, path: Path, sent: SentFile, upload: schemas.UploadStatus) -> None:
        whole = {
            number: min(upload["part_size_bytes"], upload["size_bytes"] - (number - 1) * upload["part_size_bytes"])
            for number in range(1, upload["part_count"] + 1)
        }
        arrived = {part["number"] for part in upload["parts"] if part["size_bytes"] == whole.get(part["number"])}
        missing = [number for number in whole if number not in arrived]
        done_bytes = sum(whole[number] for number in arrived)
        if arrived:
            self._tell.say(
                "upload_resumed",
                f"{file}: {len(arrived)} of {len(whole)} parts are there already",
                file=file,
                arrived_parts=len(arrived),
                part_count=len(whole),
            )
        stopping = threading.Event()
        crew = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="part")
        with self._tell.bar(file, upload["size_bytes"], done_bytes) as bar, crew:
            begun = [
                crew.submit(self._send_part, file, path, sent, upload, number, whole[number], bar, stopping)
                for number in missing
            ]
            try:
                done, _ = wait(begun, return_when=FIRST_EXCEPTION)
                for one in done:
                    one.result()
            except BaseException:
                stopping.set()  # the others end at their next block
                crew.shutdown(wait=False, cancel_futures=True)
                raise

    def _send_part(
        self,
        file: str,
        path: Path,
        sent: SentFile,
        upload: schemas.UploadStatus,
        number: int,
        size_bytes: int,
        bar: Bar,
        stopping: threading.Event,
    ) -> None:
        """Each attempt asks for a new address, since they are good for a while only."""
        pauses = Pauses(self._wire.patience_seconds, stopping, self._tell)
        while True:
            part = _Part(path, (number - 1) * upload["part_size_bytes"], size_bytes, bar, stopping)
            self._require_unchanged(file, path, sent)
            address = self._api.presign_parts(upload["id"], {"part_numbers": [number]})["parts"][0]["url"]
            try:
                with part:
                    headers = {"Content-Length": str(size_bytes)}
                    answer = self._wire.once("PUT", address, cast("BinaryIO", part), headers)
            except Stopped:
                raise
            except Exception as exc:  # noqa: BLE001 - urllib3's, http.client's and ssl's have no common one
                part.take_back()
                pauses.rest(None, why_unreachable("The storage", exc))
                continue
            if answer.status == 200:
                self._tell.say(
                    "part_sent", "", file=file, part=number, part_count=upload["part_count"], size_bytes=size_bytes
                )
                return
            part.take_back()
            unwilling = Unreachable(f"The storage answered {answer.status} to part {number} of {file}.", "Try later.")
            pauses.rest(answer.headers.get("Retry-After"), unwilling)

    def _require_unchanged(self, file: str, path: Path, sent: SentFile) -> None:
        try:
            stat = path.stat()
        except OSError as exc:
            raise UsageWrong(f"{file} is gone: {exc.strerror}.", "Put it back, or push again without it.") from exc
        if (stat.st_size, stat.st_mtime_ns) != (sent.size_bytes, sent.mtime_ns):
            raise FileChanged(f"{file} was changed while it was being sent.", "Push again; the rest is kept.")


class _Part:
    """A span of a file, as urllib3 reads bodies."""

    def __init__(self, path: Path, start: int, size_bytes: int, bar: Bar, stopping: threading.Event) -> None:
        self._path, self._start, self._left = path, start, size_bytes
        self._size_bytes, self._bar, self._stopping = size_bytes, bar, stopping

    def __enter__(self) -> _Part:
        self._file = self._path.open("rb")
        self._file.seek(self._start)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size_bytes: int = _BLOCK_BYTES) -> bytes:
        if self._stopping.is_set():
            raise Stopped("Stopped.")
        block = self._file.read(min(size_bytes if size_bytes > 0 else _BLOCK_BYTES, self._left))
        self._left -= len(block)
        self._bar.advance(len(block))
        return block

    def take_back(self) -> None:
        self._bar.advance(self._left - self._size_bytes)


def patiently(wire: Wire, ask: Any, *, longest_seconds: float = 5.0) -> Iterator[Any]:
    """Answers one after the other, sooner at first; each is that of a request of its own. Ctrl-C ends it."""
    pause_seconds = 0.2
    while True:
        yield ask()
        wire.stopping.wait(pause_seconds)
        pause_seconds = min(pause_seconds * 1.3, longest_seconds)


def shown_bytes(size_bytes: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size_bytes < 1000:
            return f"{size_bytes:.0f} {unit}" if unit == "bytes" else f"{size_bytes:.1f} {unit}"
        size_bytes /= 1000
    return f"{size_bytes:.2f} GB"
