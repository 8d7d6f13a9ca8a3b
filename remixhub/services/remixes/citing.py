"""A draft's sources one at a time, as its page has them: cited, or wanted where refused; amended, left out."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.errors import PreconditionFailed, RemixHubError
from remixhub.domain.licences.contest_licences import ContestLicenceExpired, ContestLicenceNotAccepted
from remixhub.domain.licences.judging import LicenceConflict
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WishState, WorkState
from remixhub.models import SourceLink, SourceWish, Work
from remixhub.services import journal
from remixhub.services.licences import sources
from remixhub.services.licences.sources import NewSource, SourceTakenDown, SourceWithdrawn
from remixhub.services.mixes import mixes
from remixhub.services.remixes import wishes
from remixhub.services.remixes.remixes import NewRemix, begin_draft, create_remix, replace_sources
from remixhub.services.works.works import begin_edit

REFUSALS = (LicenceConflict, ContestLicenceNotAccepted, ContestLicenceExpired, SourceWithdrawn, SourceTakenDown)
"""A work that is in the remix and may not be: what the remixer said of it is kept. All else is a slip of the pen."""


def start_remix(actor: Actor, parts: Parts, new: NewRemix) -> Work:
    """A draft; where a source is refused, all are wanted by a draft without sources, which has its mix all the same."""
    try:
        return create_remix(actor, parts, new)
    except REFUSALS:
        with parts.database.writing() as session:
            work = begin_draft(session, actor, new.title, new.licence or Licence.BY)
            if new.mix_id is not None:
                work.mixdown_digest = mixes.take_over(session, actor, new.mix_id).digest
            for one in new.sources:
                wishes.wanted(session, work.id, one)
        return work


def add_source(
    actor: Actor,
    parts: Parts,
    work_id: str,
    one: NewSource,
    *,
    licence: Licence | None = None,
    instead_of: str | None = None,
) -> RemixHubError | None:
    """Cites a further source, under another `licence` of the remix or `instead_of` one of its sources if given.

    Where it is refused it is kept as wanted, and the refusal is the answer. Raises what `set_sources` raises besides.
    """
    try:
        with parts.database.writing() as session:
            work = _begun(session, actor, work_id)
            rest = [
                wishes.asked_again(link) for link in work.sources if link.source_id not in (one.source_id, instead_of)
            ]
            replace_sources(session, actor, parts, work_id, [*rest, one], licence=licence)
    except REFUSALS as refusal:
        with parts.database.writing() as session:
            work = _begun(session, actor, work_id)
            if all(link.source_id != one.source_id for link in work.sources):
                wishes.wanted(session, work_id, one)
                after: dict[str, object] = {"source": one.source_id, "code": refusal.code}
                journal.record(session, actor, "remix.source_refused", "work", work_id, after=after)
        return refusal
    return None


def cite_wish(
    actor: Actor,
    parts: Parts,
    work_id: str,
    source_id: str,
    *,
    licence: Licence | None = None,
    instead_of: str | None = None,
) -> RemixHubError | None:
    """As `add_source`, of what is wanted or was left out."""
    with parts.database.reading() as session:
        one = wishes.asked_again(wishes.find_wish(session, work_id, source_id))
    return add_source(actor, parts, work_id, one, licence=licence, instead_of=instead_of)


def leave_out(actor: Actor, parts: Parts, work_id: str, source_id: str) -> str:
    """A source, cited or wanted, as long as the work is a draft. The title of it; it can be put back."""
    with parts.database.writing() as session:
        work = _begun(session, actor, work_id)
        link = next((one for one in work.sources if one.source_id == source_id), None)
        if link is None:
            wish = wishes.find_wish(session, work_id, source_id)
            wish.state = WishState.LEFT_OUT
            return wish.source.title
        rest = [wishes.asked_again(one) for one in work.sources if one is not link]
        title = link.source.title
        replace_sources(session, actor, parts, work_id, rest, may_be_none=True)
    return title


def amend_source(actor: Actor, parts: Parts, work_id: str, one: NewSource, *, seen: str) -> None:
    """Replaces what is said of a source, cited or wanted, when it is still as `seen`.

    Raises PreconditionFailed, and what `set_sources` raises.
    """
    with parts.database.writing() as session:
        work = _begun(session, actor, work_id)
        link = next((each for each in work.sources if each.source_id == one.source_id), None)
        named = wishes.find_wish(session, work_id, one.source_id) if link is None else link
        if seen != stamp_of(named):
            raise PreconditionFailed("It was edited elsewhere in the meantime. Compare, then save again.")
        if link is None:
            sources.require_sensible(session, named.source, one)
            wishes.wanted(session, work_id, one)
        else:
            cited = [one if each is link else wishes.asked_again(each) for each in work.sources]
            replace_sources(session, actor, parts, work_id, cited)


def stamp_of(named: SourceLink | SourceWish) -> str:
    """Of what is said of a source. The work's revision would not do: stems that arrive meanwhile raise it."""
    said = [named.kind, named.stems, named.note, named.starts_seconds, named.ends_seconds]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def _begun(session: Session, actor: Actor, work_id: str) -> Work:
    return begin_edit(session, actor, work_id, states=(WorkState.DRAFT,))
