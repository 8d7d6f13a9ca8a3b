"""Remixes: drafts that cite their sources, and what must hold before one is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests.entries import TAKEN_BACK
from remixhub.domain.contests.phases import ContestState
from remixhub.domain.errors import Conflict, Invalid
from remixhub.domain.licences.grants import GrantKind, usable
from remixhub.domain.licences.permissions import PermissionOver
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.elsewhere import NewElsewhere
from remixhub.domain.mix_spec import parse_mix_spec
from remixhub.domain.states import IngestState, UploadPurpose, WorkKind, WorkState
from remixhub.domain.work_facts import clean_facts
from remixhub.domain.work_refusals import WorkEntered
from remixhub.models import Contest, ContestEntry, ElsewhereSource, Mixdown, Original, SourceLink, StemPack, Work
from remixhub.services import journal
from remixhub.services.licences import sources
from remixhub.services.licences.contest_licences import require_remixable
from remixhub.services.licences.elsewhere import declare_elsewhere
from remixhub.services.licences.grants import grants_held, is_over, without_leave
from remixhub.services.licences.permissions import permissions_held
from remixhub.services.licences.presented import keep_presented
from remixhub.services.licences.sources import NewSource, SourcesLimit, SourcesMissing, SourceTakenDown
from remixhub.services.licences.verdicts import settle_licence
from remixhub.services.lineage.elsewhere import named_by
from remixhub.services.mixes import mixes
from remixhub.services.remixes import wishes
from remixhub.services.stems.orders import order_ingest
from remixhub.services.uploads import uploads
from remixhub.services.works.whole_piece import whole_piece
from remixhub.services.works.works import begin_edit


class NotARemix(Conflict):
    code = "not_a_remix"
    title = "Only remixes have sources"


class AudioTwice(Invalid):
    code = "audio_twice"
    title = "A remix has one audio"


class MixSourceMissing(Invalid):
    code = "mix_source_missing"
    title = "The work whose stems are in the mix is not among the sources"


class ReceiptForOtherStems(Invalid):
    code = "receipt_for_other_stems"
    title = "The receipt is for other stems"


class RemixAudioMissing(Conflict):
    code = "remix_audio_missing"
    title = "The remix has no audio yet"


class RemixAudioPending(Conflict):
    code = "remix_audio_pending"
    title = "The remix's audio is not ready yet"


class RemixAudioRefused(Conflict):
    code = "remix_audio_refused"
    title = "The remix's audio cannot be used"


@dataclass(frozen=True)
class NewRemix:
    """What a draft starts with; its audio may be given later."""

    title: str
    sources: Sequence[NewSource]
    licence: Licence | None = None
    """None: the strictest of the sources' licences, which is the freest that all of them allow."""
    mix_id: str | None = None
    upload_id: str | None = None
    description: str = ""
    tempo_bpm: float | None = None
    key: str | None = None
    tags: Sequence[str] = ()
    credits: Sequence[Mapping[str, Any]] = ()
    inherited_shares: Sequence[float] = ()
    """In percent by generation."""
    elsewhere: Sequence[NewElsewhere] = ()


def create_remix(actor: Actor, parts: Parts, new: NewRemix) -> Work:
    """A draft. Its licence is judged over the sources' licences as held now and over those of all their ancestors."""
    account_id = require_account(actor)
    if new.mix_id is not None and new.upload_id is not None:
        raise AudioTwice("Give `mix_id` or `upload_id`, not both.", violations={"/upload_id": ["Not with `mix_id`."]})
    facts = clean_facts(
        {
            "tempo_bpm": new.tempo_bpm,
            "key": new.key,
            "tags": new.tags,
            "credits": new.credits,
            "inherited_shares": new.inherited_shares,
        }
    )
    with parts.database.writing() as session:
        original = _claim_audio(session, actor, parts, new.upload_id) if new.upload_id is not None else None
        mixdown = mixes.take_over(session, actor, new.mix_id) if new.mix_id is not None else None
        keep_presented(session, actor, parts, new.sources)
        held = grants_held(session, account_id, _used(new.sources, mixdown))
        links: list[SourceLink] = []
        if new.sources or not new.elsewhere:
            links = sources.declare(session, actor, new.sources, held=held)
        elsewhere = declare_elsewhere(session, parts, new.elsewhere, links=len(links), pointer="/elsewhere_sources")
        require_remixable(session, actor, without_leave(links, held))
        licence = settle_licence(session, new.licence, links, elsewhere=elsewhere, held=held, maker=actor)
        if mixdown is not None:
            require_mix_source(session, mixdown, account_id, links)
        work = Work(
            kind=WorkKind.REMIX,
            state=WorkState.DRAFT,
            account_id=account_id,
            title=new.title,
            licence=licence,
            description=new.description,
            **facts,
            mix_sha256=None if original is None else original.sha256,
            mixdown_digest=None if mixdown is None else mixdown.digest,
            sources=links,
        )
        session.add(work)
        session.flush()
        for one in elsewhere:
            one.derivative_id = work.id
        session.add_all(elsewhere)
        session.flush()
        after = {**_facts(work), "elsewhere": [one.address for one in elsewhere]}
        journal.record(session, actor, "remix.created", "work", work.id, after=after)
    return work


