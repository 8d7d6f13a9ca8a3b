"""Works as bundles hold them: each with its pack, sound and papers, and where their files lie; many at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256 as new_sha256
from pathlib import PurePosixPath

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.bundles.contents import BundledFile, BundledPack, BundledSource, BundledStem, BundledWork
from remixhub.domain.bundles.names import LARGEST_BYTES
from remixhub.domain.bundles.papers import CREDITS_NAME, LICENCE_NAME, RECEIPT_NAME, credits_text
from remixhub.domain.covers.printed import print_cover
from remixhub.domain.covers.score import Score
from remixhub.domain.covers.svg import MEDIA_TYPE as SVG
from remixhub.domain.covers.svg import svg_of
from remixhub.domain.filenames import archive_name
from remixhub.domain.licences.terms import licence_url, terms_of
from remixhub.domain.lineage.credits import plain_lines
from remixhub.domain.states import RenditionKind, StemPackState, WorkState
from remixhub.domain.stems.archive import licence_text, stem_file_name
from remixhub.domain.times import rfc3339
from remixhub.models import ContestLicence, ElsewhereSource, Original, Rendition, SourceLink, Stem, StemPack, Work
from remixhub.services.bundles.remixes import Remixes, remixes_outside
from remixhub.services.licences.contest_licences import with_stems_for
from remixhub.services.lineage.credits_of_many import CreditsAbove, credits_above
from remixhub.services.stems.handing_out import given_file
from remixhub.services.stems.receipts import receipt_text
from remixhub.services.stems.zip_writer import StoredFile
from remixhub.services.works.prints import score_of
from remixhub.services.works.tempo_and_key import said_or_heard

_Frozen = aliased(StemPack)
WORKS, STEMS = "works", "stems"
_TITLE_LONGEST = 40
"""Characters of a title in the names of folders: whole paths stay short."""
_CREDITS_TOGETHER, _CREDITS_EACH = 20_000, 1_000
"""Lines of credits in a bundle, and of one work."""
_AT_ONCE = 5_000
"""Digests in a statement."""
_KINDS = (RenditionKind.PREVIEW, RenditionKind.COVER, RenditionKind.PEAKS_COARSE, RenditionKind.SOUND)
_FOR_MOVING = (RenditionKind.MIXDOWN,)
_TOO_LARGE = "One of its files has 4 GiB or more, which sticks with FAT32 do not take."


@dataclass
class Described:
    """A work, and what lies in the bundle of it."""

    work: BundledWork
    account_id: str
    changed_at: dt.datetime
    """When the newest of what is told of it came about."""
    stored: list[StoredFile] = field(default_factory=list)
    texts: dict[str, bytes] = field(default_factory=dict)
    peaks: dict[str, str] = field(default_factory=dict)
    """Keys by the stems' ids."""
    print: Score | None = None
    """What the house prints its cover from, where its artist gave none."""
    left_out: str = ""
    """Why its whole piece does not come along for moving; empty where it does, or where there is none."""


@dataclass(frozen=True)
class _Rows:
    """All that is read, at once for all works."""

    parts: Parts
    session: Session
    packs: Mapping[str, StemPack]
    """The newest published one, by work."""
    renditions: Mapping[tuple[str, RenditionKind], Rendition]
    links: Mapping[str, Sequence[SourceLink]]
    remixes: Mapping[str, Remixes]
    stem_names: Mapping[str, str]
    credits: CreditsAbove
    licences: Mapping[str, ContestLicence]
    given: frozenset[str]
    """The works whose stems the actor may have."""
    wholes: Mapping[str, Original]
    """What was uploaded as whole pieces, by digest; empty unless the bundle is for moving."""


