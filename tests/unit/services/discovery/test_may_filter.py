"""“May I …” as a filter gives what the verdicts say, work by work, whatever became of the lineage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR, Actor
from remixhub.domain.discovery.asked import Facets, WorksAsked
from remixhub.domain.discovery.may import May
from remixhub.domain.licences.contest_licences import ContestLicenceTerms, Remixers, Sharing
from remixhub.domain.licences.permissions import PermissionScope, PermissionState
from remixhub.domain.licences.terms import Element, Licence, terms_of
from remixhub.domain.states import WorkKind, WorkState
from remixhub.models import Account, ElsewhereSource, LicenceAcceptance, Permission, SearchWork, SourceLink, Work, now
from remixhub.services.discovery.search import asking, indexing
from remixhub.services.licences import verdicts
from remixhub.services.licences.contest_licences import create_contest_licence
from tests.unit.rows import Rows, actor_of

_SANS_CONTEST = [
    Licence.CC0, Licence.BY, Licence.BY_SA, Licence.BY_NC, Licence.BY_NC_SA, Licence.BY_ND, Licence.BY_SA_3,
    Licence("cc-by-sa-3.0-de"), Licence.SAMPLING_PLUS, Licence.PUBLIC_DOMAIN, Licence.ALL_RIGHTS_RESERVED,
]  # fmt: skip
Acts = list[tuple[str, int, int, int]]
_NUMBERS = (st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
_LATER = ["link"] * 3 + ["unlink", "relicense", "cite_elsewhere", "leave_out_elsewhere", "permit", "permit_account"]
GROWN: st.SearchStrategy[Acts] = st.lists(st.tuples(st.just("publish"), *_NUMBERS), min_size=5, max_size=12)
ACTS: st.SearchStrategy[Acts] = st.lists(
    st.tuples(st.sampled_from(["publish", *_LATER]), *_NUMBERS), min_size=4, max_size=12
)


def index(parts: Parts) -> None:
    while True:
        with parts.database.writing() as session:
            if not indexing.index_changes(session, limit=3):
                return


def found(parts: Parts, facets: Facets, actor: Actor = VISITOR) -> set[str]:
    got = asking.search_works(actor, parts, WorksAsked(facets=facets), after=None, limit=200)
    return {one.work.id for one in got.page.rows}


class Lineage:
    """Works of random licences and links, changed by hand below the use cases, which would refuse most of it."""

    def __init__(self, parts: Parts, licences: list[Licence]) -> None:
        self.parts, self.rows, self.licences = parts, Rows(parts.database), licences
        handles = {one.handle for one in self.rows.all(Account)}
        self.artist = self.rows.account(f"artist-{len(handles)}")
        self.works: list[Work] = []

    def act(self, what: str, a: int, b: int, c: int) -> None:
        """What was there before is indexed already, so that only what notices the change can bring it up to date."""
        if what != "publish":
            index(self.parts)
        getattr(self, what)(a, b, c)

    def publish(self, a: int, b: int, c: int) -> None:
        sources = list({self.works[n % len(self.works)].id: self.works[n % len(self.works)] for n in (b, c)}.values()) \
            if self.works and a % 3 else []  # fmt: skip
        licence = self.licences[(a * 7 + b + c) % len(self.licences)]
        self.works.append(self.rows.work(self.artist, f"W{len(self.works)}", sources, licence=licence))

    def relicense(self, a: int, b: int, _c: int) -> None:
        if self.works:
            new = self.licences[b % len(self.licences)]
            self.rows.change(Work, Work.id == self.works[a % len(self.works)].id, licence=new)

    def link(self, a: int, b: int, _c: int) -> None:
        if len(self.works) < 2:
            return
        derivative, source = self.works[1 + a % (len(self.works) - 1)], self.works[0]
        source = self.works[b % self.works.index(derivative)]
        where = (SourceLink.derivative_id == derivative.id, SourceLink.source_id == source.id)
        if not self.rows.all(SourceLink, *where):
            self.rows.link(derivative, self.rows.one(Work, Work.id == source.id))

    def unlink(self, a: int, _b: int, _c: int) -> None:
        links = sorted(self.rows.all(SourceLink), key=lambda one: (one.derivative_seq or 0, one.source_seq))
        if links:
            gone = links[a % len(links)]
            with self.parts.database.writing() as session:
                where = (SourceLink.derivative_id == gone.derivative_id, SourceLink.source_id == gone.source_id)
                session.execute(sa.delete(SourceLink).where(*where))

    def cite_elsewhere(self, a: int, b: int, c: int) -> None:
        """With leave every other time."""
        if self.works:
            licence, leave = (self.licences[n % len(self.licences)] for n in (b, c))
            given = {"leave_licence": leave, "leave_on": dt.date(2026, 1, 2)} if c % 2 else {}
            address = f"https://freesound.org/s/{len(self.rows.all(ElsewhereSource))}/"
            self.rows.elsewhere(self.works[a % len(self.works)], address, licence=licence, **given)

    def leave_out_elsewhere(self, a: int, _b: int, _c: int) -> None:
        cited = sorted(self.rows.all(ElsewhereSource), key=lambda one: (one.derivative_seq or 0, one.address))
        if cited:
            gone = cited[a % len(cited)]
            with self.parts.database.writing() as session:
                where = (ElsewhereSource.derivative_id == gone.derivative_id, ElsewhereSource.node_id == gone.node_id)
                session.execute(sa.delete(ElsewhereSource).where(*where))

    def permit(self, a: int, b: int, c: int, scope: PermissionScope = PermissionScope.REMIX) -> None:
        """Somebody's work uses another by leave: first granted, then used, as publishing does."""
        if len(self.works) < 2:
            return
        remix, work = self.works[a % len(self.works)], self.works[b % len(self.works)]
        licence = [Licence.BY, Licence.CC0, Licence.BY_NC][c % 3]
        permission = self.rows.add(
            Permission(
                account_id=self.artist.id, artist_id=self.artist.id, work_id=work.id, work_seq=work.seq,
                source_id=work.id, remix_id=remix.id, remix_title="Remix", wanted=licence, licence=licence,
                state=PermissionState.GRANTED, scope=scope, text_sha256="0" * 64, answered_at=now(),
            )
        )  # fmt: skip
        self.rows.change(Permission, Permission.id == permission.id, state=PermissionState.USED)

    def permit_account(self, a: int, b: int, c: int) -> None:
        self.permit(a, b, c, PermissionScope.ACCOUNT)


