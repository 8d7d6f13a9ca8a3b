"""What of a bundle another hub takes in, decided before anything is written: which works come, and why others do not.

Works keep their order: a source is older than what was made from it here as it was there. What does not come is cited
where it is, as a source from elsewhere.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from remixhub.domain.bundles.contents import Bundle, BundledFile, BundledSource, BundledWork
from remixhub.domain.bundles.refusals import BundleUnreadable
from remixhub.domain.errors import Invalid, RemixHubError
from remixhub.domain.licences.judging import HeldLicence, judge
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.elsewhere import ARTIST_LIMIT, TITLE_LIMIT, NewElsewhere
from remixhub.domain.lineage.foreign_addresses import normalised
from remixhub.domain.states import SourceKind, WorkKind
from remixhub.domain.stems.roles import StemRole
from remixhub.domain.text import NotText, kept_of, written
from remixhub.domain.work_facts import clean_facts

WORKS_LIMIT = 5_000
SOURCES_LIMIT = 50
HUB_URL_LIMIT = ORIGIN_LIMIT = 500
_TITLE, _DESCRIPTION, _NAME, _CREDIT, _PACK_NOTE = 200, 10_000, 120, 80, 4_000
_ID = re.compile("[0-9a-zA-Z_-]{1,64}")
_LATEST_MS = 10**9


class Fate(StrEnum):
    COMES = "comes"
    STAYS = "stays"
    """Where it is: it is cited there."""
    REFUSED = "refused"


@dataclass(frozen=True)
class Planned:
    work: BundledWork
    fate: Fate
    why: str = ""
    """Why it does not come."""
    held: Mapping[Licence, HeldLicence] = field(default_factory=dict)
    """Of all that it was made from."""


@dataclass(frozen=True)
class Limits:
    """Of the hub that takes it in."""

    stems: int
    file_bytes: int


@dataclass(frozen=True)
class NewPlace:
    """What a work is brought in with, in this hub's words."""

    kind: WorkKind
    title: str
    artist: str
    url: str
    """Of its page there; it is shown as a link."""
    published_at: str
    description: str
    licence: Licence
    facts: Mapping[str, object]
    """As `work_facts.clean_facts` gives them."""
    pack_note: str
    """What its artist said of the stems."""


def plan(bundle: Bundle, limits: Limits) -> Sequence[Planned]:
    """The works by their old numbers. Raises BundleUnreadable for what no hub has written."""
    hub_of(bundle)
    works = sorted(bundle.works, key=lambda work: work.seq)
    if len(works) > WORKS_LIMIT:
        raise BundleUnreadable(f"It holds {len(works)} works; {WORKS_LIMIT} are the most that come at once.")
    if len({work.id for work in works}) < len(works):
        raise BundleUnreadable("It holds a work twice.")
    planned, every = dict[str, Planned](), {one.id: one for one in works}
    for work in works:
        try:
            planned[work.id] = _planned(work, limits, planned, every)
        except RemixHubError as exc:
            planned[work.id] = Planned(work, Fate.REFUSED, exc.detail)
    return list(planned.values())


def hub_of(bundle: Bundle) -> str:
    """The hub's address, in one way of all in which it may be written. Raises BundleUnreadable."""
    try:
        address = normalised(bundle.hub_url).rstrip("/")
    except Invalid:
        address = ""
    if not 0 < len(address) <= HUB_URL_LIMIT:
        raise BundleUnreadable(f"It says that it is of {bundle.hub_url[:100]!r}, which is no address of a hub.")
    return address


def files_of(work: BundledWork) -> Sequence[BundledFile]:
    """All that is sent of it: stems, the sound of the whole piece, a picture."""
    stems = [stem.original for stem in work.pack.stems] if work.pack is not None else []
    return [*stems, *filter(None, (sound_of(work), picture_of(work)))]


def sound_of(work: BundledWork) -> BundledFile | None:
    """Of the whole piece: the original if the bundle was written for moving, else of a remix what browsers play.

    All stems of a release together take the place of a reference mix that is not there.
    """
    return work.whole_original or (work.whole if work.kind == WorkKind.REMIX else None)


def picture_of(work: BundledWork) -> BundledFile | None:
    """The house prints its own for a work without."""
    is_picture = work.cover is not None and work.cover.media_type in ("image/webp", "image/png", "image/jpeg")
    return work.cover if is_picture else None


def new_place(work: BundledWork) -> NewPlace:
    """Raises Invalid for what this hub takes from nobody."""
    if not _ID.fullmatch(work.id):
        raise Invalid(f"{work.id[:80]!r} is no id of a work.")
    try:
        kind = WorkKind(work.kind)
    except ValueError as exc:
        raise Invalid(f"It is a {work.kind[:40]!r}, which this release does not know.") from exc
    credits = [
        {"name": _text(name, _CREDIT), "role": _text(role, _CREDIT, may_be_empty=True)} for name, role in work.credits
    ]
    facts = {"tempo_bpm": work.tempo_bpm, "key": work.key, "tags": list(work.tags), "credits": credits}
    return NewPlace(
        kind=kind,
        title=_text(work.title, _TITLE),
        artist=_text(work.artist, _CREDIT),
        url=normalised(work.url),
        published_at=kept_of(work.published_at)[:40],
        description=_text(work.description, _DESCRIPTION, may_be_empty=True, multiline=True),
        licence=_licence(work.licence),
        facts=clean_facts(facts),
        pack_note=_text(work.pack.note if work.pack else "", _PACK_NOTE, may_be_empty=True, multiline=True),
    )


