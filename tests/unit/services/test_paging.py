"""Pages by a keyset, against plain sorting: whatever the directions and ties, and whatever goes between two pages."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from operator import itemgetter

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from remixhub.models.base import UtcTime
from remixhub.services.paging import CursorInvalid, Keyset, Page, page, page_of_rows, seq_in


class _Base(DeclarativeBase):
    type_annotation_map = {dt.datetime: UtcTime}


class Thing(_Base):
    __tablename__ = "things"

    id: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    at: Mapped[dt.datetime]
    size: Mapped[int]


EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
COLUMNS = {"size": Thing.size, "at": Thing.at, "id": Thing.id}
NEWEST = Keyset(Thing.at.desc(), Thing.id.desc())
sizes_and_milliseconds = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=12)
directions = st.fixed_dictionaries({"size": st.booleans(), "at": st.booleans(), "id": st.booleans()})


@pytest.fixture(scope="module")
def engine() -> Iterator[sa.Engine]:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    _Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@given(facts=sizes_and_milliseconds, descending=directions, limit=st.integers(1, 4))
def test_pages_are_the_sorted_rows_though_each_last_row_goes(
    engine: sa.Engine, facts: list[tuple[int, int]], descending: dict[str, bool], limit: int
) -> None:
    rows = [
        {"id": f"{number:02}", "at": EPOCH + dt.timedelta(milliseconds=ms), "size": size}
        for number, (size, ms) in enumerate(facts)
    ]
    expected = list(rows)
    for name in reversed(COLUMNS):
        expected.sort(key=itemgetter(name), reverse=descending[name])
    keyset = Keyset(*(column.desc() if descending[name] else column for name, column in COLUMNS.items()))
    found: list[str] = []
    with Session(engine) as session:
        session.add_all(Thing(**row) for row in rows)
        shown = page(session, sa.select(Thing), keyset, after=None, limit=limit)
        found += [one.id for one in shown.rows]
        while shown.next_position is not None:
            session.execute(sa.delete(Thing).where(Thing.id == found[-1]))
            after = json.loads(json.dumps(shown.next_position))
            shown = page(session, sa.select(Thing), keyset, after=after, limit=limit)
            found += [one.id for one in shown.rows]
    assert found == [row["id"] for row in expected]


def test_rows_of_several_columns_come_as_they_were_asked_for(engine: sa.Engine) -> None:
    with Session(engine) as session:
        session.add_all(Thing(id=id, at=EPOCH, size=1) for id in "abc")
        shown: Page[object] = page_of_rows(session, sa.select(Thing.size, Thing.id), NEWEST, after=None, limit=2)
    assert list(shown.rows) == [(1, "c"), (1, "b")]
    assert shown.next_position == [round(EPOCH.timestamp() * 1000), "b"]


@pytest.mark.parametrize("after", [[], [1], ["1", "b"], [1, 2], [True, "b"], [1.5, "b"], [None, "b"], {"at": 1}, 7])
def test_a_position_in_another_order_is_refused(engine: sa.Engine, after: object) -> None:
    with Session(engine) as session, pytest.raises(CursorInvalid):
        page(session, sa.select(Thing), NEWEST, after=after, limit=1)  # type: ignore[arg-type]
    with pytest.raises(CursorInvalid):
        seq_in(["b"])
