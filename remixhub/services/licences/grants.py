"""What an account holds towards the sources that it cites: receipts of stems that it took, and permissions."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session, lazyload

from remixhub.domain.licences.contest_licences import Remixers
from remixhub.domain.licences.grants import NONE_HELD, Grant, GrantKind, Held, HeldBy, allowing, permitted_by, usable
from remixhub.domain.licences.judging import allows
from remixhub.domain.licences.terms import Licence, short_name
from remixhub.domain.states import WorkState
from remixhub.domain.stems.receipts import ReceiptTerms
from remixhub.models import ContestLicence, LicenceAcceptance, Receipt, SourceLink, Stem, StemPack, Work, now
from remixhub.services.licences.permissions import permissions_held


class Cited(Protocol):
    """A source, with the ids of the stems that were used if the remixer said: a link, or one that is asked for."""

    @property
    def source_id(self) -> str: ...
    @property
    def stems(self) -> Sequence[str]: ...


def grants_held(
    session: Session, account_id: str | None, cited: Iterable[Cited], *, remix_id: str | None = None
) -> Held:
    """For each source the receipts, at most one for each licence, short where other stems are named; and what is
    permitted for the remix, also of works that are not cited but may stand further up.
    """
    listed = list(cited)
    if account_id is None or not listed:
        return {}
    permitted = permissions_held(session, account_id, remix_id)
    receipts = _receipts(session, account_id, [one.source_id for one in listed])
    originals = _originals_of(session, {stem for one in listed for stem in one.stems})
    held: dict[str, list[Grant]] = {**permitted}
    for one in listed:
        used = {originals[stem] for stem in one.stems if stem in originals}
        taken = [
            dataclasses.replace(grant, is_short=not grant.covers(used))
            for grant in _merged(receipts.get(one.source_id, ()), used)
        ]
        held[one.source_id] = [*taken, *permitted.get(one.source_id, ())]
    return held


def grants_of(session: Session, work: Work) -> Held:
    """What a work's artist holds towards its sources; what is published holds what its links hold, and permissions."""
    if work.state is WorkState.DRAFT:
        return grants_held(session, work.account_id, work.sources, remix_id=work.id)
    return permissions_held(session, work.account_id, work.id) if work.sources else NONE_HELD


def use_grants(links: Iterable[SourceLink], held: Held, licence: Licence, *, is_public: bool = False) -> None:
    """A work under `licence` holds those of its sources by a grant that do not allow it otherwise: by receipts at any
    time, by permissions once it is public.
    """
    for link in links:
        grants = [one for one in held.get(link.source_id, ()) if is_public or one.kind is GrantKind.RECEIPT]
        grant = allowing(licence, grants)
        if grant is not None and not allows(link.licence, licence):
            link.hold(grant)


def is_over(link: SourceLink, held: Held) -> bool:
    """Whether the link of a draft stands on a permission that is not in force any more."""
    return link.grant_kind is GrantKind.PERMISSION and all(
        one.id != link.grant_id for one in held.get(link.source_id, ())
    )


def without_leave(links: Iterable[SourceLink], held: Held) -> list[SourceLink]:
    """Those that are cited by the licence of their source, whose conditions are to be met."""
    return [link for link in links if not permitted_by(held.get(link.source_id, ()))]


@dataclass(frozen=True)
class GrantUse:
    """Of a source for which a receipt is held, or a permission used: under which licence it is remixed, and why."""

    source_id: str
    licence: Licence
    offered: Licence | None
    """Today, by its artist; None for a work that was withdrawn."""
    held_by: HeldBy | None
    """None: what is offered is used."""
    detail: str


def grants_used(links: Iterable[SourceLink], held: Held) -> list[GrantUse]:
    uses = []
    for link in links:
        offered = link.source.licence if link.source.state is WorkState.PUBLISHED else None
        grants = [one for one in usable(held.get(link.source_id, ())) if one.kind is GrantKind.RECEIPT]
        if link.held_by is not None or grants:
            detail = _reason(link, offered, grants)
            uses.append(GrantUse(link.source_id, link.licence, offered, link.held_by, detail))
    return uses


