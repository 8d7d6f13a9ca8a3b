"""The leave that an account gave to apps: listing it, and taking it away. How it is given, `services/oauth` knows."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.access import Actor
from remixhub.models import AccessToken, AppGrant, now
from remixhub.services import journal

_AT_ONCE = 500
"""An app that is removed may be in at tens of thousands; a statement takes only so many values."""


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

    The grant is written before its tokens, as by whoever makes one: none slips through. Several are locked by their
    ids, so that a person who puts an app out and the app's owner who removes it wait in one order.
    """
    standing = sa.and_(which, AppGrant.revoked_at.is_(None))
    in_order = sa.select(AppGrant.id).where(standing).order_by(AppGrant.id).with_for_update(key_share=True)
    ended: list[str] = []
    while held := session.scalars(in_order.limit(_AT_ONCE)).all():
        _revoke(session, actor, held, why)
        ended += held
    return ended


def _revoke(session: Session, actor: Actor, held: Sequence[str], why: str) -> None:
    revoked = session.execute(
        sa.update(AppGrant)
        .where(AppGrant.id.in_(held))
        .values(revoked_at=now())
        .returning(AppGrant.id, AppGrant.account_id, AppGrant.name)
        .execution_options(synchronize_session=False)
    ).all()
    good = sa.and_(AccessToken.grant_id.in_(held), AccessToken.revoked_at.is_(None))
    session.execute(sa.update(AccessToken).where(good).values(revoked_at=now()))
    for grant in revoked:
        facts = {"app": grant.name, "grant": grant.id, "why": why}
        journal.record(session, actor, "app.stopped", "account", grant.account_id, after=facts)


def grants_named(account_id: str, ids: Collection[str]) -> sa.ColumnElement[bool]:
    return sa.and_(AppGrant.account_id == account_id, AppGrant.id.in_(ids))