def begin_draft(session: Session, actor: Actor, title: str, licence: Licence) -> Work:
    """Without sources, which come once they may."""
    assert actor.account_id is not None
    remix = Work(kind=WorkKind.REMIX, account_id=actor.account_id, title=title, licence=licence)
    session.add(remix)
    session.flush()
    after: dict[str, object] = {"licence": licence.value, "sources": []}
    journal.record(session, actor, "remix.created", "work", remix.id, after=after)
    return remix


def set_sources(
    actor: Actor,
    parts: Parts,
    work_id: str,
    cited: Sequence[NewSource],
    *,
    revision: int,
    licence: Licence | None = None,
) -> Work:
    """Replaces the sources of a draft, and its licence when one is given (the old one may not suit the new sources).

    These are all: what was wanted besides is left out. A source that was there before keeps the licence as it was held
    when it was first declared, if no receipt is freer.
    """
    with parts.database.writing() as session:
        work = replace_sources(session, actor, parts, work_id, cited, revision=revision, licence=licence)
        wishes.leave_out_all(session, work_id)
    return work


def replace_sources(
    session: Session,
    actor: Actor,
    parts: Parts,
    work_id: str,
    cited: Sequence[NewSource],
    *,
    revision: int | None = None,
    licence: Licence | None = None,
    may_be_none: bool = False,
) -> Work:
    """`set_sources` in the caller's transaction; what was cited before and is not any more is kept as left out."""
    work = begin_edit(session, actor, work_id, states=(WorkState.DRAFT,), revision=revision)
    if work.kind is not WorkKind.REMIX:
        raise NotARemix("A release is an original; make a remix by `POST /remixes`.")
    require_not_entered(session, work_id)
    elsewhere = named_by(session, work)
    if len(cited) + len(elsewhere) > sources.SOURCES_LIMIT:
        raise SourcesLimit(f"Name at most {sources.SOURCES_LIMIT} sources, those from elsewhere included.")
    elsewhere = [one for one in elsewhere if not one.is_wanted]
    keep_presented(session, actor, parts, cited)
    mixdown = _mixdown_of(session, work)
    held = grants_held(session, work.account_id, _used(cited, mixdown), remix_id=work_id)
    before, present = _facts(work), list(work.sources)
    kept = {link.source_id: link for link in present if not is_over(link, held)}
    links: list[SourceLink] = []
    if cited or not (may_be_none or elsewhere):
        links = sources.declare(session, actor, cited, work_id=work_id, kept=kept, held=held)
    anew = [link for link in links if link.source_id not in kept]
    require_remixable(session, actor, without_leave(anew, held))
    work.licence = settle_licence(session, licence or work.licence, links, elsewhere=elsewhere, held=held, maker=actor)
    if mixdown is not None:
        require_mix_source(session, mixdown, work.account_id, links)
    wishes.follow(session, work_id, present, {link.source_id for link in links})
    session.execute(sa.delete(SourceLink).where(SourceLink.derivative_id == work_id))
    session.expire(work, ["sources"])
    work.sources = links
    session.flush()
    journal.record(session, actor, "remix.sources_changed", "work", work_id, before=before, after=_facts(work))
    return work


