"""The leave that an account gave to apps: listing it, and taking it away. How it is given, `services/oauth` knows."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.access import Actor
from remixhub.models import AccessToken, AppGrant, now
from remixhub.services import journal


def in_force() -> sa.ColumnElement[bool]:
    return sa.and_(AppGrant.revoked_at.is_(None), AppGrant.expires_at > now())


def list_grants(session: Session, account_id: str) -> Sequence[AppGrant]:
    """Those in force that an app has taken, newest first."""
    return session.scalars(
        sa.select(AppGrant)
        .where(AppGrant.account_id == account_id, AppGrant.taken_at.is_not(None), in_force())
        .order_by(AppGrant.created_at.desc(), AppGrant.id)
    ).all()


def revoke_grants(session: Session, actor: Actor, which: sa.ColumnElement[bool], *, why: str) -> Sequence[str]:
    """And all tokens that came of them, in the caller's transaction; their ids. `why`: a word for the audit trail.

    The grant is written before its tokens, as by whoever makes one: none slips through.
    """
    ended = session.execute(
        sa.update(AppGrant)
        .where(which, AppGrant.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(AppGrant.id, AppGrant.account_id, AppGrant.name)
        .execution_options(synchronize_session=False)
    ).all()
    ids = [grant.id for grant in ended]
    if ids:
        good = sa.and_(AccessToken.grant_id.in_(ids), AccessToken.revoked_at.is_(None))
        session.execute(sa.update(AccessToken).where(good).values(revoked_at=now()))
    for grant in ended:
        facts = {"app": grant.name, "grant": grant.id, "why": why}
        journal.record(session, actor, "app.stopped", "account", grant.account_id, after=facts)
    return ids


def grants_named(account_id: str, ids: Collection[str]) -> sa.ColumnElement[bool]:
    return sa.and_(AppGrant.account_id == account_id, AppGrant.id.in_(ids))
