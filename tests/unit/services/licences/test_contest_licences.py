"""Contest licences: one text an id, accepted by the digest of what was read, and over when their time is."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, VISITOR, Actor
from remixhub.domain.errors import Invalid, NotFound
from remixhub.domain.licences.contest_licences import (
    ContestLicenceExpired,
    ContestLicenceNotAccepted,
    ContestLicenceTerms,
    ContestLicenceUnknown,
    Remixers,
    Sharing,
)
from remixhub.domain.licences.terms import Licence, text_sha256
from remixhub.models import Account, ContestLicence, LicenceAcceptance, SourceLink, Work, now
from remixhub.services.licences import contest_licences
from tests.unit.rows import LONG_AGO, Rows, actor_of

TERMS = ContestLicenceTerms("Harbour", "Remix it for the contest.", Remixers.ENTRANTS, Sharing.HERE, True)


@pytest.fixture
def host(rows: Rows) -> Account:
    return rows.account("host")


@pytest.fixture
def fan(rows: Rows) -> Account:
    return rows.account("fan")


def made(parts: Parts, host: Account, terms: ContestLicenceTerms = TERMS) -> ContestLicence:
    return contest_licences.create_contest_licence(actor_of(host), parts, terms)


def accept(parts: Parts, account: Account, licence: ContestLicence) -> None:
    contest_licences.accept(actor_of(account), parts, licence.id, sha256=licence.text_sha256)


def may_offer(parts: Parts, actor: Actor, licence: Licence) -> None:
    with parts.database.reading() as session:
        contest_licences.require_offerable(session, actor, licence)


def may_have_stems(parts: Parts, actor: Actor, work: Work) -> bool:
    with parts.database.reading() as session:
        return contest_licences.may_have_stems(session, actor, work)


def may_remix(parts: Parts, actor: Actor, source: Work) -> None:
    with parts.database.reading() as session:
        work = session.get_one(Work, source.id)
        link = SourceLink(source=work, source_id=work.id, licence=work.licence)
        contest_licences.require_remixable(session, actor, [link])
        session.expunge_all()


def test_the_same_terms_are_the_same_licence(parts: Parts, rows: Rows, host: Account) -> None:
    first, again = made(parts, host), made(parts, host)
    assert first.id == again.id == TERMS.licence()
    assert len(rows.all(ContestLicence)) == 1
    assert made(parts, host, dataclasses.replace(TERMS, text="Remix it for love.")).id != first.id


def test_an_id_never_comes_to_mean_another_text(parts: Parts, rows: Rows, host: Account) -> None:
    made(parts, host)
    rows.change(ContestLicence, text_sha256="0" * 64)
    with pytest.raises(Invalid):
        made(parts, host)


def test_a_new_licence_ends_in_the_future(parts: Parts, rows: Rows, host: Account) -> None:
    with pytest.raises(ContestLicenceExpired):
        made(parts, host, dataclasses.replace(TERMS, expires_at=rows.moment()))
    assert rows.all(ContestLicence) == []
    made(parts, host, dataclasses.replace(TERMS, expires_at=rows.moment() + dt.timedelta(minutes=1)))


def test_a_licence_is_accepted_by_the_digest_of_its_text_once(
    parts: Parts, rows: Rows, host: Account, fan: Account
) -> None:
    licence = made(parts, host)
    with pytest.raises(Invalid):
        contest_licences.accept(actor_of(fan), parts, licence.id, sha256="0" * 64)
    assert rows.all(LicenceAcceptance) == []
    accept(parts, fan, licence)
    first = rows.one(LicenceAcceptance)
    assert (first.account_id, first.text_sha256) == (fan.id, licence.text_sha256)
    rows.change(LicenceAcceptance, accepted_at=LONG_AGO)
    accept(parts, fan, licence)
    assert rows.one(LicenceAcceptance).accepted_at == LONG_AGO
    seen = contest_licences.get_contest_licence(actor_of(fan), parts, licence.id)
    assert seen.accepted_at == LONG_AGO
    assert contest_licences.get_contest_licence(VISITOR, parts, licence.id).accepted_at is None


def test_a_licence_that_is_over_is_not_accepted_and_nothing_new_is_made_under_it(
    parts: Parts, rows: Rows, host: Account, fan: Account
) -> None:
    licence = made(parts, host)
    work = rows.work(host, licence=licence.id)
    accept(parts, fan, licence)
    rows.change(ContestLicence, expires_at=now())
    with pytest.raises(ContestLicenceExpired):
        accept(parts, rows.account("late"), licence)
    for account in (fan, host):
        with pytest.raises(ContestLicenceExpired):
            may_offer(parts, actor_of(account), licence.id)
        with pytest.raises(ContestLicenceExpired):
            may_remix(parts, actor_of(account), work)


def test_who_wrote_a_licence_or_accepted_it_may_offer_it(parts: Parts, host: Account, fan: Account) -> None:
    licence = made(parts, host)
    may_offer(parts, actor_of(host), licence.id)
    with pytest.raises(ContestLicenceNotAccepted):
        may_offer(parts, actor_of(fan), licence.id)
    accept(parts, fan, licence)
    may_offer(parts, actor_of(fan), licence.id)
    may_offer(parts, actor_of(fan), Licence.BY)
    with pytest.raises(ContestLicenceUnknown):
        may_offer(parts, actor_of(fan), Licence("LicenseRef-contest-0123456789"))


@pytest.mark.parametrize("remixers", Remixers)
def test_stems_for_entrants_are_for_those_who_accepted(
    parts: Parts, rows: Rows, host: Account, fan: Account, remixers: Remixers
) -> None:
    licence = made(parts, host, dataclasses.replace(TERMS, remixers=remixers))
    artist = rows.account("artist")
    work = rows.work(artist, licence=licence.id)
    is_free = remixers is Remixers.ANYONE
    for actor in (actor_of(fan), VISITOR):
        assert may_have_stems(parts, actor, work) is is_free
    for actor in (actor_of(artist), actor_of(host), SYSTEM):
        assert may_have_stems(parts, actor, work)
    if not is_free:
        with pytest.raises(ContestLicenceNotAccepted):
            may_remix(parts, actor_of(fan), work)
    accept(parts, fan, licence)
    assert may_have_stems(parts, actor_of(fan), work)
    may_remix(parts, actor_of(fan), work)


def test_links_keep_the_digest_of_the_text(parts: Parts, host: Account) -> None:
    licence = made(parts, host)
    with parts.database.reading() as session:
        assert contest_licences.digest_of(session, licence.id) == TERMS.sha256()
        assert contest_licences.digest_of(session, Licence.BY) == text_sha256(Licence.BY)


@pytest.mark.parametrize("licence_id", ["LicenseRef-contest-0123456789", "cc-by-4.0", "nonsense"])
def test_what_is_no_contest_licence_is_not_found(parts: Parts, licence_id: str) -> None:
    with pytest.raises(NotFound):
        contest_licences.get_contest_licence(VISITOR, parts, licence_id)
