"""The remix graph on both databases: walks against a plain model, counters, tombstones, credits."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.domain.access import SYSTEM
from remixhub.domain.errors import RemixHubError
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WorkState
from remixhub.models import ShortlistedDescendant, SourceLink, Work
from remixhub.services.lineage import ancestry, settling
from remixhub.services.lineage.repair import find_drift, mend
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


def ids(client: Client, path: str, *, limit: int = 200, **filters: str) -> list[str]:
    """Over all pages of a listing."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        answer = client.get(
            path, query_string={"limit": limit, **filters, **({} if cursor is None else {"cursor": cursor})}
        )
        assert answer.status_code == 200, answer.text
        body = answer.get_json()
        assert len(body["works"]) <= limit
        found += [work["id"] for work in body["works"]]
        cursor = body["next"]
        if cursor is None:
            return found


def reachable(nexts: dict[str, list[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for one in nexts.get(waiting.pop(), []):
            if one not in seen:
                seen.add(one)
                waiting.append(one)
    return seen


@pytest.mark.parametrize("seed", range(3))
def test_walks_and_counters_agree_with_a_plain_model_of_a_random_graph(
    hub: Hub, catalogue: Catalogue, seed: int
) -> None:
    chance = random.Random(seed)
    works: list[str] = []
    up: dict[str, list[str]] = {}
    down: dict[str, list[str]] = {}
    for number in range(40):
        cited = chance.sample(works, min(len(works), chance.choice([0, 1, 1, 2, 3])))
        work_id = catalogue.work(f"Work {number}", cited)
        works.append(work_id)
        up[work_id] = cited
        for source_id in cited:
            down.setdefault(source_id, []).append(work_id)
    draft = catalogue.draft("Private", [works[0], works[-1]])
    visitor = hub.visitor()
    hub.drain()
    rows = {work.id: work for work in hub.rows(Work)}
    for work_id in works:
        above, below = reachable(up, work_id), reachable(down, work_id)
        oldest_first = works.index
        limit = chance.choice([1, 2, 3, 7, 200])
        assert ids(visitor, f"/works/{work_id}/ancestors", limit=limit) == sorted(above, key=oldest_first)
        assert ids(visitor, f"/works/{work_id}/descendants", limit=limit) == sorted(below, key=oldest_first)
        newest_first = sorted(below, key=oldest_first, reverse=True)
        assert ids(visitor, f"/works/{work_id}/descendants", limit=limit, order="newest") == newest_first
        assert rows[work_id].descendant_count == len(below)
        assert rows[work_id].generation == max((rows[one].generation + 1 for one in up[work_id]), default=0)
        assert rows[work_id].remix_count == len(down.get(work_id, []))
        lineage = visitor.get(f"/works/{work_id}/lineage").get_json()
        assert {node["id"] for node in lineage["nodes"]} == {work_id} | above | below
        assert {node["id"] for node in lineage["nodes"] if node["generation"] < 0} == above
        assert not lineage["more_ancestors"]
        assert not lineage["more_descendants"]
        assert draft not in {node["id"] for node in lineage["nodes"]}


def test_three_generations_show_who_came_from_whom(hub: Hub, catalogue: Catalogue) -> None:
    release = catalogue.work("Release")
    remix = catalogue.work("Remix", [release])
    again = catalogue.work("Remix of the remix", [remix])
    lineage = hub.visitor().get(f"/works/{remix}/lineage").get_json()
    assert [(node["id"], node["generation"]) for node in lineage["nodes"]] == [(remix, 0), (release, -1), (again, 1)]
    assert [(link["derivative_id"], link["source_id"]) for link in lineage["links"]] == [
        (remix, release),
        (again, remix),
    ]
    assert ids(hub.visitor(), f"/works/{again}/ancestors") == [release, remix]
    assert ids(hub.visitor(), f"/works/{release}/descendants") == [remix, again]


def test_a_lineage_fifty_generations_deep_is_whole(hub: Hub, catalogue: Catalogue) -> None:
    chain = [catalogue.work("First")]
    for number in range(50):
        chain.append(catalogue.work(f"Generation {number + 1}", [chain[-1]]))
    visitor = hub.visitor()
    assert ids(visitor, f"/works/{chain[-1]}/ancestors") == chain[:-1]
    assert ids(visitor, f"/works/{chain[0]}/descendants", limit=20) == chain[1:]
    lineage = visitor.get(f"/works/{chain[25]}/lineage").get_json()
    assert {node["id"]: node["generation"] for node in lineage["nodes"]} == {
        work_id: number - 25 for number, work_id in enumerate(chain)
    }


def test_a_wide_lineage_is_cut_to_the_limit_and_says_so(hub: Hub, catalogue: Catalogue) -> None:
    release = catalogue.work("Release")
    remixes = [catalogue.work(f"Remix {number}", [release]) for number in range(12)]
    catalogue.work("Further", [remixes[0]])
    lineage = hub.visitor().get(f"/works/{release}/lineage", query_string={"limit": 10}).get_json()
    assert [node["id"] for node in lineage["nodes"]] == [release, *remixes[:10]]
    assert lineage["more_descendants"]
    assert not lineage["more_ancestors"]


@pytest.mark.parametrize("shape", ["deep", "wide"])
def test_queries_do_not_grow_with_the_number_of_works(hub: Hub, catalogue: Catalogue, shape: str) -> None:
    first = catalogue.work("First")
    last = first
    for number in range(30):
        last = catalogue.work(f"Work {number}", [last if shape == "deep" else first])
    visitor = hub.visitor()
    counts = {}
    for listing in ("ancestors", "descendants", "credits", "sources"):
        statements: list[str] = []

        def count(*args: Any, into: list[str] = statements) -> None:
            into.append(args[2])

        sa.event.listen(hub.parts.database.engine, "before_cursor_execute", count)
        assert visitor.get(f"/works/{last if listing != 'descendants' else first}/{listing}").status_code == 200
        sa.event.remove(hub.parts.database.engine, "before_cursor_execute", count)
        counts[listing] = len(statements)
    generations = 30 if shape == "deep" else 1
    assert counts["ancestors"] <= 5
    assert counts["credits"] <= 6
    assert counts["sources"] <= 5
    assert counts["descendants"] <= generations + 5


def test_a_tombstone_stays_in_the_lineage_with_title_credit_and_licence(hub: Hub, catalogue: Catalogue) -> None:
    release = catalogue.work("Gone song", licence=Licence.BY_SA, by="north")
    remix = catalogue.work("Remix", [release], licence=Licence.BY_SA)
    catalogue.set_state(release, WorkState.WITHDRAWN)
    visitor = hub.visitor()
    (node,) = visitor.get(f"/works/{remix}/ancestors").get_json()["works"]
    assert (node["title"], node["artist"]["display_name"], node["licence"], node["state"]) == (
        "Gone song",
        "North",
        "cc-by-sa-4.0",
        "withdrawn",
    )
    (credit,) = visitor.get(f"/works/{remix}/credits").get_json()["credits"]
    assert (credit["title"], credit["artist"]) == ("Gone song", "North")


def test_credits_name_every_ancestor_once_with_the_licence_as_it_was_held(hub: Hub, catalogue: Catalogue) -> None:
    root = catalogue.work("Root", by="ada", credits=[{"name": "Ben", "role": "cello"}])
    left = catalogue.work("Left", [root], by="cy")
    right = catalogue.work("Right", [root], by="dee")
    focus = catalogue.work("Focus", [left, right, root], by="eve")
    catalogue.relicense(root, Licence.BY_NC_ND)
    body = hub.visitor().get(f"/works/{focus}/credits").get_json()
    assert [(credit["title"], credit["artist"], credit["role"]) for credit in body["credits"]] == [
        ("Root", "Ada", "artist"),
        ("Root", "Ben", "cello"),
        ("Left", "Cy", "artist"),
        ("Right", "Dee", "artist"),
    ]
    assert {credit["licence"] for credit in body["credits"]} == {"cc-by-4.0"}
    assert len(body["text"].splitlines()) == 3
    assert f"/works/{root}" in body["text"]
    assert body["next"] is None


def test_credits_come_in_pages_of_ancestors(hub: Hub, catalogue: Catalogue) -> None:
    roots = [catalogue.work(f"Root {number}") for number in range(5)]
    focus = catalogue.work("Focus", roots)
    visitor = hub.visitor()
    first = visitor.get(f"/works/{focus}/credits", query_string={"limit": 3})
    rest = visitor.get(f"/works/{focus}/credits", query_string={"limit": 3, "cursor": first.get_json()["next"]})
    titles = [credit["title"] for answer in (first, rest) for credit in answer.get_json()["credits"]]
    assert titles == [f"Root {number}" for number in range(5)]
    assert rest.get_json()["next"] is None
    assert 'rel="next"' in first.headers["Link"]


@pytest.mark.parametrize("listing", ["lineage", "ancestors", "descendants", "sources", "credits", "allowed-licences"])
def test_somebody_elses_draft_answers_as_if_it_did_not_exist(hub: Hub, catalogue: Catalogue, listing: str) -> None:
    draft = catalogue.draft("Private", [catalogue.work("Release")])
    answers = [hub.visitor().get(f"/works/{id}/{listing}") for id in (draft, "0" * 32)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].get_json()["detail"].replace(draft, "0" * 32) == answers[1].get_json()["detail"]


def test_a_draft_shows_its_ancestors_to_its_maker_and_is_no_descendant_of_them(hub: Hub, catalogue: Catalogue) -> None:
    release = catalogue.work("Release")
    fan = hub.account("fan")
    draft = catalogue.draft("Private", [release], by="fan")
    assert ids(fan, f"/works/{draft}/ancestors") == [release]
    assert ids(fan, f"/works/{release}/descendants") == []


def test_a_cursor_of_another_listing_is_refused(hub: Hub, catalogue: Catalogue) -> None:
    release = catalogue.work("Release")
    for number in range(3):
        catalogue.work(f"Remix {number}", [release])
    visitor = hub.visitor()
    cursor = visitor.get(f"/works/{release}/descendants", query_string={"limit": 1}).get_json()["next"]
    for path in (f"/works/{release}/ancestors", f"/works/{release}/credits"):
        answer = visitor.get(path, query_string={"cursor": cursor})
        assert (answer.status_code, answer.get_json()["code"]) == (422, "cursor_invalid")


def test_publishing_at_once_never_makes_a_cycle_and_counts_each_descendant_once(hub: Hub, catalogue: Catalogue) -> None:
    """Threads cite whatever is published at that moment and publish; the CHECK on `seq` refuses the rest."""
    seeds = [catalogue.work(f"Seed {number}") for number in range(3)]
    barrier = threading.Barrier(6)

    def publish_some(number: int) -> None:
        chance = random.Random(number)
        barrier.wait()
        for turn in range(5):
            with hub.parts.database.reading() as session:
                published = list(session.scalars(sa.select(Work.id).where(Work.seq.is_not(None))))
            cited = chance.sample(published, min(3, len(published)))
            catalogue.work(f"Work {number}.{turn}", cited, by=f"fan{number}")

    for number in range(6):
        catalogue.account(f"fan{number}")
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(publish_some, range(6)))
    hub.drain()
    links = hub.rows(SourceLink)
    assert len(hub.rows(Work)) == len(seeds) + 30
    assert all(link.source_seq < link.derivative_seq for link in links)
    down: dict[str, list[str]] = {}
    for link in links:
        down.setdefault(link.source_id, []).append(link.derivative_id)
    for work in hub.rows(Work):
        assert work.id not in reachable(down, work.id)
        assert work.descendant_count == len(reachable(down, work.id))
        assert work.remix_count == len(down.get(work.id, []))


def test_a_link_to_a_younger_work_is_refused_by_the_database(hub: Hub, catalogue: Catalogue) -> None:
    older, younger = catalogue.work("Older"), catalogue.work("Younger")
    rows = {work.id: work for work in hub.rows(Work)}
    link = {
        "derivative_id": older, "source_id": younger, "derivative_seq": rows[older].seq,
        "source_seq": rows[younger].seq, "position": 0, "licence": Licence.BY,
    }  # fmt: skip
    with pytest.raises((sa.exc.IntegrityError, RemixHubError)), hub.parts.database.writing() as session:
        session.execute(sa.insert(SourceLink).values(link))
    assert hub.rows(SourceLink) == []


def test_linking_twice_counts_once(hub: Hub, catalogue: Catalogue) -> None:
    from remixhub.services.lineage.reading import link_on_publish

    release = catalogue.work("Release")
    remix = catalogue.work("Remix", [release])
    with hub.parts.database.writing() as session:
        work = session.get_one(Work, remix)
        assert work.seq is not None
        link_on_publish(session, SYSTEM, hub.parts, work, work.seq)
    hub.drain()
    counts = {work.id: (work.remix_count, work.descendant_count) for work in hub.rows(Work)}
    assert counts == {release: (1, 1), remix: (0, 0)}


def test_drift_is_found_and_mended(hub: Hub, catalogue: Catalogue) -> None:
    root = catalogue.work("Root")
    remix = catalogue.work("Remix", [root])
    again = catalogue.work("Again", [remix, root])
    assert list(find_drift(hub.parts)) == []  # what is not counted yet is no drift
    hub.drain()
    assert list(find_drift(hub.parts)) == []
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Work).where(Work.id == root).values(descendant_count=7, remix_count=0))
        session.execute(sa.update(Work).where(Work.id == remix).values(generation=4))
    found = list(find_drift(hub.parts))
    assert {(drift.id, drift.field, drift.stored, drift.right) for drift in found} == {
        (root, "descendant_count", 7, 2),
        (root, "remix_count", 0, 2),
        (remix, "generation", 4, 1),
    }
    for drift in found:
        mend(hub.parts, drift)
    assert list(find_drift(hub.parts)) == []
    assert {work.id: work.generation for work in hub.rows(Work)} == {root: 0, remix: 1, again: 2}


