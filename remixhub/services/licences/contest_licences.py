"""Contest licences: writing one, accepting one, and what it asks of whoever wants the stems or makes a remix."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.errors import Invalid, NotFound
from remixhub.domain.licences.contest_licences import (
    ContestLicenceExpired,
    ContestLicenceNotAccepted,
    ContestLicenceTerms,
    ContestLicenceUnknown,
    Remixers,
)
from remixhub.domain.licences.terms import Licence, text_sha256
from remixhub.domain.states import Scope
from remixhub.models import ContestLicence, LicenceAcceptance, SourceLink, Work, now
from remixhub.models.upsert import insert
from remixhub.services import journal
from remixhub.services.paging import Keyset, Page, Position, page

_NEWEST = Keyset(ContestLicence.created_at.desc(), ContestLicence.id.desc())


@dataclass(frozen=True)
class ContestLicenceView:
    row: ContestLicence
    accepted_at: dt.datetime | None
    """When the actor accepted it."""


def create_contest_licence(actor: Actor, parts: Parts, terms: ContestLicenceTerms) -> ContestLicence:
    """Asking again for the same terms gives the licence that is there. Raises Invalid for an expiry that is past."""
    account_id = require_account(actor, Scope.CONTEST)
    with parts.database.writing() as session:
        licence = terms.licence()
        written = session.execute(
            insert(session, ContestLicence)
            .values(
                id=licence, account_id=account_id, title=terms.title, text=terms.text, remixers=terms.remixers,
                sharing=terms.sharing, is_non_commercial=terms.is_non_commercial, expires_at=terms.expires_at,
                text_sha256=terms.sha256(), created_at=now(),
            )
            .on_conflict_do_nothing()
            .returning(ContestLicence.id)
        ).one_or_none()  # fmt: skip
        row = session.get_one(ContestLicence, licence)
        if row.text_sha256 != terms.sha256():  # two texts whose first digits agree
            raise Invalid("Change a word of the text: another licence has this id.")
        if written is not None:
            if _is_expired(session, licence):
                past = "Must be in the future."
                raise ContestLicenceExpired("It would be over already.", violations={"/expires_at": [past]})
            journal.record(session, actor, "contest_licence.created", "contest_licence", licence)
    return row


def get_contest_licence(actor: Actor, parts: Parts, licence_id: str) -> ContestLicenceView:
    """Public, so that everybody can read what works stand under. Raises NotFound."""
    with parts.database.reading() as session:
        row = _find(session, licence_id)
        accepted = session.get(LicenceAcceptance, (row.id, actor.account_id)) if actor.account_id else None
    return ContestLicenceView(row, accepted.accepted_at if accepted else None)


def list_own_contest_licences(
    actor: Actor, parts: Parts, *, after: Position | None, limit: int
) -> Page[ContestLicence]:
    """Those that one wrote, newest first."""
    account_id = require_account(actor, Scope.READ)
    query = sa.select(ContestLicence).where(ContestLicence.account_id == account_id)
    with parts.database.reading() as session:
        return page(session, query, _NEWEST, after=after, limit=limit)


def own_contest_licences(session: Session, account_id: str, *, limit: int) -> Sequence[ContestLicence]:
    """The newest that the account wrote."""
    query = sa.select(ContestLicence).where(ContestLicence.account_id == account_id)
    return session.scalars(
        query.order_by(ContestLicence.created_at.desc(), ContestLicence.id.desc()).limit(limit)
    ).all()


def accept(actor: Actor, parts: Parts, licence_id: str, *, sha256: str) -> ContestLicenceView:
    """`sha256` is that of the text which the actor read. Accepting again changes nothing.

    Raises NotFound, ContestLicenceExpired, and Invalid for the digest of another text.
    """
    account_id = require_account(actor, Scope.PUBLISH)
    with parts.database.writing() as session:
        row = _find(session, licence_id)
        if sha256 != row.text_sha256:
            asked = f"Read the licence, then send its digest, {row.text_sha256}."
            raise Invalid(asked, violations={"/text_sha256": ["Not the digest of this licence's text."]})
        _require_unexpired(session, [row.id])
        accepted = session.execute(
            insert(session, LicenceAcceptance)
            .values(licence_id=row.id, account_id=account_id, text_sha256=sha256, accepted_at=now())
            .on_conflict_do_nothing()
            .returning(LicenceAcceptance.accepted_at)
        ).one_or_none()
        if accepted is not None:
            after = {"text_sha256": sha256}
            journal.record(session, actor, "contest_licence.accepted", "contest_licence", row.id, after=after)
    return get_contest_licence(actor, parts, licence_id)


def digest_of(session: Session, licence: Licence) -> str:
    """What links and receipts keep beside the licence's id: the SHA-256 that fixes its text."""
    return session.get_one(ContestLicence, licence).text_sha256 if licence.is_contest else text_sha256(licence)


