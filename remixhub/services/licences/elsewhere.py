"""Declaring sources from elsewhere: what can be said of them, and why it is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.errors import Invalid
from remixhub.domain.lineage.elsewhere import NewElsewhere, SourceIsHere, require_fit
from remixhub.domain.lineage.foreign_addresses import node_id, normalised, work_here
from remixhub.models import ElsewhereSource, now
from remixhub.services.licences.sources import SOURCES_LIMIT, SourceDuplicate, SourceRangeInvalid, SourcesLimit


def declare_elsewhere(
    session: Session,
    parts: Parts,
    named: Sequence[NewElsewhere],
    *,
    beside: Sequence[ElsewhereSource] = (),
    links: int = 0,
    pointer: str = "",
) -> list[ElsewhereSource]:
    """New rows in the given order, for a work that names those `beside` already, and `links` works of this hub.

    `pointer` leads to where the list stands in the request, if there is one: faults are told at their places in it.
    Raises ElsewhereAddressInvalid, SourceIsHere, ElsewhereDateInvalid, ElsewhereLicenceUnfit, SourceDuplicate,
    SourceRangeInvalid and SourcesLimit.
    """
    if links + len(beside) + len(named) > SOURCES_LIMIT:
        raise SourcesLimit(f"Name at most {SOURCES_LIMIT} sources, those from elsewhere included.", limit=SOURCES_LIMIT)
    if not named:
        return []
    moment = session.execute(sa.select(now())).scalar_one()
    known = {one.node_id for one in beside}
    first = max((one.position for one in beside), default=-1) + 1
    rows = []
    for place, one in enumerate(named):
        try:
            row = _declared(parts, one, moment)
            if row.node_id in known:
                raise SourceDuplicate(
                    f"{row.address} is named already: say there all that was used of it.",
                    violations={"/address": ["Named before."]},
                )
        except Invalid as exc:
            exc.violations = _below(f"{pointer}/{place}" if pointer else "", exc.violations)
            raise
        known.add(row.node_id)
        row.position = first + place
        rows.append(row)
    return rows


def _declared(parts: Parts, one: NewElsewhere, moment: dt.datetime) -> ElsewhereSource:
    here = work_here(one.address, parts.addresses.hub)
    if here is not None:
        what = f"cite the work {here} as a source of this hub" if here else "give the page of a work"
        raise SourceIsHere(f"{one.address.strip()} is of this very hub: {what}.", source_id=here or None)
    address = normalised(one.address)
    require_fit(one, moment)
    starts, ends = one.starts_seconds or 0.0, one.ends_seconds
    if starts < 0 or (ends is not None and ends <= starts):
        raise SourceRangeInvalid(
            "Let it start at 0 or later and end after its start.",
            violations={"/ends_seconds": ["Must be after `starts_seconds`."]},
        )
    leave = one.leave
    return ElsewhereSource(
        node_id=node_id(address),
        address=address,
        title=one.title,
        artist=one.artist,
        licence=one.licence,
        seen_on=one.seen_on or moment.date(),
        kind=one.kind,
        note=one.note,
        starts_seconds=one.starts_seconds,
        ends_seconds=one.ends_seconds,
        leave_licence=None if leave is None else leave.licence,
        leave_words="" if leave is None else leave.words,
        leave_on=None if leave is None else leave.given_on,
    )


def _below(pointer: str, violations: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {f"{pointer}{one}": said for one, said in violations.items()}
