"""Questions to the remix graph on both databases, each against a plain model of a random graph."""

from __future__ import annotations

import random
from collections import Counter, deque
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.domain.access import VISITOR
from remixhub.domain.lineage.kinship import PATHS_LIMIT
from remixhub.domain.states import SourceKind, WorkState
from remixhub.models import SourceLink, Work, now
from remixhub.services.lineage import surroundings
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


@dataclass
class Model:
    """The graph as plain lists, oldest work first."""

    works: list[str] = field(default_factory=list)
    up: dict[str, list[str]] = field(default_factory=dict)
    artists: dict[str, str] = field(default_factory=dict)

    @classmethod
    def grown(cls, catalogue: Catalogue, seed: int, size: int = 30) -> Model:
        chance, model = random.Random(seed), cls()
        for number in range(size):
            cited = chance.sample(model.works, min(len(model.works), chance.choice([0, 0, 1, 1, 2, 3])))
            artist = chance.choice(["ada", "ben", "cleo"])
            work_id = catalogue.work(f"Work {number}", cited, by=artist)
            model.works.append(work_id)
            model.up[work_id] = cited
            model.artists[work_id] = artist
        return model

    def down(self, work_id: str) -> list[str]:
        return [one for one in self.works if work_id in self.up[one]]

    def above(self, work_id: str) -> dict[str, tuple[int, int]]:
        """Generation and number of ways of each ancestor, by walking every single way."""
        found: dict[str, list[int]] = {}

        def walk(id: str, length: int) -> None:
            for source_id in self.up[id]:
                found.setdefault(source_id, []).append(length + 1)
                walk(source_id, length + 1)

        walk(work_id, 0)
        return {id: (min(lengths), len(lengths)) for id, lengths in found.items()}

    def distances(self, work_id: str) -> dict[str, int]:
        """Over links in either direction."""
        found, queue = {work_id: 0}, deque([work_id])
        while queue:
            id = queue.popleft()
            for one in [*self.up[id], *self.down(id)]:
                if one not in found:
                    found[one] = found[id] + 1
                    queue.append(one)
        return found


