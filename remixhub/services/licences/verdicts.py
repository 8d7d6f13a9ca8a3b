"""Licences over the lineage: what a remix may stand under, and which source or ancestor rules a licence out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.contest_licences import ContestLicenceNotAccepted
from remixhub.domain.grants import NONE_HELD, Held
from remixhub.domain.licensing import (
    HeldLicence,
    Licence,
    LicenceConflict,
    allowed_for_remix,
    default_for_remix,
    in_order,
    is_freer,
    judge,
    obligations,
    permit,
)
from remixhub.models import SourceLink, Work
from remixhub.services.access import find_visible_work
from remixhub.services.licences import sources
from remixhub.services.licences.contest_licences import require_current, require_offerable
from remixhub.services.licences.grants import grants_held, grants_of_draft, use_grants
from remixhub.services.licences.sources import NewSource
from remixhub.services.lineage.ancestry import ancestor_seqs


def _licences_above() -> sa.Select[Licence]:
    """Each licence that the sources of the works `ids`, or of their ancestors, are held under. To be built once."""
    walk = (
        sa.select(SourceLink.source_seq.label("seq"), SourceLink.licence)
        .where(SourceLink.derivative_id.in_(sa.bindparam("ids", expanding=True)))
        .cte("held", recursive=True)
    )
    further = sa.select(SourceLink.source_seq, SourceLink.licence).join(walk, SourceLink.derivative_seq == walk.c.seq)
    return sa.select(walk.union(further).c.licence).distinct()


_LICENCES_ABOVE = _licences_above()


@dataclass(frozen=True)
class Allowed:
    for_work: frozenset[Licence]
    """What the work itself may stand under, as its sources are now declared; every licence for a release."""
    for_remixes: frozenset[Licence]
    """What a remix of the work may stand under; empty when it may not be remixed."""


def allowed_licences(actor: Actor, parts: Parts, work_id: str) -> Allowed:
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        own = allowed_for_remix(_held(session, _declared_by(session, work)))
        return Allowed(own, allowed_onward(session, work))


def allowed_onward(session: Session, work: Work) -> frozenset[Licence]:
    """What a remix of the work may stand under; empty when it may not be remixed."""
    return allowed_for_remix(_held(session, [HeldLicence(work.id, work.licence, (work.title,))]))


@dataclass(frozen=True)
class Verdict:
    """The answer to whether works can be remixed together; the page, the API and the command line give the same."""

    allowed: Sequence[Licence]
    licence: Licence | None
    """The wished one if it is allowed, else the strictest of those held."""
    obligations: Sequence[str]
    conflict: Mapping[str, object] | None
    """`detail`; `sources`: the one that forbids it or the two that clash, with the way to each; `remedies`."""


def check(actor: Actor, parts: Parts, source_ids: Sequence[str], wanted: Licence | None) -> Verdict:
    """Judged as if the sources were declared now, and contest licences accepted. Raises what declaring them raises."""
    with parts.database.reading() as session:
        cited = [NewSource(id) for id in dict.fromkeys(source_ids)]
        grants = grants_held(session, actor.account_id, cited)
        links = sources.declare(session, actor, cited, held=grants)
        declared = held_by(links, grants)
        require_current(session, links)
        session.expunge_all()
        held = _held(session, declared)
        if wanted is not None and wanted not in {one.licence for one in held}:
            with suppress(ContestLicenceNotAccepted):
                require_offerable(session, actor, wanted)
        conflict = _conflict(session, wanted, declared, held)
    return verdict(wanted, held, conflict)


def judged(session: Session, work: Work) -> Verdict:
    """A work with its sources as they are declared: what it may stand under, and what they ask."""
    declared = _declared_by(session, work)
    held = _held(session, declared)
    return verdict(None, held, _conflict(session, None, declared, held))


def verdict(wanted: Licence | None, held: Sequence[HeldLicence], conflict: Mapping[str, object] | None) -> Verdict:
    allowed = allowed_for_remix(held)
    licence = wanted if wanted is not None and permit(held, wanted) else default_for_remix(held)
    asked = dict.fromkeys(line for one in in_order({source.licence for source in held}) for line in obligations(one))
    free = obligations(Licence.CC0)[0]
    return Verdict(in_order(allowed), licence, [line for line in asked if line != free] or [free], conflict)


def conflict_of(wanted: Licence | None, held: Sequence[HeldLicence]) -> dict[str, Any] | None:
    """What `judge` says against it, as a Verdict has it; all of `held` have their paths."""
    try:
        judge(wanted, held)
    except LicenceConflict as exc:
        return _facts_of(exc)
    return None


def _conflict(
    session: Session, wanted: Licence | None, declared: Sequence[HeldLicence], held: Sequence[HeldLicence]
) -> dict[str, Any] | None:
    """As a Verdict has it; the ways are looked for only when there is one."""
    if allowed_for_remix(held) and (wanted is None or permit(held, wanted)):
        return None
    try:
        _judge(session, wanted, declared, held)
    except LicenceConflict as exc:
        return _facts_of(exc)
    return None


def _judge(
    session: Session, wanted: Licence | None, declared: Sequence[HeldLicence], held: Sequence[HeldLicence]
) -> None:
    """As `judge`, with the way to each culprit, and what citing a work anew would change among the remedies."""
    ways = _held_with_paths(session, declared, {one.licence for one in held})
    try:
        judge(wanted, ways)
    except LicenceConflict as exc:
        exc.context["remedies"] += _relaxed_since(session, ways)  # type: ignore[operator]
        raise


def _facts_of(conflict: LicenceConflict) -> dict[str, Any]:
    return {name: conflict.context[name] for name in ("sources", "remedies")} | {"detail": conflict.detail}


def _relaxed_since(session: Session, held: Sequence[HeldLicence]) -> list[str]:
    """Works that are under a freer licence today than they were cited under: citing one anew would take that one."""
    today = dict(
        session.execute(sa.select(Work.id, Work.licence).where(Work.id.in_([one.work_id for one in held]))).all()
    )
    return [
        f"“{one.path[-1]}” was cited under {one.licence} and is under {today[one.work_id]} today: a work that cites it "
        f"anew{f', instead of “{one.path[-2]}”,' if one.path[1:] else ''} may take more."
        for one in held
        if is_freer(today[one.work_id], one.licence)
    ]


def _declared_by(session: Session, work: Work) -> list[HeldLicence]:
    """The licences of the work's direct sources, as held when the links were declared; of a draft, also by grants."""
    return held_by(work.sources, grants_of_draft(session, work))