def require_offerable(session: Session, actor: Actor, licence: Licence) -> None:
    """That the actor may put a work under it: a contest licence that they wrote or accepted, and that is not over."""
    if not licence.is_contest:
        return
    row = session.get(ContestLicence, licence)
    if row is None:
        raise ContestLicenceUnknown(
            f"There is no contest licence {licence}.", violations={"/licence": ["No such contest licence."]}
        )
    _require_unexpired(session, [licence])
    if row.account_id != actor.account_id:
        _require_accepted(session, actor, [licence])


def require_remixable(session: Session, actor: Actor, links: Iterable[SourceLink]) -> None:
    """That the contest licences of sources declared now are not over, and that the actor accepted them.

    The sources' own artists, and the licences' authors, need not have accepted them.
    """
    declared = list(links)
    require_current(session, declared)
    others = {one.licence for one in declared if one.licence.is_contest and one.source.account_id != actor.account_id}
    _require_accepted(session, actor, _for_entrants(session, actor, others))


def require_current(session: Session, links: Iterable[SourceLink]) -> None:
    """Of sources declared now: nothing new comes about under a contest licence that is over, whoever made them."""
    _require_unexpired(session, {one.licence for one in links if one.licence.is_contest})


def require_stems(session: Session, actor: Actor, work: Work) -> None:
    """That the actor may have the stems of a work: under a contest licence for entrants, those who accepted it."""
    if work.licence.is_contest and work.account_id != actor.account_id and not actor.is_system:
        _require_accepted(session, actor, _for_entrants(session, actor, [work.licence]))


def may_have_stems(session: Session, actor: Actor, work: Work) -> bool:
    return bool(with_stems_for(session, actor, [work]))


def with_stems_for(session: Session, actor: Actor, works: Iterable[Work]) -> set[str]:
    """Ids of those whose stems the actor may have, as `require_stems` has it; two statements at most."""
    every = list(works)
    closed = {} if actor.is_system else {
        one.id: one.licence for one in every if one.licence.is_contest and one.account_id != actor.account_id
    }  # fmt: skip
    barred = _unaccepted(session, actor, _for_entrants(session, actor, set(closed.values())))
    return {one.id for one in every if closed.get(one.id) not in barred}


def held_contest_licences(session: Session, actor: Actor) -> frozenset[Licence]:
    """Those under which the actor may remix today: written or accepted by the actor, or for everybody; not over."""
    accepted = sa.select(LicenceAcceptance.licence_id).where(LicenceAcceptance.account_id == actor.account_id)
    is_held = sa.or_(
        ContestLicence.remixers == Remixers.ANYONE,
        ContestLicence.account_id == actor.account_id,
        ContestLicence.id.in_(accepted),
    )
    is_current = sa.or_(ContestLicence.expires_at.is_(None), ContestLicence.expires_at > now())
    return frozenset(session.scalars(sa.select(ContestLicence.id).where(is_held, is_current)))


def _find(session: Session, licence_id: str) -> ContestLicence:
    try:
        row = session.get(ContestLicence, Licence(licence_id))
    except ValueError:
        row = None
    if row is None:
        raise NotFound(f"There is no contest licence {licence_id!r}.", what="contest licence")
    return row


def _for_entrants(session: Session, actor: Actor, licences: Collection[Licence]) -> Sequence[Licence]:
    if not licences:
        return []
    return session.scalars(
        sa.select(ContestLicence.id).where(
            ContestLicence.id.in_(licences),
            ContestLicence.remixers == Remixers.ENTRANTS,
            ContestLicence.account_id != (actor.account_id or ""),
        )
    ).all()


def _require_accepted(session: Session, actor: Actor, licences: Sequence[Licence]) -> None:
    missing = sorted(_unaccepted(session, actor, licences))
    if missing:
        raise ContestLicenceNotAccepted(
            f"Read {missing[0]} and accept it by `POST /contest-licences/{missing[0]}/acceptances`.",
            licence=missing[0],
        )


def _unaccepted(session: Session, actor: Actor, licences: Sequence[Licence]) -> set[Licence]:
    if not licences:
        return set()
    accepted = session.scalars(
        sa.select(LicenceAcceptance.licence_id).where(
            LicenceAcceptance.account_id == actor.account_id, LicenceAcceptance.licence_id.in_(licences)
        )
    ).all()
    return set(licences).difference(accepted)


def _require_unexpired(session: Session, licences: Collection[Licence]) -> None:
    for licence in sorted(licences):
        if _is_expired(session, licence):
            raise ContestLicenceExpired(f"Nothing new may be made under {licence}: its time is over.", licence=licence)


def _is_expired(session: Session, licence: Licence) -> bool:
    """By the database's clock."""
    over = sa.select(ContestLicence.id).where(ContestLicence.id == licence, ContestLicence.expires_at <= now())
    return session.scalar(over) is not None
