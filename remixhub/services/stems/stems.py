"""Stems of a draft pack: adding, naming, ordering, removing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_own_work
from remixhub.domain.errors import Conflict, NotFound, PreconditionFailed
from remixhub.domain.states import IngestState, StemPackState, UploadPurpose, WorkState
from remixhub.domain.stems.naming import StemRole, guess_roles, guess_titles, name_of
from remixhub.domain.work_refusals import WorkWithdrawn
from remixhub.models import Stem, StemPack, Work
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.access import find_visible_work, may_have_pack
from remixhub.services.stems.orders import order_ingest, order_review
from remixhub.services.uploads.claims import release_claims
from remixhub.services.uploads.uploads import claim_upload

NAME_LENGTH_LIMIT = 120


class StemNotFound(NotFound):
    code = "stem_not_found"
    title = "There is no such stem"


class StemPackFrozen(Conflict):
    code = "stem_pack_frozen"
    title = "A published stem pack stays as it is"


class StemsLimit(Conflict):
    code = "stems_limit"
    title = "The stem pack is full"


@dataclass(frozen=True)
class ShownStem:
    stem: Stem
    suggested_name: str | None
    """See `suggested_names`."""
    guessed_anew: Sequence[str] = ()
    """Ids of other stems whose guessed roles changed."""


def add_stem(
    actor: Actor,
    parts: Parts,
    work_id: str,
    *,
    upload_id: str,
    name: str | None = None,
    role: StemRole | None = None,
    gain_db: float = 0.0,
    position: int | None = None,
    as_chosen: bool = False,
) -> ShownStem:
    """From a verified upload, named like its file unless `name` is given. `position` counts from 1; `as_chosen` puts it
    before the first stem whose upload was opened later, whichever was done first.

    Without `role`, it is guessed from the names of the whole pack, and so are the others that nobody has chosen.
    Raises StemPackFrozen when the work has no draft pack, StemsLimit, and what `claim_upload` raises.
    """
    with parts.database.writing() as session:
        work = find_visible_work(session, actor, work_id)
        require_own_work(actor, owner_id=work.account_id, state=work.state, what="work", id=work_id)
        upload = claim_upload(session, actor, upload_id, {UploadPurpose.STEM})
        assert upload.original_sha256 is not None
        pack_id = _draft_pack_id(session, work)
        original = order_ingest(session, actor, parts, upload.original_sha256)
        if original.ingest_state is IngestState.READY:  # else the end of the ingest orders it
            order_review(session, actor, parts, pack_id)
        lock_draft(session, pack_id, reviewed=False)
        stems = _stems(session, pack_id)
        if len(stems) >= parts.settings.stems_limit:
            raise StemsLimit(
                f"A pack has {parts.settings.stems_limit} stems at most.", limit=parts.settings.stems_limit
            )
        *others, guessed = guess_roles([*(one.filename for one in stems), upload.filename], work.title)
        anew = [(one, found) for one, found in zip(stems, others, strict=True) if one.is_role_guessed]
        anew = [(one, found) for one, found in anew if one.role != found]
        for one, found in anew:
            one.role = found
        stem = Stem(
            stem_pack_id=pack_id,
            position=len(stems) + 1,
            name=name or _file_name(upload.filename),
            role=role or guessed,
            is_role_guessed=role is None,
            gain_db=gain_db,
            filename=upload.filename,
            original_sha256=upload.original_sha256,
            chosen_at=upload.created_at,
        )
        session.add(stem)
        session.flush()
        if as_chosen:
            position = _place_as_chosen(stems, stem)
        if position is not None:
            _move(stems, stem, position)
        facts = {"stem": stem.id, "filename": stem.filename, "sha256": stem.original_sha256}
        roles = {one.id: found.value for one, found in anew}
        after = {**facts, "roles_guessed_anew": roles} if roles else facts
        journal.record(session, actor, "stem.added", "work", work_id, after=after)
        session.flush()
        session.refresh(stem)
        suggested = suggested_names([*stems, stem], work.title).get(stem.id)
    return ShownStem(stem, suggested, list(roles))


def update_stem(
    actor: Actor, parts: Parts, stem_id: str, changes: dict[str, Any], *, revision: int | None = None
) -> ShownStem:
    """`changes` may hold name, role, gain_db and position (from 1; the others make room). A role is then chosen.

    Raises PreconditionFailed for another `revision` than the given one.
    """
    with parts.database.writing() as session:
        stem, work = _find_own(session, actor, stem_id)
        renews_review = "role" in changes and changes["role"] != stem.role
        if renews_review:
            order_review(session, actor, parts, stem.stem_pack_id)
        lock_draft(session, stem.stem_pack_id, reviewed=not renews_review)
        stem = _still_there(session, stem_id)
        if revision is not None and stem.revision != revision:
            raise PreconditionFailed("Load the stem again and repeat your edit.", revision=stem.revision)
        edit_stem(session, actor, work.id, stem, changes)
        session.flush()
        suggested = suggested_names(_stems(session, stem.stem_pack_id), work.title).get(stem_id)
    return ShownStem(stem, suggested)


def edit_stem(session: Session, actor: Actor, work_id: str, stem: Stem, changes: dict[str, Any]) -> None:
    """`update_stem` once the draft pack is locked; who changes a role has ordered a review before that."""
    stem.revision += 1
    stem.is_role_guessed = stem.is_role_guessed and "role" not in changes
    before = {name: getattr(stem, name) for name in changes}
    for name, value in changes.items():
        if name == "position":
            others = [one for one in _stems(session, stem.stem_pack_id) if one.id != stem.id]
            _move(others, stem, value)
        else:
            setattr(stem, name, value)
    journal.record(session, actor, "stem.edited", "work", work_id, before={"stem": stem.id, **before}, after=changes)


def remove_stem(actor: Actor, parts: Parts, stem_id: str) -> None:
    """From the draft pack; its file's bytes go back to the quota unless another work or version uses them."""
    with parts.database.writing() as session:
        stem, work = _find_own(session, actor, stem_id)
        order_review(session, actor, parts, stem.stem_pack_id)
        lock_draft(session, stem.stem_pack_id, reviewed=False)
        stem = _still_there(session, stem_id)
        session.execute(sa.delete(Stem).where(Stem.id == stem_id))
        for place, other in enumerate(_stems(session, stem.stem_pack_id), 1):
            other.position = place
        release_claims(session, work.account_id, originals=[stem.original_sha256])
        facts = {"stem": stem_id, "filename": stem.filename, "sha256": stem.original_sha256}
        journal.record(session, actor, "stem.removed", "work", work.id, before=facts)


