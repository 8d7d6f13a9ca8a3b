"""Permissions on which works stand for works further up in their lineage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.licences.permissions import PermissionScope, PermissionState
from remixhub.domain.licences.terms import Licence
from remixhub.models import Permission, Work
from remixhub.services.lineage.ancestry import ancestor_seqs


class Permitted(NamedTuple):
    """A published work uses another, cited or not, under a licence by a permission."""

    derivative_id: str
    work_id: str
    licence: Licence
    permission_id: str
    sha256: str
    granted_at: dt.datetime


_COLUMNS: tuple[Any, ...] = (
    Work.id, Permission.work_id, Permission.licence, Permission.id, Permission.text_sha256, Permission.answered_at,
)  # fmt: skip
"""In the order of Permitted's fields: what is used was granted, with all of them."""


def permitted_above(session: Session, ids: Collection[str]) -> list[Permitted]:
    """What the works `ids`, or their ancestors, use by permissions that nobody can take back; the oldest first."""
    return [Permitted(*row) for row in session.execute(_PERMITTED, {"ids": list(ids)})]


def _permitted() -> sa.Select[Any]:
    """To be built once."""
    above = sa.select(ancestor_seqs(sa.bindparam("ids", expanding=True)).c.seq)
    for_account = sa.and_(Permission.scope == PermissionScope.ACCOUNT, Permission.account_id == Work.account_id)
    return (
        sa.select(*_COLUMNS)
        .join(Permission, sa.or_(Permission.remix_id == Work.id, for_account))
        .where(
            Permission.state == PermissionState.USED,
            Permission.work_seq.in_(above),
            sa.or_(Work.id.in_(sa.bindparam("ids", expanding=True)), Work.seq.in_(above)),
        )
        .order_by(Permission.answered_at, Permission.id)
    )


_PERMITTED = _permitted()
