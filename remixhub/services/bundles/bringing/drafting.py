"""A work that is brought in, as a draft with its sources: one transaction, or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.bundles.contents import BundledSource, BundledWork
from remixhub.domain.bundles.moving import cited_elsewhere, kind_of, new_place, seconds_of
from remixhub.domain.licences.terms import Licence, text_sha256
from remixhub.domain.lineage.foreign_addresses import work_here
from remixhub.domain.states import StemPackState, WorkKind, WorkState
from remixhub.domain.text import kept_of
from remixhub.models import BroughtWork, SourceLink, Stem, StemPack, Work, now
from remixhub.services import journal
from remixhub.services.bundles.bringing.artists import account_for
from remixhub.services.bundles.bringing.errand import Errand
from remixhub.services.bundles.bringing.hubs import keep_key
from remixhub.services.licences import sources
from remixhub.services.licences.elsewhere import declare_elsewhere
from remixhub.services.licences.sources import NewSource
from remixhub.services.licences.verdicts import settle_licence


def find(parts: Parts, errand: Errand, work: BundledWork) -> Work | None:
    """As it was brought in before; or as it is here all along, for a bundle of this very hub."""
    with parts.database.reading() as session:
        return _here(session, parts, errand, work.id, work.url)


def begin(parts: Parts, errand: Errand, work: BundledWork, coming: Collection[str]) -> Work | None:
    """None while a source of those `coming`, ids there, is not published here.

    Raises LicenceConflict, and what else sources are refused for.
    """
    place, bundle = new_place(work), errand.bundle
    try:
        with parts.database.writing() as session:
            keep_key(session, errand)
            account = account_for(session, parts, errand, work)
            actor = errand.actor_for(account.id, account.handle)
            row = Work(
                kind=place.kind, state=WorkState.DRAFT, account_id=account.id, title=place.title, licence=place.licence,
                description=place.description, **place.facts,
                brought_from={
                    "hub_name": kept_of(bundle.hub_name)[:200], "hub_url": bundle.hub_url, "url": place.url,
                    "artist": place.artist, "published_at": place.published_at, "signature": errand.signature.value,
                },
            )  # fmt: skip
            elsewhere = []
            if place.kind is WorkKind.REMIX:
                inside: list[tuple[BundledSource, Work]] = []
                outside: list[BundledSource] = []
                for source in work.sources:
                    found = _here(session, parts, errand, source.work_id, source.url)
                    if found is not None and found.seq is not None:
                        inside.append((source, found))
                    elif source.work_id in coming:
                        session.rollback()
                        return None
                    else:
                        outside.append(source)
                links = sources.declare(session, actor, _named(session, inside)) if inside else []
                _hold_as_there(parts, links, inside)
                today = session.execute(sa.select(now())).scalar_one().date()
                elsewhere = declare_elsewhere(
                    session, parts, [cited_elsewhere(one, _seen_on(bundle.made_at, today)) for one in outside],
                    links=len(links),
                )  # fmt: skip
                row.licence = settle_licence(session, place.licence, links, elsewhere=elsewhere)
                row.sources = links
            session.add(row)
            session.flush()
            for one in elsewhere:
                one.derivative_id = row.id
            session.add_all(elsewhere)
            if place.kind is WorkKind.RELEASE or work.pack is not None:
                session.add(StemPack(work_id=row.id, version=1, note=place.pack_note))
            session.add(BroughtWork(hub_url=errand.hub_url, origin_id=work.id, work_id=row.id))
            after = {"from": place.url, "signature": errand.signature.value, "licence": row.licence.value}
            journal.record(session, actor, "work.brought", "work", row.id, after=after)
            session.flush()
            session.refresh(row)
    except sa.exc.IntegrityError:  # another run was faster
        return find(parts, errand, work)
    return row


def _here(session: Session, parts: Parts, errand: Errand, origin_id: str | None, url: str) -> Work | None:
    own = work_here(url, parts.addresses.hub)
    if own:
        found = session.get(Work, own)
        return found if found is not None and found.seq is not None else None
    brought = session.get(BroughtWork, (errand.hub_url, origin_id)) if origin_id else None
    return None if brought is None else session.get(Work, brought.work_id)


def _named(session: Session, inside: Sequence[tuple[BundledSource, Work]]) -> list[NewSource]:
    """With the ids that the stems have here, by their names."""
    rows = session.execute(
        sa.select(StemPack.work_id, Stem.name, Stem.id)
        .join(Stem, Stem.stem_pack_id == StemPack.id)
        .where(StemPack.work_id.in_([work.id for _, work in inside]), StemPack.state == StemPackState.FROZEN)
    )
    stems = {(row.work_id, row.name): row.id for row in rows}
    return [
        NewSource(
            work.id,
            kind=kind_of(source),
            stems=[stems[work.id, name] for name in source.stem_names if (work.id, name) in stems],
            starts_seconds=seconds_of(source.start_ms),
            ends_seconds=seconds_of(source.end_ms),
        )
        for source, work in inside
    ]


def _hold_as_there(parts: Parts, links: Sequence[SourceLink], inside: Sequence[tuple[BundledSource, Work]]) -> None:
    """A licence that was changed since the link was declared binds no remix made before.

    Of works of this very hub no other hub says under which licence they were held: they are cited as they are now.
    """
    for link, (source, _) in zip(links, inside, strict=True):
        if work_here(source.url, parts.addresses.hub) is None:
            link.licence = Licence(source.licence)
            link.licence_sha256 = text_sha256(link.licence)


def _seen_on(made_at: str, today: dt.date) -> dt.date:
    """The day of the bundle: then it stood there."""
    try:
        return min(dt.datetime.fromisoformat(made_at).date(), today)
    except ValueError:
        return today
