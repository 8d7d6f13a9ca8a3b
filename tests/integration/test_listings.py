"""Every listing in pages: what follows a page is there though its last row is gone, and odd cursors are refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import reduce
from operator import getitem
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest
import sqlalchemy as sa

from remixhub.domain.collections import Visibility
from remixhub.domain.states import WorkState
from remixhub.edge.cursor import encode_cursor
from remixhub.models import (
    Account,
    AuditEntry,
    Block,
    Collection,
    Comment,
    CommentRevision,
    Contest,
    ContestEntry,
    ContestLicence,
    ElsewhereSource,
    Follow,
    Hook,
    HookDelivery,
    HookEvent,
    Invitation,
    Label,
    LabelRelease,
    Like,
    LinkEvent,
    Mix,
    Mixdown,
    MixDraft,
    MixRevision,
    Notice,
    Permission,
    Pick,
    Receipt,
    Report,
    SavedSearch,
    SourceLink,
    Stem,
    Suspension,
    Takedown,
    Upload,
    Work,
)
from remixhub.services.accounts.accounts import make_operator
from remixhub.services.discovery.search import indexing
from tests.integration.conftest import Client, Hub
from tests.integration.contests.conftest import JURY, ContestStage
from tests.integration.lineage.catalogue import Catalogue

NEW_UPLOAD = {"filename": "a.wav", "size_bytes": 1000, "purpose": "stem"}
AT = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
"""Of all rows that are made here: only their ids tell them apart."""
FOUR = range(4)


class Listing(NamedTuple):
    address: str
    remove: Callable[[str], Any]
    """Makes the row of this id go."""
    id: str = "id"
    """Where it stands in a row."""


class Stage:
    """Four rows, or more, in every listing; each method makes those of one."""

    def __init__(self, hub: Hub) -> None:
        self.hub, self.catalogue, self.contests = hub, Catalogue(hub.parts), ContestStage(hub)
        self.asker = hub.browser("host")
        make_operator(hub.parts, "host")
        self.me = self.catalogue.account("host")
        self.contests.label()
        self.release = self.catalogue.work("Release", by="host")
        self.pack, _ = self.catalogue.pack(self.release, [self.catalogue.original()])

    def add(self, *rows: Any) -> None:
        with self.hub.parts.database.writing() as session:
            session.add_all(rows)

    def delete(self, table: type[Any]) -> Callable[[str], None]:
        return lambda id: self._do(sa.delete(table).where(sa.inspect(table).primary_key[0] == id))

    def withdraw(self, work_id: str) -> None:
        self.catalogue.set_state(work_id, WorkState.WITHDRAWN)

    def unlink_source_of(self, work_id: str) -> Callable[[str], None]:
        return lambda id: self._do(
            sa.delete(SourceLink).where(SourceLink.derivative_id == work_id, SourceLink.source_id == id)
        )

    def unlink(self, derivative_id: str) -> None:
        self._do(sa.delete(SourceLink).where(SourceLink.derivative_id == derivative_id))

    def works(self, **facts: Any) -> list[str]:
        return [self.catalogue.work(f"Work {number}", by="host", **facts) for number in FOUR]

    def remix(self, sources: list[str]) -> str:
        return self.catalogue.work("Remix", sources, by="host")

    def published(self) -> Listing:
        self.works()
        return Listing("/works", self.withdraw)

    def own_works(self) -> Listing:
        for number in FOUR:
            self.asker.post("/releases", {"title": f"Draft {number}", "licence": "cc-by-4.0"})
        self._do(sa.update(Work).where(Work.seq.is_(None)).values(created_at=AT))
        return Listing("/account/works", lambda id: self.asker.delete(f"/works/{id}", revision=1))

    def uploads(self) -> Listing:
        for _ in FOUR:
            self.asker.post("/uploads", NEW_UPLOAD)
        return Listing("/uploads", self.delete(Upload))

    def licences(self) -> Listing:
        for number in FOUR:
            terms = {"title": "Terms", "text": f"{number}", "remixers": "anyone", "sharing": "here"}
            made = self.asker.post("/contest-licences", terms)
            assert made.status_code == 201, made.text
        self._do(sa.update(ContestLicence).values(created_at=AT))
        return Listing("/account/contest-licences", self.delete(ContestLicence))

    def ancestors(self, kind: str = "ancestors", id: str = "id") -> Listing:
        remix = self.remix(self.works())
        return Listing(f"/works/{remix}/{kind}", self.unlink_source_of(remix), id)

    def common_ancestors(self) -> Listing:
        shared = self.works()
        one, other = self.remix(shared), self.remix(shared)
        return Listing(f"/works/{one}/common-ancestors?with={other}", self.unlink_source_of(one))

    def descendants(self, kind: str = "descendants") -> Listing:
        source = self.catalogue.work("Source", by="host")
        self.works(sources=[source])
        return Listing(f"/works/{source}/{kind}", self.unlink)

    def link_events(self) -> Listing:
        pair = {"derivative_id": self.remix([self.release]), "source_id": self.release, "account_id": self.me}
        self.add(*(LinkEvent(act="added", created_at=AT, **pair) for _ in FOUR))
        return Listing(f"/works/{self.release}/link-events", self.delete(LinkEvent))

    def chart(self) -> Listing:
        self.works()
        self._do(sa.update(Work).values(remix_count=3))
        return Listing("/charts/most-remixed", self.withdraw)

    def mixes(self) -> Listing:
        digest = "e" * 64
        spec = {"version": 1, "sample_rate_hz": 44_100, "lanes": [{"stem": "any"}]}
        self.add(Mixdown(digest=digest, stem_pack_id=self.pack, spec=spec, sample_rate_hz=44_100, created_at=AT))
        self.add(*(Mix(account_id=self.me, mixdown_digest=digest, created_at=AT) for _ in FOUR))
        return Listing("/mixes", lambda id: self.asker.delete(f"/mixes/{id}"))

    def mix_drafts(self) -> Listing:
        facts = {"account_id": self.me, "stem_pack_id": self.pack, "saved_at": AT}
        self.add(*(MixDraft(**facts) for _ in FOUR))
        return Listing("/mix-drafts", self.delete(MixDraft))

    def mix_revisions(self) -> Listing:
        draft = MixDraft(account_id=self.me, stem_pack_id=self.pack, revision=4)
        self.add(draft)
        facts = {"mix_draft_id": draft.id, "spec": {}, "size_bytes": 2}
        self.add(*(MixRevision(number=number + 1, **facts) for number in FOUR))
        return Listing(
            f"/mix-drafts/{draft.id}/revisions",
            lambda number: self._do(sa.delete(MixRevision).where(MixRevision.number == int(number))),
            "revision",
        )

    def receipts(self) -> Listing:
        facts = {"account_id": self.me, "stem_pack_id": self.pack, "licence": "cc-by-4.0", "licence_sha256": "0"}
        self.add(*(Receipt(stem_id=str(number), created_at=AT, **facts) for number in FOUR))
        return Listing("/receipts", self.delete(Receipt))

    def permissions(self) -> Listing:
        asker = self.catalogue.account("asker")
        facts = {"account_id": asker, "artist_id": self.me, "remix_title": "Remix", "wanted": "cc-by-4.0"}
        self.add(*(Permission(work_id=id, source_id=id, work_seq=1, created_at=AT, **facts) for id in self.works()))
        return Listing("/permissions", self.delete(Permission))

    def reports(self, address: str = "/reports") -> Listing:
        self.add(*(Report(account_id=self.me, work_id=id, reason="offensive", created_at=AT) for id in self.works()))
        return Listing(address, self.delete(Report))

    def takedowns(self) -> Listing:
        self.add(*(Takedown(reason="offensive", created_at=AT) for _ in FOUR))
        return Listing("/takedowns", self.delete(Takedown))

    def notices(self) -> Listing:
        subject = {"kind": "report_decided", "subject_kind": "work", "subject_id": self.release, "title": "A notice"}
        self.add(*(Notice(account_id=self.me, created_at=AT, **subject) for _ in FOUR))
        return Listing("/account/notices", self.delete(Notice))

    def label_releases(self) -> Listing:
        for id in self.works():
            assert self.asker.post("/labels/nightshift/releases", {"work_id": id}).status_code == 204
        return Listing("/labels/nightshift/releases", self.delete(LabelRelease))

    def contests_hosted(self) -> Listing:
        for _ in FOUR:
            self.contests.contest(JURY)
        self._do(sa.update(Contest).values(opens_at=AT, closes_at=AT + dt.timedelta(days=1)))
        return Listing("/contests", self.delete(Contest))

    def entries(self) -> Listing:
        contest = self.contests.opened(JURY)["id"]
        for handle in ("one", "two", "three", "four"):
            by = {"account_id": self.catalogue.account(handle), "work_id": self.catalogue.work("Entry", by=handle)}
            self.add(ContestEntry(contest_id=contest, slot=1, audio_sha256="0", submitted_at=AT, **by))
        return Listing(f"/contests/{contest}/entries", self.delete(ContestEntry))

    def follows(self) -> Listing:
        handles = ("one", "two", "three", "four")
        facts = {"account_id": self.me, "created_at": AT}
        self.add(*(Follow(artist_id=self.catalogue.account(handle), **facts) for handle in handles))
        return Listing("/account/follows", self.delete(Follow))

    def feed(self) -> Listing:
        for number in FOUR:
            self.catalogue.work(f"Work {number}", by="mara")
        self.add(Follow(account_id=self.me, artist_id=self.catalogue.account("mara")))
        return Listing("/feed", self.withdraw, "work.id")

    def collections(self, address: str) -> Listing:
        facts = {"account_id": self.me, "visibility": Visibility.PUBLIC, "created_at": AT}
        self.add(*(Collection(title=f"Set {number}", **facts) for number in FOUR))
        return Listing(address, self.delete(Collection))

    def likes(self) -> Listing:
        works = [self.catalogue.work(f"Work {number}", by="mara") for number in FOUR]
        self.add(*(Like(account_id=self.me, work_id=id, created_at=AT) for id in works))
        return Listing("/account/likes", self.withdraw)

    def picks(self) -> Listing:
        self.add(*(Pick(work_id=id, picked_by_id=self.me, note="", created_at=AT) for id in self.works()))
        return Listing("/picks", self.delete(Pick))

    def audit_entries(self) -> Listing:
        facts = {"actor": "system", "action": "work.listed", "subject_kind": "work", "subject_id": self.release}
        self.add(*(AuditEntry(created_at=AT, **facts) for _ in FOUR))
        return Listing("/audit-entries?action=work.listed", self.delete(AuditEntry))

    def invitations(self) -> Listing:
        facts = {"account_id": self.me, "created_at": AT, "expires_at": AT}
        self.add(*(Invitation(token_hash=f"{number}", **facts) for number in FOUR))
        return Listing("/invitations", self.delete(Invitation))

    def suspensions(self) -> Listing:
        handles = ("one", "two", "three", "four")
        facts = {"reason": "spam", "created_at": AT}
        self.add(*(Suspension(account_id=self.catalogue.account(handle), **facts) for handle in handles))
        return Listing("/suspensions", self.delete(Suspension))

    def blocks(self) -> Listing:
        handles = ("one", "two", "three", "four")
        facts = {"account_id": self.me, "created_at": AT}
        self.add(*(Block(blocked_id=self.catalogue.account(handle), **facts) for handle in handles))
        return Listing("/account/blocks", lambda handle: self.asker.delete(f"/accounts/{handle}/block"), "handle")

    def comments(self, kind: str = "comments") -> Listing:
        """Threads, or answers in the first of them."""
        facts = {"work_id": self.release, "account_id": self.me, "created_at": AT}
        first = Comment(text="First", **facts)
        self.add(first)
        if kind == "comments":
            self.add(*(Comment(text=f"{number}", **facts) for number in range(3)))
            return Listing(f"/works/{self.release}/comments", self.delete(Comment))
        self.add(*(Comment(text=f"{n}", thread_id=first.id, answers_id=first.id, **facts) for n in FOUR))
        return Listing(f"/comments/{first.id}/answers", self.delete(Comment))

    def comment_revisions(self) -> Listing:
        comment = Comment(work_id=self.release, account_id=self.me, text="Last", revision=5, edited_at=AT)
        self.add(comment)
        facts = {"comment_id": comment.id, "written_at": AT}
        self.add(*(CommentRevision(revision=number + 1, text=f"{number}", **facts) for number in FOUR))
        return Listing(
            f"/comments/{comment.id}/revisions",
            lambda number: self._do(sa.delete(CommentRevision).where(CommentRevision.revision == int(number))),
            "revision",
        )

    def citing_elsewhere(self) -> Listing:
        for work_id in self.works():
            node = self.catalogue.elsewhere(work_id, "https://music.example/1")
        cites = sa.delete(ElsewhereSource)
        return Listing(
            f"/elsewhere-sources/{node}",
            lambda id: self._do(cites.where(ElsewhereSource.derivative_id == id)),
            "work.id",
        )

    def hook_deliveries(self) -> Listing:
        facts = {"name": "Bot", "address": "https://music.example/", "secret_sealed": "", "events": ["work.published"]}
        hook = Hook(kind="webhook", scope="account", scope_id=self.me, account_id=self.me, **facts)
        event = HookEvent(kind="work.published", facts={}, created_at=AT)
        self.add(hook, event)
        self.add(*(HookDelivery(hook_id=hook.id, event_id=event.id, created_at=AT) for _ in FOUR))
        return Listing(f"/hooks/{hook.id}/deliveries", self.delete(HookDelivery))

    def saved_searches(self) -> Listing:
        facts = {"account_id": self.me, "searched": "works", "words": {}, "seen_seq": 0, "created_at": AT}
        self.add(*(SavedSearch(name=f"{number}", **facts) for number in FOUR))
        return Listing("/account/searches", self.delete(SavedSearch))

    def found_works(self) -> Listing:
        self.works()
        return self._searched("works", self.withdraw, "work.id")

    def found_stems(self) -> Listing:
        for number, work_id in enumerate(self.works()):
            self.catalogue.pack(work_id, [self.catalogue.original(f"{number}")])
        return self._searched("stems", self.delete(Stem), "stem_id")

    def found_artists(self) -> Listing:
        for handle in ("one", "two", "three", "four"):
            self.catalogue.work("Song", by=handle)
        leave = sa.update(Account).values(deleted_at=AT)
        return self._searched("artists", lambda handle: self._do(leave.where(Account.handle == handle)), "handle")

    def found_labels(self) -> Listing:
        self.add(*(Label(handle=handle, name=f"Tapes {handle}") for handle in ("one", "two", "three", "four")))
        gone = sa.delete(Label)
        return self._searched("labels?q=tapes", lambda handle: self._do(gone.where(Label.handle == handle)), "handle")

    def found_contests(self) -> Listing:
        for _ in FOUR:
            self.contests.opened(JURY)
        return self._searched("contests", self.delete(Contest))

    def _searched(self, kind: str, remove: Callable[[str], Any], id: str = "id") -> Listing:
        with self.hub.parts.database.writing() as session:
            while indexing.index_changes(session):
                pass
        return Listing(f"/search/{kind}", remove, id)

    def _do(self, statement: sa.Executable) -> None:
        with self.hub.parts.database.writing() as session:
            session.execute(statement)


LISTINGS: dict[str, Callable[[Stage], Listing]] = {
    "/account/blocks": Stage.blocks,
    "/account/collections": lambda stage: stage.collections("/account/collections"),
    "/accounts/{handle}/collections": lambda stage: stage.collections("/accounts/host/collections"),
    "/account/contest-licences": Stage.licences,
    "/account/follows": Stage.follows,
    "/account/likes": Stage.likes,
    "/account/notices": Stage.notices,
    "/account/reports": lambda stage: stage.reports("/account/reports"),
    "/account/searches": Stage.saved_searches,
    "/account/works": Stage.own_works,
    "/audit-entries": Stage.audit_entries,
    "/charts/most-remixed": Stage.chart,
    "/comments/{comment_id}/answers": lambda stage: stage.comments("answers"),
    "/comments/{comment_id}/revisions": Stage.comment_revisions,
    "/contests": Stage.contests_hosted,
    "/contests/{contest_id}/entries": Stage.entries,
    "/elsewhere-sources/{elsewhere_id}": Stage.citing_elsewhere,
    "/feed": Stage.feed,
    "/hooks/{hook_id}/deliveries": Stage.hook_deliveries,
    "/invitations": Stage.invitations,
    "/labels/{label}/releases": Stage.label_releases,
    "/mix-drafts": Stage.mix_drafts,
    "/mix-drafts/{mix_draft_id}/revisions": Stage.mix_revisions,
    "/mixes": Stage.mixes,
    "/permissions": Stage.permissions,
    "/picks": Stage.picks,
    "/receipts": Stage.receipts,
    "/reports": Stage.reports,
    "/search/artists": Stage.found_artists,
    "/search/contests": Stage.found_contests,
    "/search/labels": Stage.found_labels,
    "/search/stems": Stage.found_stems,
    "/search/works": Stage.found_works,
    "/suspensions": Stage.suspensions,
    "/takedowns": Stage.takedowns,
    "/uploads": Stage.uploads,
    "/works": Stage.published,
    "/works/{work_id}/ancestors": Stage.ancestors,
    "/works/{work_id}/ancestry": lambda stage: stage.ancestors("ancestry"),
    "/works/{work_id}/comments": Stage.comments,
    "/works/{work_id}/common-ancestors": Stage.common_ancestors,
    "/works/{work_id}/credits": lambda stage: stage.ancestors("credits", "work_id"),
    "/works/{work_id}/descendants": Stage.descendants,
    "/works/{work_id}/link-events": Stage.link_events,
    "/works/{work_id}/remixes": lambda stage: stage.descendants("remixes"),
    "/works/{work_id}/roots": lambda stage: stage.ancestors("roots"),
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_listing_is_tested_here(hub: Hub) -> None:
    paths = hub.visitor().get("/openapi.json").get_json()["paths"]
    paged = {
        path.removeprefix("/api/v1")
        for path, operations in paths.items()
        if any(one["name"] == "cursor" for one in operations.get("get", {}).get("parameters", []))
    }
    assert set(LISTINGS) == paged


@pytest.mark.parametrize("path", LISTINGS)
def test_nothing_is_lost_when_the_last_row_of_a_page_goes(hub: Hub, path: str) -> None:
    stage = Stage(hub)
    listing = LISTINGS[path](stage)
    whole, _ = read(stage.asker, listing, {})
    first, cursor = read(stage.asker, listing, {"limit": "2"})
    assert (len(whole) >= 4, first) == (True, whole[:2])
    listing.remove(first[-1])
    assert whole[1] not in read(stage.asker, listing, {})[0]
    rest: list[str] = []
    while cursor:
        more, cursor = read(stage.asker, listing, {"limit": "2", "cursor": cursor})
        rest += more
    assert rest == whole[2:]


@pytest.mark.parametrize("path", LISTINGS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_cursor_with_other_values_than_the_listing_is_ordered_by_is_refused(hub: Hub, path: str) -> None:
    """As an older version may have given it away."""
    stage = Stage(hub)
    listing = LISTINGS[path](stage)
    address = urlsplit(listing.address)
    named = f"/api/v1{address.path}?{address.query}"
    three = [] if path.startswith("/search/") else [[1, 2, 3]]  # of which its cursors consist
    times = ["2026-01-02T00:00:00+00:00", "one"]
    for position in ([], [None], [1.5], times, {"id": "one"}, "one", 1, *three):
        cursor = encode_cursor(hub.parts.settings.secret_key, named, position)  # type: ignore[arg-type]
        answer = stage.asker.get(with_query(listing.address, {"cursor": cursor}))
        assert (answer.status_code, answer.get_json()["code"]) == (422, "cursor_invalid"), position


def read(asker: Client, listing: Listing, query: dict[str, str]) -> tuple[list[str], str | None]:
    """The ids of a page, and the cursor of the next."""
    answer = asker.get(with_query(listing.address, query))
    assert answer.status_code == 200, answer.text
    body = answer.get_json()
    (rows,) = (rows for rows in body.values() if isinstance(rows, list))
    return [reduce(getitem, listing.id.split("."), row) for row in rows], body["next"]


def with_query(address: str, query: dict[str, str]) -> str:
    return address + ("&" if "?" in address else "?") + urlencode(query)
