"""The credits of many works at once are those of each."""

from __future__ import annotations

import random

import pytest

from remixhub.compose import Parts
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.credits import plain_lines
from remixhub.models import Work
from remixhub.services.lineage.credits import credits_of
from remixhub.services.lineage.credits_of_many import credits_above
from tests.unit.rows import Rows


@pytest.mark.parametrize("seed", range(3))
def test_each_has_the_credits_that_it_has_alone(seed: int, parts: Parts, rows: Rows) -> None:
    drawn, works = random.Random(seed), list[Work]()
    artists = [rows.account(handle) for handle in ("ada", "mara", "ines")]
    for number in range(14):
        sources = drawn.sample(works, min(len(works), drawn.choice([0, 1, 2, 3])))
        facts = {"credits": [{"name": "Zoe", "role": "bass"}], "licence": drawn.choice([Licence.BY, Licence.CC0])}
        works.append(rows.work(drawn.choice(artists), f"Song {number}", sources, **facts))
        if number % 4 == 3:
            rows.elsewhere(works[-1], f"https://freesound.org/s/{drawn.choice([1, 2])}/")
        rows.change(Work, Work.id == drawn.choice(works).id, licence=Licence.BY_SA)  # links keep what they were held by
    with parts.database.reading() as session:
        every = [session.get_one(Work, work.id) for work in works]
        above = credits_above(session, parts, every)
        for work in every:
            alone = credits_of(session, parts, work, and_itself=True)
            assert plain_lines(above.of(work, limit=1000)) == plain_lines(alone)
        last = above.of(every[-1], limit=1)
        whole = [one for one in credits_of(session, parts, every[-1]).works if one.credits[0].seen is None]
        assert sum(one.credits[0].seen is None for one in last.works) == 1 + min(len(whole), 1)
        assert last.left_out is (len(whole) > 1)
