"""Counts over the lineage: each work once for each ancestor, in the order of publication, whatever the ways."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from remixhub.compose import Parts
from remixhub.domain.states import JobKind
from remixhub.jobs.lease import claim
from remixhub.models import Account, ShortlistedDescendant, SourceLink, Work
from remixhub.services.lineage import ancestry, settling
from remixhub.services.lineage.repair import find_drift, mend
from remixhub.services.lineage.settling import number_generations, recount, settle, settle_lineage
from tests.unit.rows import Rows


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


def fresh(rows: Rows, ada: Account, title: str, sources: Sequence[Work]) -> Work:
    """As publishing leaves it: not counted yet."""
    generation = max(source.generation for source in sources) + 1
    return rows.work(ada, title, sources, is_uncounted=True, generation=generation)


def counts(rows: Rows) -> dict[str, tuple[int, int]]:
    """Descendants and remixes by title."""
    return {work.title: (work.descendant_count, work.remix_count) for work in rows.all(Work)}


def settled(parts: Parts, limit: int = 100) -> int:
    with parts.database.writing() as session:
        return settle(session, limit=limit)


def test_a_work_counts_once_for_each_ancestor_whatever_the_ways(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "root")
    left, right = (fresh(rows, ada, title, [root]) for title in ("left", "right"))
    fresh(rows, ada, "both", [left, right, root])
    assert settled(parts) == 3
    assert counts(rows) == {"root": (3, 3), "left": (1, 1), "right": (1, 1), "both": (0, 0)}
    assert not any(work.is_uncounted for work in rows.all(Work))


def test_what_is_counted_is_not_counted_again(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "root")
    remix = fresh(rows, ada, "remix", [root])
    settled(parts)
    assert settled(parts) == 0
    fresh(rows, ada, "next", [remix])
    settled(parts)
    assert counts(rows) == {"root": (2, 1), "remix": (1, 1), "next": (0, 0)}


def test_the_oldest_are_counted_first(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "root")
    for number in range(3):
        fresh(rows, ada, str(number), [root])
    assert settled(parts, limit=2) == 2
    assert [work.title for work in rows.all(Work, Work.is_uncounted)] == ["2"]
    assert counts(rows)["root"] == (2, 2)


def test_the_job_counts_all_there_is(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "root")
    for number in range(45):
        fresh(rows, ada, str(number), [root])
    lease = claim(parts.database, rows.job(kind=JobKind.SETTLE_LINEAGE).id, seconds=60)
    assert lease is not None
    settle_lineage(parts, lease)
    assert counts(rows)["root"] == (45, 45)


def test_a_recount_counts_only_what_was_settled(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "root")
    first = fresh(rows, ada, "first", [root])
    settled(parts)
    fresh(rows, ada, "second", [first])
    rows.change(Work, Work.id == root.id, descendant_count=9, remix_count=9)
    with parts.database.writing() as session:
        assert recount(session, root.id) == {"descendant_count": (9, 1), "remix_count": (9, 1)}
        assert recount(session, root.id) == {}
    settled(parts)
    assert counts(rows)["root"] == (2, 1)


def test_generations_are_the_longest_way_and_change_down_to_the_end(parts: Parts, rows: Rows, ada: Account) -> None:
    root, other = rows.work(ada, "root"), rows.work(ada, "other")
    middle = rows.work(ada, "middle", [root], generation=1)
    last = rows.work(ada, "last", [middle, other], generation=2)
    end = rows.work(ada, "end", [last], generation=3)

    def generations() -> list[int]:
        return [rows.one(Work, Work.id == work.id).generation for work in (root, other, middle, last, end)]

    with parts.database.writing() as session:
        session.delete(session.get_one(SourceLink, (last.id, middle.id)))
        session.flush()
        number_generations(session, [last.id])
    assert generations() == [0, 0, 1, 1, 2]
    rows.link(last, middle)
    with parts.database.writing() as session:
        number_generations(session, [last.id])
    assert generations() == [0, 0, 1, 2, 3]


def test_works_with_many_descendants_list_their_oldest_and_newest(
    parts: Parts, rows: Rows, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (settling, ancestry):
        monkeypatch.setattr(module, "SHORTLIST_FROM", 6)
        monkeypatch.setattr(module, "SHORTLISTED", 3)
    root = rows.work(ada, "root")

    def publish(count: int) -> None:
        for _ in range(count):
            fresh(rows, ada, "remix", [root])
        settled(parts)

    def listed(*, newest: bool) -> list[int]:
        found = rows.all(ShortlistedDescendant, ShortlistedDescendant.is_newest.is_(newest))
        return sorted(one.descendant_seq for one in found)

    publish(6)
    assert listed(newest=False) == listed(newest=True) == []
    publish(1)
    assert (listed(newest=False), listed(newest=True)) == ([2, 3, 4], [6, 7, 8])
    publish(1)
    assert (listed(newest=False), listed(newest=True)) == ([2, 3, 4], [6, 7, 8, 9])
    publish(1)
    assert (listed(newest=False), listed(newest=True)) == ([2, 3, 4], [8, 9, 10])


def test_drift_is_found_and_mended(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "root")
    remix = fresh(rows, ada, "remix", [root])
    fresh(rows, ada, "last", [remix])
    settled(parts)
    assert list(find_drift(parts)) == []
    rows.change(Work, Work.id == root.id, descendant_count=7)
    rows.change(Work, Work.id == remix.id, remix_count=0, generation=5)
    found = list(find_drift(parts))
    assert {(one.id, one.field, one.stored, one.right) for one in found} == {
        (root.id, "descendant_count", 7, 2), (remix.id, "remix_count", 0, 1), (remix.id, "generation", 5, 1),
    }  # fmt: skip
    for one in found:
        mend(parts, one)
    assert list(find_drift(parts)) == []
