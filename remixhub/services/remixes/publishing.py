"""Publishing: a draft gets its number in the lineage and its stems are frozen, all in one transaction."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.addresses import Addresses
from remixhub.domain.errors import Conflict
from remixhub.domain.hooks import payloads
from remixhub.domain.hooks.words import EventKind
from remixhub.domain.states import IngestState, StemPackState, WorkKind, WorkState
from remixhub.domain.stems.packs import pack_digest
from remixhub.domain.stems.qc import Severity
from remixhub.models import Counter, Stem, StemPack, Work, now
from remixhub.services import events, journal
from remixhub.services.accounts.blocks import blockers_among
from remixhub.services.licences.grants import use_grants
from remixhub.services.licences.permissions import permissions_held, seal
from remixhub.services.lineage.reading import link_on_publish
from remixhub.services.mixes import together
from remixhub.services.remixes import wishes
from remixhub.services.remixes.remixes import check_publishable
from remixhub.services.stems import preparing
from remixhub.services.stems.orders import packed, present_digest
from remixhub.services.stems.packs import find_own_pack
from remixhub.services.works.works import begin_edit

SEQ = "work_seq"


class StemsMissing(Conflict):
    code = "stems_missing"
    title = "There are no stems"


class StemsNotReady(Conflict):
    code = "stems_not_ready"
    title = "Some stems are not ready"


class StemPackNotReviewed(Conflict):
    code = "stem_pack_not_reviewed"
    title = "The stem pack is still being checked"


class StemPackBroken(Conflict):
    code = "stem_pack_broken"
    title = "The stem pack has errors"


class StemPackUnchanged(Conflict):
    code = "stem_pack_unchanged"
    title = "The stem pack is the same as the version before"


def publish_work(actor: Actor, parts: Parts, work_id: str) -> Work:
    """Exactly one publication, however often and at once it is asked for; all callers get the published work.

    Raises StemsMissing, StemsNotReady, StemPackNotReviewed, StemPackBroken, and for remixes what
    `remixes.check_publishable` raises.
    """
    with parts.database.writing() as session:
        states = (WorkState.DRAFT, WorkState.PUBLISHED)
        work = begin_edit(session, actor, work_id, states=states)
        if work.state is WorkState.PUBLISHED:
            session.rollback()  # so that asking again does not raise the revision
            return session.get_one(Work, work_id, populate_existing=True)
        seal(session, actor, work)
        check_publishable(session, work)
        use_grants(work.sources, permissions_held(session, work.account_id, work.id), work.licence, is_public=True)
        pack = _draft_pack(session, work_id)
        if pack is None or not pack.stems:
            if work.kind is WorkKind.RELEASE:
                raise StemsMissing("Add at least one stem: a release is there to be remixed.")
        else:
            require_publishable_pack(pack, work)
        # the counter's lock is held until the commit: works are numbered in the order in which they appear
        numbered = sa.update(Counter).where(Counter.name == SEQ).values(value=Counter.value + 1)
        seq, published_at = session.execute(numbered.returning(Counter.value, now())).one()
        work.state, work.seq, work.published_at = WorkState.PUBLISHED, seq, published_at
        link_on_publish(session, actor, parts, work, seq)
        wishes.forget(session, work_id)
        if pack is not None:
            _freeze_or_drop(session, parts, work, pack)
        after = {"seq": seq, "licence": work.licence.value, "stem_pack": pack.id if pack and pack.stems else None}
        journal.record(session, actor, "work.published", "work", work_id, before={"state": "draft"}, after=after)
        _tell_elsewhere(session, parts, work)
    return work


def publish_stem_pack(actor: Actor, parts: Parts, stem_pack_id: str, *, note: str = "") -> StemPack:
    """The next version of a published work's stems; publishing it again gives it as it is.

    Raises WorkNotPublished, StemPackUnchanged and what `publish_work` raises.
    """
    with parts.database.writing() as session:
        found = find_own_pack(session, actor, stem_pack_id)
        if found.state is StemPackState.FROZEN:
            return found
        work = begin_edit(session, actor, found.work_id, states=(WorkState.PUBLISHED,))
        pack = _draft_pack(session, work.id)
        if pack is None:  # somebody else was faster
            session.rollback()
            return find_own_pack(session, actor, stem_pack_id)
        require_publishable_pack(pack, work)
        digest = pack_digest(packed(pack.stems))
        before = session.scalar(
            sa.select(StemPack.digest)
            .where(StemPack.work_id == work.id, StemPack.state == StemPackState.FROZEN)
            .order_by(StemPack.version.desc())
            .limit(1)
        )
        if before == digest:
            raise StemPackUnchanged("Change something, or discard the new version.")
        _freeze(session, parts, work, pack, note)
        after = {"version": pack.version, "digest": digest}
        journal.record(session, actor, "stem_pack.published", "work", work.id, after=after)
    return pack


def _tell_elsewhere(session: Session, parts: Parts, work: Work) -> None:
    def published(addresses: Addresses) -> payloads.Facts:
        return payloads.published(events.work_facts(work, addresses))

    def remixed(addresses: Addresses) -> payloads.Facts:
        sources = [events.work_facts(link.source, addresses) for link in work.sources]
        return payloads.remixed(events.work_facts(work, addresses), sources)

    events.emit(session, parts, EventKind.WORK_PUBLISHED, published, concerns=[work.account_id])
    if work.sources:
        others = {link.source.account_id for link in work.sources} - {work.account_id}
        others -= blockers_among(session, others, work.account_id)
        ids = [link.source_id for link in work.sources]
        events.emit(session, parts, EventKind.WORK_REMIXED, remixed, concerns=others, works=ids)


def require_publishable_pack(pack: StemPack, work: Work) -> None:
    """All stems playable, judged as they are now, and none of the findings an error."""
    if not pack.stems:
        raise StemsMissing("Add at least one stem.")
    waiting = [stem for stem in pack.stems if stem.original.ingest_state is not IngestState.READY]
    if waiting:
        refused = [stem for stem in waiting if stem.original.ingest_state is IngestState.REFUSED]
        advice = "Remove or replace them." if refused else "Try again in a moment."
        names = ", ".join(stem.name for stem in refused or waiting)
        raise StemsNotReady(
            f"{names}: {'refused' if refused else 'still being worked on'}. {advice}",
            stems=[{"id": stem.id, "name": stem.name, "state": stem.original.ingest_state.value} for stem in waiting],
        )
    if pack.findings is None or pack.reviewed_digest != present_digest(pack, work):
        raise StemPackNotReviewed("The stems are being checked against each other; try again in a moment.")
    errors = [finding for finding in pack.findings if finding["severity"] == Severity.ERROR]
    if errors:
        raise StemPackBroken(
            " ".join(f"{finding['file'] or 'The pack'}: {finding['advice']}" for finding in errors), findings=errors
        )


def _draft_pack(session: Session, work_id: str) -> StemPack | None:
    """Locked, so that no stem comes or goes until the commit."""
    locked = session.execute(
        sa.update(StemPack)
        .where(StemPack.work_id == work_id, StemPack.state == StemPackState.DRAFT)
        .values(note=StemPack.note)
        .returning(StemPack.id)
    ).scalar_one_or_none()
    if locked is None:
        return None
    return session.scalars(
        sa.select(StemPack)
        .where(StemPack.id == locked)
        .options(selectinload(StemPack.stems).joinedload(Stem.original))
        .execution_options(populate_existing=True)
    ).one()


def _freeze_or_drop(session: Session, parts: Parts, work: Work, pack: StemPack) -> None:
    """A remix may have no stems: its empty pack goes, and a later one can be version 1."""
    if pack.stems:
        _freeze(session, parts, work, pack, pack.note)
    else:
        session.delete(pack)
        session.flush()


def _freeze(session: Session, parts: Parts, work: Work, pack: StemPack, note: str) -> None:
    session.execute(
        sa.update(StemPack)
        .where(StemPack.id == pack.id)
        .values(
            state=StemPackState.FROZEN, frozen_at=now(), note=note, digest=pack_digest(packed(pack.stems)),
        )
    )  # fmt: skip
    session.refresh(pack, ["state", "frozen_at", "note", "digest"])
    preparing.order(session, parts, pack)
    together.order(session, parts, work, pack)
