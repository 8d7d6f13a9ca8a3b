"""What narrows works and stems, as conditions on the projection."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.access import Actor
from remixhub.domain.discovery.asked import Facets, StemsAsked, WorksAsked
from remixhub.domain.discovery.may import May, permits
from remixhub.domain.discovery.music import NO_KEY, TempoRange, key_number, key_numbered, mixing_with
from remixhub.domain.errors import Invalid
from remixhub.domain.musical_key import MusicalKey
from remixhub.models import Contest, SearchLicence, SearchStem, SearchWork, Work
from remixhub.models.search import STEMS_A_WORK
from remixhub.services.access import find_visible_work
from remixhub.services.contests.reading import is_open
from remixhub.services.discovery.search.projection import KINDS, ROLES, binding_read
from remixhub.services.licences.contest_licences import held_contest_licences
from remixhub.services.licences.verdicts import binding_on_remixes
from remixhub.services.works.tempo_and_key import TempoAndKey

Conditions = list[sa.ColumnElement[bool]]


class KeyNotKnown(Invalid):
    code = "key_not_known"
    title = "Nobody knows the key of that work"


def of_works(session: Session, actor: Actor, asked: WorksAsked) -> Conditions:
    """But for label and tag, which are tokens. Raises NotFound, KeyNotKnown."""
    where = _shared(session, actor, asked.facets, SearchWork, keyless=False)
    if asked.kind is not None:
        where.append(SearchWork.kind == KINDS[asked.kind])
    for role in asked.roles:
        where.append(SearchWork.roles.bitwise_and(1 << ROLES[role]) != 0)
    if asked.has_stems is not None:
        where.append(SearchWork.stem_count > 0 if asked.has_stems else SearchWork.stem_count == 0)
    where += _between(SearchWork.year, asked.min_year, asked.max_year)
    if asked.in_open_contest:
        remixed = sa.select(Work.seq).join(Contest, Contest.release_id == Work.id).where(is_open())
        where.append(SearchWork.doc.in_(session.scalars(remixed).all()))
    return where


def of_stems(session: Session, actor: Actor, asked: StemsAsked) -> Conditions:
    """Raises NotFound, KeyNotKnown."""
    where = _shared(session, actor, asked.facets, SearchStem, keyless=True)
    if asked.roles:
        where.append(SearchStem.role.in_([ROLES[role] for role in asked.roles]))
    where += _between(SearchStem.loudness_tenths, _tenths(asked.min_lufs), _tenths(asked.max_lufs))
    return where


def _shared(session: Session, actor: Actor, facets: Facets, table: Any, *, keyless: bool) -> Conditions:
    where: Conditions = []
    if facets.tempo is not None:
        where.append(_tempo(table.tempo_tenths, facets.tempo))
    for keys in _key_choices(session, actor, facets):
        where.append(table.key_number.in_([*sorted(map(key_number, keys)), *([NO_KEY] if keyless else [])]))
    for work_id in {facets.mixes_with, facets.combines_with} - {None}:
        where.append(_other_than(table, find_visible_work(session, actor, str(work_id)).seq or 0))
    if facets.may is not None or facets.combines_with is not None:
        where.append(table.licence_class.in_(_classes(session, actor, facets)))
    where += _between(table.length_seconds, facets.min_seconds, facets.max_seconds)
    if facets.max_seconds is not None and facets.min_seconds is None:
        where.append(table.length_seconds > 0)
    return where


def _other_than(table: Any, seq: int) -> sa.ColumnElement[bool]:
    """What goes with a work is not the work itself."""
    if table is SearchWork:
        return SearchWork.doc != seq
    return sa.or_(SearchStem.doc < seq * STEMS_A_WORK, SearchStem.doc >= (seq + 1) * STEMS_A_WORK)


def _key_choices(session: Session, actor: Actor, facets: Facets) -> Iterator[Sequence[MusicalKey]]:
    if facets.key is not None:
        yield [facets.key]
    if facets.mixes_with_key is not None:
        yield mixing_with(facets.mixes_with_key)
    if facets.mixes_with is not None:
        yield mixing_with(_key_of(session, actor, facets.mixes_with))


def _tempo(column: sa.SQLColumnExpression[int], asked: TempoRange) -> sa.ColumnElement[bool]:
    return sa.or_(*(column.between(low, high) for low, high in asked.in_tenths()))


def _between(column: sa.SQLColumnExpression[Any], low: float | None, high: float | None) -> Conditions:
    return ([] if low is None else [column >= low]) + ([] if high is None else [column <= high])


def _tenths(value: float | None) -> int | None:
    return None if value is None else round(value * 10)


def _key_of(session: Session, actor: Actor, work_id: str) -> MusicalKey:
    """As said, else as heard."""
    work = find_visible_work(session, actor, work_id)
    number = session.scalar(sa.select(SearchWork.key_number).where(SearchWork.doc == work.seq)) if work.seq else None
    key = key_numbered(number or NO_KEY)
    if key is None:
        raise KeyNotKnown(
            f"Neither its artist nor its stems tell the key of “{work.title}”: name a key instead.",
            violations={"/query/mixes_with": ["Its key is not known."]},
        )
    return key


def _classes(session: Session, actor: Actor, facets: Facets) -> Collection[int]:
    """Those under which the actor may do what is asked."""
    beside: frozenset[Any] = frozenset()
    if facets.combines_with is not None:
        work = find_visible_work(session, actor, facets.combines_with)
        beside = binding_on_remixes(session, work.id, work.licence)
    accepted = held_contest_licences(session, actor)
    rows = session.execute(sa.select(SearchLicence.id, SearchLicence.licences)).all()
    may = facets.may or May.REMIX
    return [id for id, text in rows if permits(binding_read(text) | beside, may, accepted=accepted)]


def detected(row: SearchWork) -> TempoAndKey:
    """What is listed of a work: tempo and key, said or heard."""
    key = key_numbered(row.key_number)
    return TempoAndKey(row.tempo_tenths / 10 or None, key.name if key else None)
