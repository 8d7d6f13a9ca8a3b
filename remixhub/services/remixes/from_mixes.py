"""From a mix to a published remix in two steps: a draft filled in from the mix, and the sheet that publishes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, require_own_work
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.credits import Credit
from remixhub.domain.mix_spec import parse_mix_spec
from remixhub.domain.states import WishState, WorkState
from remixhub.models import Mix, Stem, Work
from remixhub.services.access import find_visible_work
from remixhub.services.licences.sources import NewSource
from remixhub.services.licences.verdicts import Verdict, judged
from remixhub.services.lineage import credits
from remixhub.services.mixes import mixes
from remixhub.services.remixes import citing
from remixhub.services.remixes.draft_editor import Draft, draft_of
from remixhub.services.remixes.outlooks import Outlook, outlooks
from remixhub.services.remixes.publishing import publish_work
from remixhub.services.remixes.remixes import NewRemix
from remixhub.services.stems.packs import stems_offered
from remixhub.services.works.works import edit_work

_CREDITS_LIMIT = 100
_TITLE_LIMIT = 200


@dataclass(frozen=True)
class Sheet:
    """What somebody sees before they publish a remix as it is."""

    draft: Draft
    verdict: Verdict
    stems: Mapping[str, Sequence[Stem]]
    """By source, those that were used."""
    outlooks: Mapping[str, Outlook]
    """Of the sources that are refused so far."""
    credits: Sequence[Credit]
    """Owed to the artists of all ancestors."""


def begin_from_mix(actor: Actor, parts: Parts, mix_id: str) -> str:
    """The id of the draft, of the one that was begun of this mix before, or of the remix that was published. It cites
    the mixed work with the stems that are heard, under the freest licence that the lineage allows; a source that is
    refused is wanted by it.

    Raises NotFound, MixRefused, StemPackGone.
    """
    account_id = require_account(actor)
    mix = mixes.get_mix(actor, parts, mix_id).mix
    begun = sa.select(Work.id).where(
        Work.account_id == account_id,
        Work.mixdown_digest == mix.mixdown_digest,
        Work.state.in_((WorkState.DRAFT, WorkState.PUBLISHED)),
    )
    drafts_first = Work.seq.is_not(None), Work.created_at.desc()
    with parts.database.reading() as session:
        found = session.scalar(begun.order_by(*drafts_first).limit(1))
    return found or citing.start_remix(actor, parts, _filled_in(actor, mix)).id


def view_sheet(actor: Actor, parts: Parts, work_id: str) -> Sheet:
    """Raises NotFound and Forbidden as `works.get_own_work` does."""
    with parts.database.reading() as session:
        draft = draft_of(session, actor, work_id)
        work = draft.work
        wanted = [one for one in draft.wishes if one.state is WishState.WANTED]
        return Sheet(
            draft=draft,
            verdict=judged(session, work, work.licence, draft.cited_elsewhere),
            stems=_stems_used(session, work),
            outlooks=outlooks(session, actor, work, wanted, elsewhere=draft.cited_elsewhere),
            credits=credits.owed_by(session, parts, work, after_seq=0, limit=_CREDITS_LIMIT).rows,
        )


def publish_as(actor: Actor, parts: Parts, work_id: str, *, title: str, licence: Licence) -> Work:
    """One's own draft, under this title and licence. Of a work that is published already nothing is changed.

    Raises what `edit_work` and `publish_work` raise.
    """
    with parts.database.writing() as session:
        work = find_visible_work(session, actor, work_id)
        require_own_work(actor, owner_id=work.account_id, state=work.state, what="work", id=work_id)
        said = {"title": title, "licence": licence}
        changes = {name: fact for name, fact in said.items() if fact != getattr(work, name)}
        if changes and work.state is WorkState.DRAFT:
            edit_work(session, actor, work_id, changes)
    return publish_work(actor, parts, work_id)


def _filled_in(actor: Actor, mix: Mix) -> NewRemix:
    work = mix.mixdown.stem_pack.work
    return NewRemix(
        title=mix.title or f"{work.title} ({actor.handle or 'somebody'} remix)"[:_TITLE_LIMIT],
        sources=[NewSource(work.id, stems=parse_mix_spec(mix.document).sounding_stems())],
        mix_id=mix.id,
        tempo_bpm=work.tempo_bpm,
        key=work.key,
    )


def _stems_used(session: Session, work: Work) -> dict[str, list[Stem]]:
    offered = stems_offered(session, work.sources)
    named = {link.source_id: set(link.stems) for link in work.sources}
    return {id: [stem for stem in stems if stem.id in named[id]] for id, stems in offered.items()}
