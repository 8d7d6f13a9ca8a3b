"""Sources from elsewhere in what the lineage tells: licences over all descendants, credits, and who cites the same."""

from __future__ import annotations

import datetime as dt

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.credits import CreditFormat, written
from remixhub.domain.lineage.foreign_addresses import node_id
from remixhub.domain.states import LinkState, WorkKind, WorkState
from remixhub.models import Account, ElsewhereSource, Work
from remixhub.services.licences import verdicts
from remixhub.services.lineage import credits
from remixhub.services.lineage.elsewhere import ElsewhereNotFound, cited_by, view_elsewhere
from remixhub.services.lineage.explorer import as_json, explore
from remixhub.services.lineage.exports import lineage_graph, whole_graph
from remixhub.services.lineage.reading import get_lineage, list_ancestors
from remixhub.services.lineage.small import surroundings_of
from tests.unit.rows import Rows, actor_of

RAIN, THUNDER = "https://freesound.org/s/1/", "https://ines.bandcamp.com/track/thunder"


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


def remix(rows: Rows, by: Account, title: str, sources: list[Work] | None = None, **facts: object) -> Work:
    return rows.work(by, title, sources or [], **{"kind": WorkKind.REMIX, **facts})


def judged(parts: Parts, work: Work, wanted: Licence | None = None) -> verdicts.Verdict:
    with parts.database.reading() as session:
        return verdicts.judged(session, session.get_one(Work, work.id), wanted)


def test_what_is_declared_binds_the_remix_and_all_that_is_made_of_it(parts: Parts, rows: Rows, ada: Account) -> None:
    first = remix(rows, ada, "First", licence=Licence.BY_NC)
    rows.elsewhere(first, licence=Licence.BY_NC)
    second = remix(rows, ada, "Second", [first], licence=Licence.BY_NC)
    assert Licence.BY not in judged(parts, first).allowed
    third = rows.work(ada, "Free", licence=Licence.CC0)
    for wanted in (Licence.BY, Licence.BY_NC):
        verdict = verdicts.check(VISITOR, parts, [second.id, third.id], wanted)
        assert (verdict.conflict is None) is (wanted is Licence.BY_NC)


def test_the_way_names_it_with_its_site(parts: Parts, rows: Rows, ada: Account) -> None:
    first = remix(rows, ada, "First", licence=Licence.BY)  # stands from before it was known
    rows.elsewhere(first, licence=Licence.BY_ND)
    second = remix(rows, ada, "Second", [first])
    conflict = verdicts.check(VISITOR, parts, [second.id], None).conflict
    assert conflict is not None
    (culprit,) = conflict["sources"]  # type: ignore[misc]
    assert culprit["titles"] == ["Second", "First", "Rain (Freesound)"]  # type: ignore[index]
    assert culprit["ids"] == [second.id, first.id, node_id(RAIN)]  # type: ignore[index]
    assert conflict["permissions"] == [], "its artist has no account to be asked by"
    assert "Second → First → Rain (Freesound) is under cc-by-nd-4.0" in str(conflict["detail"])


def test_each_link_keeps_what_it_declared_of_the_same_address(parts: Parts, rows: Rows, ada: Account) -> None:
    free, strict = remix(rows, ada, "Free"), remix(rows, ada, "Strict", licence=Licence.BY_SA)
    rows.elsewhere(free, licence=Licence.BY)
    rows.elsewhere(strict, licence=Licence.BY_SA, title="Regen")
    assert Licence.BY_NC in verdicts.allowed_licences(VISITOR, parts, free.id).for_remixes
    assert verdicts.allowed_licences(VISITOR, parts, strict.id).for_remixes == {Licence.BY_SA}
    page = view_elsewhere(VISITOR, parts, node_id(RAIN), after=None, limit=10)
    assert [one.work.id for one in page.citing.rows] == [strict.id, free.id]
    assert [one.source.title for one in page.citing.rows] == ["Regen", "Rain"]
    assert page.newest.title == "Regen"


def test_leave_counts_as_declared_and_binds_what_is_made_of_it(parts: Parts, rows: Rows, ada: Account) -> None:
    first = remix(rows, ada, "First", licence=Licence.BY_NC)
    leave = {"leave_licence": Licence.BY_NC, "leave_words": "Go ahead.", "leave_on": dt.date(2024, 3, 1)}
    rows.elsewhere(first, licence=Licence.ALL_RIGHTS_RESERVED, **leave)
    assert judged(parts, first, Licence.BY_NC).conflict is None
    assert judged(parts, first, Licence.BY).conflict is not None
    assert Licence.BY_NC_SA in verdicts.allowed_licences(VISITOR, parts, first.id).for_remixes
    assert Licence.BY not in verdicts.allowed_licences(VISITOR, parts, first.id).for_remixes
    rows.change(ElsewhereSource, leave_licence=Licence.BY_ND)
    assert judged(parts, first, Licence.BY_ND).conflict is None, "leave is for the remix itself"
    assert not judged(parts, remix(rows, ada, "Second", [first])).allowed, "and for no remix of it"


def test_nobody_else_is_bound_by_what_a_draft_wants(parts: Parts, rows: Rows, ada: Account) -> None:
    draft = remix(rows, ada, "Draft", state=WorkState.DRAFT)
    rows.elsewhere(draft, licence=Licence.ALL_RIGHTS_RESERVED, is_wanted=True)
    assert judged(parts, draft).conflict is None
    with pytest.raises(ElsewhereNotFound):
        view_elsewhere(VISITOR, parts, node_id(RAIN), after=None, limit=10)
    own = view_elsewhere(actor_of(ada), parts, node_id(RAIN), after=None, limit=10)
    assert (own.newest.title, own.citing.rows) == ("Rain", [])


