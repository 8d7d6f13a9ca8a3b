"""What changes above a work counts for all that came from it, however the works between hold it, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.discovery.asked import Facets, WorksAsked
from remixhub.domain.discovery.may import May
from remixhub.domain.licences.terms import Licence
from remixhub.models import ElsewhereSource, SourceLink, Work
from remixhub.services.discovery.search import asking
from tests.integration.discovery.test_rebuild import index_all
from tests.unit.rows import Rows


@pytest.fixture
def rows(parts: Parts) -> Rows:
    return Rows(parts.database)


def may_be_sold(parts: Parts, work: Work) -> bool:
    index_all(parts)
    asked = WorksAsked(facets=Facets(may=May.SELL))
    found = asking.search_works(VISITOR, parts, asked, after=None, limit=50)
    return work.id in {one.work.id for one in found.page.rows}


@pytest.mark.parametrize("source", ["here", "elsewhere"])
def test_a_work_that_is_as_strict_itself_passes_on_what_comes_above_it(parts: Parts, rows: Rows, source: str) -> None:
    artist = rows.account()
    strict = rows.work(artist, "Strict", licence=Licence.BY_NC)
    middle = rows.work(artist, "Middle", licence=Licence.BY)
    last = rows.work(artist, "Last", [rows.work(artist, "Next", [middle])])
    rows.change(Work, Work.id == middle.id, licence=Licence.BY_NC)
    assert may_be_sold(parts, last), "it was made while the middle was freer"
    middle = rows.one(Work, Work.id == middle.id)
    if source == "here":
        rows.link(middle, strict)
    else:
        rows.elsewhere(middle, licence=Licence.BY_NC)
    assert not may_be_sold(parts, last)
    table = SourceLink if source == "here" else ElsewhereSource
    with parts.database.writing() as session:
        session.execute(sa.delete(table).where(table.derivative_id == middle.id))
    assert may_be_sold(parts, last)
