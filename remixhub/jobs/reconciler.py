"""Rings while something is due: new jobs, returned ones, and those whose lease ran out.

It reads the table only, so whatever the carrier lost is rung again a moment later.
"""

from __future__ import annotations

from remixhub.jobs.carrier import Carrier
from remixhub.jobs.claims import may_claim
from remixhub.models import Database


def ring_due(database: Database, carrier: Carrier) -> bool:
    """Whether a ring was added. Raises CarrierUnavailable when Redis is away; the next round rings."""
    due = may_claim(database, heavy=False) or may_claim(database, heavy=True)
    return due and carrier.ring()
