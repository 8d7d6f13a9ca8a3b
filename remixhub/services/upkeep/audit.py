"""The audit trail, for operators: who changed what, what was tried, and from where; and what of it goes when."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_operator
from remixhub.models import Account, AuditEntry, now
from remixhub.services.paging import Keyset, Page, Position, page_of_rows

_DAY_SECONDS = 24 * 3600
_MOST_OBSERVATIONS = 500_000
"""Of the newest, however few days they are: some 150 MB."""
_AT_ONCE = 5_000
"""Rows that one transaction changes, so that nobody waits for long."""
_NEWEST = Keyset(AuditEntry.id.desc())
_Actor, _Subject = aliased(Account), aliased(Account)


@dataclass(frozen=True)
class Filters:
    action: str | None = None
    """Whole, or its noun: `sign_in` finds `sign_in.failed`."""
    actor: str | None = None
    """A handle, an account's id, `system` or `visitor`."""
    subject: str | None = None
    """A handle or an id."""
    address: str | None = None
    since: dt.datetime | None = None

    @property
    def given(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Line:
    """An entry, with the names that its accounts have now."""

    id: int
    created_at: dt.datetime
    action: str
    actor: str
    actor_handle: str | None
    subject_kind: str
    subject_id: str
    subject_handle: str | None
    address: str | None
    count: int | None
    """How often it was seen; None for a change, which happened once."""
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None


def list_entries(
    actor: Actor, parts: Parts, filters: Filters, *, after: Position | None = None, limit: int
) -> Page[Line]:
    """The newest first. For operators alone."""
    require_operator(actor)
    query = (
        sa.select(AuditEntry, _Actor.handle, _Subject.handle)
        .outerjoin(_Actor, _Actor.id == AuditEntry.actor)
        .outerjoin(_Subject, sa.and_(AuditEntry.subject_kind == "account", _Subject.id == AuditEntry.subject_id))
        .where(*_conditions(filters))
    )
    with parts.database.reading() as session:
        return page_of_rows(session, query, _NEWEST, after=after, limit=limit).map(_line)


def forget_old(parts: Parts) -> None:
    """A step of the sweep: addresses first, later what was only observed. Changes stay for ever."""
    settings = parts.settings
    old_address = sa.and_(
        AuditEntry.address.is_not(None), AuditEntry.created_at < now(-settings.audit_address_days * _DAY_SECONDS)
    )
    observed = AuditEntry.observed_count.is_not(None)
    old = AuditEntry.created_at < now(-settings.audit_observation_days * _DAY_SECONDS)
    beyond = sa.select(AuditEntry.id).where(observed).order_by(AuditEntry.id.desc()).offset(_MOST_OBSERVATIONS)
    with parts.database.reading() as session:
        last_beyond = session.scalar(beyond.limit(1)) or 0
    _by_batches(parts, old_address, lambda these: sa.update(AuditEntry).where(these).values(address=None))
    gone = sa.and_(observed, sa.or_(old, AuditEntry.id <= last_beyond))
    _by_batches(parts, gone, lambda these: sa.delete(AuditEntry).where(these))


def _by_batches(parts: Parts, which: sa.ColumnElement[bool], change: Any) -> None:
    while True:
        with parts.database.reading() as session:
            ids = session.scalars(sa.select(AuditEntry.id).where(which).limit(_AT_ONCE)).all()
        if not ids:
            return
        with parts.database.writing() as session:
            session.execute(change(sa.and_(which, AuditEntry.id <= max(ids), AuditEntry.id >= min(ids))))


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if filters.action:
        noun = AuditEntry.action.startswith(f"{filters.action}.", autoescape=True)
        conditions.append(sa.or_(AuditEntry.action == filters.action, noun))
    if filters.actor:
        conditions.append(AuditEntry.actor.in_([filters.actor, _id_of(filters.actor)]))
    if filters.subject:
        conditions.append(AuditEntry.subject_id.in_([filters.subject, _id_of(filters.subject)]))
    if filters.address:
        conditions.append(AuditEntry.address == filters.address)
    if filters.since:
        conditions.append(AuditEntry.created_at >= filters.since)
    return conditions


def _id_of(handle: str) -> sa.ScalarSelect[str]:
    return sa.select(Account.id).where(Account.handle == handle.lower().removeprefix("@")).scalar_subquery()


def _line(row: Any) -> Line:
    entry, actor_handle, subject_handle = row
    return Line(
        id=entry.id, created_at=entry.created_at, action=entry.action, actor=entry.actor, actor_handle=actor_handle,
        subject_kind=entry.subject_kind, subject_id=entry.subject_id, subject_handle=subject_handle,
        address=entry.address, count=entry.observed_count, before=entry.before, after=entry.after,
        request_id=entry.request_id,
    )  # fmt: skip
