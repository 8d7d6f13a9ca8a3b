"""The lineage over the works of a bundle and their sources, as the house draws lineages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from remixhub.domain.bundles.contents import Bundle, BundledRemix, BundledSource, BundledWork
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.generations import Link
from remixhub.domain.lineage.pictures import Box, Labelled, Picture, cut_line, picture
from remixhub.services.bundles.pages.places import outward


@dataclass(frozen=True)
class Lineage:
    picture: Picture | None
    """None where no work has a source or a descendant here."""
    alone: Sequence[BundledWork]
    """Works without a link; they are not drawn."""
    made_of: Mapping[str, Sequence[BundledWork]]
    """What was made of each work and is here, by the work's id."""
    remixes: Mapping[str, BundledRemix]
    """What was made of them and is not here, by its own id."""


def lineage_of(bundle: Bundle) -> Lineage:
    works = {work.id: work for work in bundle.works}
    links: set[Link] = set()
    outside: dict[str, BundledSource] = {}
    made_of: dict[str, list[BundledWork]] = {}
    for work in bundle.works:
        for source in work.sources:
            id = node_id(source)
            if id not in works:
                outside.setdefault(id, source)
            elif work not in made_of.setdefault(id, []):
                made_of[id].append(work)
            links.add(Link(work.id, id))
    remixes = {one.work_id: one for work in bundle.works for one in work.remixes if one.work_id not in works}
    for work in bundle.works:
        # one that is both, a source and a remix, goes round: only a bundle that lies says so
        links |= {Link(one.work_id, work.id) for one in work.remixes if one.work_id in remixes}
    linked = {id for link in links for id in (link.derivative_id, link.source_id)}
    by_age = sorted((work for work in bundle.works if work.id in linked), key=lambda work: (work.seq, work.id))
    said = {id: source.licence for id, source in outside.items()} | {work.id: work.licence for work in by_age}
    said |= {id: one.licence for id, one in remixes.items()}
    labelled = [
        *(_outside(id, source, bundle.hub_url) for id, source in outside.items()),
        *(_labelled(work.id, work) for work in by_age),
        *(_labelled(id, one) for id, one in sorted(remixes.items(), key=lambda one: (one[1].seq, one[0]))),
    ]
    drawn = _drawn(labelled, links, said) if links else None
    return Lineage(drawn, [work for work in bundle.works if work.id not in linked], made_of, remixes)


def node_id(source: BundledSource) -> str:
    return source.work_id or source.url or f"{source.title}\n{source.artist}"


def licence_of(word: str) -> Licence | None:
    """None for words that this release does not know."""
    try:
        return Licence(word)
    except ValueError:
        return None


def _labelled(id: str, work: BundledWork | BundledRemix) -> Labelled:
    licence = licence_of(work.licence) or Licence.ALL_RIGHTS_RESERVED
    return Labelled(id, work.title, work.artist, licence, is_tombstone=work.is_tombstone)


def _outside(id: str, source: BundledSource, hub_url: str) -> Labelled:
    licence = licence_of(source.licence) or Licence.ALL_RIGHTS_RESERVED
    return Labelled(id, source.title, source.artist, licence, address=outward(source.url) or outward(hub_url) or "#")


def _drawn(labelled: Sequence[Labelled], links: set[Link], said: Mapping[str, str]) -> Picture | None:
    try:
        drawn = picture(labelled, links)
    except ValueError:  # a bundle whose links go round: the list below the drawing says them still
        return None
    return replace(drawn, boxes=[_as_said(box, said[box.work.id]) for box in drawn.boxes])


def _as_said(box: Box, word: str) -> Box:
    """A licence that is not known is shown by its word."""
    return box if licence_of(word) else replace(box, line=cut_line(box.work.artist, word[:12]), marks=())
