"""What binds a remix of its lineage's licences, where works on the way hold permissions for works further up.

A permission that a work holds is for what is in that work: whoever remixes it stands on the same permission, whoever
goes another way up does not. So the same ancestor may bind by one way and be permitted by another.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from remixhub.domain.licences.judging import HeldLicence
from remixhub.domain.licences.terms import Licence

Sources = Mapping[str, Sequence[tuple[str, Licence]]]
"""By the id of a work: the ids of its sources with the licences that its links hold."""


@dataclass(frozen=True)
class Cover:
    """In what is made of `derivative_id`, the work counts as held under `licence`."""

    derivative_id: str
    work_id: str
    licence: Licence


def held_over(declared: Sequence[HeldLicence], sources: Sources, covers: Iterable[Cover]) -> list[HeldLicence]:
    """The nearest way to each work above under each licence by which it binds, `declared` first; ways are ids alone.

    Of two permissions on one way the nearer counts: it was given for what the farther one was part of already.
    """
    by_work: dict[str, dict[str, Licence]] = {}
    for cover in covers:
        by_work.setdefault(cover.work_id, {})[cover.derivative_id] = cover.licence
    found: dict[tuple[str, Licence], HeldLicence] = {}
    for one in _walk(declared, sources, _outside(())):
        if one.work_id not in by_work:
            found.setdefault((one.work_id, one.licence), one)
    for work_id, licences in by_work.items():
        for one in _walk(declared, sources, _outside(licences)):
            if one.work_id == work_id:
                found.setdefault((work_id, one.licence), one)
            elif one.work_id in licences:
                way = next((up for up in _walk([one], sources, _outside(())) if up.work_id == work_id), None)
                if way is not None:
                    covered = dataclasses.replace(way, licence=licences[one.work_id])
                    found.setdefault((work_id, covered.licence), covered)
    return [*declared, *(one for one in found.values() if one not in declared)]


def _outside(works: Collection[str]) -> Callable[[HeldLicence], bool]:
    return lambda one: one.work_id not in works


def _walk(
    declared: Sequence[HeldLicence], sources: Sources, goes_on: Callable[[HeldLicence], bool]
) -> Iterator[HeldLicence]:
    """Every link that is reached, nearest first; `goes_on` says whether from a work on to its own sources."""
    seen: set[str] = set()
    frontier = list(declared)
    while frontier:
        further: list[HeldLicence] = []
        for one in frontier:
            yield one
            if one.work_id not in seen and goes_on(one):
                seen.add(one.work_id)
                further += (
                    HeldLicence(source_id, licence, one.path, (*one.path_ids, source_id))
                    for source_id, licence in sources.get(one.work_id, ())
                )
        frontier = further
