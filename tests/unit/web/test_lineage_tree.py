from __future__ import annotations

from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import SourceKind, WorkKind, WorkState
from remixhub.services.lineage.nodes import LineageLink, Node
from remixhub.services.lineage.reading import Lineage
from remixhub.web.lineage import Branch, branches_of


def node(id: str) -> Node:
    return Node(
        id=id,
        kind=WorkKind.REMIX,
        state=WorkState.PUBLISHED,
        title=id.upper(),
        handle="somebody",
        artist="Somebody",
        licence=Licence.BY,
        cover_digest=None,
        print_digest=None,
        remix_count=0,
        descendant_count=0,
        published_at=None,
        seq=None,
    )


def lineage(focus: str, *links: tuple[str, str]) -> Lineage:
    """`links` are (source, derivative)."""
    ids = dict.fromkeys([focus, *(id for link in links for id in link)])
    edges = [LineageLink(derivative, source, SourceKind.REMIX, Licence.BY) for source, derivative in links]
    return Lineage(focus, [node(id) for id in ids], {}, edges, False, False)


def drawn(branches: object) -> object:
    assert isinstance(branches, tuple)
    return [(one.node.id, drawn(one.branches)) for one in branches if isinstance(one, Branch)]


def test_ancestors_and_descendants_are_nested_on_their_own_sides() -> None:
    found = lineage("b", ("a", "b"), ("b", "c"), ("c", "d"), ("b", "e"))
    assert drawn(branches_of(found, upwards=True)) == [("a", [])]
    assert drawn(branches_of(found, upwards=False)) == [("c", [("d", [])]), ("e", [])]


def test_a_work_with_two_sources_stands_under_both_but_its_branches_are_drawn_once() -> None:
    found = lineage("a", ("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("d", "e"))
    first, second = branches_of(found, upwards=False)
    assert drawn(first.branches) == [("d", [("e", [])])]
    assert drawn(second.branches) == [("d", [])]
    assert second.branches[0].is_again
