"""Each graph format, read back by a parser that is not ours, for graphs with any text in them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.addresses import Addresses
from remixhub.domain.licences.grants import GrantKind, HeldBy
from remixhub.domain.licences.terms import Licence, terms_of
from remixhub.domain.lineage import graph_formats
from remixhub.domain.lineage.graph_formats import (
    JSONLD_CONTEXT,
    Graph,
    GraphFormat,
    GraphSource,
    GraphWork,
    write_graph,
)
from remixhub.domain.states import SourceKind, WorkKind, WorkState

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\"\\<>&']\n\t"), max_size=12)
ADDRESS = "https://hub.example.org"
XMLNS = "{http://graphml.graphdrawing.org/xmlns}"
DOT_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)


@st.composite
def works(draw: st.DrawFn) -> list[GraphWork]:
    """Each cites some of the works before it; ids are any text."""
    made: list[GraphWork] = []
    for id in draw(st.lists(TEXT.filter(bool), unique=True, max_size=6)):
        cited = draw(st.lists(st.sampled_from(made), unique_by=lambda work: work.id)) if made else []
        sources = [
            GraphSource(work.id, draw(st.sampled_from(SourceKind)), draw(st.sampled_from(Licence))) for work in cited
        ]
        made.append(
            GraphWork(
                id, draw(st.sampled_from(WorkKind)), draw(st.sampled_from(WorkState)), draw(TEXT), draw(TEXT),
                draw(TEXT), draw(st.sampled_from(Licence)), draw(st.sampled_from([None, "2026-01-01T00:00:00.000Z"])),
                tuple(sources),
            )
        )  # fmt: skip
    return made


def written(made: list[GraphWork], format: GraphFormat, title: str = "All") -> str:
    return "".join(write_graph(Graph(title, Addresses(ADDRESS), lambda: iter(made)), format))


def edges(made: list[GraphWork]) -> list[tuple[str, str, str, str]]:
    return [(work.id, source.id, source.kind, source.licence) for work in made for source in work.sources]


@given(works(), TEXT)
def test_graphml_is_read_back_by_an_xml_parser(made: list[GraphWork], title: str) -> None:
    root = ElementTree.fromstring(written(made, GraphFormat.GRAPHML, title).encode())
    keys = {(key.get("for"), key.get("id")) for key in root.iter(f"{XMLNS}key")}
    nodes = list(root.iter(f"{XMLNS}node"))
    assert [(node.get("id"), data(node)) for node in nodes] == [(work.id, work.facts) for work in made]
    read = [
        (edge.get("source"), edge.get("target"), data(edge)["used_as"], data(edge)["held_licence"])
        for edge in root.iter(f"{XMLNS}edge")
    ]
    assert read == edges(made)
    assert {("node", name) for node in nodes for name in data(node)} <= keys
    assert (root.findtext(f"{XMLNS}desc") or "") == title


def data(element: ElementTree.Element) -> dict[str, str]:
    return {str(one.get("key")): one.text or "" for one in element.iter(f"{XMLNS}data")}


@pytest.mark.parametrize("control", ["\0", "\x1b", "\ud800", "\ufffe"])
@pytest.mark.parametrize("format", GraphFormat)
def test_what_a_format_cannot_hold_is_replaced(format: GraphFormat, control: str) -> None:
    odd = GraphWork("a", WorkKind.RELEASE, WorkState.PUBLISHED, f"A{control}B", "h", "N", Licence.BY, None)
    text = written([odd], format).encode().decode()
    if format is GraphFormat.GRAPHML:
        (node,) = ElementTree.fromstring(text).iter(f"{XMLNS}node")
        assert data(node)["title"] == "A\ufffdB"
    elif format is GraphFormat.SVG:
        assert "A\ufffdB N · BY" in "".join(ElementTree.fromstring(text).itertext())
    elif format is not GraphFormat.DOT:
        assert json.loads(text)


@given(works(), TEXT)
def test_json_graph_format_is_read_back_by_a_json_parser(made: list[GraphWork], title: str) -> None:
    graph = json.loads(written(made, GraphFormat.JGF, title))["graph"]
    assert (graph["directed"], graph["label"]) == (True, title)
    assert {id: node["metadata"] for id, node in graph["nodes"].items()} == {work.id: work.facts for work in made}
    read = [
        (edge["source"], edge["target"], edge["relation"], edge["metadata"]["held_licence"]) for edge in graph["edges"]
    ]
    assert read == edges(made)


@given(works())
def test_json_ld_uses_terms_of_its_context_only(made: list[GraphWork]) -> None:
    document = json.loads(written(made, GraphFormat.JSONLD))
    assert document["@context"] == JSONLD_CONTEXT
    prefixes = {"schema": "https://schema.org/", "prov": "http://www.w3.org/ns/prov#"}
    assert prefixes.items() <= JSONLD_CONTEXT.items()
    for node in document["@graph"]:
        for key in keys_of(node):
            assert key in JSONLD_CONTEXT or key in ("@id", "@type")
    page = f"{ADDRESS}/works/"
    for work, node in zip(made, document["@graph"], strict=True):
        assert node["@id"] == page + work.id
        assert node["license"] == terms_of(work.licence).url
        assert (node["author"]["name"], node["author"]["@id"]) == (work.artist, node["wasAttributedTo"])
        based_on = [page + source.id for source in work.sources]
        assert node.get("isBasedOn", []) == node.get("wasDerivedFrom", []) == based_on
        held = [(one["entity"], one["name"], one["license"]) for one in node.get("qualifiedDerivation", [])]
        assert held == [(page + one.id, one.kind, terms_of(one.licence).url) for one in work.sources]


def keys_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from keys_of(one)


@given(works(), TEXT)
def test_dot_statements_keep_to_their_quotes(made: list[GraphWork], title: str) -> None:
    text = written(made, GraphFormat.DOT, title)
    strings = [re.sub(r"\\(.)", lambda one: {"n": "\n"}.get(one[1], one[1]), one) for one in DOT_TOKEN.findall(text)]
    expected = [title]
    for work in made:
        expected += [work.id, f"{work.title}\n{work.artist}, {terms_of(work.licence).title}"]
        for source in work.sources:
            expected += [work.id, source.id, source.kind]
    assert strings == expected
    bare = DOT_TOKEN.sub("S", text)
    node, edge = r"  S \[label=S(, style=dashed)?\];\n", r"  S -> S \[label=S\];\n"
    assert re.fullmatch(rf"digraph lineage {{\n  label=S;\n  node \[shape=box\];\n({node}|{edge})*}}\n", bare)
    assert bare.count("dashed") == sum(work.state.is_tombstone for work in made)


@pytest.mark.parametrize("format", [one for one in GraphFormat if one is not GraphFormat.SVG])
def test_text_comes_out_while_works_still_go_in(format: GraphFormat) -> None:
    """An endless graph yields its first text; nothing waits for the last work."""
    endless = (
        GraphWork(str(number), WorkKind.RELEASE, WorkState.PUBLISHED, "T", "h", "N", Licence.CC0, None)
        for number in itertools.count()
    )
    text = "".join(itertools.islice(write_graph(Graph("All", Addresses(ADDRESS), lambda: endless), format), 100))
    assert '"80"' in text or "works/80" in text


SOURCE = GraphWork("s", WorkKind.RELEASE, WorkState.WITHDRAWN, "A\\B", "ann", "Ann", Licence.BY, None)
REMIX = GraphWork(
    "r", WorkKind.REMIX, WorkState.PUBLISHED, 'T "1"', "bo", "Bö & Co", Licence.BY_SA, "2026-01-01T00:00:00.000Z",
    (GraphSource("s", SourceKind.SAMPLE, Licence.BY_3),),
)  # fmt: skip


SVG = "{http://www.w3.org/2000/svg}"


def test_svg_draws_a_box_with_a_link_for_each_work_and_a_curve_for_each_source() -> None:
    disputed = GraphSource("s", SourceKind.SAMPLE, Licence.BY_3, is_disputed=True)
    drawn = ElementTree.fromstring(written([SOURCE, dataclasses.replace(REMIX, sources=(disputed,))], GraphFormat.SVG))
    links = drawn.findall(f".//{SVG}a")
    assert [one.get("href") for one in links] == [f"{ADDRESS}/works/s", f"{ADDRESS}/works/r"]
    assert [one.findtext(f".//{SVG}title") for one in links] == [
        "A\\B Ann · BY, tombstone",
        'T "1" Bö & Co · BY-SA, share alike',
    ]
    assert [one.find(f".//{SVG}rect").get("stroke-dasharray") for one in links] == ["6 4", None]  # type: ignore[union-attr]
    (curve,) = (one for one in drawn.iter(f"{SVG}path") if one.get("stroke-dasharray"))
    assert curve.get("d", "").startswith("M")


def test_svg_draws_so_many_works_and_says_how_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_formats, "SVG_LIMIT", 1)
    drawn = ElementTree.fromstring(written([SOURCE, REMIX], GraphFormat.SVG))
    assert len(drawn.findall(f".//{SVG}a")) == 1
    assert drawn.findtext(f"{SVG}title") == "All: the 1 oldest of 2 works"


def test_dot_draws_a_box_a_work_an_arrow_a_source_and_dashes_what_is_gone() -> None:
    assert written([SOURCE, REMIX], GraphFormat.DOT, "All\r\n\0") == (
        'digraph lineage {\n  label="All\\n\ufffd";\n  node [shape=box];\n'
        '  "s" [label="A\\\\B\\nAnn, Creative Commons Attribution 4.0", style=dashed];\n'
        '  "r" [label="T \\"1\\"\\nBö & Co, Creative Commons Attribution-ShareAlike 4.0"];\n'
        '  "r" -> "s" [label="sample"];\n'
        "}\n"
    )


def test_json_graph_format_has_a_line_for_each_node_and_edge() -> None:
    assert written([SOURCE, REMIX], GraphFormat.JGF) == (
        '{"graph": {"id": "lineage", "type": "remix lineage", "label": "All", "directed": true, "nodes": {\n'
        f'"s": {json.dumps({"label": SOURCE.title, "metadata": SOURCE.facts})},\n'
        f'"r": {json.dumps({"label": REMIX.title, "metadata": REMIX.facts}, ensure_ascii=False)}\n'
        '}, "edges": [\n'
        '{"source": "r", "target": "s", "relation": "sample", "metadata": {"held_licence": "cc-by-3.0"}}\n'
        "]}}\n"
    )
    assert written([], GraphFormat.JGF).endswith('"nodes": {\n}, "edges": [\n]}}\n')


def test_all_formats_say_the_same_of_a_work() -> None:
    assert REMIX.facts == {
        "title": 'T "1"', "kind": "remix", "state": "published", "artist": "Bö & Co", "handle": "bo",
        "licence": "cc-by-sa-4.0", "published_at": "2026-01-01T00:00:00.000Z",
    }  # fmt: skip
    assert "published_at" not in SOURCE.facts


def test_json_ld_says_who_made_what_from_what() -> None:
    document = json.loads(written([SOURCE, REMIX], GraphFormat.JSONLD))
    source, remix = document["@graph"]
    by = "https://creativecommons.org/licenses/by"
    assert remix == {
        "@id": f"{ADDRESS}/works/r", "@type": ["schema:MusicRecording", "prov:Entity"], "identifier": "r",
        "name": 'T "1"', "genre": "remix", "creativeWorkStatus": "published", "license": f"{by}-sa/4.0/",
        "author": {"@id": f"{ADDRESS}/@bo", "@type": ["schema:Person", "prov:Agent"],
                   "name": "Bö & Co"},
        "wasAttributedTo": f"{ADDRESS}/@bo", "datePublished": "2026-01-01T00:00:00.000Z",
        "isBasedOn": [f"{ADDRESS}/works/s"], "wasDerivedFrom": [f"{ADDRESS}/works/s"],
        "qualifiedDerivation": [
            {"@type": "prov:Derivation", "entity": f"{ADDRESS}/works/s", "name": "sample", "license": f"{by}/3.0/"}
        ],
    }  # fmt: skip
    assert not {"datePublished", "isBasedOn", "qualifiedDerivation"} & source.keys()
    contest = GraphWork(
        "c", WorkKind.RELEASE, WorkState.PUBLISHED, "C", "x", "X", Licence("LicenseRef-contest-0123456789"), None
    )
    (node,) = json.loads(written([contest], GraphFormat.JSONLD))["@graph"]
    assert node["license"] == f"{ADDRESS}/contest-licences/LicenseRef-contest-0123456789"


EDGE_FACTS = ("used_as", "held_licence", "held_by", "grant", "grant_sha256", "seen_on", "leave_licence")


def test_a_link_that_is_held_by_a_grant_says_so() -> None:
    granted_at = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    links = [
        GraphSource("s", SourceKind.REMIX, Licence.BY_NC, HeldBy(kind, "g", "e" * 64, granted_at)) for kind in GrantKind
    ]
    works = [dataclasses.replace(REMIX, sources=(link,)) for link in links]
    facts = {"held_licence": "cc-by-nc-4.0", "grant": "g", "grant_sha256": "e" * 64}
    for work, kind in zip(works, GrantKind, strict=True):
        (edge,) = json.loads(written([SOURCE, work], GraphFormat.JGF))["graph"]["edges"]
        assert edge["metadata"] == {**facts, "held_by": kind.value}
        written_facts = re.findall(r'<data key="(\w+)">([^<]*)</data>', written([SOURCE, work], GraphFormat.GRAPHML))
        assert dict(written_facts).items() >= {**facts, "held_by": kind.value, "used_as": "remix"}.items()
        graph = json.loads(written([SOURCE, work], GraphFormat.JSONLD))["@graph"]
        (derivation,) = graph[1]["qualifiedDerivation"]
        page = f"{ADDRESS}/permissions/g" if kind is GrantKind.PERMISSION else None
        assert derivation.get("usageInfo") == page, "a receipt is its holder's alone"


def test_graphml_is_laid_out_by_its_schema() -> None:
    lines = written([SOURCE, REMIX], GraphFormat.GRAPHML, "A\r<").splitlines()
    assert lines[0] == '<?xml version="1.0" encoding="UTF-8"?>'
    assert lines[2] == "  <desc>A&#13;&lt;</desc>"
    names = [
        f'<key id="{name}" for="node" attr.name="{name}" attr.type="string"/>'
        for name in (*REMIX.facts, "site", "address")
    ]
    names += [f'<key id="{name}" for="edge" attr.name="{name}" attr.type="string"/>' for name in EDGE_FACTS]
    assert sorted(line.strip() for line in lines[3:19]) == sorted(names)
    assert lines[19] == '  <graph id="lineage" edgedefault="directed">'
    assert lines[20].startswith('    <node id="s"><data key="title">A\\B</data><data key="kind">release</data>')
    assert lines[22:] == [
        '    <edge source="r" target="s">'
        '<data key="used_as">sample</data><data key="held_licence">cc-by-3.0</data></edge>',
        "  </graph>",
        "</graphml>",
    ]


RAIN = graph_formats.GraphElsewhere(
    "e" * 64, "https://freesound.org/s/1/?a&b", "Freesound", 'Rain "on" <tin>', "Ines", SourceKind.SAMPLE,
    Licence.BY_NC, "2024-03-01", Licence.BY,
)  # fmt: skip


def test_a_source_from_elsewhere_is_a_node_of_its_own_kind_told_once_in_every_format() -> None:
    again = dataclasses.replace(RAIN, is_first=False, leave=None)
    made = [dataclasses.replace(REMIX, elsewhere=(RAIN,)), dataclasses.replace(REMIX, id="t", elsewhere=(again,))]
    root = ElementTree.fromstring(written([SOURCE, *made], GraphFormat.GRAPHML).encode())
    nodes = {str(node.get("id")): data(node) for node in root.iter(f"{XMLNS}node")}
    assert nodes[RAIN.id] == RAIN.facts
    assert nodes[RAIN.id]["kind"] == "elsewhere"
    edges_to = [data(edge) for edge in root.iter(f"{XMLNS}edge") if edge.get("target") == RAIN.id]
    assert [edge.get("leave_licence") for edge in edges_to] == ["cc-by-4.0", None]
    jgf = json.loads(written([SOURCE, *made], GraphFormat.JGF))["graph"]
    assert jgf["nodes"][RAIN.id] == {"label": RAIN.title, "metadata": RAIN.facts}
    assert [edge["source"] for edge in jgf["edges"] if edge["target"] == RAIN.id] == ["r", "t"]
    graph = json.loads(written([SOURCE, *made], GraphFormat.JSONLD))["@graph"]
    assert [node["name"] for node in graph if node["@id"] == RAIN.address] == [RAIN.title]
    assert RAIN.address in graph[1]["isBasedOn"]
    dot = written([SOURCE, *made], GraphFormat.DOT)
    assert dot.count("style=dotted") == 1
    assert dot.count(f'-> "{RAIN.id}"') == 2
    svg = ElementTree.fromstring(written([SOURCE, *made], GraphFormat.SVG).encode())
    hrefs = [link.get("href") for link in svg.iter("{http://www.w3.org/2000/svg}a")]
    assert hrefs.count(RAIN.address) == 1
    words = [title.text for title in svg.iter("{http://www.w3.org/2000/svg}title")]
    assert any(word and "by Ines, from elsewhere" in word for word in words)


def test_each_format_has_its_media_type_and_ending() -> None:
    assert [(one.media_type, one.suffix) for one in GraphFormat] == [
        ("application/graphml+xml", ".graphml"), ("application/vnd.jgf+json", ".jgf.json"),
        ("application/ld+json", ".jsonld"), ("text/vnd.graphviz", ".dot"), ("image/svg+xml", ".svg"),
    ]  # fmt: skip
