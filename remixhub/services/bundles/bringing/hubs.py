"""By which key a hub's bundles are signed: the first that was trusted for it, until an operator says that it is new."""

from __future__ import annotations

from sqlalchemy.orm import Session

from remixhub.models import BroughtHub
from remixhub.services import journal
from remixhub.services.bundles.bringing.errand import Errand, require_key


def keep_key(session: Session, errand: Errand) -> None:
    """In the transaction that writes the first of what is brought in. Raises BundleUnreadable."""
    if not errand.is_checked or errand.key_id is None:
        return
    known = session.get(BroughtHub, errand.hub_url)
    require_key(known, errand.hub_url, errand.key_id, may_be_new=errand.may_be_new)
    if known is None:
        session.add(BroughtHub(hub_url=errand.hub_url, key_id=errand.key_id))
    elif known.key_id != errand.key_id:
        after = {"hub_url": errand.hub_url, "from": known.key_id, "to": errand.key_id}
        journal.record(session, errand.operator, "hub_key.renewed", "bundle", errand.bundle.id[:64], after=after)
        known.key_id = errand.key_id
    session.flush()
