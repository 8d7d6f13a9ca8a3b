"""A session comes back with the draft of a remix: which stems it uses, and where, as sources that are proposed.

A proposal is a suggestion. Nothing that a person said is changed by it, only stems that they may see are named, and
what was refused or left out is not proposed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from remixhub.compose import Parts
from remixhub.domain.access import Actor, may_hear_work, require_account
from remixhub.domain.errors import Conflict, NotFound, RemixHubError
from remixhub.domain.exports.handed_back import (
    How,
    KnownStem,
    Proposed,
    SessionReading,
    SoundFile,
    Use,
    matched,
    proposals,
)
from remixhub.domain.states import ProposalState, StemPackState, UploadPurpose, UploadState, WorkKind, WorkState
from remixhub.models import Handback, SourceLink, SourceProposal, SourceWish, Stem, StemPack, Upload, Work, now
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.access import find_visible_work, may_have_pack
from remixhub.services.licences.contest_licences import with_stems_for
from remixhub.services.licences.sources import SOURCES_LIMIT, NewSource, lengths_of
from remixhub.services.remixes import wishes
from remixhub.services.remixes.citing import add_source, amend_source, stamp_of
from remixhub.services.uploads.endings import still_counted
from remixhub.services.uploads.uploads import UploadNotReady, claim_upload
from remixhub.services.works.works import begin_edit, find_own_work_with_all

_UNKNOWN_SHOWN = 50
_USES_SHOWN = 100
_MOST_ROWS = 5_000
"""Stems that are looked at for an id, a digest or a name."""


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
    """What its sounds are is found out before anything is locked.

    Raises SessionsForRemixes, and what `begin_edit` and `claim_upload` raise.
    """
    matching = _look_through(actor, parts, work_id, upload_id)
    with parts.database.writing() as session:
        work = begin_edit(session, actor, work_id, states=(WorkState.DRAFT,))
        if work.kind is not WorkKind.REMIX:
            raise SessionsForRemixes("Start a remix, and hand the session back with its draft.")
        upload = claim_upload(session, actor, upload_id, {UploadPurpose.SESSION})
        if upload.session_reading != matching.told:  # its check ended meanwhile
            raise UploadNotReady("The session was still being read. Hand it back again.", state=upload.state.value)
        _let_go(session, upload)
        _propose(session, work, matching.proposed)
        latest = session.get(Handback, work_id) or Handback(work_id=work_id)
        latest.filename, latest.sound_count = upload.filename, matching.sound_count
        latest.known_count = matching.sound_count - len(matching.unknown)
        latest.unknown = list(matching.unknown[:_UNKNOWN_SHOWN])
        latest.read_at = session.scalars(sa.select(now())).one()
        session.add(latest)
        journal.record(
            session, actor, "remix.session_handed_back", "work", work_id,
            after={"sounds": matching.sound_count, "unknown": len(matching.unknown)},
        )  # fmt: skip
    return get_handed_back(actor, parts, work_id)


def get_handed_back(actor: Actor, parts: Parts, work_id: str) -> HandedBack:
    """Of one's own work. Raises NotFound."""
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        if work.account_id != actor.account_id:
            raise NotFound("What a session proposes is its remixer's alone.")
        return handed_back(session, actor, work_id)


def handed_back(session: Session, actor: Actor, work_id: str) -> HandedBack:
    """Of what was proposed only what the account may have today: sources are withdrawn, and hidden, since."""
    open_ones = session.scalars(
        sa.select(SourceProposal)
        .where(SourceProposal.derivative_id == work_id, SourceProposal.state == ProposalState.PROPOSED)
        .order_by(SourceProposal.created_at, SourceProposal.source_id)
    ).all()
    allowed = _may_have(session, actor, [one.source for one in open_ones])
    open_ones = [one for one in open_ones if one.source_id in allowed]
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
        one = _find(session, actor, work_id, source_id)
        proposed = NewSource(
            source_id, stems=one.stems, starts_seconds=one.starts_seconds, ends_seconds=one.ends_seconds
        )
        said = _said(work, source_id, _wishes(session, work_id, [source_id]))
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


def _find(session: Session, actor: Actor, work_id: str, source_id: str) -> SourceProposal:
    one = session.get(SourceProposal, (work_id, source_id))
    if one is None or one.state is not ProposalState.PROPOSED or not _may_have(session, actor, [one.source]):
        raise _unknown(source_id)
    return one


def _unknown(source_id: str) -> ProposalNotFound:
    return ProposalNotFound(f"The session proposes no source {source_id!r}, or that was answered.")


def _let_go(session: Session, upload: Upload) -> None:
    """Its bytes went when it was read; what they took of the quota comes back with the sweep."""
    over = {"state": UploadState.ABORTED, "expires_at": now(), "storable_until_at": still_counted()}
    session.execute(sa.update(Upload).where(Upload.id == upload.id).values(**over, session_reading=None))


@dataclass(frozen=True)
class _Matching:
    told: Mapping[str, Any] | None
    """What was looked through."""
    sound_count: int = 0
    unknown: Sequence[str] = ()
    """Names of the sounds that are no known stem."""
    proposed: Sequence[tuple[NewSource, Sequence[Use]]] = ()


