"""Exports of the remix graph on both databases: what is in them, who gets them, and what they cost."""

from __future__ import annotations

import json
import tracemalloc
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa

from remixhub.cli import main
from remixhub.domain.access import VISITOR
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.graph_formats import GraphFormat, write_graph
from remixhub.domain.states import WorkKind, WorkState
from remixhub.models import SourceLink, Work
from remixhub.services.lineage import exports
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


def exported(client: Client, path: str) -> tuple[set[str], set[tuple[str, str]]]:
    """The nodes and the edges of a JSON Graph Format file."""
    graph = json.loads(client.get(f"{path}/jgf").text)["graph"]
    return set(graph["nodes"]), {(edge["source"], edge["target"]) for edge in graph["edges"]}


def test_the_whole_graph_has_tombstones_and_no_drafts(
    hub: Hub, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_PAGE", 3)
    works = [catalogue.work("First", licence=Licence.BY_SA)]
    for number in range(8):
        works.append(catalogue.work(f"Work {number}", [works[number // 2], works[-1]][: 1 + (number > 1)]))
    catalogue.set_state(works[2], WorkState.TAKEN_DOWN)
    catalogue.draft("Private", [works[0]])
    links = {(link.derivative_id, link.source_id) for link in hub.rows(SourceLink) if link.derivative_seq is not None}
    assert exported(hub.visitor(), "/graph-exports") == (set(works), links)
    graph = json.loads(hub.visitor().get("/graph-exports/jgf").text)["graph"]
    assert list(graph["nodes"]) == works
    assert graph["nodes"][works[2]]["metadata"]["state"] == "taken_down"


def test_a_lineage_holds_what_is_above_and_below_and_nothing_beside(hub: Hub, catalogue: Catalogue) -> None:
    root, beside = catalogue.work("Root"), catalogue.work("Beside")
    middle = catalogue.work("Middle", [root])
    mashup = catalogue.work("Mashup", [middle, beside])
    catalogue.work("Cousin", [root])
    nodes, edges = exported(hub.visitor(), f"/works/{middle}/lineage-exports")
    assert nodes == {root, middle, mashup}
    assert edges == {(middle, root), (mashup, middle)}


def test_ones_own_draft_is_in_its_lineage_and_strangers_find_none(hub: Hub, catalogue: Catalogue) -> None:
    owner = hub.account("owner")
    release = catalogue.work("Release", by="somebody")
    draft = catalogue.draft("Draft", [release], by="owner")
    assert exported(owner, f"/works/{draft}/lineage-exports") == ({release, draft}, {(draft, release)})
    assert hub.visitor().get(f"/works/{draft}/lineage-exports/dot").status_code == 404
    assert exported(owner, f"/works/{release}/lineage-exports") == ({release}, set())
    assert exported(owner, "/graph-exports") == ({release}, set())


@pytest.mark.parametrize("format", GraphFormat)
def test_each_format_is_served_under_its_own_type_and_name(hub: Hub, catalogue: Catalogue, format: GraphFormat) -> None:
    work = catalogue.work("Böse & <Mächte>", by="artist")
    remix = catalogue.work('The "Other"', [work])
    for path, name in (("/graph-exports", "remix-graph"), (f"/works/{remix}/lineage-exports", f"lineage-{remix}")):
        answer = hub.visitor().get(f"{path}/{format}")
        assert answer.status_code == 200
        assert answer.mimetype == format.media_type
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}{format.suffix}"'
        if format is GraphFormat.GRAPHML:
            titles = [one.text for one in ElementTree.fromstring(answer.data).iter() if one.get("key") == "title"]
            assert titles == ["Böse & <Mächte>", 'The "Other"']
        elif format is GraphFormat.JSONLD:
            newest = json.loads(answer.data)["@graph"][1]
            assert newest["isBasedOn"] == [hub.parts.addresses.work(work)]
        elif format is GraphFormat.DOT:
            assert f'"{remix}" -> "{work}" [label="remix"];' in answer.text


def test_the_lineage_page_offers_every_format(hub: Hub, catalogue: Catalogue) -> None:
    work = catalogue.work("Work")
    page = hub.visitor().http.get(f"/works/{work}/lineage").text
    for format in GraphFormat:
        assert f'href="/api/v1/works/{work}/lineage-exports/{format}"' in page


def test_a_format_that_is_not_there_is_a_problem(hub: Hub, catalogue: Catalogue) -> None:
    work = catalogue.work("Work")
    for path in ("/graph-exports/gexf", f"/works/{work}/lineage-exports/gexf"):
        answer = hub.visitor().get(path)
        assert (answer.status_code, answer.get_json()["code"]) == (404, "graph_format_unknown")


def test_the_command_writes_what_the_address_serves(
    hub: Hub, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in hub.parts.settings.to_env().items():
        monkeypatch.setenv(name, value)
    catalogue.work("Remix", [catalogue.work("Release")])
    for format in GraphFormat:
        assert main(["export-graph", format]) == 0
        assert capsys.readouterr().out == hub.visitor().get(f"/graph-exports/{format}").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_export_holds_a_small_part_of_the_graph_at_a_time(
    hub: Hub, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_PAGE", 100)
    add_chain(hub, catalogue.account("artist"), 12_000)
    export_length(hub)  # fills the caches of statements
    tracemalloc.start()
    length = export_length(hub)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < length / 4


def export_length(hub: Hub) -> int:
    graph = exports.whole_graph(VISITOR, hub.parts)
    return sum(len(piece) for piece in exports.gathered(write_graph(graph, GraphFormat.JGF)))


def add_chain(hub: Hub, account_id: str, size: int) -> None:
    """A chain of works, made as rows all at once."""
    works = [
        {
            "id": f"work-{seq}", "kind": WorkKind.REMIX, "state": WorkState.PUBLISHED, "seq": seq, "title": "Chain",
            "account_id": account_id, "licence": Licence.CC0,
        }
        for seq in range(1, size + 1)
    ]  # fmt: skip
    links = [
        {
            "derivative_id": f"work-{seq}", "source_id": f"work-{seq - 1}", "derivative_seq": seq,
            "source_seq": seq - 1, "position": 0, "licence": Licence.CC0,
        }
        for seq in range(2, size + 1)
    ]  # fmt: skip
    with hub.parts.database.writing() as session:
        session.execute(sa.insert(Work), works)
        session.execute(sa.insert(SourceLink), links)
