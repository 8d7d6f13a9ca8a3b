"""What a snapshot says of itself: `manifest.json`, and a line of `objects.jsonl` for each object.

The manifest holds the digests of the other two files, its own digest and a seal by the hub's secret key. Whoever can
write into a target can delete, but not change a snapshot unnoticed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from remixhub.domain.errors import Conflict

FORMAT = 1
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"(?:incoming|uploads|originals|renditions)(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){1,5}")
"""Of the key scheme: no part is empty or begins with a dot, so that a key never leads elsewhere."""
_NAME = re.compile(r"(\d{8}T\d{6}\.\d{3})Z-[0-9a-f]{6}", re.ASCII)
_PURPOSE = b"remixhub backup"


class SnapshotUnusable(Conflict):
    code = "snapshot_unusable"
    title = "The snapshot cannot be used"


class SnapshotForeign(Conflict):
    code = "snapshot_foreign"
    title = "The snapshot does not bear this hub's seal"


@dataclass(frozen=True)
class Kept:
    """An object of a snapshot; its bytes are in the target under their digest."""

    key: str
    size_bytes: int
    sha256: str
    modified_at: str
    """As the storage said: an object that was written again is copied again."""

    def line(self) -> str:
        return json.dumps([self.key, self.size_bytes, self.sha256, self.modified_at]) + "\n"


@dataclass(frozen=True)
class Part:
    """A file of the snapshot beside its manifest."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    snapshot: str
    taken_at: str
    """The moment that its database shows."""
    hub: str
    """Where people reached it."""
    version: str
    schema_revision: str
    dialect: str
    database: Part
    objects: Part
    object_count: int
    object_bytes: int
    rows: Mapping[str, int]
    """How many of the tables that matter."""
    faults: Sequence[tuple[str, str]]
    """Kind and key of what the database names and the backup lacks."""

    def to_json(self, secret: str) -> bytes:
        body = {"format": FORMAT, **asdict(self)}
        digest = _digest(body)
        return json.dumps({**body, "sha256": digest, "seal": seal(secret, digest)}, indent=1).encode()


def object_name(sha256: str) -> str:
    """Raises SnapshotUnusable for what is no digest."""
    if not _DIGEST.fullmatch(sha256):
        raise SnapshotUnusable(f"{sha256[:80]!r} is no SHA-256.")
    return f"objects/{sha256[:2]}/{sha256}"


def snapshot_name(at: dt.datetime, token: str) -> str:
    """In order of time; `token` keeps apart what machines with different clocks write."""
    at = at.astimezone(dt.UTC)
    return f"{at:%Y%m%dT%H%M%S}.{at.microsecond // 1000:03}Z-{token}"


def is_snapshot_name(name: str) -> bool:
    return _time_in(name) is not None


def snapshot_time(name: str) -> dt.datetime:
    """Raises SnapshotUnusable."""
    taken_at = _time_in(name)
    if taken_at is None:
        raise SnapshotUnusable(f"{name[:80]!r} is no snapshot's name; they look like 20261129T010203.456Z-0a1b2c.")
    return taken_at


def _time_in(name: str) -> dt.datetime | None:
    found = _NAME.fullmatch(name)
    try:
        return dt.datetime.strptime(found[1], "%Y%m%dT%H%M%S.%f").replace(tzinfo=dt.UTC) if found else None
    except ValueError:  # the 31st of February
        return None


def seal(secret: str, digest: str) -> str:
    return hmac.new(secret.encode(), _PURPOSE + digest.encode(), hashlib.sha256).hexdigest()


def read_manifest(text: bytes, secrets: Sequence[str], *, unsealed: bool = False) -> Manifest:
    """Raises SnapshotUnusable for what is not whole, SnapshotForeign for a seal of none of the secrets."""
    try:
        body: dict[str, Any] = json.loads(text)
        digest, sealed, number = body.pop("sha256"), str(body.pop("seal")), body.pop("format")
    except (ValueError, TypeError, KeyError, AttributeError) as exc:
        raise SnapshotUnusable("Its manifest is not one: it was cut off, or changed.") from exc
    if number != FORMAT:
        raise SnapshotUnusable(f"Its manifest has the format {number!r}; this release reads {FORMAT}.")
    if _digest({"format": number, **body}) != digest:
        raise SnapshotUnusable("Its manifest is not what was written: its digest is another.")
    if not unsealed and not any(hmac.compare_digest(seal(one, digest), sealed) for one in secrets):
        raise SnapshotForeign(
            f"It was made by {body.get('hub')!r} with another secret key, or somebody changed it. Set the "
            "REMIXHUB_SECRET_KEY (or REMIXHUB_RETIRED_SECRET_KEYS) of then; `--unsealed` takes it as it is."
        )
    try:
        return _manifest(body)
    except (ValueError, TypeError, KeyError) as exc:
        raise SnapshotUnusable(f"Its manifest lacks something: {exc}.") from exc


def read_line(line: bytes) -> Kept:
    """Raises SnapshotUnusable, also for a key that is none of ours."""
    try:
        key, size_bytes, sha256, modified_at = json.loads(line)
        kept = Kept(str(key), int(size_bytes), str(sha256), str(modified_at))
    except (ValueError, TypeError) as exc:
        raise SnapshotUnusable("A line of its list of objects cannot be read.") from exc
    object_name(kept.sha256)
    if not _KEY.fullmatch(kept.key) or kept.size_bytes < 0:
        raise SnapshotUnusable(f"Its list names {kept.key[:100]!r}, which is no key of a hub.")
    return kept


def sealed_note(kept: Sequence[Kept], secret: str) -> bytes:
    """What a backup copied, for the next one if it dies: whoever writes into a target must not be able to add to it."""
    lines = "".join(one.line() for one in kept).encode()
    return lines + seal(secret, hashlib.sha256(lines).hexdigest()).encode() + b"\n"


def read_note(text: bytes, secrets: Sequence[str]) -> list[Kept]:
    """Nothing of a note that is not as it was written: what it tells of is read again."""
    if not text.endswith(b"\n"):
        return []
    lines, _, sealed = text[:-1].rpartition(b"\n")
    digest = hashlib.sha256(lines + b"\n").hexdigest()
    if not any(hmac.compare_digest(seal(one, digest).encode(), sealed) for one in secrets):
        return []
    return [read_line(line) for line in lines.splitlines()]


def _manifest(body: Mapping[str, Any]) -> Manifest:
    def word(name: str) -> str:
        return str(body[name])

    snapshot_time(word("snapshot"))
    return Manifest(
        word("snapshot"),
        word("taken_at"),
        word("hub"),
        word("version"),
        word("schema_revision"),
        word("dialect"),
        _part(body["database"], "database"),
        _part(body["objects"], "objects"),
        int(body["object_count"]),
        int(body["object_bytes"]),
        {str(table): int(count) for table, count in body["rows"].items()},
        [(str(kind), str(key)) for kind, key in body["faults"]],
    )


def _part(body: Mapping[str, Any], name: str) -> Part:
    """The names of files are ours to say, whatever is written there."""
    part = Part(
        {"database": "database", "objects": "objects.jsonl"}[name], int(body["size_bytes"]), str(body["sha256"])
    )
    object_name(part.sha256)
    return part


def _digest(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
