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
from remixhub.domain.licences.contest_licences import ContestLicenceNotAccepted
from remixhub.domain.licences.grants import NONE_HELD, SHORT, Held, others_by, permitted_by, usable
from remixhub.domain.licences.judging import (
    HeldLicence,
    LicenceConflict,
    allowed_for_remix,
    default_for_remix,
    is_freer,
    judge,
    licences_by_leave,
    permit,
)
from remixhub.domain.licences.terms import Licence, in_order, obligations, short_name
from remixhub.domain.lineage.elsewhere import held_as
from remixhub.domain.lineage.foreign_addresses import is_node_id
from remixhub.domain.states import WorkState
from remixhub.models import ElsewhereSource, SourceLink, Work
from remixhub.services.access import find_visible_work
from remixhub.services.licences import sources
from remixhub.services.licences.contest_licences import require_current, require_offerable
from remixhub.services.licences.grants import GrantUse, grants_held, grants_of, grants_used, use_grants
from remixhub.services.licences.presented import presented_grants
from remixhub.services.licences.sources import NewSource
from remixhub.services.licences.ways import for_each_licence, licences_over, titled, ways_over
from remixhub.services.lineage.elsewhere import cited_by


@dataclass(frozen=True)
class Allowed:
    for_work: frozenset[Licence]
    """What the work itself may stand under, as its sources are now declared; every licence for a release."""
    for_remixes: frozenset[Licence]
    """What a remix of the work may stand under; empty when it may not be remixed."""


def allowed_licences(actor: Actor, parts: Parts, work_id: str) -> Allowed:
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        grants = grants_of(session, work)
        own = allowed_for_remix(licences_over(session, declared_by(session, work, grants), grants))
        return Allowed(own, allowed_onward(session, work))


def allowed_onward(session: Session, work: Work) -> frozenset[Licence]:
    """What a remix of the work may stand under; empty when it may not be remixed."""
    declared = [HeldLicence(work.id, work.licence, (work.title,), (work.id,))]
    return allowed_for_remix(licences_over(session, declared, NONE_HELD))


def binding_on_remixes(session: Session, work_id: str, licence: Licence) -> frozenset[Licence]:
    """All licences that a remix of the work has to satisfy: its own, and those held further up."""
    declared = [HeldLicence(work_id, licence, (), (work_id,))]
    return frozenset(one.licence for one in licences_over(session, declared, NONE_HELD))


def may_remix(session: Session, actor: Actor, work: Work) -> bool:
    """Whether the actor could publish a remix of it: under what is offered, or by a receipt."""
    if work.state is WorkState.PUBLISHED and allowed_onward(session, work):
        return True
    if work.state is WorkState.TAKEN_DOWN or actor.account_id is None:
        return False
    grants = usable(grants_held(session, actor.account_id, [NewSource(work.id)]).get(work.id, ()))
    held = [HeldLicence(work.id, grant.licence, (work.title,), (work.id,)) for grant in grants]
    return any(allowed_for_remix(licences_over(session, [one], NONE_HELD)) for one in held)


@dataclass(frozen=True)
class Verdict:
    """The answer to whether works can be remixed together; the page, the API and the command line give the same."""

    allowed: Sequence[Licence]
    licence: Licence | None
    """The wished one if it is allowed, else the strictest of those held."""
    obligations: Sequence[str]
    conflict: Mapping[str, object] | None
    """`detail`; `sources`: the one that forbids it or the two that clash, with the way to each; `licences`: theirs, and
    the wished one if that is half of the pair; `remedies`; `permissions`: whose leave would help, and for which
    licences of the remix.
    """
    grants: Sequence[GrantUse] = ()
    """Of the sources for which whoever asks holds a receipt."""