def _look_through(actor: Actor, parts: Parts, work_id: str, upload_id: str) -> _Matching:
    """Nothing, where there is nothing to be looked through: whoever writes says why."""
    with parts.database.reading() as session:
        work, upload = session.get(Work, work_id), session.get(Upload, upload_id)
        if work is None or upload is None or not work.account_id == actor.account_id == upload.account_id:
            return _Matching(None)
        if work.kind is not WorkKind.REMIX or upload.session_reading is None:
            return _Matching(upload.session_reading)
        reading = SessionReading.read(upload.session_reading)
        found = _match(session, actor, work, reading)
        unknown = [file.shown_name for file, stem, _ in found if stem is None]
        proposed = list(islice(proposals(found), SOURCES_LIMIT))
        lengths = lengths_of(session, [one.work_id for one in proposed])
        sources = [(_within(one, lengths.get(one.work_id)), one.uses) for one in proposed]
        return _Matching(upload.session_reading, len(reading.files), unknown, sources)


def _match(
    session: Session, actor: Actor, work: Work, reading: SessionReading
) -> list[tuple[SoundFile, KnownStem | None, How]]:
    by_id = {stem.id: stem for stem in _known(session, actor, work, Stem.id.in_([one.stem for one in reading.files]))}
    sums = [one.sha256 for one in reading.files if one.stem not in by_id and one.sha256]
    cited = [link.source_id for link in work.sources]
    preferred = dict.fromkeys([*(stem.work_id for stem in by_id.values()), *cited, *reading.works])
    by_sha256: dict[str, KnownStem] = {}
    for stem in _known(session, actor, work, Stem.original_sha256.in_(sums)) if sums else ():
        if stem.sha256 not in by_sha256 or stem.work_id in preferred:
            by_sha256[stem.sha256] = stem
    near_works = list(dict.fromkeys([*preferred, *(stem.work_id for stem in by_sha256.values())]))[:SOURCES_LIMIT]
    near = _newest(_known(session, actor, work, StemPack.work_id.in_(near_works))) if near_works else ()
    return matched(reading.files, by_id, by_sha256, near)


def _within(one: Proposed, length: float | None) -> NewSource:
    ends = one.ends_seconds if one.ends_seconds is None or length is None else min(one.ends_seconds, length)
    return NewSource(one.work_id, stems=one.stems, starts_seconds=one.starts_seconds, ends_seconds=ends)


def _propose(session: Session, work: Work, proposed: Sequence[tuple[NewSource, Sequence[Use]]]) -> None:
    """A later session says it better than the one before, unless somebody has answered."""
    ids = [new.source_id for new, _ in proposed]
    of_these = sa.and_(SourceProposal.derivative_id == work.id, SourceProposal.source_id.in_(ids))
    before = {one.source_id: one for one in session.scalars(sa.select(SourceProposal).where(of_these))}
    wishes_before = _wishes(session, work.id, ids)
    for new, uses in proposed:
        kept = before.get(new.source_id)
        if kept is not None and kept.state is not ProposalState.PROPOSED:
            continue
        if not _says_more(work, new, wishes_before):
            continue
        kept = kept or SourceProposal(derivative_id=work.id, source_id=new.source_id, created_at=now())
        kept.stems, kept.starts_seconds, kept.ends_seconds = list(new.stems), new.starts_seconds, new.ends_seconds
        kept.uses = [asdict(use) for use in uses[:_USES_SHOWN]]
        session.add(kept)


def _wishes(session: Session, work_id: str, source_ids: Sequence[str]) -> dict[str, SourceWish]:
    of_these = sa.and_(SourceWish.derivative_id == work_id, SourceWish.source_id.in_(source_ids))
    return {one.source_id: one for one in session.scalars(sa.select(SourceWish).where(of_these))}


def _says_more(work: Work, new: NewSource, wishes_before: Mapping[str, SourceWish]) -> bool:
    said = _said(work, new.source_id, wishes_before)
    if said is None:
        return new.source_id not in wishes_before  # what was left out stays so
    return _filled(said, new) != wishes.asked_again(said)


def _said(work: Work, source_id: str, wishes_before: Mapping[str, SourceWish]) -> SourceLink | SourceWish | None:
    """What the draft says of it, cited or wanted."""
    link = next((one for one in work.sources if one.source_id == source_id), None)
    if link is not None:
        return link
    wish = wishes_before.get(source_id)
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
        .limit(_MOST_ROWS)
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


def _may_have(session: Session, actor: Actor, works: Sequence[Work]) -> set[str]:
    """Ids of those whose published stems the account may have."""
    heard = [one for one in works if may_hear_work(actor, owner_id=one.account_id, state=one.state)]
    return with_stems_for(session, actor, heard)


def _newest(stems: Iterable[KnownStem]) -> list[KnownStem]:
    """One for each name of a work: versions of a pack share theirs."""
    first: dict[tuple[str, str], KnownStem] = {}
    for stem in stems:
        first.setdefault((stem.work_id, stem.name), stem)
    return list(first.values())
