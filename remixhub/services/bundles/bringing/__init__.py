"""Bringing in a bundle of another hub: its works as works of this hub, by the ways that uploads take.

Each pass does what can be done now and writes nothing twice; workers check and listen to the files in between. Whatever
dies, the next pass goes on from the rows: an account, a draft, an upload, a stem are each one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from remixhub.compose import Parts
from remixhub.domain.bundles.contents import BundledWork
from remixhub.domain.bundles.moving import Fate, Limits, Planned, plan
from remixhub.domain.errors import RemixHubError, Unavailable
from remixhub.domain.states import WorkState
from remixhub.models import Work
from remixhub.services.bundles.bringing import drafting, sending
from remixhub.services.bundles.bringing.errand import Errand
from remixhub.services.remixes.publishing import StemPackNotReviewed, StemsNotReady, publish_work
from remixhub.services.remixes.remixes import RemixAudioPending
from remixhub.services.works.works import delete_draft


class Step(StrEnum):
    HERE = "here"
    WAITING = "waiting"
    """For workers, or for a source that is not here yet."""
    STAYS = "stays"
    REFUSED = "refused"


@dataclass(frozen=True)
class Brought:
    work: BundledWork
    step: Step
    why: str = ""
    work_id: str | None = None
    """Of this hub."""
    handle: str = ""
    """Whose it is here."""


@dataclass
class Passes:
    """What is known of the works from one pass to the next."""

    planned: Sequence[Planned]
    refused: dict[str, str] = field(default_factory=dict)
    """Why, by the work's id there: found out on the way."""
    here: dict[str, Brought] = field(default_factory=dict)
    """By the works' ids there."""

    @classmethod
    def of(cls, parts: Parts, errand: Errand) -> Passes:
        """Nothing is written. Raises BundleUnreadable."""
        return cls(plan(errand.bundle, Limits(parts.settings.stems_limit, parts.settings.upload_limit_bytes)))

    @property
    def coming(self) -> frozenset[str]:
        """Ids there of those that come, or have come."""
        return frozenset(
            one.work.id for one in self.planned if one.fate is Fate.COMES and one.work.id not in self.refused
        )


def advance(parts: Parts, errand: Errand, passes: Passes) -> Sequence[Brought]:
    """One pass over all works. What its files or its sources' licences rule out leaves nothing behind."""
    return [_advance(parts, errand, passes, one) for one in passes.planned]


def _advance(parts: Parts, errand: Errand, passes: Passes, one: Planned) -> Brought:
    work = one.work
    if one.fate is not Fate.COMES:
        return Brought(work, Step.STAYS if one.fate is Fate.STAYS else Step.REFUSED, one.why)
    if work.id in passes.refused:
        return Brought(work, Step.REFUSED, passes.refused[work.id])
    if work.id in passes.here:
        return passes.here[work.id]
    row = drafting.find(parts, errand, work)
    if row is not None and row.state is not WorkState.DRAFT:
        passes.here[work.id] = Brought(work, Step.HERE, work_id=row.id, handle=row.account.handle)
        return passes.here[work.id]
    if row is not None and (row.brought_from or {}).get("signature") != errand.signature:
        return Brought(work, Step.REFUSED, "It was begun from a bundle that was signed otherwise: go on with that one.")
    try:
        if row is None:
            row = drafting.begin(parts, errand, work, passes.coming)
        if row is None:
            return Brought(work, Step.WAITING, "for its sources")
        return _complete(parts, errand, work, row)
    except Unavailable as exc:
        return Brought(work, Step.WAITING, exc.detail)
    except RemixHubError as exc:
        passes.refused[work.id] = exc.detail
        _drop(parts, errand, work)
        return Brought(work, Step.REFUSED, exc.detail)


def _complete(parts: Parts, errand: Errand, work: BundledWork, row: Work) -> Brought:
    """Raises what refuses it."""
    actor = errand.actor_for(row.account_id, row.account.handle)
    if not sending.send(parts, errand, actor, work, row.id):
        return Brought(work, Step.WAITING, "for the check of its files")
    try:
        publish_work(actor, parts, row.id)
    except (StemPackNotReviewed, RemixAudioPending) as exc:
        return Brought(work, Step.WAITING, exc.detail)
    except StemsNotReady as exc:
        stems = exc.context.get("stems")
        if isinstance(stems, list) and any(stem["state"] == "refused" for stem in stems):
            raise
        return Brought(work, Step.WAITING, exc.detail)
    return Brought(work, Step.HERE, work_id=row.id, handle=actor.handle or "")


def _drop(parts: Parts, errand: Errand, work: BundledWork) -> None:
    row = drafting.find(parts, errand, work)
    if row is not None and row.state is WorkState.DRAFT:
        delete_draft(errand.actor_for(row.account_id, row.account.handle), parts, row.id)