@given(grown=GROWN, acts=ACTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_may_be_remixed_and_sold_is_found_and_nothing_else(parts: Parts, grown: Acts, acts: Acts) -> None:
    lineage = Lineage(parts, _SANS_CONTEST)
    for act in grown + acts:
        lineage.act(*act)
    index(parts)
    mine = {work.id for work in lineage.works}
    allowed = {id: verdicts.allowed_licences(VISITOR, parts, id).for_remixes for id in mine}
    sold = {id for id, every in allowed.items() if any(Element.NC not in terms_of(one).elements for one in every)}
    assert found(parts, Facets(may=May.REMIX)) & mine == {id for id, every in allowed.items() if every}
    assert found(parts, Facets(may=May.SELL)) & mine == sold
    for work in lineage.works[:3]:
        both = {id: verdicts.check(VISITOR, parts, [work.id, id], None).allowed for id in mine - {work.id}}
        assert found(parts, Facets(combines_with=work.id)) & mine == {id for id, every in both.items() if every}
    drop(parts)


def drop(parts: Parts) -> None:
    """Each example begins with what is there, and few of each are asked for."""
    with parts.database.writing() as session:
        for table in (SourceLink, ElsewhereSource, Permission, Work):
            session.execute(sa.delete(table))
        indexing.WORKS.empty(session)
        session.execute(sa.delete(SearchWork))


def test_works_under_a_contest_licence_are_for_those_who_accepted_it(parts: Parts, rows: Rows) -> None:
    host, fan = rows.account("host"), rows.account("fan")
    terms: Callable[..., ContestLicenceTerms] = ContestLicenceTerms
    given_to: dict[Remixers, Any] = {}
    for remixers in Remixers:
        made = create_contest_licence(
            actor_of(host), parts, terms("Contest", f"For {remixers}.", remixers, Sharing.HERE, False, None)
        )
        given_to[remixers] = (made, rows.work(host, remixers, licence=made.id).id)
    index(parts)
    entrants, anyone = given_to[Remixers.ENTRANTS], given_to[Remixers.ANYONE]
    asked = Facets(may=May.REMIX)
    assert found(parts, asked) == found(parts, asked, actor_of(fan)) == {anyone[1]}
    assert found(parts, asked, actor_of(host)) == {entrants[1], anyone[1]}
    rows.add(LicenceAcceptance(licence_id=entrants[0].id, account_id=fan.id, text_sha256="0" * 64))
    assert found(parts, asked, actor_of(fan)) == {entrants[1], anyone[1]}
    assert found(parts, asked) == {anyone[1]}


def test_a_link_that_is_added_or_removed_counts_for_all_that_came_from_the_work(parts: Parts, rows: Rows) -> None:
    artist = rows.account()
    strict = rows.work(artist, "Strict", licence=Licence.BY_NC)
    middle = rows.work(artist, "Middle")
    last = rows.work(artist, "Last", [rows.work(artist, "Next", [middle])])
    index(parts)
    assert last.id in found(parts, Facets(may=May.SELL))
    rows.link(middle, strict)
    index(parts)
    assert found(parts, Facets(may=May.SELL)) == set()
    with parts.database.writing() as session:
        session.execute(sa.delete(SourceLink).where(SourceLink.source_id == strict.id))
    index(parts)
    assert last.id in found(parts, Facets(may=May.SELL))


def test_what_a_draft_wants_and_does_not_cite_binds_nobody(parts: Parts, rows: Rows) -> None:
    artist = rows.account()
    free = rows.work(artist, "Free", licence=Licence.BY_SA)
    draft = rows.work(artist, "Draft", licence=Licence.BY_SA, state=WorkState.DRAFT, kind=WorkKind.REMIX)
    rows.elsewhere(draft, licence=Licence.ALL_RIGHTS_RESERVED, is_wanted=True)
    index(parts)
    assert found(parts, Facets(combines_with=draft.id), actor_of(artist)) == {free.id}


def test_what_comes_above_a_work_that_is_as_strict_itself_counts_below_it(parts: Parts, rows: Rows) -> None:
    """A derivative that cites it as it was when it was freer is bound by what is above, and not by what it is now."""
    artist = rows.account()
    strict = rows.work(artist, "Strict", licence=Licence.BY_NC)
    middle = rows.work(artist, "Middle", licence=Licence.BY)
    last = rows.work(artist, "Last", [rows.work(artist, "Next", [middle])])
    rows.change(Work, Work.id == middle.id, licence=Licence.BY_NC)
    index(parts)
    assert last.id in found(parts, Facets(may=May.SELL))
    rows.link(rows.one(Work, Work.id == middle.id), strict)
    index(parts)
    assert found(parts, Facets(may=May.SELL)) == set()