def describe_works(
    session: Session, actor: Actor, parts: Parts, works: Sequence[Work], *, for_moving: bool = False
) -> dict[str, Described]:
    """By id, in their order. Published works, and tombstones, of which name, credit and licence are left."""
    rows = _read(session, actor, parts, works, for_moving=for_moving)
    most = min(_CREDITS_EACH, max(20, _CREDITS_TOGETHER // len(works)))
    return {work.id: _describe(rows, place, work, most) for place, work in enumerate(works, 1)}


def _read(session: Session, actor: Actor, parts: Parts, works: Sequence[Work], *, for_moving: bool) -> _Rows:
    public = [work for work in works if work.state is WorkState.PUBLISHED]
    packs = _packs(session, public)
    links: dict[str, list[SourceLink]] = {}
    ids = [work.id for work in works]
    cited = sa.select(SourceLink).where(SourceLink.derivative_id.in_(ids)).order_by(SourceLink.position)
    for link in session.scalars(cited):
        links.setdefault(link.derivative_id, []).append(link)
    used = {stem for of_one in links.values() for link in of_one for stem in link.stems}
    names = session.execute(_named().where(Stem.id.in_(used))) if used else ()
    under = {work.licence for work in works if work.licence.is_contest}
    own = session.scalars(sa.select(ContestLicence).where(ContestLicence.id.in_(under))) if under else ()
    return _Rows(
        parts=parts,
        session=session,
        packs=packs,
        renditions=_renditions(session, public, packs.values(), [*_KINDS, *_FOR_MOVING] if for_moving else _KINDS),
        links=links,
        remixes=remixes_outside(session, parts, works),
        stem_names={row[0]: row[1] for row in names},
        credits=credits_above(session, parts, works),
        licences={row.id: row for row in own},
        given=frozenset(with_stems_for(session, actor, public)),
        wholes=_wholes(session, public) if for_moving else {},
    )


def _named() -> sa.Select[str, str]:
    """Stems of works that are published: of a tombstone title, credit and licence are left."""
    of_works = sa.select(Stem.id, Stem.name).join(StemPack, StemPack.id == Stem.stem_pack_id)
    return of_works.join(Work, Work.id == StemPack.work_id).where(Work.state == WorkState.PUBLISHED)


def _packs(session: Session, works: Sequence[Work]) -> dict[str, StemPack]:
    by_id = {work.id: work for work in works}
    of_work = sa.and_(_Frozen.work_id == StemPack.work_id, _Frozen.state == StemPackState.FROZEN)
    newest = sa.select(sa.func.max(_Frozen.version)).where(of_work).correlate(StemPack).scalar_subquery()
    query = sa.select(StemPack).where(StemPack.work_id.in_(by_id), StemPack.version == newest)
    packs = {pack.work_id: pack for pack in session.scalars(query.options(selectinload(StemPack.stems)))}
    for pack in packs.values():
        set_committed_value(pack, "work", by_id[pack.work_id])
    return packs


def _wholes(session: Session, works: Iterable[Work]) -> dict[str, Original]:
    digests = {work.mix_sha256 for work in works if work.mix_sha256 is not None}
    return {row.sha256: row for row in session.scalars(sa.select(Original).where(Original.sha256.in_(digests)))}


def _renditions(
    session: Session, works: Iterable[Work], packs: Iterable[StemPack], kinds: Sequence[RenditionKind]
) -> dict[tuple[str, RenditionKind], Rendition]:
    """Kept while they are needed, so that asking the session for one of them costs no statement."""
    wanted = {digest for work in works for digest in (work.whole_digest, work.cover_digest) if digest}
    wanted |= {stem.original_sha256 for pack in packs for stem in pack.stems}
    every, found = sorted(wanted), {}
    for at in range(0, len(every), _AT_ONCE):
        among = Rendition.subject_digest.in_(every[at : at + _AT_ONCE])
        for row in session.scalars(sa.select(Rendition).where(among, Rendition.kind.in_(kinds))):
            found[(row.subject_digest, row.kind)] = row
    return found


def _describe(rows: _Rows, place: int, work: Work, most_credits: int) -> Described:
    folder = f"{WORKS}/{_folder(place, work)}"
    is_tombstone = work.state.is_tombstone
    pack = rows.packs.get(work.id)
    owed = rows.credits.of(work, limit=most_credits)
    url = rows.parts.addresses.work(work.id)
    terms = terms_of(work.licence)
    heard = said_or_heard(work, pack)
    links, remixes = rows.links.get(work.id, ()), rows.remixes.get(work.id, Remixes())
    moments = [work.published_at, work.withdrawn_at, work.licensed_at, *remixes.moments]
    moments += [link.declared_at for link in links]
    described = Described(
        BundledWork(
            id=work.id, seq=work.seq or 0, kind=work.kind.value, title=work.title, artist=work.account.display_name,
            url=url, description="" if is_tombstone else work.description,
            tempo_bpm=None if is_tombstone else heard.tempo_bpm, key=None if is_tombstone else heard.key,
            tags=() if is_tombstone else tuple(work.tags), licence=work.licence.value, licence_name=terms.title,
            licence_url=licence_url(work.licence, url),
            credits=tuple((credit["name"], credit["role"]) for credit in work.credits),
            credit_lines=tuple(plain_lines(owed).splitlines()), generation=work.generation,
            published_at=rfc3339(work.published_at or work.created_at),
            sources=tuple(_sources(rows, work, links)),
            duration_seconds=None, cover=None, whole=None, envelope=(), pack=None, receipt=None, withheld="", note="",
            is_tombstone=is_tombstone, folder=folder, artist_url=rows.parts.addresses.artist(work.account.handle),
            remixes=tuple(remixes.told), remixes_beyond=remixes.beyond,
        ),
        work.account_id,
        max(moment for moment in [work.created_at, *moments] if moment is not None),
    )  # fmt: skip
    if not is_tombstone:
        _add_sound(rows, described, place, work)
    described.texts[f"{folder}/{LICENCE_NAME}"] = _licence_text(rows, work, url)
    described.texts[f"{folder}/{CREDITS_NAME}"] = credits_text(described.work)
    return described


def _add_sound(rows: _Rows, described: Described, place: int, work: Work) -> None:
    """And the cover, and what is known of the sound."""
    folder = described.work.folder
    imprint = bytes.fromhex(work.imprint["envelope"]) if work.imprint else b""
    may_have_stems = work.id in rows.given
    digest = work.whole_digest if may_have_stems else work.playable_digest
    pack, withheld = None, ""
    if (newest := rows.packs.get(work.id)) is not None:
        if not may_have_stems:
            asked = licence_url(work.licence, described.work.url)
            withheld = f"Its stems are for those who accepted its contest licence, {asked}."
        elif any(given_file(rows.session, stem.original).size_bytes > LARGEST_BYTES for stem in newest.stems):
            withheld = _TOO_LARGE
        else:
            pack = _pack(rows, described, f"{STEMS}/{_folder(place, work)}", newest)
    values = {
        "duration_seconds": work.playable_seconds if digest else None,
        "cover": _cover(rows, described, work),
        "whole": _stored(described, rows.renditions.get((digest or "", RenditionKind.PREVIEW)), f"{folder}/whole"),
        "envelope": tuple(round(column / 2.55) for column in imprint),
        "pack": pack,
        "withheld": withheld,
        "whole_original": _whole_original(rows, described, work) if may_have_stems else None,
    }
    if pack is not None and newest is not None:
        text = receipt_text(rows.session, rows.parts, newest).encode()
        values["receipt"] = _text(described, f"{folder}/{RECEIPT_NAME}", text, "application/json")
    described.work = _with(described.work, values)


def _whole_original(rows: _Rows, described: Described, work: Work) -> BundledFile | None:
    """As uploaded, or as rendered from a mix spec, since specs do not move; only for moving."""
    path = f"{described.work.folder}/original"
    if (original := rows.wholes.get(work.mix_sha256 or "")) is None:
        rendered = rows.renditions.get((work.mixdown_digest or "", RenditionKind.MIXDOWN))
        described.left_out = _TOO_LARGE if rendered is not None and rendered.size_bytes > LARGEST_BYTES else ""
        return _stored(described, rendered, path)
    given = given_file(rows.session, original)
    if given.size_bytes > LARGEST_BYTES:
        described.left_out = _TOO_LARGE
        return None
    path += given.ending
    described.stored.append(StoredFile(path, given.key, given.size_bytes, given.sha256))
    return BundledFile(path, given.sha256, given.size_bytes, given.media_type)


def _with(work: BundledWork, values: Mapping[str, object]) -> BundledWork:
    return BundledWork(**{**vars(work), **values})


def _pack(rows: _Rows, described: Described, folder: str, pack: StemPack) -> BundledPack:
    assert pack.digest is not None
    if pack.frozen_at is not None:
        described.changed_at = max(described.changed_at, pack.frozen_at)
    stems = tuple(_stem(rows, described, folder, place, stem) for place, stem in enumerate(pack.stems, 1))
    return BundledPack(pack.id, pack.version, pack.digest, pack.note, stems)


def _stem(rows: _Rows, described: Described, folder: str, place: int, stem: Stem) -> BundledStem:
    original: Original = stem.original
    given = given_file(rows.session, original)
    name = stem_file_name(place, stem.name, given.container)
    path = f"{folder}/{_shortened(place, stem.name, PurePosixPath(name).suffix)}"
    described.stored.append(StoredFile(path, given.key, given.size_bytes, given.sha256))
    if (peaks := rows.renditions.get((original.sha256, RenditionKind.PEAKS_COARSE))) is not None:
        described.peaks[stem.id] = peaks.key
    preview = rows.renditions.get((original.sha256, RenditionKind.PREVIEW))
    return BundledStem(
        id=stem.id, name=stem.name, role=stem.role, gain_db=stem.gain_db, sample_rate_hz=original.sample_rate_hz,
        channels=original.channels, bit_depth=original.bit_depth, duration_frames=original.duration_frames or 0,
        original=BundledFile(path, given.sha256, given.size_bytes, given.media_type),
        preview=_stored(described, preview, f"{described.work.folder}/stem {place:02d}"), envelope=(),
    )  # fmt: skip


def _cover(rows: _Rows, described: Described, work: Work) -> BundledFile:
    """The artist's, or what the house prints."""
    path = f"{described.work.folder}/cover"
    own = _stored(described, rows.renditions.get((work.cover_digest or "", RenditionKind.COVER)), path)
    if own is not None:
        return own
    described.print = score_of(work)
    return _text(described, f"{path}.svg", svg_of(print_cover(described.print)).encode(), SVG)


def _stored(described: Described, rendition: Rendition | None, path: str) -> BundledFile | None:
    """Under the ending that its key has. Its SHA-256 is found when it is read."""
    if rendition is None or rendition.size_bytes > LARGEST_BYTES:
        return None
    path += PurePosixPath(rendition.key).suffix
    described.stored.append(StoredFile(path, rendition.key, rendition.size_bytes))
    return BundledFile(path, "", rendition.size_bytes, rendition.media_type)


def _text(described: Described, path: str, text: bytes, media_type: str) -> BundledFile:
    described.texts[path] = text
    return BundledFile(path, new_sha256(text).hexdigest(), len(text), media_type)


def _sources(rows: _Rows, work: Work, links: Sequence[SourceLink]) -> Iterator[BundledSource]:
    for link in links:
        source = link.source
        yield BundledSource(
            work_id=source.id, title=source.title, artist=source.account.display_name,
            url=rows.parts.addresses.work(source.id), licence=link.licence.value, kind=link.kind.value,
            stem_names=tuple(rows.stem_names[id] for id in link.stems if id in rows.stem_names),
            start_ms=_ms(link.starts_seconds), end_ms=_ms(link.ends_seconds),
        )  # fmt: skip
    for one in rows.credits.elsewhere:
        if one.derivative_id == work.id:
            yield _from_elsewhere(one)


def _from_elsewhere(one: ElsewhereSource) -> BundledSource:
    return BundledSource(
        work_id=None, title=one.title, artist=one.artist, url=one.address, licence=one.licence.value,
        kind=one.kind.value, stem_names=(), start_ms=_ms(one.starts_seconds), end_ms=_ms(one.ends_seconds),
    )  # fmt: skip


def _licence_text(rows: _Rows, work: Work, url: str) -> bytes:
    """With the whole text of a contest licence: away from the network its page cannot be read."""
    text = licence_text(work.licence, work.title, work.account.display_name, url)
    row = rows.licences.get(work.licence)
    return (text if row is None else f"{text}\n{row.title}\n\n{row.text}\n").encode()


def _folder(place: int, work: Work) -> str:
    return _shortened(place, work.title, "")


def _shortened(place: int, name: str, ending: str) -> str:
    return archive_name(place, name, ending, longest=_TITLE_LONGEST, nameless="untitled")


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
