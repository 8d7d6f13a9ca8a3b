"""A session comes back with the draft of a remix: which stems it uses, and where, as sources that are proposed.

A proposal is a suggestion. Nothing that a person said is changed by it, only stems that they may see are named, and
what was refused or left out is not proposed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.errors import Conflict, NotFound, RemixHubError
from remixhub.domain.exports.handed_back import KnownStem, Proposed, SessionReading, matched, proposals
from remixhub.domain.states import ProposalState, StemPackState, UploadPurpose, UploadState, WorkKind, WorkState
from remixhub.models import Handback, SourceLink, SourceProposal, SourceWish, Stem, StemPack, Upload, Work, now
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.access import find_visible_work, may_have_pack
from remixhub.services.licences.contest_licences import with_stems_for
from remixhub.services.licences.sources import NewSource, lengths_of
from remixhub.services.remixes import wishes
from remixhub.services.remixes.citing import add_source, amend_source, stamp_of
from remixhub.services.uploads.endings import still_counted
from remixhub.services.uploads.uploads import claim_upload
from remixhub.services.works.works import begin_edit, find_own_work_with_all

_UNKNOWN_SHOWN = 50
_USES_SHOWN = 100


class SessionsForRemixes(Conflict):
    code = "session_is_for_remixes"
    title = "A session is handed back with a remix"


class ProposalNotFound(NotFound):
    code = "proposal_not_found"
    title = "There is no such proposal"


@dataclass(frozen=True)
class HandedBack:
    """The latest session, and what it proposes that nobody has answered."""

    latest: Handback | None
    proposals: Sequence[SourceProposal]
    stem_names: Mapping[str, str]


NOTHING = HandedBack(None, (), {})


def hand_back(actor: Actor, parts: Parts, work_id: str, upload_id: str) -> HandedBack:
    """Raises SessionsForRemixes, and what `begin_edit` and `claim_upload` raise."""
    with parts.database.writing() as session:
        work = begin_edit(session, actor, work_id, states=(WorkState.DRAFT,))
        if work.kind is not WorkKind.REMIX:
            raise SessionsForRemixes("Start a remix, and hand the session back with its draft.")
        upload = claim_upload(session, actor, upload_id, {UploadPurpose.SESSION})
        reading = SessionReading.read(upload.session_reading or {"works": [], "files": []})
        _let_go(session, upload)
        unknown = _propose(session, actor, work, reading)
        latest = session.get(Handback, work_id) or Handback(work_id=work_id)
        latest.filename, latest.sound_count = upload.filename, len(reading.files)
        latest.known_count, latest.unknown = len(reading.files) - len(unknown), unknown[:_UNKNOWN_SHOWN]
        latest.read_at = session.scalars(sa.select(now())).one()
        session.add(latest)
        journal.record(
            session, actor, "remix.session_handed_back", "work", work_id,
            after={"sounds": len(reading.files), "unknown": len(unknown)},
        )  # fmt: skip
        session.flush()
        session.expire_all()
        return handed_back(session, work_id)


def get_handed_back(actor: Actor, parts: Parts, work_id: str) -> HandedBack:
    """Of one's own work. Raises NotFound."""
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        if work.account_id != actor.account_id:
            raise NotFound("What a session proposes is its remixer's alone.")
        return handed_back(session, work_id)


def handed_back(session: Session, work_id: str) -> HandedBack:
    open_ones = session.scalars(
        sa.select(SourceProposal)
        .where(SourceProposal.derivative_id == work_id, SourceProposal.state == ProposalState.PROPOSED)
        .order_by(SourceProposal.created_at, SourceProposal.source_id)
    ).all()
    named = {stem for one in open_ones for stem in one.stems}
    names = session.execute(sa.select(Stem.id, Stem.name).where(Stem.id.in_(named))).all() if named else ()
    return HandedBack(session.get(Handback, work_id), open_ones, {row.id: row.name for row in names})


def take_proposal(actor: Actor, parts: Parts, work_id: str, source_id: str) -> RemixHubError | None:
    """Cites it, or says of a source that is cited what was left open there. The answer is that of `add_source`.

    Raises ProposalNotFound, and what `add_source` raises.
    """
    with parts.database.reading() as session:
        work = find_own_work_with_all(session, actor, work_id)
        require_account(actor)
        one = _find(session, work_id, source_id)
        proposed = NewSource(
            source_id, stems=one.stems, starts_seconds=one.starts_seconds, ends_seconds=one.ends_seconds
        )
        said = _said(session, work, source_id)
        filled = proposed if said is None else _filled(said, proposed)
        seen = None if said is None else stamp_of(said)
    refusal = None
    if seen is None:
        refusal = add_source(actor, parts, work_id, proposed)
    else:
        amend_source(actor, parts, work_id, filled, seen=seen)
    _answer(actor, parts, work_id, source_id, ProposalState.TAKEN)
    return refusal


def refuse_proposal(actor: Actor, parts: Parts, work_id: str, source_id: str) -> None:
    """For good, as far as this remix goes. Raises ProposalNotFound."""
    _answer(actor, parts, work_id, source_id, ProposalState.REFUSED)


def _answer(actor: Actor, parts: Parts, work_id: str, source_id: str, state: ProposalState) -> None:
    with parts.database.writing() as session:
        begin_edit(session, actor, work_id, states=(WorkState.DRAFT,))
        is_open = sa.and_(
            SourceProposal.derivative_id == work_id, SourceProposal.source_id == source_id,
            SourceProposal.state == ProposalState.PROPOSED,
        )  # fmt: skip
        if changed(session, sa.update(SourceProposal).where(is_open).values(state=state)) == 0:
            raise _unknown(source_id)
        journal.record(session, actor, f"remix.proposal_{state}", "work", work_id, after={"source": source_id})


