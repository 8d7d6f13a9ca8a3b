"""Bundles on demand: what one would hold, how far its worker is, where it is; and ordering one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.bundles.contents import Bundle, BundledWork, BundleKind
from remixhub.domain.bundles.orders import OrderedBundle
from remixhub.domain.filenames import download_name
from remixhub.domain.states import ArchiveState, JobKind, JobState, RenditionKind
from remixhub.jobs.table import latest_job
from remixhub.models import Rendition
from remixhub.services.bundles import orders
from remixhub.services.bundles.gathering import Gathered, gather, require_made_here
from remixhub.services.bundles.signing import hub_keys
from remixhub.services.stems import on_demand, receipts
from remixhub.services.stems.on_demand import ArchiveView, Asker
from remixhub.services.stems.zip_writer import MEDIA_TYPE

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class BundleView:
    bundle: Bundle
    archive: ArchiveView
    expected_bytes: int
    is_too_large: bool
    """To be made on demand."""

    @property
    def withheld(self) -> Sequence[BundledWork]:
        """Works that come without their stems, and say why."""
        return [work for work in self.bundle.works if work.withheld]


def view_bundle(actor: Actor, parts: Parts, kind: BundleKind, id: str) -> BundleView:
    """Orders nothing. What is there has its address for whoever ordered it or needs no receipt. Raises as `gather`."""
    with parts.database.reading() as session:
        found = _find(session, actor, parts, kind, id)
    return _viewed(actor, parts, found, has_ordered=found.has_ordered)


def follow_bundle(actor: Actor, parts: Parts, kind: BundleKind, id: str) -> ArchiveView:
    """How far the actor's order is, by its job alone, which costs little; where it is `view_bundle` says.

    Without an order nothing is told, not even whether there is such a work, contest, collection or label.
    """
    if not _may_be_ordered(kind, id):
        return ArchiveView(ArchiveState.ABSENT)
    ordered = OrderedBundle(kind, id, actor.account_id)
    with parts.database.reading() as session:
        job = latest_job(session, JobKind.BUILD_BUNDLE, str(ordered))
        if job is not None and job.state is JobState.DONE:
            return ArchiveView(ArchiveState.READY, 100.0, "done")
        return _look(session, ordered)


def order_bundle(asker: Asker, parts: Parts, kind: BundleKind, id: str) -> ArchiveView:
    """Raises as `gather`, BundleTooLarge, TooManyOrders and TooMuchOrdered."""
    with parts.database.reading() as session:
        found = _find(session, asker.actor, parts, kind, id)
    gathered = found.gathered
    ordered = OrderedBundle(kind, gathered.bundle.id, asker.actor.account_id)
    if found.rendition is not None:
        with parts.database.writing() as session:
            orders.note_taking(session, on_demand.payer_of(parts, asker), str(ordered), found.digest)
        return _viewed(asker.actor, parts, found, has_ordered=True).archive
    require_made_here(parts, gathered)

    def admit(session: Session, payer: str) -> None:
        orders.note_order(session, parts, payer, str(ordered), found.digest, gathered.size_bytes)

    return on_demand.order(asker, parts, JobKind.BUILD_BUNDLE, str(ordered), admit)


@dataclass(frozen=True)
class _Found:
    gathered: Gathered
    digest: str
    rendition: Rendition | None
    absent: ArchiveView
    """How far it is while there is no rendition."""
    has_ordered: bool


def _find(session: Session, actor: Actor, parts: Parts, kind: BundleKind, id: str) -> _Found:
    gathered = gather(session, actor, parts, kind, id)
    digest = gathered.digest(hub_keys(parts).id)
    rendition = session.get(Rendition, (digest, RenditionKind.ARCHIVE))
    ordered = OrderedBundle(kind, gathered.bundle.id, actor.account_id)
    has_ordered = rendition is not None and latest_job(session, JobKind.BUILD_BUNDLE, str(ordered)) is not None
    return _Found(gathered, digest, rendition, _look(session, ordered), has_ordered)


def _look(session: Session, ordered: OrderedBundle) -> ArchiveView:
    return on_demand.look(session, JobKind.BUILD_BUNDLE, str(ordered))


def _may_be_ordered(kind: BundleKind, id: str) -> bool:
    """An address may name anything."""
    return kind is BundleKind.LABEL or _ID.fullmatch(id) is not None


def _viewed(actor: Actor, parts: Parts, found: _Found, *, has_ordered: bool) -> BundleView:
    """Whoever is told where it is takes the stems that are in it: by an order of theirs, never by looking alone."""
    gathered, archive = found.gathered, found.absent
    if found.rendition is not None:
        taken = [(one.stem_pack_id, one.licence) for one in gathered.taken]
        if has_ordered:
            receipts.record_downloads(actor, parts, taken)
        url = None
        if has_ordered or not receipts.not_recorded(actor, parts, taken):
            filename = download_name(gathered.name, ".zip")
            url = parts.store.presign_get(found.rendition.key, media_type=MEDIA_TYPE, filename=filename)
        archive = ArchiveView(ArchiveState.READY, 100.0, "done", url, found.rendition.size_bytes)
    too_large = gathered.size_bytes > parts.settings.bundle_limit_bytes
    return BundleView(gathered.bundle, archive, gathered.size_bytes, too_large)
