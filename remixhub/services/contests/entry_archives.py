"""A contest's entries for its host: as rows, as CSV, and with their audio as one ZIP that a worker builds."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, Actor, require_account
from remixhub.domain.contests.labels import require_host
from remixhub.domain.contests.phases import ContestPhaseWrong
from remixhub.domain.filenames import archive_name, download_name
from remixhub.domain.states import ArchiveState, JobKind, RenditionKind, Scope
from remixhub.domain.times import rfc3339
from remixhub.jobs.lease import Lease
from remixhub.models import Contest, ContestEntry, Original, Rendition
from remixhub.services import journal
from remixhub.services.contests import holding
from remixhub.services.contests.entries import may_see_names
from remixhub.services.stems import on_demand
from remixhub.services.stems.archives import ARCHIVE_VERSION, keep_archive
from remixhub.services.stems.handing_out import given_file
from remixhub.services.stems.on_demand import ArchiveView, Asker
from remixhub.services.stems.zip_writer import MEDIA_TYPE, StoredFile, write_archive
from remixhub.storage.keys import rendition_key

_COLUMNS = ("entry", "work", "title", "artist", "handle", "state", "reason", "audio_sha256", "submitted_at", "note")
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""How cells begin that spreadsheets take for formulas (OWASP: CSV injection)."""


def entry_rows(actor: Actor, parts: Parts, contest_id: str) -> list[dict[str, str]]:
    """For the host, once the terms let them see entries by name. Raises LabelMembersOnly, ContestPhaseWrong."""
    require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        _require_seen(session, actor, contest_id)
        return [_row(entry) for entry in _entries(session, contest_id)]


def as_csv(rows: Sequence[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=_COLUMNS)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: f"'{value}" if value.startswith(_FORMULAS) else value for name, value in row.items()})
    return text.getvalue()


def get_entry_archive(actor: Actor, parts: Parts, contest_id: str) -> tuple[Contest, ArchiveView]:
    """Where the ZIP of the entries that count is, or how far. For the host.

    Raises LabelMembersOnly, ContestPhaseWrong.
    """
    require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        contest = _require_seen(session, actor, contest_id)
        rendition = session.get(Rendition, (_digest(_texts(_counted(session, contest_id))), RenditionKind.ARCHIVE))
        absent = on_demand.look(session, JobKind.BUILD_ENTRY_ARCHIVE, contest_id)
    if rendition is None:
        return contest, absent
    filename = download_name(contest.title, " (entries).zip")
    url = parts.store.presign_get(rendition.key, media_type=MEDIA_TYPE, filename=filename)
    return contest, ArchiveView(ArchiveState.READY, 100.0, "done", url, rendition.size_bytes)


def order_entry_archive(asker: Asker, parts: Parts, contest_id: str) -> ArchiveView:
    """Raises as `get_entry_archive`, and TooManyOrders."""
    _contest, view = get_entry_archive(asker.actor, parts, contest_id)
    if view.state is ArchiveState.READY:
        return view
    return on_demand.order(asker, parts, JobKind.BUILD_ENTRY_ARCHIVE, contest_id)


def build_entry_archive(parts: Parts, lease: Lease) -> None:
    """A job; safe to repeat, since equal entries give equal bytes under equal keys."""
    with parts.database.reading() as session:
        entries = _counted(session, lease.subject_id)
        texts, files = _texts(entries), _files(session, entries)
    digest = _digest(texts)
    key = rendition_key(digest, ARCHIVE_VERSION, "entries.zip")
    size_bytes = write_archive(parts, lease, key, texts, files)
    with lease.committing() as session:
        keep_archive(session, digest, key, size_bytes)
        journal.record(session, SYSTEM, "entries.archived", "contest", lease.subject_id, after={"digest": digest})


def _require_seen(session: Session, actor: Actor, contest_id: str) -> Contest:
    contest = holding.find(session, actor, contest_id)
    require_host(holding.host_role(session, actor, contest))
    if not may_see_names(session, actor, contest):
        raise ContestPhaseWrong("The entries are sealed until all ballots are in.", phase=contest.state.value)
    return contest


def _counted(session: Session, contest_id: str) -> list[ContestEntry]:
    counted = set(holding.counted_entries(session, contest_id))
    return [entry for entry in _entries(session, contest_id) if entry.id in counted]


def _texts(entries: Sequence[ContestEntry]) -> dict[str, bytes]:
    """They name the audio of every entry by its digest."""
    rows = [_row(entry) for entry in entries]
    return {
        "entries.csv": as_csv(rows).encode(),
        "entries.json": (json.dumps(rows, ensure_ascii=False, indent=2) + "\n").encode(),
    }


def _files(session: Session, entries: Sequence[ContestEntry]) -> list[StoredFile]:
    files = [_file(session, number, entry) for number, entry in enumerate(entries, 1)]
    return [file for file in files if file is not None]


def _file(session: Session, number: int, entry: ContestEntry) -> StoredFile | None:
    """The original, or of a mix the full-quality mixdown."""
    name = f"{entry.work.title} - {entry.account.display_name}"
    original = session.get(Original, entry.audio_sha256)
    if original is not None:
        given = given_file(session, original)
        return StoredFile(archive_name(number, name, given.ending), given.key, given.size_bytes, given.sha256)
    mixdown = session.get(Rendition, (entry.audio_sha256, RenditionKind.MIXDOWN))
    if mixdown is None:
        return None
    ending = "." + mixdown.key.rpartition(".")[2]
    return StoredFile(archive_name(number, name, ending), mixdown.key, mixdown.size_bytes)


def _entries(session: Session, contest_id: str) -> Sequence[ContestEntry]:
    own = sa.and_(ContestEntry.contest_id == contest_id, sa.not_(holding.TAKEN_BACK_DRAFT))
    return session.scalars(sa.select(ContestEntry).where(own).order_by(ContestEntry.id)).all()


def _row(entry: ContestEntry) -> dict[str, str]:
    values: tuple[Any, ...] = (
        entry.id, entry.work_id, entry.work.title, entry.account.display_name,
        entry.account.handle, entry.state.value, entry.reason, entry.audio_sha256, rfc3339(entry.submitted_at),
        entry.note,
    )  # fmt: skip
    return dict(zip(_COLUMNS, values, strict=True))


def _digest(texts: dict[str, bytes]) -> str:
    """Of what names and holds every byte; the number rises when the files are named in another way."""
    return hashlib.sha256(b"zip 2\n" + texts["entries.json"]).hexdigest()
