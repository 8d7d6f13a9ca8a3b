"""The audit trail: every state change that matters leaves a row."""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy.orm import Session

from remixhub.domain.access import Actor
from remixhub.models import AuditEntry


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
        )
    )
