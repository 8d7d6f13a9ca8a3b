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
    for name in ("title", "kind", "state", "artist", "handle", "licence", "published_at"):
        yield f'  <key id="{name}" for="node" attr.name="{name}" attr.type="string"/>\n'
    yield '  <key id="used_as" for="edge" attr.name="used_as" attr.type="string"/>\n'
    for name in ("held_licence", "held_by", "grant", "grant_sha256"):
        yield f'  <key id="{name}" for="edge" attr.name="{name}" attr.type="string"/>\n'
    yield '  <graph id="lineage" edgedefault="directed">\n'
    for work in graph.works():
        yield f"    <node id={xml_attribute(work.id)}>{_graphml_facts(work.facts)}</node>\n"
        for source in work.sources:
            facts = {"used_as": source.kind.value, **source.facts}
            ends = f"source={xml_attribute(work.id)} target={xml_attribute(source.id)}"
            yield f"    <edge {ends}>{_graphml_facts(facts)}</edge>\n"
    yield "  </graph>\n</graphml>\n"


def _graphml_facts(facts: Mapping[str, str]) -> str:
    return "".join(f'<data key="{name}">{xml(value)}</data>' for name, value in facts.items())


def _jgf(graph: Graph) -> Iterator[str]:
    """https://jsongraphformat.info/v2.0/json-graph-schema.json: first all nodes, by id, then all edges."""
    head = {"id": "lineage", "type": "remix lineage", "label": graph.title, "directed": True}
    yield '{"graph": ' + _json(head).removesuffix("}") + ', "nodes": {'
    yield from _separated(
        f"{_json(work.id)}: {_json({'label': work.title, 'metadata': work.facts})}" for work in graph.works()
    )
    yield '\n}, "edges": ['
    yield from _separated(
        _json(
            {
                "source": work.id,
                "target": source.id,
                "relation": source.kind.value,
                "metadata": source.facts,
            }
        )
        for work in graph.works()
        for source in work.sources
    )
    yield "\n]}}\n"


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
    """JSON-LD 1.1; a work is named by the address of its page."""
    yield '{"@context": ' + _json(JSONLD_CONTEXT) + ', "@graph": ['
    yield from _separated(_json(_jsonld_work(graph.addresses, work)) for work in graph.works())
    yield "\n]}\n"


def _jsonld_work(addresses: Addresses, work: GraphWork) -> dict[str, Any]:
    artist = addresses.artist(work.handle)
    based_on = [addresses.work(source.id) for source in work.sources]
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
            for id, source in zip(based_on, work.sources, strict=True)
        ]
    return node


def _permission_of(addresses: Addresses, source: GraphSource) -> dict[str, str]:
    path = source.held_by.path if source.held_by else None
    return {} if path is None else {"usageInfo": addresses.of(path)}


def _dot(graph: Graph) -> Iterator[str]:
    """https://graphviz.org/doc/info/lang.html; tombstones are dashed."""
    yield f"digraph lineage {{\n  label={_dot_text(graph.title)};\n  node [shape=box];\n"
    for work in graph.works():
        style = ", style=dashed" if work.state.is_tombstone else ""
        label = _dot_text(work.title, f"{work.artist}, {terms_of(work.licence).title}")
        yield f"  {_dot_text(work.id)} [label={label}{style}];\n"
        for source in work.sources:
            yield f"  {_dot_text(work.id)} -> {_dot_text(source.id)} [label={_dot_text(source.kind.value)}];\n"
    yield "}\n"


def _svg(graph: Graph) -> Iterator[str]:
    """https://www.w3.org/TR/SVG2/: the SVG_LIMIT oldest works, and a line that says how many there are."""
    works = iter(graph.works())
    drawn = list(islice(works, SVG_LIMIT))
    total = len(drawn) + sum(1 for _ in works)
    labelled = [Labelled(one.id, one.title, one.artist, one.licence, one.state.is_tombstone) for one in drawn]
    pairs = {Link(one.id, source.id): source for one in drawn for source in one.sources}
    disputed = {link for link, source in pairs.items() if source.is_disputed}
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