def _reason(link: SourceLink, offered: Licence | None, grants: Sequence[Grant]) -> str:
    title = f"“{link.source.title}”"
    if link.held_by is None:
        idle = grants[0]
        beside = f"{short_name(idle.licence)}, which you hold {idle.held_by.words}, adds nothing"
        return f"{title} is remixed as it was offered, under {short_name(link.licence)}; {beside}."
    today = "was withdrawn" if offered is None else f"is under {short_name(offered)} today"
    return (
        f"{title} {today}; you hold it under {short_name(link.licence)} {link.held_by.words}, and remix it under that."
    )


def _receipts(session: Session, account_id: str, work_ids: Collection[str]) -> dict[str, list[Grant]]:
    """Oldest first. Of contest licences, which are not for ever, those that are not over, and that ask for acceptance
    only where the account accepted them.
    """
    is_whole = Receipt.stem_id == ""
    is_accepted = sa.exists().where(
        LicenceAcceptance.licence_id == Receipt.licence, LicenceAcceptance.account_id == account_id
    )
    rows = session.execute(
        sa.select(Receipt, StemPack.work_id, Stem.original_sha256)
        .join(StemPack, StemPack.id == Receipt.stem_pack_id)
        .join(Stem, sa.and_(Stem.stem_pack_id == StemPack.id, sa.or_(is_whole, Stem.id == Receipt.stem_id)))
        .outerjoin(ContestLicence, ContestLicence.id == Receipt.licence)
        .where(Receipt.account_id == account_id, StemPack.work_id.in_(work_ids))
        .where(sa.or_(ContestLicence.expires_at.is_(None), ContestLicence.expires_at > now()))
        .where(sa.or_(ContestLicence.remixers.is_(None), ContestLicence.remixers == Remixers.ANYONE, is_accepted))
        .order_by(Receipt.created_at, Receipt.id)
        .options(lazyload(Receipt.stem_pack))
    )
    taken: dict[Receipt, tuple[str, set[str]]] = {}
    for receipt, work_id, original in rows:
        taken.setdefault(receipt, (work_id, set()))[1].add(original)
    found: dict[str, list[Grant]] = {}
    for receipt, (work_id, originals) in taken.items():
        found.setdefault(work_id, []).append(_as_grant(receipt, work_id, originals))
    return found


def terms_of(receipt: Receipt, work_id: str) -> ReceiptTerms:
    return ReceiptTerms(
        receipt.id, work_id, receipt.stem_pack_id, receipt.stem_id, receipt.licence, receipt.licence_sha256,
        receipt.created_at,
    )  # fmt: skip


def _as_grant(receipt: Receipt, work_id: str, originals: Collection[str]) -> Grant:
    sha256 = terms_of(receipt, work_id).sha256()
    return Grant(
        GrantKind.RECEIPT, receipt.id, receipt.licence, receipt.licence_sha256, sha256, receipt.created_at,
        frozenset(originals),
    )  # fmt: skip


def _merged(grants: Iterable[Grant], used: Collection[str]) -> list[Grant]:
    """One for each licence, for all that was taken under it; it is named after the one that has most of what was used.

    Receipts only: each has its `originals`.
    """
    alike: dict[Licence, list[Grant]] = {}
    for grant in grants:
        alike.setdefault(grant.licence, []).append(grant)
    return [
        dataclasses.replace(
            max(some, key=lambda one: (len((one.originals or set()) & set(used)), len(one.originals or ()))),
            originals=frozenset().union(*(one.originals or () for one in some)),
        )
        for some in alike.values()
    ]


def _originals_of(session: Session, stem_ids: Collection[str]) -> dict[str, str]:
    if not stem_ids:
        return {}
    rows = session.execute(sa.select(Stem.id, Stem.original_sha256).where(Stem.id.in_(stem_ids)))
    return {row.id: row.original_sha256 for row in rows}