def check(
    actor: Actor, parts: Parts, source_ids: Sequence[str], wanted: Licence | None, receipts: Sequence[str] = ()
) -> Verdict:
    """Judged as if the sources were declared now, and contest licences accepted. Raises what declaring them raises.

    `receipts` are the texts of files, for whoever has no account.
    """
    with parts.database.reading() as session:
        cited = [NewSource(id) for id in dict.fromkeys(source_ids)]
        presented = presented_grants(session, parts, receipts, source_ids)
        own = grants_held(session, actor.account_id, cited)
        grants = {**own, **{id: [*more, *own.get(id, ())] for id, more in presented.items()}}
        links = sources.declare(session, actor, cited, held=grants)
        declared = held_by(links, grants)
        require_current(session, links)
        session.expunge_all()
        held = licences_over(session, declared, grants)
        if wanted is not None and wanted not in {one.licence for one in held}:
            with suppress(ContestLicenceNotAccepted):
                require_offerable(session, actor, wanted)
        conflict = _conflict(session, wanted, declared, held, grants)
    found = verdict(wanted, held, conflict)
    if found.licence is not None:
        use_grants(links, grants, found.licence)
    return dataclasses.replace(found, grants=grants_used(links, grants))


def judged(
    session: Session,
    work: Work,
    wanted: Licence | None = None,
    elsewhere: Sequence[ElsewhereSource] | None = None,
) -> Verdict:
    """A work with its sources as they are declared: what it may stand under, and what they ask. What it cites from
    `elsewhere` is read unless it is given.
    """
    grants = grants_of(session, work)
    declared = declared_by(session, work, grants, elsewhere)
    held = licences_over(session, declared, grants)
    found = verdict(wanted, held, _conflict(session, wanted, declared, held, grants))
    return dataclasses.replace(found, grants=grants_used(work.sources, grants))


def against_remixing(session: Session, work: Work) -> Mapping[str, object] | None:
    """What its licence and those above it say against publishing a remix of a work, as a Verdict has it."""
    declared = [HeldLicence(work.id, work.licence, (work.title,), (work.id,))]
    return _conflict(session, None, declared, licences_over(session, declared, NONE_HELD), NONE_HELD)


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
    session: Session,
    wanted: Licence | None,
    declared: Sequence[HeldLicence],
    held: Sequence[HeldLicence],
    grants: Held,
) -> dict[str, Any] | None:
    """As a Verdict has it; the ways are looked for only when there is one."""
    if allowed_for_remix(held) and (wanted is None or permit(held, wanted)):
        return None
    try:
        _judge(session, wanted, declared, grants)
    except LicenceConflict as exc:
        return _facts_of(exc)
    return None


def conflict_among(
    session: Session, wanted: Licence | None, every: Sequence[HeldLicence], grants: Held
) -> Mapping[str, Any] | None:
    """As a Verdict has it, where the ways to all that binds are known."""
    if allowed_for_remix(every) and (wanted is None or permit(every, wanted)):
        return None
    try:
        _explain(session, wanted, every, grants)
    except LicenceConflict as exc:
        return _facts_of(exc)
    return None


def _judge(session: Session, wanted: Licence | None, declared: Sequence[HeldLicence], grants: Held) -> None:
    _explain(session, wanted, ways_over(session, declared, grants), grants)


def _explain(session: Session, wanted: Licence | None, every: Sequence[HeldLicence], grants: Held) -> None:
    """As `judge`, with the way to each culprit, whose leave would help, and what citing a work anew would change."""
    ways = titled(session, for_each_licence(every))
    try:
        judge(wanted, ways)
    except LicenceConflict as exc:
        exc.context["remedies"] += (  # type: ignore[operator]
            _relaxed_since(session, ways) + _short_for(exc, grants) + _for_elsewhere(exc)
        )
        leave = [
            {
                "work_id": one["ids"][-1],
                "source_id": one["ids"][0],
                "title": one["titles"][-1],
                "licences": licences_by_leave(every, one["ids"][-1], wanted),
            }
            for one in exc.context["sources"]  # type: ignore[attr-defined]
            if not is_node_id(one["ids"][-1])
        ]
        exc.context["permissions"] = leave
        exc.context["remedies"] += [  # type: ignore[operator]
            f"Ask the artist of “{one['title']}” for leave, here or by `POST /permissions`."
            for one in leave
            if one["licences"]
        ]
        raise


