"""The remix graph as text, work by work: GraphML, JSON Graph Format 2, JSON-LD, DOT, and drawn as SVG.

Every writer takes works lazily and yields text lazily, so that a graph of any size passes through constant memory; SVG
draws so many works and no more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from remixhub.domain.addresses import Addresses
from remixhub.domain.licences.grants import HeldBy
from remixhub.domain.licences.terms import Licence, licence_url, terms_of
from remixhub.domain.lineage.generations import Link
from remixhub.domain.lineage.pictures import Labelled, picture
from remixhub.domain.lineage.svg_files import svg_file, xml, xml_attribute
from remixhub.domain.states import SourceKind, WorkKind, WorkState

SVG_LIMIT = 5_000


class GraphFormat(StrEnum):
    GRAPHML = "graphml"
    JGF = "jgf"
    JSONLD = "jsonld"
    DOT = "dot"
    SVG = "svg"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]

    @property
    def suffix(self) -> str:
        """Of a file's name."""
        return _SUFFIXES[self]


_MEDIA_TYPES = {
    GraphFormat.GRAPHML: "application/graphml+xml",
    GraphFormat.JGF: "application/vnd.jgf+json",
    GraphFormat.JSONLD: "application/ld+json",
    GraphFormat.DOT: "text/vnd.graphviz",
    GraphFormat.SVG: "image/svg+xml",
}
_SUFFIXES = {
    GraphFormat.GRAPHML: ".graphml",
    GraphFormat.JGF: ".jgf.json",
    GraphFormat.JSONLD: ".jsonld",
    GraphFormat.DOT: ".dot",
    GraphFormat.SVG: ".svg",
}


@dataclass(frozen=True)
class GraphSource:
    """A link from the work that holds it to its source."""

    id: str
    kind: SourceKind
    licence: Licence
    """The source's, as held when it was cited."""
    held_by: HeldBy | None = None
    """The grant by which it was held so, not as it was offered."""
    is_disputed: bool = False

    @property
    def facts(self) -> dict[str, str]:
        """What formats with facts on edges say of a link, besides its kind."""
        facts = {"held_licence": self.licence.value}
        if self.held_by is None:
            return facts
        grant = {"held_by": self.held_by.kind.value, "grant": self.held_by.id, "grant_sha256": self.held_by.sha256}
        return {**facts, **grant}


@dataclass(frozen=True)
class GraphElsewhere:
    """A link from the work that holds it to a source that is not on this hub, as it was declared there."""

    id: str
    address: str
    site: str
    title: str
    artist: str
    kind: SourceKind
    licence: Licence
    seen_on: str
    """A day, ISO 8601."""
    leave: Licence | None = None
    """Under which its artist lets the work be published, as declared."""
    is_first: bool = True
    """No work before cites it: here the formats say what it is, and afterwards only who cites it."""
    is_disputed: bool = False

    @property
    def facts(self) -> dict[str, str]:
        """Of the node."""
        return {
            "title": self.title, "kind": "elsewhere", "artist": self.artist, "licence": self.licence.value,
            "site": self.site, "address": self.address,
        }  # fmt: skip

    @property
    def link_facts(self) -> dict[str, str]:
        leave = {} if self.leave is None else {"leave_licence": self.leave.value}
        return {"held_licence": self.licence.value, "seen_on": self.seen_on, **leave}


@dataclass(frozen=True)
class GraphWork:
    id: str
    kind: WorkKind
    state: WorkState
    title: str
    handle: str
    artist: str
    licence: Licence
    published_at: str | None
    """RFC 3339."""
    sources: tuple[GraphSource, ...] = ()
    elsewhere: tuple[GraphElsewhere, ...] = ()

    @property
    def facts(self) -> dict[str, str]:
        """What all formats say of a work, besides its id and sources."""
        facts = {
            "title": self.title, "kind": self.kind.value, "state": self.state.value, "artist": self.artist,
            "handle": self.handle, "licence": self.licence.value,
        }  # fmt: skip
        return facts if self.published_at is None else {**facts, "published_at": self.published_at}


@dataclass(frozen=True)
class Graph:
    title: str
    addresses: Addresses
    """The ids in JSON-LD."""
    works: Callable[[], Iterable[GraphWork]]
    """Every call starts over and yields the same works: a format may need two passes. Sources outside are not named."""


def write_graph(graph: Graph, format: GraphFormat) -> Iterator[str]:
    return _WRITERS[format](graph)