def test_credits_name_it_once_with_where_and_when_it_was_seen(parts: Parts, rows: Rows, ada: Account) -> None:
    first = remix(rows, ada, "First")
    rows.elsewhere(first, title="Rain [field]", licence=Licence.BY)
    second = remix(rows, ada, "Second", [first])
    rows.elsewhere(second, title="Rain", licence=Licence.BY_3)
    rows.elsewhere(second, THUNDER, title="Thunder", position=1)
    page = credits.list_credits(VISITOR, parts, second.id, after=None, limit=10)
    assert [(one.work_id, one.title, one.licence) for one in page.rows] == [
        (first.id, "First", Licence.BY), (node_id(RAIN), "Rain", Licence.BY_3),
        (node_id(THUNDER), "Thunder", Licence.BY),
    ]  # fmt: skip
    whole = credits.full_credits(VISITOR, parts, second.id)
    assert [(one.generation, one.credits[0].title) for one in whole.works] == [
        (1, "First"),
        (1, "Rain"),
        (1, "Thunder"),
    ]
    assert (
        f"“Rain” by Ines – {RAIN} – Creative Commons Attribution 3.0, https://creativecommons.org/licenses/by/3.0/, "
        "at Freesound, as seen on 1 January 2020"
    ) in written(whole, CreditFormat.TEXT)
    assert 'rel="nofollow noopener noreferrer ugc"' in written(whole, CreditFormat.HTML)
    assert '"seen_on": "2020-01-01"' in written(whole, CreditFormat.JSON)
    own = credits.full_credits(VISITOR, parts, first.id)
    assert "Rain \\[field\\]" in written(own, CreditFormat.MARKDOWN)


def test_it_stands_left_of_the_roots_and_counts_as_no_work(parts: Parts, rows: Rows, ada: Account) -> None:
    first = remix(rows, ada, "First")
    rows.elsewhere(first)
    second = remix(rows, ada, "Second", [first], generation=1)
    rows.elsewhere(second, licence=Licence.BY_NC, state=LinkState.DISPUTED)
    drawing = as_json(explore(VISITOR, parts, second.id, limit=60))
    assert drawing["heads"] == ["elsewhere", "roots", "1st generation"]
    assert (drawing["shown"], drawing["total"]) == (2, 2)
    assert [work["title"] for work in drawing["works"]] == ["First", "Second"]
    (node,) = drawing["elsewhere"]
    assert (node["column"], node["line"], node["marks"]) == (0, "Freesound · BY-NC", ["no-sale"])
    assert [(one["derivative_id"], one["state"]) for one in node["citations"]] == [
        (second.id, "disputed"), (first.id, "standing"),
    ]  # fmt: skip
    assert len(node["citations"][0]["bends"]) == 1
    found = get_lineage(VISITOR, parts, first.id, limit=10)
    assert [one.id for one in found.nodes] == [first.id, second.id]
    assert [one.id for one in found.elsewhere] == [node_id(RAIN)]
    assert not list_ancestors(VISITOR, parts, first.id, after=None, limit=10).rows


def test_the_small_picture_of_a_work_from_elsewhere_alone(parts: Parts, rows: Rows, ada: Account) -> None:
    first = remix(rows, ada, "First")
    for number in range(5):
        rows.elsewhere(first, f"https://freesound.org/s/{number}/", title=f"Rain {number}", position=number)
    with parts.database.reading() as session:
        work = session.get_one(Work, first.id)
        drawing = surroundings_of(session, work, limit=10, elsewhere=cited_by(session, work)).drawing
    assert drawing is not None
    assert [(box.title, box.line) for box in drawing.picture.boxes][:2] == [
        ("Rain 0", "Freesound · BY"), ("Rain 1", "Freesound · BY"),
    ]  # fmt: skip
    assert (drawing.works, drawing.more_sources) == (4, 2)


def test_the_exported_graph_tells_it_once(parts: Parts, rows: Rows, ada: Account) -> None:
    first, second = remix(rows, ada, "First"), remix(rows, ada, "Second")
    for one in (first, second):
        rows.elsewhere(one)
    graph = whole_graph(VISITOR, parts)
    for _ in range(2):  # every pass starts over
        assert [[one.is_first for one in work.elsewhere] for work in graph.works()] == [[True], [False]]
    (alone,) = lineage_graph(VISITOR, parts, second.id).works()
    assert [one.is_first for one in alone.elsewhere] == [True]


def test_no_credit_is_lost_or_told_twice_between_pages(parts: Parts, rows: Rows, ada: Account) -> None:
    """Each page has what its ancestors cite first; the last one also what came from beyond."""
    above: list[Work] = []
    for number in range(4):
        above.append(remix(rows, ada, f"Work {number}", above[-1:]))
        rows.elsewhere(above[-1], f"https://music.example/{number // 2}", title=f"Loop {number // 2}")
    last = remix(rows, ada, "Last", above[-1:])
    rows.elsewhere(last, "https://music.example/own", title="Own")
    rows.elsewhere(last, "https://music.example/0", title="Loop 0 again", position=1)
    told, after = [], None
    while True:
        page = credits.list_credits(VISITOR, parts, last.id, after=after, limit=1)
        told.append([one.title for one in page.rows])
        after = page.next_position
        if after is None:
            break
    assert told == [["Work 0", "Own", "Loop 0 again"], ["Work 1"], ["Work 2", "Loop 1"], ["Work 3"]]