def cited_elsewhere(source: BundledSource, today: dt.date) -> NewElsewhere:
    """Raises what cannot be cited."""
    normalised(source.url)
    return NewElsewhere(
        address=source.url,
        title=kept_of(source.title)[:TITLE_LIMIT] or "Untitled",
        artist=kept_of(source.artist)[:ARTIST_LIMIT] or "Unknown",
        licence=_licence(source.licence),
        seen_on=today,
        kind=kind_of(source),
        starts_seconds=seconds_of(source.start_ms),
        ends_seconds=seconds_of(source.end_ms),
    )


def kind_of(source: BundledSource) -> SourceKind:
    return SourceKind(source.kind) if source.kind in set(SourceKind) else SourceKind.REMIX


def role_of(word: str) -> StemRole:
    return StemRole(word) if word in set(StemRole) else StemRole.OTHER


def _planned(
    work: BundledWork, limits: Limits, before: Mapping[str, Planned], every: Mapping[str, BundledWork]
) -> Planned:
    if work.is_tombstone:
        return Planned(work, Fate.STAYS, "It was withdrawn there.")
    place = new_place(work)
    if place.licence.is_contest:
        return Planned(work, Fate.STAYS, "It is under a contest licence of its hub, which nobody has accepted here.")
    if place.kind is WorkKind.RELEASE and work.pack is None:
        return Planned(work, Fate.STAYS, work.withheld or "Its stems are not in the bundle.")
    if place.kind is WorkKind.REMIX and sound_of(work) is None:
        return Planned(work, Fate.STAYS, "Its sound is not in the bundle.")
    _check_files(work, limits)
    if place.kind is WorkKind.REMIX:
        return Planned(work, Fate.COMES, held=_check_sources(work, place, before, every))
    if work.sources:
        raise Invalid("It is a release, and names sources.")
    return Planned(work, Fate.COMES)


def _check_files(work: BundledWork, limits: Limits) -> None:
    stems = work.pack.stems if work.pack is not None else ()
    if len(stems) > limits.stems:
        raise Invalid(f"It has {len(stems)} stems; this hub takes {limits.stems}.")
    for stem in stems:
        _text(stem.name, _NAME)
        if not -60 <= stem.gain_db <= 24:
            raise Invalid(f"The gain of {stem.name[:60]!r} is out of bounds.")
    large = next((one for one in files_of(work) if not 0 < one.size_bytes <= limits.file_bytes), None)
    if large is not None:
        raise Invalid(f"{large.path[:100]!r} has {large.size_bytes} bytes; this hub takes {limits.file_bytes}.")


def _check_sources(
    work: BundledWork, place: NewPlace, before: Mapping[str, Planned], every: Mapping[str, BundledWork]
) -> Mapping[Licence, HeldLicence]:
    """All licences that bind it. Raises Invalid unless its sources are older and can be cited, LicenceConflict."""
    if not 0 < len(work.sources) <= SOURCES_LIMIT:
        raise Invalid(f"It names {len(work.sources)} sources; a remix has 1 to {SOURCES_LIMIT}.")
    named = [source.work_id or source.url for source in work.sources]
    if len(set(named)) < len(named):
        raise Invalid("It names a source twice.")
    for source in work.sources:
        inside = every.get(source.work_id or "")
        if inside is not None and inside.seq >= work.seq:
            raise Invalid(f"It names “{source.title[:100]}”, which is not older: that would go round in a circle.")
        _licence(source.licence)
        seconds_of(source.start_ms), seconds_of(source.end_ms)
        if not comes(source, before):
            cited_elsewhere(source, dt.date.min)
    held = _held_by(work, before)
    judge(place.licence, list(held.values()))
    return held


def comes(source: BundledSource, planned: Mapping[str, Planned]) -> bool:
    one = planned.get(source.work_id or "")
    return one is not None and one.fate is Fate.COMES


def _held_by(work: BundledWork, planned: Mapping[str, Planned]) -> Mapping[Licence, HeldLicence]:
    """Each licence once: those of its sources as they were held, and of all that these were made from, as far as they
    come. The path to one leads from the source to what is under it.
    """
    found: dict[Licence, HeldLicence] = {}
    for source in work.sources:
        licence, id = _licence(source.licence), source.work_id or source.url
        found.setdefault(licence, HeldLicence(id, licence, (source.title,), (id,)))
        if comes(source, planned):
            for above, held in planned[id].held.items():
                found.setdefault(above, replace(held, path=(source.title, held.path[-1])))
    return found


def _licence(word: str) -> Licence:
    try:
        return Licence(word)
    except ValueError as exc:
        raise Invalid(f"This hub does not know the licence {word[:60]!r}.") from exc


def _text(text: str, longest: int, *, may_be_empty: bool = False, multiline: bool = False) -> str:
    try:
        kept = written(text, multiline=multiline)
    except NotText as exc:
        raise Invalid(f"{text[:60]!r} is no text: {exc}") from exc
    if len(kept) > longest:
        raise Invalid(f"“{kept[:60]}…” has {len(kept)} characters; {longest} are the most.")
    if not kept and not may_be_empty:
        raise Invalid("A title, or a name in it, is empty.")
    return kept


def seconds_of(ms: int | None) -> float | None:
    """Raises Invalid."""
    if ms is not None and not 0 <= ms <= _LATEST_MS:
        raise Invalid("It names a part of a source that nothing has.")
    return None if ms is None else ms / 1000
