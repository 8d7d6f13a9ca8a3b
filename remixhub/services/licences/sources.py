"""Declaring sources: what a remix may cite, under which licence it is held, and why a citation is refused."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.access import Actor, may_see_work
from remixhub.domain.errors import Conflict, Invalid, NotFound
from remixhub.domain.lengths import length_written
from remixhub.domain.licences.grants import NONE_HELD, SHORT, Grant, GrantKind, Held, freest, usable
from remixhub.domain.states import SourceKind, WorkState
from remixhub.models import Mixdown, Original, SourceLink, Stem, StemPack, Work
from remixhub.services.licences.contest_licences import digest_of

SOURCES_LIMIT = 50
_KEPT = (
    "licence", "licence_sha256", "inherited_shares", "declared_at", "grant_kind", "grant_id", "grant_sha256",
    "granted_at",
)  # fmt: skip
"""What a source that stays among the sources of a draft was cited with."""
_NONE_KEPT: Mapping[str, SourceLink] = MappingProxyType({})


class SourcesMissing(Invalid):
    code = "sources_missing"
    title = "A remix cites at least one source"


class SourcesLimit(Invalid):
    code = "sources_limit"
    title = "Too many sources"


class SourceDuplicate(Invalid):
    code = "source_duplicate"
    title = "A source is named twice"


class SourceCyclic(Invalid):
    code = "source_cyclic"
    title = "A work cannot be made from itself"


class SourceNotFound(NotFound):
    code = "source_not_found"
    title = "There is no such source"


class SourceNotPublished(Conflict):
    code = "source_not_published"
    title = "The source is not published yet"


class SourceWithdrawn(Conflict):
    code = "source_withdrawn"
    title = "The source was withdrawn"


class SourceTakenDown(Conflict):
    code = "source_taken_down"
    title = "The source was taken down"


class SourceStemUnknown(Invalid):
    code = "source_stem_unknown"
    title = "The source has no such stem"


class SourceRangeInvalid(Invalid):
    code = "source_range_invalid"
    title = "The source has no such part"


@dataclass(frozen=True)
class NewSource:
    source_id: str
    kind: SourceKind = SourceKind.REMIX
    stems: Sequence[str] = ()
    """Ids of the stems used, if the remixer says."""
    note: str = ""
    starts_seconds: float | None = None
    ends_seconds: float | None = None
    receipt: str = ""
    """The text of a receipt's file, of whoever took the stems without an account."""


def declare(
    session: Session,
    actor: Actor,
    sources: Sequence[NewSource],
    *,
    work_id: str | None = None,
    kept: Mapping[str, SourceLink] = _NONE_KEPT,
    held: Held = NONE_HELD,
    tombstones: bool = False,
) -> list[SourceLink]:
    """New links in the given order, with the licences as held now, or as in `kept` for sources declared before; by one
    of the grants `held` if that is freer.

    A withdrawn work is cited by a grant alone. `tombstones` may be cited when a link only says what is so.
    """
    _check_list(sources, work_id)
    found = {
        work.id: work
        for work in session.scalars(sa.select(Work).where(Work.id.in_([one.source_id for one in sources])))
    }
    stems = _stems_of(session, sources)
    lengths = lengths_of(session, [one.source_id for one in sources if _has_range(one)])
    links = []
    for position, one in enumerate(sources):
        grants = held.get(one.source_id, ())
        before = _still_held(kept.get(one.source_id), one, grants)
        source = _require_citable(actor, found.get(one.source_id), f"/sources/{position}/source_id", one)
        if not tombstones:
            is_held = before is not None or bool(usable(grants))
            _require_standing(source, f"/sources/{position}/source_id", is_held=is_held, is_short=bool(grants))
        _require_own_stems(source, one, stems, f"/sources/{position}/stems")
        was = kept.get(one.source_id)
        if was is None or (was.starts_seconds, was.ends_seconds) != (one.starts_seconds, one.ends_seconds):
            _require_within(one, lengths.get(source.id), f"/sources/{position}")
        assert source.seq is not None
        link = SourceLink(
            source=source,
            source_id=source.id,
            source_seq=source.seq,
            position=position,
            kind=one.kind,
            stems=list(dict.fromkeys(one.stems)),
            note=one.note,
            starts_seconds=one.starts_seconds,
            ends_seconds=one.ends_seconds,
            **(_as_offered(session, source) if before is None else {name: getattr(before, name) for name in _KEPT}),
        )
        is_offered = before is not None or tombstones or source.state is WorkState.PUBLISHED
        if grant := freest(link.licence if is_offered else None, grants):
            link.hold(grant)
        links.append(link)
    return links


def require_sensible(session: Session, source: Work, one: NewSource) -> None:
    """What is said of a source beside its licence, as `declare` checks it."""
    _check_list([one], None)
    _require_own_stems(source, one, _stems_of(session, [one]), "/sources/0/stems")
    _require_within(one, lengths_of(session, [source.id]).get(source.id), "/sources/0")