def _short_for(conflict: LicenceConflict, grants: Held) -> list[str]:
    culprits: list[dict[str, Any]] = conflict.context["sources"]  # type: ignore[assignment]
    cited = [one["ids"][0] for one in culprits if len(one["ids"]) == 1]
    return [SHORT] if any(grant.is_short for id in cited for grant in grants.get(id, ())) else []


def _for_elsewhere(conflict: LicenceConflict) -> list[str]:
    """Their artists cannot be asked here; who has their leave says so with the source."""
    culprits: list[dict[str, Any]] = conflict.context["sources"]  # type: ignore[assignment]
    return [
        f"If the artist of “{one['titles'][0]}” gave you leave, say so with the source: when, for which licence, in "
        "which words."
        for one in culprits
        if len(one["ids"]) == 1 and is_node_id(one["ids"][0])
    ]


def _facts_of(conflict: LicenceConflict) -> dict[str, Any]:
    names = ("sources", "licences", "remedies", "permissions")
    return {name: conflict.context.get(name, []) for name in names} | {"detail": conflict.detail}


def _relaxed_since(session: Session, held: Sequence[HeldLicence]) -> list[str]:
    """Works that are under a freer licence today than they were cited under: citing one anew would take that one."""
    today = dict(
        session.execute(sa.select(Work.id, Work.licence).where(Work.id.in_([one.work_id for one in held]))).all()
    )
    return [
        f"“{one.path[-1]}” was cited under {short_name(one.licence)} and is under {short_name(today[one.work_id])} "
        f"today: a work that cites it anew{f', instead of “{one.path[-2]}”,' if one.path[1:] else ''} may take more."
        for one in held
        if one.work_id in today and is_freer(today[one.work_id], one.licence)
    ]


def held_by(links: Sequence[SourceLink], held: Held = NONE_HELD) -> list[HeldLicence]:
    """The licences of links that may not be stored yet, with their sources loaded; each way begins at its source.

    The `held` grants are what the sources may be held under instead.
    """
    return [
        HeldLicence(
            one.source_id, one.licence, (one.source.title,), (one.source_id,),
            others_by(held.get(one.source_id, ()), one.licence), permitted_by(held.get(one.source_id, ())),
        )
        for one in links
    ]  # fmt: skip


def held_elsewhere(sources: Sequence[ElsewhereSource]) -> list[HeldLicence]:
    """As declared; each way begins at its source."""
    return [held_as(one.node_id, one.path_title, one.licence, one.leave) for one in sources]


def declared_by(
    session: Session, work: Work, held: Held = NONE_HELD, elsewhere: Sequence[ElsewhereSource] | None = None
) -> list[HeldLicence]:
    """What a work declares: its sources here, and those from elsewhere, which are read unless they are given."""
    cited = cited_by(session, work) if elsewhere is None else elsewhere
    return [*held_by(work.sources, held), *held_elsewhere(cited)]


def settle_licence(
    session: Session,
    wanted: Licence | None,
    links: Sequence[SourceLink],
    *,
    elsewhere: Sequence[ElsewhereSource] = (),
    held: Held = NONE_HELD,
    maker: Actor | None = None,
) -> Licence:
    """The licence of a remix with these `links` and sources from `elsewhere`, judged over them and all ancestors; the
    links then hold what allows it.

    Each link holds its source as it is, or by one of the grants `held` where only that will do. Without a wish it is
    the strictest of the licences held. Raises LicenceConflict with the path to the culprit; given the remix's `maker`,
    also what `contest_licences.require_offerable` raises for a licence that no source brings.
    """
    declared = [*held_by(links, held), *held_elsewhere(elsewhere)]
    above = licences_over(session, declared, held)
    settled = wanted if wanted is not None else default_for_remix(above)
    if settled is None or not permit(above, settled):
        _judge(session, wanted, declared, held)
    assert settled is not None  # `judge` has raised otherwise
    if maker is not None and not any(settled in (one.licence, *one.others, *one.permitted) for one in above):
        require_offerable(session, maker, settled)
    use_grants(links, held, settled)
    return settled