def check_publishable(session: Session, work: Work) -> None:
    """Says no to a remix without sources or ready audio, or under a licence that its lineage does not allow.

    Does nothing for a release. A source that was withdrawn since it was declared stays a source.
    """
    if work.kind is not WorkKind.REMIX:
        return
    wishes.require_none_wanted(session, work.id)
    elsewhere = named_by(session, work)
    _require_all_cited(elsewhere)
    if not work.sources and not elsewhere:
        raise SourcesMissing("Name what you remixed first.")
    for link in work.sources:
        if link.source.state is WorkState.TAKEN_DOWN:
            raise SourceTakenDown(f"“{link.source.title}” was taken down; remove it.", source_id=link.source_id)
    _check_audio(session, work)
    held = permissions_held(session, work.account_id, work.id)
    for link in work.sources:
        if is_over(link, held):
            raise PermissionOver(
                f"“{link.source.title}” is cited by a permission that its artist took back: remove it.",
                source_id=link.source_id,
            )
    settle_licence(session, work.licence, work.sources, elsewhere=elsewhere, held=held)


def _require_all_cited(elsewhere: Sequence[ElsewhereSource]) -> None:
    refused = [one for one in elsewhere if one.is_wanted]
    if refused:
        titles = ", ".join(f"“{one.path_title}”" for one in refused)
        raise wishes.SourcesRefused(
            f"{titles}: refused so far. Say under which licence it is, or what its artist allowed; choose another "
            "licence for the remix, or leave it out.",
            sources=[one.node_id for one in refused],
        )


def require_not_entered(session: Session, work_id: str) -> None:
    if _is_entered(session, work_id):
        raise WorkEntered("It is entered in a contest, which counts on its sources. Take the entry back first.")


def require_mix_source(session: Session, mixdown: Mixdown, account_id: str, links: Sequence[SourceLink]) -> None:
    """Raises MixSourceMissing unless the work whose stems were mixed is cited, and ReceiptForOtherStems where it is
    held by a receipt that is not for these stems.
    """
    work = session.get_one(StemPack, mixdown.stem_pack_id).work
    link = next((one for one in links if one.source_id == work.id), None)
    if link is None:
        raise MixSourceMissing(
            f"Add “{work.title}” ({work.id}) to the sources: the mix is made of its stems.", source_id=work.id
        )
    if link.grant_kind is GrantKind.RECEIPT:
        mixed = grants_held(session, account_id, [NewSource(work.id, stems=_mixed_stems(mixdown))])[work.id]
        if not any(grant.licence == link.licence for grant in usable(mixed)):
            raise ReceiptForOtherStems(
                f"“{work.title}” is held by a receipt for other stems than those in the mix: mix what you received.",
                source_id=work.id,
            )


def _used(cited: Sequence[NewSource], mixdown: Mixdown | None) -> list[NewSource]:
    """What is cited with the stems that were used: those that are named, and those that were mixed."""
    if mixdown is None:
        return list(cited)
    work_id = mixdown.stem_pack.work_id
    return [
        replace(one, stems=[*one.stems, *_mixed_stems(mixdown)]) if one.source_id == work_id else one for one in cited
    ]


def _mixed_stems(mixdown: Mixdown) -> Sequence[str]:
    """Those that are heard in it."""
    return parse_mix_spec(mixdown.spec).sounding_stems()


def _mixdown_of(session: Session, work: Work) -> Mixdown | None:
    return None if work.mixdown_digest is None else session.get_one(Mixdown, work.mixdown_digest)


def _is_entered(session: Session, work_id: str) -> bool:
    entered = (
        sa.select(ContestEntry.id)
        .join(Contest, Contest.id == ContestEntry.contest_id)
        .where(ContestEntry.work_id == work_id, ContestEntry.state.not_in(TAKEN_BACK))
        .where(Contest.state == ContestState.ANNOUNCED)
    )
    return session.scalar(entered.limit(1)) is not None


def _claim_audio(session: Session, actor: Actor, parts: Parts, upload_id: str) -> Original:
    upload = uploads.claim_upload(session, actor, upload_id, {UploadPurpose.REMIX})
    assert upload.original_sha256 is not None
    return order_ingest(session, actor, parts, upload.original_sha256)


def _check_audio(session: Session, work: Work) -> None:
    whole = whole_piece(session, work)
    if whole is None:
        raise RemixAudioMissing("Add its audio first: an upload, or one of your mixes.")
    mixdown = _mixdown_of(session, work)
    if mixdown is not None:
        require_mix_source(session, mixdown, work.account_id, work.sources)
    if whole.state is IngestState.REFUSED:
        raise RemixAudioRefused(f"Replace the audio: {whole.refusal.detail if whole.refusal else ''}")
    if whole.state is not IngestState.READY:
        raise RemixAudioPending("It is still being worked on; try again in a moment.")


def _facts(work: Work) -> dict[str, object]:
    return {"licence": work.licence.value, "sources": [link.source_id for link in work.sources]}
