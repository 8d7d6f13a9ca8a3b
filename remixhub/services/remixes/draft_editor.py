"""What the editor of a draft shows: what is worked on, and what the sources ask of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_own_work
from remixhub.domain.contests.entries import TAKEN_BACK
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import IngestState, StemPackState, WishState, WorkKind, WorkState
from remixhub.domain.troubles import Delay
from remixhub.jobs.table import why_delayed
from remixhub.models import (
    Contest,
    ContestEntry,
    ContestLicence,
    ElsewhereSource,
    Mix,
    Permission,
    SourceLink,
    SourceWish,
    Stem,
    StemPack,
    Work,
)
from remixhub.services.access import find_visible_work
from remixhub.services.licences.contest_licences import own_contest_licences
from remixhub.services.licences.sources import lengths_of
from remixhub.services.licences.verdicts import Verdict, judged
from remixhub.services.lineage.elsewhere import named_by
from remixhub.services.mixes.mixes import newest_mixes
from remixhub.services.remixes.asking import asked_for
from remixhub.services.remixes.handing_back import NOTHING, HandedBack, handed_back
from remixhub.services.remixes.outlooks import Outlook, outlooks, outlooks_elsewhere
from remixhub.services.remixes.shares import Split, split_over_lineage
from remixhub.services.remixes.wishes import wishes_of
from remixhub.services.stems.packs import stems_offered
from remixhub.services.works.whole_piece import WholePiece, whole_piece
from remixhub.services.works.works import find_own_work_with_all

_OFFERED_MIXES = 20
_OFFERED_CONTEST_LICENCES = 20


@dataclass(frozen=True)
class Draft:
    """One's own work with the stem pack that is being put together, if one is."""

    work: Work
    pack: StemPack | None
    whole: WholePiece | None
    wishes: Sequence[SourceWish] = ()
    """Sources that are refused so far, and such as were left out."""
    elsewhere: Sequence[ElsewhereSource] = ()
    """What a remix names that is not on this hub, wanted or cited."""
    delay: Delay | None = None
    """What its stems, its whole piece or its review wait for by our fault."""

    @property
    def cited_elsewhere(self) -> Sequence[ElsewhereSource]:
        return [one for one in self.elsewhere if not one.is_wanted]

    @property
    def refused(self) -> Sequence[str]:
        """The titles of what it wants and may not cite so far."""
        here = [one.source.title for one in self.wishes if one.state is WishState.WANTED]
        return [*here, *(one.title for one in self.elsewhere if one.is_wanted)]

    @property
    def has_sources(self) -> bool:
        return bool(self.work.sources or self.cited_elsewhere)

    @property
    def is_working(self) -> bool:
        """Stems or the whole piece are being ingested, or the pack is being reviewed."""
        stems = self.pack.stems if self.pack else []
        states = [stem.original.ingest_state for stem in stems] + ([self.whole.state] if self.whole else [])
        is_unchecked = bool(stems) and self.pack is not None and self.pack.findings is None
        return IngestState.PENDING in states or (is_unchecked and IngestState.REFUSED not in states)


@dataclass(frozen=True)
class DraftEditor:
    draft: Draft
    verdict: Verdict
    """Over the sources as they are declared."""
    split: Split
    own_mixes: Sequence[Mix]
    """A remix may take one over as its audio."""
    own_licences: Sequence[ContestLicence]
    permissions: Sequence[Permission]
    """What was asked for the draft, the oldest first."""
    outlooks: Mapping[str, Outlook]
    """Of the sources that are wanted, those from elsewhere by their nodes: what stands in their way, or that nothing
    does any more.
    """
    source_stems: Mapping[str, Sequence[Stem]]
    """Those that each of the named sources offers today, and those that were named of older packs."""
    lengths: Mapping[str, float]
    """Of the named sources, in seconds, as far as known."""
    contests: Sequence[Contest]
    """In which it is entered."""
    handed_back: HandedBack


def find_draft(actor: Actor, parts: Parts, work_id: str) -> Draft:
    """Cheap enough to poll. Raises NotFound and Forbidden as `works.get_own_work` does."""
    with parts.database.reading() as session:
        return draft_of(session, actor, work_id)


def open_editor(actor: Actor, parts: Parts, work_id: str) -> DraftEditor:
    with parts.database.reading() as session:
        draft = draft_of(session, actor, work_id)
        work = draft.work
        named: list[SourceLink | SourceWish] = [*work.sources, *draft.wishes] if _is_draft_of_remix(work) else []
        wanted = [one for one in draft.wishes if one.state is WishState.WANTED]
        return DraftEditor(
            draft=draft,
            verdict=judged(session, work, work.licence, draft.cited_elsewhere),
            split=split_over_lineage(session, work),
            own_mixes=newest_mixes(session, work.account_id, _OFFERED_MIXES) if work.kind is WorkKind.REMIX else (),
            own_licences=own_contest_licences(session, work.account_id, limit=_OFFERED_CONTEST_LICENCES),
            permissions=asked_for(session, work.id) if _is_draft_of_remix(work) else (),
            outlooks={
                **outlooks(session, actor, work, wanted, elsewhere=draft.cited_elsewhere),
                **outlooks_elsewhere(session, work, draft.elsewhere),
            },
            source_stems=stems_offered(session, named),
            lengths=lengths_of(session, [one.source_id for one in named]),
            contests=_entered(session, work.id) if work.kind is WorkKind.REMIX else (),
            handed_back=handed_back(session, actor, work.id) if _is_draft_of_remix(work) else NOTHING,
        )


def view_verdict(actor: Actor, parts: Parts, work_id: str, wanted: Licence) -> tuple[Work, Verdict]:
    """What the sources of one's own work say to a licence."""
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        require_own_work(actor, owner_id=work.account_id, state=work.state, what="work", id=work_id)
        return work, judged(session, work, wanted)


def _is_draft_of_remix(work: Work) -> bool:
    return work.kind is WorkKind.REMIX and work.state is WorkState.DRAFT


def _entered(session: Session, work_id: str) -> Sequence[Contest]:
    entered = sa.select(ContestEntry.contest_id).where(
        ContestEntry.work_id == work_id, ContestEntry.state.not_in(TAKEN_BACK)
    )
    return session.scalars(sa.select(Contest).where(Contest.id.in_(entered)).order_by(Contest.id)).unique().all()


def draft_of(session: Session, actor: Actor, work_id: str) -> Draft:
    work = find_own_work_with_all(session, actor, work_id)
    pack = next((one for one in work.stem_packs if one.state is StemPackState.DRAFT), None)
    wishes = wishes_of(session, work.id) if _is_draft_of_remix(work) else ()
    draft = Draft(work, pack, whole_piece(session, work), wishes, named_by(session, work))
    return replace(draft, delay=why_delayed(session, _worked_on(draft))) if draft.is_working else draft


def _worked_on(draft: Draft) -> list[str]:
    """The subjects of the jobs that it may wait for."""
    subjects = [stem.original_sha256 for stem in draft.pack.stems] if draft.pack else []
    wanted = (draft.work.whole_digest, draft.pack.id if draft.pack else None)
    return [*subjects, *(one for one in wanted if one is not None)]