def _graphml(graph: Graph) -> Iterator[str]:
    """http://graphml.graphdrawing.org/specification.html; an edge leads from the derivative to its source."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns'
        ' http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
        f"  <desc>{xml(graph.title)}</desc>\n"
    )
    for name in ("title", "kind", "state", "artist", "handle", "licence", "published_at", "site", "address"):
        yield f'  <key id="{name}" for="node" attr.name="{name}" attr.type="string"/>\n'
    yield '  <key id="used_as" for="edge" attr.name="used_as" attr.type="string"/>\n'
    for name in ("held_licence", "held_by", "grant", "grant_sha256", "seen_on", "leave_licence"):
        yield f'  <key id="{name}" for="edge" attr.name="{name}" attr.type="string"/>\n'
    yield '  <graph id="lineage" edgedefault="directed">\n'
    for work in graph.works():
        yield f"    <node id={xml_attribute(work.id)}>{_graphml_facts(work.facts)}</node>\n"
        for source in work.sources:
            facts = {"used_as": source.kind.value, **source.facts}
            ends = f"source={xml_attribute(work.id)} target={xml_attribute(source.id)}"
            yield f"    <edge {ends}>{_graphml_facts(facts)}</edge>\n"
        for one in work.elsewhere:
            if one.is_first:
                yield f"    <node id={xml_attribute(one.id)}>{_graphml_facts(one.facts)}</node>\n"
            facts = {"used_as": one.kind.value, **one.link_facts}
            ends = f"source={xml_attribute(work.id)} target={xml_attribute(one.id)}"
            yield f"    <edge {ends}>{_graphml_facts(facts)}</edge>\n"
    yield "  </graph>\n</graphml>\n"


def _graphml_facts(facts: Mapping[str, str]) -> str:
    return "".join(f'<data key="{name}">{xml(value)}</data>' for name, value in facts.items())


def _jgf(graph: Graph) -> Iterator[str]:
    """https://jsongraphformat.info/v2.0/json-graph-schema.json: first all nodes, by id, then all edges."""
    head = {"id": "lineage", "type": "remix lineage", "label": graph.title, "directed": True}
    yield '{"graph": ' + _json(head).removesuffix("}") + ', "nodes": {'
    yield from _separated(
        f"{_json(id)}: {_json({'label': facts['title'], 'metadata': facts})}" for id, facts in _nodes(graph)
    )
    yield '\n}, "edges": ['
    yield from _separated(
        _json({"source": id, "target": source_id, "relation": kind.value, "metadata": facts})
        for id, source_id, kind, facts in _edges(graph)
    )
    yield "\n]}}\n"


def _nodes(graph: Graph) -> Iterator[tuple[str, dict[str, str]]]:
    for work in graph.works():
        yield work.id, work.facts
        yield from ((one.id, one.facts) for one in work.elsewhere if one.is_first)


def _edges(graph: Graph) -> Iterator[tuple[str, str, SourceKind, dict[str, str]]]:
    for work in graph.works():
        yield from ((work.id, one.id, one.kind, one.facts) for one in work.sources)
        yield from ((work.id, one.id, one.kind, one.link_facts) for one in work.elsewhere)


JSONLD_CONTEXT: dict[str, Any] = {
    "schema": "https://schema.org/",
    "prov": "http://www.w3.org/ns/prov#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "name": "schema:name",
    "author": "schema:author",
    "identifier": "schema:identifier",
    "genre": "schema:genre",
    "creativeWorkStatus": "schema:creativeWorkStatus",
    "license": {"@id": "schema:license", "@type": "@id"},
    "usageInfo": {"@id": "schema:usageInfo", "@type": "@id"},
    "datePublished": {"@id": "schema:datePublished", "@type": "xsd:dateTime"},
    "isBasedOn": {"@id": "schema:isBasedOn", "@type": "@id"},
    "wasDerivedFrom": {"@id": "prov:wasDerivedFrom", "@type": "@id"},
    "wasAttributedTo": {"@id": "prov:wasAttributedTo", "@type": "@id"},
    "qualifiedDerivation": "prov:qualifiedDerivation",
    "entity": {"@id": "prov:entity", "@type": "@id"},
}
"""schema.org for what reads music, PROV-O (https://www.w3.org/TR/prov-o/) for what reads provenance."""


def _jsonld(graph: Graph) -> Iterator[str]:
    """JSON-LD 1.1; a work is named by the address of its page, also one that is not on this hub."""
    yield '{"@context": ' + _json(JSONLD_CONTEXT) + ', "@graph": ['
    yield from _separated(_json(node) for work in graph.works() for node in _jsonld_nodes(graph.addresses, work))
    yield "\n]}\n"


def _jsonld_nodes(addresses: Addresses, work: GraphWork) -> Iterator[dict[str, Any]]:
    yield _jsonld_work(addresses, work)
    for one in work.elsewhere:
        if one.is_first:
            yield {
                "@id": one.address,
                "@type": ["schema:MusicRecording", "prov:Entity"],
                "identifier": one.id,
                "name": one.title,
                "genre": "elsewhere",
                "license": licence_url(one.licence, one.address),
                "author": {"@type": ["schema:Person", "prov:Agent"], "name": one.artist},
            }


