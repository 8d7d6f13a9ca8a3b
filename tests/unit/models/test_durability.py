"""Which commits of SQLite wait for the disk."""

from __future__ import annotations

import sqlalchemy as sa

from remixhub.models import Database


def test_a_commit_waits_for_the_disk_but_where_a_power_cut_ends_its_writer_too(database: Database) -> None:
    found = []
    for outlives in (True, False, True):
        with database.writing(outlives_power=outlives) as session:
            found.append(session.scalar(sa.text("PRAGMA synchronous")))
    assert found == [2, 1, 2]