def suggested_names(stems: Sequence[Stem], title: str) -> Mapping[str, str]:
    """By the ids of those stems of a draft pack that are still named like their files, where a name without numbering,
    tempo, key and what all share is another; `title` is the work's.
    """
    shown = guess_titles([stem.filename for stem in stems], title)
    named = [(stem, name[:NAME_LENGTH_LIMIT]) for stem, name in zip(stems, shown, strict=True)]
    return {stem.id: name for stem, name in named if stem.name == _file_name(stem.filename) != name}


def find_stem(session: Session, actor: Actor, stem_id: str) -> tuple[Stem, StemPack, Work]:
    """With its pack and its work. Raises StemNotFound for whom the stem is private, or withdrawn."""
    found = session.execute(
        sa.select(Stem, StemPack, Work)
        .join(StemPack, StemPack.id == Stem.stem_pack_id)
        .join(Work, Work.id == StemPack.work_id)
        .where(Stem.id == stem_id)
    ).one_or_none()
    if found is None or not may_have_pack(actor, found.Work, found.StemPack):
        raise StemNotFound(f"There is no stem {stem_id!r}, or it is private.")
    return found.Stem, found.StemPack, found.Work


def _file_name(filename: str) -> str:
    return name_of(filename)[:NAME_LENGTH_LIMIT]


def _draft_pack_id(session: Session, work: Work) -> str:
    """A work that is not published always may have one; a published one needs a new version first."""
    if work.state.is_tombstone:
        raise WorkWithdrawn("Only its title, credit and licence are left.", state=work.state.value)
    found = session.scalar(
        sa.select(StemPack.id).where(StemPack.work_id == work.id, StemPack.state == StemPackState.DRAFT)
    )
    if found is not None:
        return found
    if work.state is not WorkState.DRAFT:
        raise StemPackFrozen("Begin a new version of the stems.")
    # two first stems at once: the work's row decides who makes the pack
    session.execute(sa.update(Work).where(Work.id == work.id).values(revision=Work.revision))
    again = sa.select(StemPack.id).where(StemPack.work_id == work.id, StemPack.state == StemPackState.DRAFT)
    found = session.scalar(again)
    if found is None:
        pack = StemPack(work_id=work.id, version=1)
        session.add(pack)
        session.flush()
        found = pack.id
    return found


def lock_draft(session: Session, stem_pack_id: str, *, reviewed: bool) -> None:
    """Takes the pack's lock if it is a draft; not `reviewed` drops findings that the change makes stale."""
    dropped: dict[str, Any] = {"note": StemPack.note} if reviewed else {"findings": None, "reviewed_digest": None}
    locked = changed(
        session,
        sa.update(StemPack).where(StemPack.id == stem_pack_id, StemPack.state == StemPackState.DRAFT).values(**dropped),
    )
    if locked == 0:
        raise StemPackFrozen("Begin a new version of the stems, and change that.")


def _find_own(session: Session, actor: Actor, stem_id: str) -> tuple[Stem, Work]:
    stem, _, work = find_stem(session, actor, stem_id)
    require_own_work(actor, owner_id=work.account_id, state=work.state, what="stem", id=stem_id)
    if work.state.is_tombstone:
        raise WorkWithdrawn("Only its title, credit and licence are left.", state=work.state.value)
    return stem, work


def _still_there(session: Session, stem_id: str) -> Stem:
    """Read again under the pack's lock."""
    stem = session.get(Stem, stem_id, populate_existing=True)
    if stem is None:
        raise StemNotFound(f"The stem {stem_id!r} was removed in the meantime.")
    return stem


def _stems(session: Session, stem_pack_id: str) -> list[Stem]:
    query = sa.select(Stem).where(Stem.stem_pack_id == stem_pack_id).order_by(Stem.position, Stem.created_at, Stem.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _place_as_chosen(others: Sequence[Stem], stem: Stem) -> int:
    """From 1."""
    for place, other in enumerate(others, 1):
        if other.chosen_at is not None and stem.chosen_at is not None and other.chosen_at > stem.chosen_at:
            return place
    return len(others) + 1


def _move(others: list[Stem], stem: Stem, position: int) -> None:
    """Puts the stem at `position` among the others, as near as it gets."""
    place = min(max(position, 1), len(others) + 1) - 1
    for number, one in enumerate([*others[:place], stem, *others[place:]], 1):
        one.position = number
