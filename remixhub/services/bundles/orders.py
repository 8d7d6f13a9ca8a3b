"""How much is made of bundles: so many bytes a day for each who orders, and nothing that a later one has replaced.

A bundle is as large as all that is in it, and counts in nobody's storage.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.errors import Throttled
from remixhub.domain.states import RenditionKind
from remixhub.models import BundleOrder, Rendition, new_id, now

BUNDLE_VERSION = "bundle1"
KEPT_SECONDS = 2 * 24 * 3600
_DAY_SECONDS = 24 * 3600
_RETRY_AFTER_SECONDS = 3600


class TooMuchOrdered(Throttled):
    code = "too_much_ordered"
    title = "Enough bundles were made for you today"


def note_order(session: Session, parts: Parts, payer: str, subject_id: str, digest: str, size_bytes: int) -> None:
    """In the transaction that orders it, while no other of the payer's is counted. Raises TooMuchOrdered."""
    limit = parts.settings.bundle_bytes_a_day
    lately = sa.and_(BundleOrder.payer == payer, BundleOrder.created_at > now(-_DAY_SECONDS))
    counted = sa.select(sa.func.coalesce(sa.func.sum(BundleOrder.size_bytes), 0)).where(lately)
    before = int(session.scalar(counted) or 0)
    if 0 < limit < before + size_bytes:
        raise TooMuchOrdered(
            f"This bundle has {size_bytes / 1e9:.1f} GB; within a day this hub makes {limit / 1e9:.1f} GB for each who "
            f"orders, and {before / 1e9:.1f} GB were made for you. Order it tomorrow, or ask whoever runs the hub.",
            retry_after_seconds=_RETRY_AFTER_SECONDS, limit_bytes=limit,
        )  # fmt: skip
    _add(session, payer, subject_id, digest, size_bytes)


def note_taking(session: Session, payer: str, subject_id: str, digest: str) -> None:
    """Of one that is there already: as long as the order stands, no other order drops it."""
    known = sa.select(BundleOrder.id).where(BundleOrder.subject_id == subject_id, BundleOrder.digest == digest)
    if session.scalar(known.limit(1)) is None:
        _add(session, payer, subject_id, digest, 0)


def drop_former(session: Session, subject_id: str, digest: str) -> None:
    """What the same order was before `digest` was made for it, unless another order is for that; its object goes with
    the sweep, since somebody may be at it just now.
    """
    own = BundleOrder.subject_id == subject_id
    former = session.scalars(sa.select(BundleOrder.digest).distinct().where(own, BundleOrder.digest != digest)).all()
    session.execute(sa.update(BundleOrder).where(own).values(digest=digest))
    unwanted = sa.and_(
        Rendition.subject_digest.in_(former),
        Rendition.kind == RenditionKind.ARCHIVE,
        Rendition.engine_version == BUNDLE_VERSION,
        ~sa.exists().where(BundleOrder.digest == Rendition.subject_digest),
    )
    session.execute(sa.delete(Rendition).where(unwanted))


def drop_old(parts: Parts) -> None:
    """Bundles and their orders after two days."""
    old = sa.and_(
        Rendition.kind == RenditionKind.ARCHIVE,
        Rendition.engine_version == BUNDLE_VERSION,
        Rendition.created_at < now(-KEPT_SECONDS),
    )
    with parts.database.writing() as session:
        session.execute(sa.delete(Rendition).where(old))
        session.execute(sa.delete(BundleOrder).where(BundleOrder.created_at < now(-KEPT_SECONDS)))


def _add(session: Session, payer: str, subject_id: str, digest: str, size_bytes: int) -> None:
    session.add(BundleOrder(id=new_id(), payer=payer, subject_id=subject_id, digest=digest, size_bytes=size_bytes))
    session.flush()
