"""Receipts of downloads: the proof, for later, of the licence under which stems were taken."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, require_own_private
from remixhub.domain.errors import NotFound
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import Scope, StemPackState, WorkState
from remixhub.domain.stems.receipt_files import OfferedPack, signed
from remixhub.domain.stems.refusals import StemPackNotFrozen
from remixhub.models import Receipt, StemPack, Work, new_id, now
from remixhub.models.upsert import insert
from remixhub.services.licences.contest_licences import digest_of, require_stems
from remixhub.services.licences.presented import receipt_keys
from remixhub.services.paging import Keyset, Page, Position, page
from remixhub.services.stems.handing_out import given_file
from remixhub.services.stems.packs import find_pack


def record_download(
    actor: Actor, parts: Parts, licence: Licence, *, stem_pack_id: str, stem_id: str = "", stem_name: str = ""
) -> None:
    """Once for the same stems under the same licence; visitors without an account may keep a `receipt_file`."""
    if actor.account_id is None:
        return
    with parts.database.reading() as session:
        known = sa.select(Receipt.id).where(
            Receipt.account_id == actor.account_id, Receipt.stem_pack_id == stem_pack_id,
            Receipt.stem_id == stem_id, Receipt.licence == licence,
        )  # fmt: skip
        if session.scalar(known) is not None:
            return
    with parts.database.writing() as session:
        add_receipt(session, actor.account_id, licence, stem_pack_id=stem_pack_id, stem_id=stem_id, stem_name=stem_name)


def record_downloads(actor: Actor, parts: Parts, packs: Sequence[tuple[str, Licence]]) -> None:
    """Of whole packs of others, each once for its licence, as `record_download` does; many in few statements."""
    taken = not_recorded(actor, parts, packs)
    if actor.account_id is not None and taken:
        with parts.database.writing() as session:
            for stem_pack_id, licence in taken:
                add_receipt(session, actor.account_id, licence, stem_pack_id=stem_pack_id)


def not_recorded(actor: Actor, parts: Parts, packs: Sequence[tuple[str, Licence]]) -> Sequence[tuple[str, Licence]]:
    """Those of which the actor has no receipt; visitors need none."""
    if actor.account_id is None or not packs:
        return []
    ids = [stem_pack_id for stem_pack_id, _ in packs]
    own = sa.and_(Receipt.account_id == actor.account_id, Receipt.stem_id == "", Receipt.stem_pack_id.in_(ids))
    with parts.database.reading() as session:
        rows = session.execute(sa.select(Receipt.stem_pack_id, Receipt.licence).where(own))
        known = {(row[0], row[1]) for row in rows}
    return [one for one in packs if one not in known]


def add_receipt(
    session: Session, account_id: str, licence: Licence, *, stem_pack_id: str, stem_id: str = "", stem_name: str = ""
) -> None:
    row = {
        "id": new_id(), "account_id": account_id, "stem_pack_id": stem_pack_id, "stem_id": stem_id,
        "stem_name": stem_name, "licence": licence, "licence_sha256": digest_of(session, licence), "created_at": now(),
    }  # fmt: skip
    session.execute(insert(session, Receipt).values(row).on_conflict_do_nothing())


class Since(StrEnum):
    """What has become of a work since stems of it were taken."""

    CHANGED = "changed"
    """It is under another licence."""
    GONE = "gone"
    """Withdrawn, or taken down."""


def list_receipts(
    actor: Actor, parts: Parts, *, after: Position | None, limit: int, since: Since | None = None
) -> Page[Receipt]:
    """One's own, newest first."""
    account_id = require_account(actor, Scope.READ)
    query = _RECEIPTS.where(Receipt.account_id == account_id)
    if since is not None:
        is_public = Work.state == WorkState.PUBLISHED
        what = sa.and_(is_public, Work.licence != Receipt.licence) if since is Since.CHANGED else sa.not_(is_public)
        taken = sa.select(StemPack.id).join(Work, Work.id == StemPack.work_id).where(what)
        query = query.where(Receipt.stem_pack_id.in_(taken.correlate(Receipt)))
    with parts.database.reading() as session:
        return page(session, query, _NEWEST, after=after, limit=limit)


def get_receipt(actor: Actor, parts: Parts, receipt_id: str) -> Receipt:
    """Raises NotFound, also for somebody else's."""
    with parts.database.reading() as session:
        receipt = session.scalars(_RECEIPTS.where(Receipt.id == receipt_id)).one_or_none()
    if receipt is None:
        require_account(actor, Scope.READ)
        raise NotFound(f"There is no receipt {receipt_id!r}, or it is private.", what="receipt")
    require_own_private(actor, owner_id=receipt.account_id, what="receipt", id=receipt_id)
    return receipt


def receipt_file(actor: Actor, parts: Parts, stem_pack_id: str) -> tuple[str, str]:
    """The name and the text of the file that whoever takes the pack may keep; it lies in the pack's ZIP too.

    Raises StemPackNotFound, StemPackNotFrozen, ContestLicenceNotAccepted.
    """
    with parts.database.reading() as session:
        pack = find_pack(session, actor, stem_pack_id)
        if pack.state is not StemPackState.FROZEN:
            raise StemPackNotFrozen("Publish it first: a receipt is for stems that stay as they are.")
        require_stems(session, actor, pack.work)
        name = f"{pack.work.account.display_name} - {pack.work.title} (receipt v{pack.version}).json"
        return name, receipt_text(session, parts, pack)


def receipt_text(session: Session, parts: Parts, pack: StemPack) -> str:
    """Of a frozen pack, under its work's present licence."""
    work = pack.work
    assert pack.digest is not None
    since = pack.frozen_at or pack.created_at
    offered = OfferedPack(
        hub=parts.addresses.hub,
        work_id=work.id,
        title=work.title,
        artist=work.account.display_name,
        url=parts.addresses.work(work.id),
        licence=work.licence,
        licence_sha256=digest_of(session, work.licence),
        stem_pack_id=pack.id,
        version=pack.version,
        digest=pack.digest,
        offered_since=max(since, work.licensed_at or since),
        stems=[(stem.name, given_file(session, stem.original).sha256) for stem in pack.stems],
    )
    return signed(offered, receipt_keys(parts))


_NEWEST = Keyset(Receipt.created_at.desc(), Receipt.id.desc())
_RECEIPTS = sa.select(Receipt).options(joinedload(Receipt.stem_pack).joinedload(StemPack.work).joinedload(Work.account))
