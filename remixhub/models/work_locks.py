"""In which order rows are locked, so that no two wait for each other: the account of who asks (`lock_own`), the job
that counts the lineage, the lock of all counting, works by their ids, what refers to accounts, what is below works.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.models.dialect import is_sqlite
from remixhub.models.works import Work

_IDS_A_QUERY = 5_000


def hold_works(session: Session, ids: Collection[str]) -> None:
    """For whoever will write several works, or rows below one first. SQLite's writers hold all there is already."""
    if is_sqlite(session):
        return
    ordered = sorted(ids)
    for start in range(0, len(ordered), _IDS_A_QUERY):
        some = sa.select(Work.id).where(Work.id.in_(ordered[start : start + _IDS_A_QUERY])).order_by(Work.id)
        session.execute(some.with_for_update(key_share=True))