def _find(session: Session, work_id: str, source_id: str) -> SourceProposal:
    one = session.get(SourceProposal, (work_id, source_id))
    if one is None or one.state is not ProposalState.PROPOSED:
        raise _unknown(source_id)
    return one


def _unknown(source_id: str) -> ProposalNotFound:
    return ProposalNotFound(f"The session proposes no source {source_id!r}, or that was answered.")


def _let_go(session: Session, upload: Upload) -> None:
    """Its bytes went when it was read; what they took of the quota comes back with the sweep."""
    over = {"state": UploadState.ABORTED, "expires_at": now(), "storable_until_at": still_counted()}
    session.execute(sa.update(Upload).where(Upload.id == upload.id).values(**over, session_reading=None))


def _propose(session: Session, actor: Actor, work: Work, reading: SessionReading) -> list[str]:
    """Keeps what is new; the answer names the sounds that are no known stem."""
    by_id = {stem.id: stem for stem in _known(session, actor, work, Stem.id.in_([one.stem for one in reading.files]))}
    sums = [one.sha256 for one in reading.files if one.stem not in by_id and one.sha256]
    cited = [link.source_id for link in work.sources]
    preferred = [*(stem.work_id for stem in by_id.values()), *cited, *reading.works]
    by_sha256: dict[str, KnownStem] = {}
    for stem in _known(session, actor, work, Stem.original_sha256.in_(sums)) if sums else ():
        if stem.sha256 not in by_sha256 or stem.work_id in preferred:
            by_sha256[stem.sha256] = stem
    near_works = {*preferred, *(stem.work_id for stem in by_sha256.values())}
    near = _newest(_known(session, actor, work, StemPack.work_id.in_(near_works))) if near_works else ()
    found = matched(reading.files, by_id, by_sha256, near)
    lengths = lengths_of(session, {stem.work_id for _, stem, _ in found if stem is not None})
    for one in proposals(found):
        _keep(session, work, one, lengths.get(one.work_id))
    return [file.shown_name for file, stem, _ in found if stem is None]


def _keep(session: Session, work: Work, one: Proposed, length: float | None) -> None:
    """A later session says it better than the one before, unless somebody has answered."""
    before = session.get(SourceProposal, (work.id, one.work_id))
    if before is not None and before.state is not ProposalState.PROPOSED:
        return
    ends = one.ends_seconds if one.ends_seconds is None or length is None else min(one.ends_seconds, length)
    new = NewSource(one.work_id, stems=one.stems, starts_seconds=one.starts_seconds, ends_seconds=ends)
    if not _says_more(session, work, new):
        return
    kept = before or SourceProposal(derivative_id=work.id, source_id=one.work_id, created_at=now())
    kept.stems, kept.starts_seconds, kept.ends_seconds = list(one.stems), one.starts_seconds, ends
    kept.uses = [asdict(use) for use in one.uses[:_USES_SHOWN]]
    session.add(kept)


def _says_more(session: Session, work: Work, new: NewSource) -> bool:
    wish = session.get(SourceWish, (work.id, new.source_id))
    said = _said(session, work, new.source_id)
    if said is None:
        return wish is None  # what was left out stays so
    return _filled(said, new) != wishes.asked_again(said)


def _said(session: Session, work: Work, source_id: str) -> SourceLink | SourceWish | None:
    """What the draft says of it, cited or wanted."""
    link = next((one for one in work.sources if one.source_id == source_id), None)
    if link is not None:
        return link
    wish = session.get(SourceWish, (work.id, source_id))
    return wish if wish is not None and wish.state == "wanted" else None


def _filled(said: SourceLink | SourceWish, proposed: NewSource) -> NewSource:
    """What is said stays; only what was left open is filled."""
    own = wishes.asked_again(said)
    is_open = own.starts_seconds is None and own.ends_seconds is None
    return NewSource(
        own.source_id,
        kind=own.kind,
        stems=own.stems or proposed.stems,
        note=own.note,
        starts_seconds=proposed.starts_seconds if is_open else own.starts_seconds,
        ends_seconds=proposed.ends_seconds if is_open else own.ends_seconds,
    )


def _known(session: Session, actor: Actor, work: Work, which: sa.ColumnElement[bool]) -> list[KnownStem]:
    """Published stems of others' works and of one's own that the actor may have, the oldest work first."""
    packs = session.scalars(
        sa.select(StemPack)
        .join(Stem, Stem.stem_pack_id == StemPack.id)
        .join(Work, Work.id == StemPack.work_id)
        .where(StemPack.state == StemPackState.FROZEN, StemPack.work_id != work.id, which)
        .order_by(Work.seq, StemPack.version.desc())
        .options(joinedload(StemPack.work), selectinload(StemPack.stems))
    ).unique()
    seen = [pack for pack in packs if may_have_pack(actor, pack.work, pack)]
    allowed = with_stems_for(session, actor, {pack.work.id: pack.work for pack in seen}.values())
    return [
        KnownStem(stem.id, pack.work_id, place, stem.name, stem.role, stem.filename, stem.original_sha256)
        for pack in seen
        if pack.work_id in allowed
        for place, stem in enumerate(pack.stems, 1)
    ]


def _newest(stems: Iterable[KnownStem]) -> list[KnownStem]:
    """One for each name of a work: versions of a pack share theirs."""
    first: dict[tuple[str, str], KnownStem] = {}
    for stem in stems:
        first.setdefault((stem.work_id, stem.name), stem)
    return list(first.values())