def _jsonld_work(addresses: Addresses, work: GraphWork) -> dict[str, Any]:
    artist = addresses.artist(work.handle)
    cited = [addresses.work(source.id) for source in work.sources]
    based_on = [*cited, *(one.address for one in work.elsewhere)]
    node: dict[str, Any] = {
        "@id": addresses.work(work.id),
        "@type": ["schema:MusicRecording", "prov:Entity"],
        "identifier": work.id,
        "name": work.title,
        "genre": work.kind.value,
        "creativeWorkStatus": work.state.value,
        "license": licence_url(work.licence, artist),
        "author": {"@id": artist, "@type": ["schema:Person", "prov:Agent"], "name": work.artist},
        "wasAttributedTo": artist,
    }
    if work.published_at is not None:
        node["datePublished"] = work.published_at
    if based_on:
        node["isBasedOn"] = node["wasDerivedFrom"] = based_on
        node["qualifiedDerivation"] = [
            {
                "@type": "prov:Derivation",
                "entity": id,
                "name": source.kind.value,
                "license": licence_url(source.licence, id),
                **(_permission_of(addresses, source)),
            }
            for id, source in zip(cited, work.sources, strict=True)
        ] + [
            {
                "@type": "prov:Derivation",
                "entity": one.address,
                "name": one.kind.value,
                "license": licence_url(one.licence, one.address),
            }
            for one in work.elsewhere
        ]
    return node


def _permission_of(addresses: Addresses, source: GraphSource) -> dict[str, str]:
    path = source.held_by.path if source.held_by else None
    return {} if path is None else {"usageInfo": addresses.of(path)}


def _dot(graph: Graph) -> Iterator[str]:
    """https://graphviz.org/doc/info/lang.html; tombstones are dashed, sources from elsewhere dotted."""
    yield f"digraph lineage {{\n  label={_dot_text(graph.title)};\n  node [shape=box];\n"
    for work in graph.works():
        style = ", style=dashed" if work.state.is_tombstone else ""
        label = _dot_text(work.title, f"{work.artist}, {terms_of(work.licence).title}")
        yield f"  {_dot_text(work.id)} [label={label}{style}];\n"
        for source in work.sources:
            yield f"  {_dot_text(work.id)} -> {_dot_text(source.id)} [label={_dot_text(source.kind.value)}];\n"
        for one in work.elsewhere:
            if one.is_first:
                label = _dot_text(one.title, f"{one.artist}, {terms_of(one.licence).title}", one.site)
                yield f"  {_dot_text(one.id)} [label={label}, style=dotted, URL={_dot_text(one.address)}];\n"
            yield f"  {_dot_text(work.id)} -> {_dot_text(one.id)} [label={_dot_text(one.kind.value)}];\n"
    yield "}\n"


def _svg(graph: Graph) -> Iterator[str]:
    """https://www.w3.org/TR/SVG2/: the SVG_LIMIT oldest works, and a line that says how many there are."""
    works = iter(graph.works())
    drawn = list(islice(works, SVG_LIMIT))
    total = len(drawn) + sum(1 for _ in works)
    labelled = [Labelled(one.id, one.title, one.artist, one.licence, one.state.is_tombstone) for one in drawn]
    labelled += [
        Labelled(source.id, source.title, source.artist, source.licence, address=source.address, site=source.site)
        for one in drawn
        for source in one.elsewhere
        if source.is_first
    ]
    pairs = {Link(one.id, source.id): source.is_disputed for one in drawn for source in one.sources}
    pairs |= {Link(one.id, source.id): source.is_disputed for one in drawn for source in one.elsewhere}
    disputed = {link for link, is_disputed in pairs.items() if is_disputed}
    title = graph.title if total == len(drawn) else f"{graph.title}: the {len(drawn)} oldest of {total} works"
    yield from svg_file(title, picture(labelled, pairs, disputed=disputed), graph.addresses)


_WRITERS: dict[GraphFormat, Callable[[Graph], Iterator[str]]] = {
    GraphFormat.GRAPHML: _graphml,
    GraphFormat.JGF: _jgf,
    GraphFormat.JSONLD: _jsonld,
    GraphFormat.DOT: _dot,
    GraphFormat.SVG: _svg,
}

_SURROGATES = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def _json(value: Any) -> str:
    return _SURROGATES.sub(_REPLACEMENT, json.dumps(value, ensure_ascii=False))


def _dot_text(*lines: str) -> str:
    """A quoted string of lines. A backslash begins an escape in labels, so it is doubled."""
    text = "\n".join(lines).replace("\0", _REPLACEMENT).replace("\\", "\\\\").replace('"', '\\"')
    text = text.replace("\r", "").replace("\n", "\\n")
    return f'"{_SURROGATES.sub(_REPLACEMENT, text)}"'


def _separated(rows: Iterable[str]) -> Iterator[str]:
    """A row a line, with commas between."""
    separator = "\n"
    for row in rows:
        yield separator + row
        separator = ",\n"
