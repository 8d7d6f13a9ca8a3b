"""The audit trail: every state change that matters leaves a row, and so does what is seen of security."""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import Any

import structlog
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR, Actor
from remixhub.models import AuditEntry
from remixhub.models.observations import Observed

_ABOUT_ACCESS = frozenset({"account", "session", "token"})
"""Kinds of subjects whose rows say from where: addresses are personal, and votes keep them apart from who voted."""
_ADDRESS: ContextVar[str | None] = ContextVar("address", default=None)


def came_from(address: str | None) -> None:
    """Of the request that this thread answers; the edge says it."""
    _ADDRESS.set(address)


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject_kind: str,
    subject_id: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """`action` is `<noun>.<past participle>`, such as `work.published`. No secrets in `before` and `after`."""
    session.add(
        AuditEntry(
            actor=actor.name,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            before=before,
            after=after,
            request_id=structlog.contextvars.get_contextvars().get("request_id"),
            address=_ADDRESS.get() if subject_kind in _ABOUT_ACCESS or actor.is_operator else None,
        )
    )


def observe(
    parts: Parts, action: str, subject_kind: str, subject_id: str, *, actor: Actor = VISITOR, **facts: str
) -> None:
    """For what changes nothing, such as a failed sign-in. Costs nothing now: it is counted, and written beside."""
    said = json.dumps(facts, sort_keys=True)
    parts.database.observations.note(Observed(action, actor.name, subject_kind, subject_id, _ADDRESS.get(), said))