def test_counting_numbers_a_work_whose_source_was_renumbered_while_it_was_published(
    hub: Hub, catalogue: Catalogue
) -> None:
    """Such a work read its source's number before the other transaction ended; the row is written as it left it."""
    root = catalogue.work("Root")
    remix = catalogue.work("Remix", [root])
    hub.drain()
    late = catalogue.work("Late", [remix])
    again = catalogue.work("Again", [late])
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Work).where(Work.id == late).values(generation=1))
        session.execute(sa.update(Work).where(Work.id == again).values(generation=2))
    hub.drain()
    assert {work.id: work.generation for work in hub.rows(Work)} == {root: 0, remix: 1, late: 2, again: 3}
    assert list(find_drift(hub.parts)) == []


def test_hubs_answer_from_their_shortlists_as_from_a_walk(
    hub: Hub, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With short lists, so that a few works suffice: pages within them, across their ends, and after links changed."""
    monkeypatch.setattr(ancestry, "SHORTLIST_FROM", 12)
    monkeypatch.setattr(settling, "SHORTLIST_FROM", 12)
    monkeypatch.setattr(settling, "SHORTLISTED", 5)
    chance = random.Random(4)
    root = catalogue.work("Root", by="fan")
    below: list[str] = []
    for number in range(40):
        below.append(catalogue.work(f"Work {number}", [chance.choice([root, *below])]))
        if chance.random() < 0.3:
            hub.drain()
    hub.drain()
    (count,) = [work.descendant_count for work in hub.rows(Work) if work.id == root]
    assert count == 40
    listed = hub.rows(ShortlistedDescendant)
    assert 5 <= len([one for one in listed if one.is_newest and one.work_seq == 1]) <= 10
    visitor = hub.visitor()
    for limit in (1, 3, 4, 7, 200):
        assert ids(visitor, f"/works/{root}/descendants", limit=limit) == below
        assert ids(visitor, f"/works/{root}/descendants", limit=limit, order="newest") == below[::-1]


def test_credits_are_written_by_generation_to_be_pasted(hub: Hub, catalogue: Catalogue) -> None:
    root = catalogue.work("Root <1>", by="ada")
    between = catalogue.work("Between", [root], by="ben")
    top = catalogue.work("Top", [between], by="cleo")
    visitor = hub.visitor()
    text = visitor.get(f"/works/{top}/credits/txt")
    assert text.content_type == "text/plain; charset=utf-8"
    assert [line.partition(" by ")[0] for line in text.text.splitlines() if " by " in line] == [
        "“Between”",
        "“Root <1>”",
    ]
    assert text.text.index("Its sources:") < text.text.index("2 generations back:")
    assert "Root &lt;1&gt;" in visitor.get(f"/works/{top}/credits/html").text
    assert visitor.get(f"/works/{root}/credits/md").text.endswith("it is an original\\.\n")
    unknown = visitor.get(f"/works/{top}/credits/pdf")
    assert (unknown.status_code, unknown.get_json()["code"]) == (404, "credit_format_unknown")