def held_by(links: Sequence[SourceLink], held: Held = NONE_HELD) -> list[HeldLicence]:
    """The licences of links that may not be stored yet, with their sources loaded; each way begins at its source.

    The `held` grants are what the sources may be held under instead.
    """
    return [
        HeldLicence(
            one.source_id, one.licence, (one.source.title,), (one.source_id,),
            tuple(grant.licence for grant in held.get(one.source_id, ()) if grant.licence != one.licence),
        )
        for one in links
    ]  # fmt: skip


def settle_licence(
    session: Session,
    wanted: Licence | None,
    links: Sequence[SourceLink],
    *,
    held: Held = NONE_HELD,
    maker: Actor | None = None,
) -> Licence:
    """The licence of a remix with these `links`, judged over them and all ancestors; they then hold what allows it.

    Each link holds its source as it is, or by one of the grants `held` where only that will do. Without a wish it is
    the strictest of the licences held. Raises LicenceConflict with the path to the culprit; given the remix's `maker`,
    also what `contest_licences.require_offerable` raises for a licence that no source brings.
    """
    declared = held_by(links, held)
    above = _held(session, declared)
    settled = wanted if wanted is not None else default_for_remix(above)
    if settled is None or not permit(above, settled):
        _judge(session, wanted, declared, above)
    assert settled is not None  # `judge` has raised otherwise
    if maker is not None and not any(settled in (one.licence, *one.others) for one in above):
        require_offerable(session, maker, settled)
    use_grants(links, held, settled)
    return settled


def _held(session: Session, declared: Sequence[HeldLicence]) -> list[HeldLicence]:
    """The declared licences and each licence that occurs further up, without the way to it."""
    licences = session.scalars(_LICENCES_ABOVE, {"ids": [one.work_id for one in declared]})
    return [*declared, *(HeldLicence("", licence, ()) for licence in licences)]


def _held_with_paths(session: Session, declared: Sequence[HeldLicence], licences: set[Licence]) -> list[HeldLicence]:
    """One nearest holder for each of the `licences`, and the path of titles to it; three queries at most."""
    sources = _sources_above(session, [one.work_id for one in declared])
    nearest: dict[Licence, HeldLicence] = {}
    seen: set[str] = set()
    frontier = list(declared)
    while frontier and not licences <= nearest.keys():
        further = []
        for one in frontier:
            nearest.setdefault(one.licence, one)
            if one.work_id not in seen:
                seen.add(one.work_id)
                further += [
                    HeldLicence(source_id, licence, one.path, (*one.path_ids, source_id))
                    for source_id, licence in sources.get(one.work_id, ())
                ]
        frontier = further
    return _titled(session, list(nearest.values()))


def _sources_above(session: Session, ids: Sequence[str]) -> dict[str, list[tuple[str, Licence]]]:
    """Of the works `ids` and of all their ancestors: the sources, with their licences as held."""
    above = ancestor_seqs(ids)
    derivatives = sa.or_(SourceLink.derivative_id.in_(ids), SourceLink.derivative_seq.in_(sa.select(above.c.seq)))
    sources: dict[str, list[tuple[str, Licence]]] = {}
    for derivative_id, source_id, licence in session.execute(
        sa.select(SourceLink.derivative_id, SourceLink.source_id, SourceLink.licence)
        .where(derivatives)
        .order_by(SourceLink.derivative_seq, SourceLink.position)
    ):
        sources.setdefault(derivative_id, []).append((source_id, licence))
    return sources


def _titled(session: Session, found: Sequence[HeldLicence]) -> list[HeldLicence]:
    """With the titles on the ways: those of direct sources are there already."""
    ids = {id for one in found for id in one.path_ids[1:]}
    titles = {row.id: row.title for row in session.execute(sa.select(Work.id, Work.title).where(Work.id.in_(ids)))}
    return [dataclasses.replace(one, path=(one.path[0], *(titles[id] for id in one.path_ids[1:]))) for one in found]
