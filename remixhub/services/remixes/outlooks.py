"""What would become of a draft if it cited one work more: whether its licences allow it, and what would help if not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session

from remixhub.domain.access import Actor
from remixhub.domain.errors import RemixHubError
from remixhub.domain.licences.grants import Held, freest, others_by, permitted_by, usable
from remixhub.domain.licences.judging import HeldLicence, allowed_for_remix, default_for_remix, permit
from remixhub.domain.licences.terms import OFFERED, Licence, in_order
from remixhub.domain.states import WorkState
from remixhub.models import ElsewhereSource, SourceLink, Work
from remixhub.services.licences.contest_licences import require_remixable
from remixhub.services.licences.grants import grants_held, grants_of
from remixhub.services.licences.sources import SourceTakenDown, SourceWithdrawn
from remixhub.services.licences.verdicts import conflict_among, declared_by, held_elsewhere
from remixhub.services.licences.ways import Above


class Named(Protocol):
    """A work that a draft may cite, with the ids of its stems that were used."""

    @property
    def source_id(self) -> str: ...
    @property
    def source(self) -> Work: ...
    @property
    def stems(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Instead:
    """A source of the draft that would make room."""

    source_id: str
    title: str
    licence: Licence
    """Of the remix then: its own if that will do."""


@dataclass(frozen=True)
class Outlook:
    fits: bool
    """Beside the sources and under the licence that the draft has."""
    code: str = ""
    """Of the problem that stands in the way."""
    detail: str = ""
    licences: Sequence[Licence] = ()
    """Others that the draft could stand under with it."""
    conflict: Mapping[str, Any] | None = None
    """As a Verdict has it."""
    instead_of: Sequence[Instead] = ()
    contest_licence: str = ""
    """To be accepted first."""


def outlooks(
    session: Session,
    actor: Actor,
    work: Work,
    further: Sequence[Named],
    *,
    explained: bool = True,
    elsewhere: Sequence[ElsewhereSource] | None = None,
) -> dict[str, Outlook]:
    """By source, each judged alone beside those that the draft cites, from `elsewhere` too, which are read unless they
    are given; without the reasons unless `explained`.
    """
    if not further:
        return {}
    grants = grants_held(session, work.account_id, [*work.sources, *further], remix_id=work.id)
    above = Above.of(session, [*(link.source_id for link in work.sources), *(one.source_id for one in further)])
    declared = declared_by(session, work, grants, elsewhere)
    found = {}
    for one in further:
        barred = _barred(session, actor, one, grants)
        if barred is not None:
            licence = str(barred.context.get("licence", ""))
            found[one.source_id] = Outlook(False, barred.code, barred.detail, contest_licence=licence)
        else:
            found[one.source_id] = _judged(session, work, [*declared, _held(one, grants)], above, grants, explained)
    return found


def outlooks_elsewhere(session: Session, work: Work, named: Sequence[ElsewhereSource]) -> dict[str, Outlook]:
    """By node, of what a draft wants from elsewhere, each judged alone beside what it cites; `named` are all."""
    wanted = [one for one in named if one.is_wanted]
    if not wanted:
        return {}
    grants = grants_of(session, work)
    above = Above.of(session, [link.source_id for link in work.sources])
    declared = declared_by(session, work, grants, [one for one in named if not one.is_wanted])
    return {
        one.node_id: _judged(session, work, [*declared, *held_elsewhere([one])], above, grants, explained=True)
        for one in wanted
    }


def _judged(
    session: Session, work: Work, declared: Sequence[HeldLicence], above: Above, grants: Held, explained: bool
) -> Outlook:
    """The last of `declared` is the further one."""
    every = above.ways(declared, grants)
    if permit(every, work.licence):
        return Outlook(True)
    licences = [one for one in in_order(allowed_for_remix(every)) if one in OFFERED or one.is_contest]
    if not explained:
        return Outlook(False, "licence_conflict", licences=licences)
    conflict = conflict_among(session, work.licence, every, grants)
    instead = []
    for link in work.sources if not licences else ():
        rest = above.ways([one for one in declared if one.work_id != link.source_id], grants)
        licence = work.licence if permit(rest, work.licence) else default_for_remix(rest)
        if licence is not None:
            instead.append(Instead(link.source_id, link.source.title, licence))
    detail = "" if conflict is None else str(conflict["detail"])
    return Outlook(False, "licence_conflict", detail, licences, conflict, instead)


def _held(one: Named, grants: Held) -> HeldLicence:
    """As declaring it now would hold it."""
    mine, work = grants.get(one.source_id, ()), one.source
    grant = freest(work.licence if work.state is WorkState.PUBLISHED else None, mine)
    licence = work.licence if grant is None else grant.licence
    path = (work.title,), (work.id,)
    return HeldLicence(work.id, licence, *path, others_by(mine, licence), permitted_by(mine))


def _barred(session: Session, actor: Actor, one: Named, grants: Held) -> RemixHubError | None:
    """Why it may not be cited at all, whatever the licence of the remix."""
    work, mine = one.source, grants.get(one.source_id, ())
    if work.state is WorkState.TAKEN_DOWN:
        return SourceTakenDown("The house took it down: nobody may use it.")
    if work.state is WorkState.WITHDRAWN and not usable(mine):
        return SourceWithdrawn("Its artist withdrew it: only who holds a receipt of its stems may use it.")
    held = _held(one, grants)
    if not held.licence.is_contest or held.permitted:
        return None
    try:
        require_remixable(session, actor, [SourceLink(source=work, source_id=work.id, licence=held.licence)])
    except RemixHubError as refusal:
        return refusal
    return None
