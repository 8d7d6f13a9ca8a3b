"""Files out of the hub's storage: by ranges, on from where an earlier attempt ended, in constant memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import urllib3

from remixhub.client.failures import FileDamaged, Unreachable, UsageWrong
from remixhub.client.telling import Teller
from remixhub.client.wire import Pauses, Wire, why_unreachable

_BLOCK_BYTES = 2**16
"""So much is lost at most when the line breaks."""
_HTTP_ERRORS = (urllib3.exceptions.HTTPError,)


@dataclass(frozen=True)
class AtMost:
    """Where a file lies, and how large it is as the hub says."""

    address: str
    size_bytes: int


def fetch(wire: Wire, address_of: Callable[[], str | AtMost], to: Path, tell: Teller, title: str) -> Path:
    """What lies at the address, as the file `to`. Addresses are good for a while, so each attempt asks for one.

    What has arrived so far lies beside it as `.part`, with the storage's tag of it: of other bytes it begins anew.

    Raises FileDamaged for more than `AtMost` says, before it is written.
    """
    part, tag = to.with_name(f".{to.name}.part"), to.with_name(f".{to.name}.tag")
    to.parent.mkdir(parents=True, exist_ok=True)
    pauses = Pauses(wire.patience_seconds, wire.stopping, tell)
    while True:
        try:
            if _attempt(wire, address_of(), part, tag, tell, title):
                part.replace(to)
                tag.unlink(missing_ok=True)
                return to
            failure: Exception = Unreachable(f"{title} did not arrive whole.", "Run the same again; it goes on.")
        except OSError as exc:
            if exc.errno is not None and not isinstance(exc, ConnectionError | TimeoutError):
                raise UsageWrong(
                    f"{to} cannot be written: {exc.strerror}.", "Make room, or name another place."
                ) from exc
            failure = why_unreachable("The storage", exc)
        except _HTTP_ERRORS as exc:
            failure = why_unreachable("The storage", exc)
        pauses.rest(None, failure)


def _attempt(wire: Wire, place: str | AtMost, part: Path, tag: Path, tell: Teller, title: str) -> bool:
    """False where it has to be tried again."""
    address, most_bytes = (place.address, place.size_bytes) if isinstance(place, AtMost) else (place, None)
    known = tag.read_text(encoding="utf-8") if tag.is_file() and part.is_file() else ""
    done_bytes = part.stat().st_size if known else 0
    headers = {"Range": f"bytes={done_bytes}-", "If-Range": known} if done_bytes else {}
    answer = wire.stream(address, {**headers, **wire.own_headers(address), "Accept-Encoding": "identity"})
    try:
        if answer.status == 416:  # all of it is there, or it is shorter than what is
            part.unlink(missing_ok=True)
            return False
        if answer.status not in (200, 206):
            return False
        if answer.status == 200:
            done_bytes = 0
        length = answer.headers.get("Content-Length", "")
        if not length.isdecimal():
            return False
        total_bytes = done_bytes + int(length)
        if most_bytes is not None and total_bytes > most_bytes:
            raise FileDamaged(f"{title} is larger than the hub says.", "Pull again.")
        entity = answer.headers.get("ETag", "")
        tag.write_text(entity if entity and not entity.startswith("W/") else "", encoding="utf-8")
        if done_bytes:
            tell.say("download_resumed", f"{title}: going on", title=title, done_bytes=done_bytes)
        with part.open("ab" if done_bytes else "wb") as file, tell.bar(title, total_bytes, done_bytes) as bar:
            for block in answer.stream(_BLOCK_BYTES):
                if file.tell() + len(block) > total_bytes:  # what is chunked has no end of its own
                    return False
                file.write(block)
                bar.advance(len(block))
            return file.tell() == total_bytes
    finally:
        answer.release_conn()


def require_digest(path: Path, sha256: str, name: str) -> None:
    """Raises FileDamaged, and removes what is not what the hub says."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        path.unlink()
        raise FileDamaged(f"{name} is not what the hub says: its SHA-256 is {found[:12]}…, not {sha256[:12]}….",
                          "Pull again.")  # fmt: skip


def has_digest(path: Path, sha256: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
