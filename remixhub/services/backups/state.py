"""How long ago the hub was backed up, and what is known of its originals: for metrics and `doctor`."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.models import BackupRun, FixityFault, FixityRound, now


@dataclass(frozen=True)
class BackupState:
    last_backup_seconds: float | None
    """Since a snapshot was whole; None when none ever was."""
    last_fault_count: int
    """Of that snapshot."""
    last_fixity_seconds: float | None
    """Since all originals had been read again; None before the first time."""
    fixity_fault_count: int
    """Originals that are missing or damaged now."""


_LAST = sa.select(BackupRun.finished_at, BackupRun.fault_count).order_by(BackupRun.finished_at.desc()).limit(1)
_FIXITY = sa.select(
    now(),
    sa.select(sa.func.max(FixityRound.finished_at)).scalar_subquery(),
    sa.select(sa.func.count()).select_from(FixityFault).scalar_subquery(),
)


def measure(session: Session) -> BackupState:
    """Two statements over a few rows."""
    last = session.execute(_LAST).one_or_none()
    current, checked_at, fault_count = session.execute(_FIXITY).one()
    return BackupState(
        None if last is None else (current - last.finished_at).total_seconds(),
        0 if last is None else last.fault_count,
        None if checked_at is None else (current - checked_at).total_seconds(),
        fault_count,
    )
