"""Works, their stems and names as they are searched, read from the rows that are the truth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from remixhub.domain.collections import Visibility
from remixhub.domain.discovery.may import Binding, binding_of
from remixhub.domain.discovery.music import NO_KEY, number_of_named, tempo_tenths
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import StemPackState, WorkKind, WorkState
from remixhub.domain.stems.roles import StemRole
from remixhub.models import (
    Account,
    AccountReach,
    Contest,
    ElsewhereSource,
    Label,
    LabelMember,
    LabelRelease,
    SourceLink,
    Stem,
    StemPack,
    Work,
)
from remixhub.models import Collection as Collected
from remixhub.models.search import STEMS_A_WORK, Named
from remixhub.services.discovery.search.tokens import kind_token, label_token, tokens_of
from remixhub.services.licences.verdicts import binding_on_remixes
from remixhub.services.works.tempo_and_key import said_or_heard

ROLES = {role: number for number, role in enumerate(StemRole)}
KINDS = {WorkKind.RELEASE: 1, WorkKind.REMIX: 2}
_HIGHEST = 2**15 - 1
_PACK = selectinload(StemPack.stems)


@dataclass(frozen=True)
class Document:
    """A row of the projection but for its number, and its tokens."""

    values: Mapping[str, Any]
    tokens: frozenset[str]


@dataclass(frozen=True)
class WorkDocuments:
    work_id: str
    work: Document
    """Without its licence class: `binding` says which that is."""
    stems: Mapping[int, Document]
    binding: Binding


def works_as_searched(session: Session, seqs: Collection[int]) -> dict[int, WorkDocuments]:
    """By `seq`, of those that are published."""
    works = session.scalars(sa.select(Work).where(Work.seq.in_(seqs), Work.state == WorkState.PUBLISHED)).all()
    ids = [work.id for work in works]
    packs = _newest_packs(session, ids)
    labels = _labels(session, ids)
    bindings = _bindings(session, works)
    return {
        work.seq: _as_searched(work, packs.get(work.id), labels.get(work.id), bindings[work.id])
        for work in works
        if work.seq is not None
    }


def _as_searched(work: Work, pack: StemPack | None, label_id: str | None, binding: Binding) -> WorkDocuments:
    assert work.seq is not None
    heard = said_or_heard(work, pack)
    tempo, key = tempo_tenths(heard.tempo_bpm), number_of_named(heard.key)
    stems = list(pack.stems)[:STEMS_A_WORK] if pack else []
    artist = names_of(work.account)
    tokens = tokens_of(work.title, names=artist, tags=work.tags, described=work.description, weight=work.remix_count)
    lengths = [stem.original.duration_seconds or 0 for stem in stems]
    published_at = work.published_at or work.created_at
    values = {
        "kind": KINDS[work.kind],
        "remix_count": work.remix_count,
        "tempo_tenths": tempo,
        "is_tempo_detected": bool(tempo) and not work.tempo_bpm,
        "key_number": key,
        "is_key_detected": key != NO_KEY and not work.key,
        "roles": sum({1 << ROLES[StemRole(stem.role)] for stem in stems}),
        "stem_count": min(len(stems), _HIGHEST),
        "length_seconds": round(work.playable_seconds or max(lengths, default=0)),
        "year": published_at.astimezone(dt.UTC).year,
    }
    found = {work.seq * STEMS_A_WORK + place: _stem(stem, work, artist, tempo, key) for place, stem in enumerate(stems)}
    label = {label_token(label_id)} if label_id else set()
    return WorkDocuments(work.id, Document(values, tokens | label), found, binding)


def _stem(stem: Stem, work: Work, artist: Sequence[str], tempo: int, key: int) -> Document:
    role = StemRole(stem.role)
    lufs = (stem.original.measurements or {}).get("integrated_lufs")
    values = {
        "stem_id": stem.id,
        "role": ROLES[role],
        "remix_count": work.remix_count,
        "tempo_tenths": tempo,
        "key_number": key if role.is_tonal else NO_KEY,
        "length_seconds": round(stem.original.duration_seconds or 0),
        "loudness_tenths": None if lufs is None else round(lufs * 10),
    }
    return Document(values, tokens_of(stem.name, names=[work.title, *artist], tags=work.tags, weight=work.remix_count))


def names_of(account: Account) -> list[str]:
    """By which its works are found; none once it is deleted."""
    return [] if account.deleted_at is not None else [account.display_name, account.handle]


def _newest_packs(session: Session, work_ids: Sequence[str]) -> dict[str, StemPack]:
    frozen = sa.and_(StemPack.work_id.in_(work_ids), StemPack.state == StemPackState.FROZEN)
    newest = (
        sa.select(StemPack.work_id, sa.func.max(StemPack.version).label("version"))
        .where(frozen)
        .group_by(StemPack.work_id)
        .subquery()
    )
    is_newest = sa.and_(newest.c.work_id == StemPack.work_id, newest.c.version == StemPack.version)
    packs = session.scalars(sa.select(StemPack).join(newest, is_newest).options(_PACK))
    return {pack.work_id: pack for pack in packs}


def _labels(session: Session, work_ids: Sequence[str]) -> dict[str, str]:
    rows = session.scalars(sa.select(LabelRelease).where(LabelRelease.work_id.in_(work_ids)))
    return {row.work_id: row.label_id for row in rows}


def _bindings(session: Session, works: Sequence[Work]) -> dict[str, Binding]:
    """A walk up for each that has sources, as whoever remixes it would be judged."""
    ids = [work.id for work in works]
    derived = {
        id
        for derivative_id in (SourceLink.derivative_id, ElsewhereSource.derivative_id)
        for id in session.scalars(sa.select(derivative_id).where(derivative_id.in_(ids)).distinct())
    }
    return {
        work.id: binding_of(
            binding_on_remixes(session, work.id, work.licence) if work.id in derived else {work.licence}
        )
        for work in works
    }


def binding_written(binding: Binding) -> str:
    return " ".join(sorted(binding))


def binding_read(text: str) -> Binding:
    return frozenset(Licence(one) for one in text.split(" "))


def names_as_searched(session: Session, kind: Named, ids: Collection[str]) -> dict[str, Document]:
    """By id: accounts that have something public, labels, and contests that were announced."""
    found: dict[str, Document] = {}
    for id, title, names, described, weight in _NAMES[kind](session, ids):
        tokens = tokens_of(title, names=names, described=described, weight=weight)
        found[id] = Document({"weight": weight}, tokens | {kind_token(kind)})
    return found


_SHOWS_SOMETHING = sa.or_(
    sa.exists().where(Work.account_id == Account.id, Work.state == WorkState.PUBLISHED),
    sa.exists().where(LabelMember.account_id == Account.id),
    sa.exists().where(Collected.account_id == Account.id, Collected.visibility == Visibility.PUBLIC),
)
"""Whether somebody is found among the artists: by a work, a place in a label (whose contests are theirs), or a
collection. Who only listens has a page, and is not listed.
"""
_NameFacts = tuple[str, str, list[str], str, int]


def _artists(session: Session, ids: Collection[str]) -> list[_NameFacts]:
    reached = sa.func.coalesce(AccountReach.remixes_by_others, 0)
    query = (
        sa.select(Account.id, Account.display_name, Account.handle, reached)
        .outerjoin(AccountReach, AccountReach.account_id == Account.id)
        .where(Account.id.in_(ids), Account.deleted_at.is_(None), _SHOWS_SOMETHING)
    )
    # both are what it is called
    return [(id, f"{name} {handle}", [], "", weight) for id, name, handle, weight in session.execute(query)]


def _label_rows(session: Session, ids: Collection[str]) -> list[_NameFacts]:
    query = sa.select(Label.id, Label.name, Label.handle).where(Label.id.in_(ids))
    return [(id, f"{name} {handle}", [], "", 0) for id, name, handle in session.execute(query)]


def _contests(session: Session, ids: Collection[str]) -> list[_NameFacts]:
    query = (
        sa.select(Contest.id, Contest.title, Label.name, Label.handle, Contest.brief)
        .join(Label, Label.id == Contest.label_id)
        .where(Contest.id.in_(ids), Contest.announced_at.is_not(None))
    )
    return [(id, title, [name, handle], brief, 0) for id, title, name, handle, brief in session.execute(query)]


_NAMES = {Named.ARTIST: _artists, Named.LABEL: _label_rows, Named.CONTEST: _contests}