def lengths_of(session: Session, work_ids: Collection[str]) -> dict[str, float]:
    """In seconds, of the whole piece or the longest published stem, whichever is longer; as far as known."""
    if not work_ids:
        return {}
    named = Work.id.in_(work_ids)
    mixed = sa.select(Work.id, _seconds(Original)).join(Original, Original.sha256 == Work.mix_sha256).where(named)
    rendered = sa.select(Work.id, _seconds(Mixdown)).join(Mixdown, Mixdown.digest == Work.mixdown_digest).where(named)
    stems = (
        sa.select(StemPack.work_id, sa.func.max(_seconds(Original)))
        .join(Stem, Stem.stem_pack_id == StemPack.id)
        .join(Original, Original.sha256 == Stem.original_sha256)
        .where(StemPack.work_id.in_(work_ids), StemPack.frozen_at.is_not(None))
        .group_by(StemPack.work_id)
    )
    lengths: dict[str, float] = {}
    for work_id, seconds in session.execute(mixed.union_all(rendered, stems)):
        lengths[work_id] = max(seconds or 0.0, lengths.get(work_id, 0.0))
    return {id: seconds for id, seconds in lengths.items() if seconds}


def _seconds(audio: type[Original] | type[Mixdown]) -> sa.ColumnElement[Any]:
    return sa.cast(audio.duration_frames, sa.Float) / audio.sample_rate_hz


def _has_range(one: NewSource) -> bool:
    return one.starts_seconds is not None or one.ends_seconds is not None


def _require_own_stems(source: Work, one: NewSource, works: Mapping[str, str], pointer: str) -> None:
    strange = [stem for stem in one.stems if works.get(stem) != source.id]
    if strange:
        raise SourceStemUnknown(
            f"{strange[0]!r} at {pointer} is no published stem of “{source.title}”.",
            violations={pointer: ["Not a published stem of the source."]},
        )


def _require_within(one: NewSource, length: float | None, pointer: str) -> None:
    """Lengths are shown in whole seconds, so that much more is let pass."""
    if length is None:
        return
    late = {
        f"{pointer}/{name}": [f"It is {length_written(math.ceil(length))} long."]
        for name, seconds in (("starts_seconds", one.starts_seconds), ("ends_seconds", one.ends_seconds))
        if seconds is not None and seconds > math.ceil(length)
    }
    if late:
        raise SourceRangeInvalid("Name a part that the source has.", violations=late)


def _still_held(before: SourceLink | None, one: NewSource, grants: Sequence[Grant]) -> SourceLink | None:
    """None where it was held by a receipt, and stems are named now that were not received: then it is cited anew."""
    if before is None or before.grant_kind is not GrantKind.RECEIPT or list(one.stems) == before.stems:
        return before
    return before if any(grant.licence == before.licence for grant in usable(grants)) else None


def _as_offered(session: Session, source: Work) -> dict[str, object]:
    return {
        "licence": source.licence,
        "licence_sha256": digest_of(session, source.licence),
        "inherited_shares": source.inherited_shares,
    }


def _check_list(sources: Sequence[NewSource], work_id: str | None) -> None:
    if not sources:
        raise SourcesMissing("Name at least one source.", violations={"/sources": ["At least one is needed."]})
    if len(sources) > SOURCES_LIMIT:
        raise SourcesLimit(f"Name at most {SOURCES_LIMIT} sources; these are {len(sources)}.", limit=SOURCES_LIMIT)
    seen: set[str] = set()
    for position, one in enumerate(sources):
        where = f"/sources/{position}"
        if one.source_id == work_id:
            raise SourceCyclic("Take it out of its own sources.", violations={f"{where}/source_id": ["It is itself."]})
        if one.source_id in seen:
            raise SourceDuplicate(
                f"Name {one.source_id!r} once, with all that was used of it.",
                violations={f"{where}/source_id": ["Named before."]},
            )
        seen.add(one.source_id)
        starts, ends = one.starts_seconds or 0.0, one.ends_seconds
        if starts < 0 or (ends is not None and ends <= starts):
            raise SourceRangeInvalid(
                "Let it start at 0 or later and end after its start.",
                violations={f"{where}/ends_seconds": ["Must be after `starts_seconds`."]},
            )


def _stems_of(session: Session, sources: Sequence[NewSource]) -> dict[str, str]:
    """The work of each named stem that was ever published."""
    named = {stem for one in sources for stem in one.stems}
    if not named:
        return {}
    rows = session.execute(
        sa.select(Stem.id, StemPack.work_id)
        .join(StemPack, StemPack.id == Stem.stem_pack_id)
        .where(Stem.id.in_(named), StemPack.frozen_at.is_not(None))
    )
    return {row.id: row.work_id for row in rows}


def _require_citable(actor: Actor, source: Work | None, pointer: str, one: NewSource) -> Work:
    """A stranger's draft answers as if it did not exist."""
    if source is None or not may_see_work(actor, owner_id=source.account_id, state=source.state):
        raise SourceNotFound(f"There is no work {one.source_id!r}, or it is private.", pointer=pointer)
    if source.state is WorkState.DRAFT:
        raise SourceNotPublished(f"Publish “{source.title}” first.", pointer=pointer)
    return source


def _require_standing(source: Work, pointer: str, *, is_held: bool, is_short: bool) -> None:
    """What was cited before may have been withdrawn since, and who holds a grant for it may cite it anew."""
    if source.state is WorkState.TAKEN_DOWN:
        raise SourceTakenDown(f"“{source.title}” was taken down and cannot be cited.", pointer=pointer)
    if source.state is WorkState.WITHDRAWN and not is_held:
        raise SourceWithdrawn(
            f"“{source.title}” was withdrawn by its artist: only who holds a receipt of its stems may cite it anew."
            + (f" {SHORT}" if is_short else ""),
            pointer=pointer,
        )
