"""Before asking for leave: under which licences it would help a remix, and whose leave a licence needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.licences.judging import HeldLicence, permit
from remixhub.domain.licences.terms import OFFERED, Licence
from remixhub.domain.lineage.foreign_addresses import is_node_id
from remixhub.models import Account, Work
from remixhub.services.licences.grants import Cited, grants_held
from remixhub.services.licences.sources import NewSource
from remixhub.services.licences.verdicts import held_by, held_elsewhere
from remixhub.services.licences.ways import titled, ways_over
from remixhub.services.lineage.elsewhere import cited_by
from remixhub.services.remixes.asking import find_own_draft, find_published, licences_held, needs_leave

_SHOWN_IN_THE_WAY = 50


@dataclass(frozen=True)
class Choice:
    licence: Licence
    is_enough: bool
    """With this leave alone the remix could be published under it."""


@dataclass(frozen=True)
class Prospect:
    """What can be asked about a work."""

    work: Work
    source: Work
    remix: Work | None
    choices: Sequence[Choice]
    """Licences of the remix that the work does not allow; none when nothing needs leave."""


def view_question(actor: Actor, parts: Parts, work_id: str, *, source_id: str | None, remix_id: str | None) -> Prospect:
    """Raises what `ask` raises of the works and the draft, but not that something needs no leave."""
    require_account(actor)
    with parts.database.reading() as session:
        remix = None if remix_id is None else find_own_draft(session, actor, remix_id)
        work = find_published(session, work_id, "/work_id")
        source = find_published(session, source_id or work_id, "/source_id")
        if work.account_id == actor.account_id:
            return Prospect(work, source, remix, ())
        held = licences_held(session, remix_id, source, work)
        rest = [one for one in _ways_of(session, actor, remix, source) if one.work_id != work.id]
        needed = [one for one in OFFERED if needs_leave(remix, work, source, held, one)]
        return Prospect(work, source, remix, [Choice(one, permit(rest, one)) for one in needed])


@dataclass(frozen=True)
class InTheWay:
    """A work whose licence does not allow what is wanted."""

    work_id: str
    source_id: str
    artist: str
    licence: Licence
    titles: Sequence[str]
    """The way up to it."""
    ids: Sequence[str] = ()
    """Of the same works."""


def works_in_the_way(actor: Actor, parts: Parts, remix_id: str, licence: Licence) -> tuple[Work, Sequence[InTheWay]]:
    """Whose leave a draft would need to be published under a licence, nearest first; the first of them."""
    require_account(actor)
    with parts.database.reading() as session:
        remix = find_own_draft(session, actor, remix_id)
        nearest: dict[str, HeldLicence] = {}
        for one in _ways_of(session, actor, remix):
            if not one.allows(licence) and not is_node_id(one.work_id):  # whose artist has no account to be asked by
                nearest.setdefault(one.work_id, one)
        named = titled(session, list(nearest.values())[:_SHOWN_IN_THE_WAY])
        artists = dict(
            session.execute(
                sa.select(Work.id, Account.display_name)
                .join(Account, Account.id == Work.account_id)
                .where(Work.id.in_([one.work_id for one in named]))
            ).all()
        )
        return remix, [
            InTheWay(one.work_id, one.path_ids[0], artists[one.work_id], one.licence, one.path, one.path_ids)
            for one in named
        ]


def _ways_of(session: Session, actor: Actor, remix: Work | None, source: Work | None = None) -> list[HeldLicence]:
    """All that binds a draft, as if it cited the source too."""
    links = [] if remix is None else remix.sources
    further = [] if source is None or source.id in {link.source_id for link in links} else [source]
    cited: list[Cited] = [*links, *(NewSource(one.id) for one in further)]
    grants = grants_held(session, actor.account_id, cited, remix_id=None if remix is None else remix.id)
    anew = [HeldLicence(one.id, one.licence, (one.title,), (one.id,)) for one in further]
    elsewhere = () if remix is None else held_elsewhere(cited_by(session, remix))
    return ways_over(session, [*held_by(links, grants), *elsewhere, *anew], grants)