def pages(client: Client, path: str, *, limit: int = 200, **query: Any) -> list[dict[str, Any]]:
    """The works over all pages of a listing."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        asked = {"limit": limit, **query, **({} if cursor is None else {"cursor": cursor})}
        answer = client.get(path, query_string=asked)
        assert answer.status_code == 200, answer.text
        body = answer.get_json()
        assert len(body["works"]) <= limit
        found += body["works"]
        cursor = body["next"]
        if cursor is None:
            return found


def ids(works: list[dict[str, Any]]) -> list[str]:
    return [work["id"] for work in works]


@pytest.mark.parametrize("seed", range(2))
def test_kinship_agrees_with_a_plain_model(hub: Hub, catalogue: Catalogue, seed: int) -> None:
    model, chance, visitor = Model.grown(catalogue, seed), random.Random(seed), hub.visitor()
    catalogue.draft("Private", [model.works[0], model.works[-1]])
    above = cache(model.above)
    age = model.works.index
    for work_id in model.works:
        limit = chance.choice([1, 3, 200])
        assert ids(pages(visitor, f"/works/{work_id}/remixes", limit=limit)) == model.down(work_id)[::-1]
        roots = [one for one in model.works if one in above(work_id) and not model.up[one]]
        assert ids(pages(visitor, f"/works/{work_id}/roots", limit=limit)) == roots
        ancestry = pages(visitor, f"/works/{work_id}/ancestry", limit=limit)
        assert {one["id"]: (one["generation"], one["paths"]) for one in ancestry} == above(work_id)
        assert ids(ancestry) == sorted(above(work_id), key=lambda id: (above(work_id)[id][0], age(id)))
        other = chance.choice(model.works)
        common = pages(visitor, f"/works/{work_id}/common-ancestors", limit=limit, **{"with": other})
        assert {one["id"] for one in common} == above(work_id).keys() & above(other).keys()
        for one in common:
            shown = [(one[name]["generation"], one[name]["paths"]) for name in ("descent", "other_descent")]
            assert shown == [above(work_id)[one["id"]], above(other)[one["id"]]]
        sums = [one["descent"]["generation"] + one["other_descent"]["generation"] for one in common]
        assert sums == sorted(sums)


@pytest.mark.parametrize("seed", range(2))
def test_neighbourhoods_and_paths_agree_with_a_plain_model(hub: Hub, catalogue: Catalogue, seed: int) -> None:
    model, chance, visitor = Model.grown(catalogue, seed), random.Random(seed), hub.visitor()
    draft = catalogue.draft("Private", [model.works[0], model.works[-1]])
    for work_id in model.works:
        away = model.distances(work_id)
        hops, limit = chance.choice([1, 2, 3]), chance.choice([2, 5, 100])
        asked = {"hops": hops, "limit": limit}
        found = visitor.get(f"/works/{work_id}/neighbourhood", query_string=asked).get_json()
        near = Counter(hop for hop in away.values() if 0 < hop <= hops)
        shown = {node["id"]: node["hops"] for node in found["nodes"]}
        assert shown.items() <= away.items()
        assert len(shown) == min(limit, near.total()) + 1
        if near.total() <= limit:
            assert (found["left_out"], found["cut_at_hop"]) == (0, None)
        else:
            cut = found["cut_at_hop"]
            assert found["left_out"] == sum(near[hop] for hop in range(1, cut + 1)) - limit > 0
        for node in found["nodes"]:
            assert node["hidden_sources"] == len(set(model.up[node["id"]]) - shown.keys())
            assert node["hidden_remixes"] == len(set(model.down(node["id"])) - shown.keys())
        links = {(link["derivative_id"], link["source_id"]) for link in found["links"]}
        assert links == {(one, source) for one in shown for source in model.up[one] if source in shown}
        for other in chance.sample(model.works, 4):
            path = visitor.get(f"/works/{work_id}/path", query_string={"to": other}).get_json()
            assert path["length"] == away.get(other)
            assert not path["gave_up"]
            if other in away:
                way = ids(path["nodes"])
                assert (way[0], way[-1], len(way)) == (work_id, other, away[other] + 1)
                for (one, two), link in zip(pairwise(way), path["links"], strict=True):
                    assert {one, two} == {link["derivative_id"], link["source_id"]}
    assert visitor.get(f"/works/{model.works[0]}/path", query_string={"to": draft}).status_code == 404


def test_ways_are_counted_exactly_until_json_ends(hub: Hub, catalogue: Catalogue) -> None:
    """Each pair of works cites both of the pair before: the ways double with each generation."""
    pair = [catalogue.work("First"), catalogue.work("Second")]
    first = pair[0]
    tops = []
    for number in range(60):
        pair = [catalogue.work(f"Left {number}", pair), catalogue.work(f"Right {number}", pair)]
        tops.append(pair[0])
    for generation in (1, 2, 50, 54, 55, 60):
        (found,) = [
            one for one in pages(hub.visitor(), f"/works/{tops[generation - 1]}/ancestry") if one["id"] == first
        ]
        ways = 2 ** (generation - 1)
        assert found["generation"] == generation
        assert found["paths"] == min(ways, PATHS_LIMIT)
        assert found["has_more_paths"] == (ways > PATHS_LIMIT)


def test_a_path_search_gives_up_at_its_bounds_and_says_so(
    hub: Hub, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surroundings, "_PATH_LINKS_LIMIT", 5)
    hub_work, other = catalogue.work("Hub"), catalogue.work("Other hub")
    spokes = [catalogue.work(f"Spoke {number}", [hub_work]) for number in range(6)]
    for number in range(6):
        catalogue.work(f"Other spoke {number}", [other])
    catalogue.work("Bridge", [spokes[0], other])
    asked = hub.visitor().get(f"/works/{hub_work}/path", query_string={"to": other}).get_json()
    assert (asked["gave_up"], asked["length"], asked["nodes"]) == (True, None, [])
    found = hub.visitor().get(f"/works/{hub_work}/path", query_string={"to": spokes[3]}).get_json()
    assert (found["gave_up"], found["length"]) == (False, 1)


def test_a_chain_longer_than_the_longest_path_is_given_up(hub: Hub, catalogue: Catalogue) -> None:
    chain = [catalogue.work("First")]
    for number in range(41):
        chain.append(catalogue.work(f"Generation {number + 1}", [chain[-1]]))
    visitor = hub.visitor()
    assert visitor.get(f"/works/{chain[0]}/path", query_string={"to": chain[40]}).get_json()["length"] == 40
    assert visitor.get(f"/works/{chain[41]}/path", query_string={"to": chain[0]}).get_json()["gave_up"]


def test_the_owner_of_a_draft_may_ask_from_it_and_nobody_meets_it(hub: Hub, catalogue: Catalogue) -> None:
    owner = hub.account("owner")
    release = catalogue.work("Release", by="somebody")
    remix = catalogue.work("Remix", [release], by="somebody")
    draft = catalogue.draft("Draft", [remix], by="owner")
    path = owner.get(f"/works/{release}/path", query_string={"to": draft}).get_json()
    assert ids(path["nodes"]) == [release, remix, draft]
    around = owner.get(f"/works/{draft}/neighbourhood", query_string={"hops": 1}).get_json()
    assert ids(around["nodes"]) == [draft, remix]
    near = hub.visitor().get(f"/works/{remix}/neighbourhood").get_json()
    assert ids(near["nodes"]) == [remix, release]
    assert {node["hidden_remixes"] for node in near["nodes"]} == {0}
    assert pages(hub.visitor(), f"/works/{remix}/remixes") == []


def test_remixes_say_how_they_use_the_work_and_tombstones_stay(hub: Hub, catalogue: Catalogue) -> None:
    release = catalogue.work("Release")
    remix, sampled = catalogue.work("Remix", [release]), catalogue.work("Sampled", [release])
    with hub.parts.database.writing() as session:
        session.execute(sa.update(SourceLink).where(SourceLink.derivative_id == sampled).values(kind=SourceKind.SAMPLE))
    catalogue.set_state(remix, WorkState.TAKEN_DOWN)
    listed = pages(hub.visitor(), f"/works/{release}/remixes")
    assert [(one["id"], one["used_as"], one["state"]) for one in listed] == [
        (sampled, "sample", "published"),
        (remix, "remix", "taken_down"),
    ]


@pytest.mark.parametrize("seed", range(2))
def test_charts_and_influence_agree_with_a_plain_model(hub: Hub, catalogue: Catalogue, seed: int) -> None:
    model, chance, visitor = Model.grown(catalogue, seed), random.Random(seed), hub.visitor()
    catalogue.draft("Private", [model.works[0]])
    gone, old = model.works[1], set(model.works[: chance.randrange(8, 20)])
    catalogue.set_state(gone, WorkState.WITHDRAWN)
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Work).where(Work.id.in_(old)).values(published_at=now(-31 * 86_400)))
    hub.drain()
    for window, counted in (("all", set(model.works)), ("30d", set(model.works) - old)):
        remixes = {one: len(counted & set(model.down(one))) for one in model.works if one != gone}
        order = sorted(
            (one for one in remixes if remixes[one]), key=lambda one: (-remixes[one], model.works.index(one))
        )
        chart = pages(visitor, "/charts/most-remixed", limit=chance.choice([2, 200]), window=window)
        assert [(one["id"], one["remixes"]) for one in chart] == [(one, remixes[one]) for one in order]
    for artist in ("ada", "ben", "cleo"):
        own = {one for one in model.works if model.artists[one] == artist}
        direct = {one for one in model.works if set(model.up[one]) & own} - own
        below = {one for one in model.works if model.above(one).keys() & own}
        assert visitor.get(f"/accounts/{artist}/influence").get_json() == {
            "handle": artist,
            "works": len(own),
            "remixes_by_others": len(direct),
            "remixers": len({model.artists[one] for one in direct}),
            "descendants": len(below),
            "descendants_by_others": len(below - own),
            "is_capped": False,
        }
    assert visitor.get("/charts/most-remixed?window=week").status_code == 422
    assert visitor.get("/accounts/nobody/influence").status_code == 404


def test_questions_take_the_same_number_of_statements_on_a_wide_graph(hub: Hub, catalogue: Catalogue) -> None:
    def statements(ask: Any) -> int:
        seen: list[str] = []

        def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        sa.event.listen(hub.parts.database.engine, "before_cursor_execute", count)
        ask()
        sa.event.remove(hub.parts.database.engine, "before_cursor_execute", count)
        return len(seen)

    release = catalogue.work("Release")
    last = catalogue.work("Remix", [release])
    asks = [
        lambda: surroundings.get_neighbourhood(VISITOR, hub.parts, release, hops=2, limit=100),
        lambda: surroundings.find_path(VISITOR, hub.parts, release, last),
        *(
            lambda path=path: pages(hub.visitor(), path)
            for path in (f"/works/{last}/ancestry", f"/works/{release}/remixes", "/charts/most-remixed")
        ),
    ]
    narrow = [statements(ask) for ask in asks]
    for number in range(20):
        catalogue.work(f"Remix {number}", [release])
    assert [statements(ask) for ask in asks] == narrow


def test_the_charts_page_shows_both_windows_and_is_found_from_home(hub: Hub, catalogue: Catalogue) -> None:
    site = hub.visitor().http
    assert "No remixes yet" in site.get("/charts").text
    old, fresh = catalogue.work("Old <favourite>"), catalogue.work("Fresh favourite")
    catalogue.work("Early remix", [old])
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Work).values(published_at=now(-31 * 86_400)))
    catalogue.work("Late remix", [fresh])
    assert 'href="/charts"' in site.get("/").text
    hub.drain()
    every, lately = site.get("/charts").text, site.get("/charts?window=30d").text
    assert every.index("Old &lt;favourite&gt;") < every.index("Fresh favourite")
    assert "Fresh favourite" in lately
    assert "Old" not in lately
    assert site.get("/charts?window=week").status_code == 404
