"""Reports, takedowns and notices on both databases: who decides, what goes silent, and what comes back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from remixhub.domain.moderation import ReportReason
from remixhub.domain.states import IngestState, RenditionKind, WorkState
from remixhub.models import AuditEntry, Mixdown, Rendition, Report, Takedown, Work
from remixhub.services.accounts.accounts import make_operator
from tests.integration.conftest import PASSWORD, Client, Hub
from tests.integration.contests.conftest import JURY, ContestStage
from tests.integration.lineage.catalogue import Catalogue

DIGEST = "a" * 64


def problem(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def moderator_of(hub: Hub, handle: str) -> Client:
    browser = hub.browser(handle)
    make_operator(hub.parts, handle)
    return browser


@dataclass
class House:
    """A release of `artist` with stems, a remix of it by `fan`, a remix of that by `friend`, and two moderators."""

    hub: Hub
    catalogue: Catalogue
    artist: Client
    fan: Client
    friend: Client
    moderator: Client
    release: str
    pack: str
    stem: str
    remix: str
    second: str

    def take(self, *work_ids: str, reason: str = "infringement", **more: Any) -> TestResponse:
        return self.moderator.post("/takedowns", {"work_ids": list(work_ids), "reason": reason, **more})

    def taken(self, *work_ids: str, reason: str = "infringement") -> str:
        answer = self.take(*work_ids, reason=reason)
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["id"])

    def decide(self, takedown_id: str, outcome: str, **more: Any) -> TestResponse:
        return self.moderator.post(f"/takedowns/{takedown_id}/decision", {"outcome": outcome, **more})

    def states(self, *work_ids: str) -> list[str]:
        return [self.hub.visitor().get(f"/works/{id}").get_json()["state"] for id in work_ids]

    def notices(self, client: Client) -> list[str]:
        return [one["kind"] for one in client.get("/account/notices").get_json()["notices"]]

    def actions(self, subject_id: str) -> list[str]:
        return [entry.action for entry in self.hub.rows(AuditEntry) if entry.subject_id == subject_id]

    def store_rendition(self, kind: RenditionKind, digest: str = DIGEST) -> None:
        with self.hub.parts.database.writing() as session:
            session.add(
                Rendition(
                    subject_digest=digest, kind=kind, key=f"renditions/{digest}/{kind}", media_type="audio/mpeg",
                    size_bytes=1, engine_version="1",
                )
            )  # fmt: skip


@pytest.fixture
def house(hub: Hub) -> House:
    clients = [hub.browser(handle) for handle in ("artist", "fan", "friend")]
    catalogue = Catalogue(hub.parts)
    release = catalogue.work("Out", by="artist")
    pack, (stem,) = catalogue.pack(release, [catalogue.original(DIGEST)])
    remix = catalogue.work("Out again", [release], by="fan")
    second = catalogue.work("And again", [remix], by="friend")
    moderator = moderator_of(hub, "moderator")
    return House(hub, catalogue, *clients, moderator, release, pack, stem, remix, second)


def test_a_report_waits_in_the_queue_until_one_moderator_decides(house: House) -> None:
    made = house.fan.post("/reports", {"work_id": house.release, "reason": "missing_credit", "note": "I sang."})
    assert made.status_code == 201
    report = made.get_json()
    assert (report["state"], report["work_title"], report["reporter"]) == ("open", "Out", "fan")
    house.friend.post("/reports", {"work_id": house.release, "reason": "offensive"})
    queue = house.moderator.get("/reports?state=open&limit=1").get_json()
    assert [one["id"] for one in queue["reports"]] == [report["id"]]
    rest = house.moderator.get("/reports", query_string={"state": "open", "limit": 1, "cursor": queue["next"]})
    assert [one["reporter"] for one in rest.get_json()["reports"]] == ["friend"]
    decision = {"outcome": "dismissed", "note": "You are named."}
    decided = house.moderator.post(f"/reports/{report['id']}/decision", decision).get_json()
    assert (decided["state"], decided["decided_by"]) == ("dismissed", "moderator")
    assert decided["decided_at"] is not None
    assert problem(house.moderator.post(f"/reports/{report['id']}/decision", decision)) == (409, "report_decided")
    (own,) = house.fan.get("/account/reports").get_json()["reports"]
    assert own["decision_note"] == "You are named."
    assert house.notices(house.fan) == ["report_decided"]
    assert house.actions(report["id"]) == ["report.created", "report.dismissed"]


def test_one_open_report_an_account_and_work(house: House) -> None:
    body = {"work_id": house.release, "reason": "offensive"}
    first = house.fan.post("/reports", body).get_json()
    assert problem(house.fan.post("/reports", body)) == (409, "report_open")
    house.moderator.post(f"/reports/{first['id']}/decision", {"outcome": "dismissed"})
    assert house.fan.post("/reports", body).status_code == 201


def test_drafts_and_tombstones_are_not_reported(house: House) -> None:
    draft = house.catalogue.draft("Mine", by="artist")
    assert house.fan.post("/reports", {"work_id": draft, "reason": "offensive"}).status_code == 404
    own = house.artist.post("/reports", {"work_id": draft, "reason": "offensive"})
    assert problem(own) == (409, "work_not_published")
    house.taken(house.release)
    gone = house.fan.post("/reports", {"work_id": house.release, "reason": "offensive"})
    assert problem(gone) == (409, "work_withdrawn")


def test_reports_are_limited_in_a_window(house: House) -> None:
    works = [house.catalogue.work(f"Work {number}") for number in range(21)]
    statuses = [house.fan.post("/reports", {"work_id": id, "reason": "offensive"}).status_code for id in works]
    assert statuses == [201] * 20 + [429]


def test_of_two_moderators_at_once_one_decides(house: House) -> None:
    report = house.fan.post("/reports", {"work_id": house.release, "reason": "offensive"}).get_json()
    moderators = [house.moderator, moderator_of(house.hub, "colleague")]

    def decide(both: tuple[Client, str]) -> int:
        return both[0].post(f"/reports/{report['id']}/decision", {"outcome": both[1]}).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(decide, zip(moderators, ["upheld", "dismissed"], strict=True)))
    assert sorted(statuses) == [200, 409]
    (row,) = house.hub.rows(Report)
    assert row.state.value == ["upheld", "dismissed"][statuses.index(200)]


def test_the_reach_is_shown_with_the_way_to_each_work_and_nothing_is_done(house: House) -> None:
    house.hub.drain()
    house.catalogue.set_state(house.remix, WorkState.WITHDRAWN)
    mine = {"stem_pack_id": house.pack, "spec": {"version": 1, "lanes": [{"stem": house.stem}]}}
    mix = house.fan.post("/mixes", mine).get_json()
    house.friend.post("/mixes", mine)
    (mixdown,) = house.hub.rows(Mixdown)
    with house.hub.parts.database.writing() as session:
        session.execute(sa.update(Work).where(Work.id == house.remix).values(mixdown_digest=mixdown.digest))
    answer = house.moderator.get(f"/works/{house.release}/takedown-reach")
    assert answer.status_code == 200, answer.text
    reach = {one["kind"]: one for one in answer.get_json()["affected"]}
    remix, second = reach["descendants"]["works"]
    assert (remix["state"], remix["generation"], remix["artist"]["handle"]) == ("withdrawn", 1, "fan")
    assert [step["title"] for step in second["path"]] == ["Out", "Out again", "And again"]
    assert (reach["descendants"]["count"], reach["descendants"]["accounts_count"]) == (2, 2)
    assert (reach["mixes"]["count"], reach["mixes"]["accounts_count"]) == (2, 2)
    assert [one["id"] for one in reach["mixdown_remixes"]["works"]] == [house.remix]
    assert (reach["stems"]["count"], reach["archives"]["count"]) == (1, 1)
    assert house.states(house.release, house.remix, house.second) == ["published", "withdrawn", "published"]
    assert house.fan.get(f"/mixes/{mix['id']}").status_code == 200
    capped = house.moderator.get(f"/works/{house.release}/takedown-reach?limit=1").get_json()["affected"][0]
    assert (capped["count"], [one["id"] for one in capped["works"]]) == (2, [house.remix])


def test_the_reach_counts_the_entries_of_all_descendants_and_not_of_the_listed_ones(house: House) -> None:
    stage = ContestStage(house.hub)
    stage.label()
    contest = stage.opened(JURY)
    for handle in ("fan", "friend"):
        assert stage.enter(handle, contest).status_code == 201
    path = f"/works/{contest['release_id']}/takedown-reach?limit=1"
    reach = {one["kind"]: one for one in house.moderator.get(path).get_json()["affected"]}
    assert len(reach["descendants"]["works"]) == 1
    assert (reach["entries"]["count"], reach["entries"]["accounts_count"]) == (2, 2)


def test_a_report_leads_only_to_a_takedown_of_the_work_that_it_is_about(house: House) -> None:
    report = house.friend.post("/reports", {"work_id": house.remix, "reason": "infringement"}).get_json()
    answer = house.take(house.release, report_id=report["id"])
    assert problem(answer) == (422, "takedown_works_invalid")
    assert [one["pointer"] for one in answer.get_json()["violations"]] == ["/report_id"]
    assert house.states(house.release) == ["published"]
    assert [one.state.value for one in house.hub.rows(Report)] == ["open"]
    assert house.take(house.release, house.remix, report_id=report["id"]).status_code == 201
    assert [one.state.value for one in house.hub.rows(Report)] == ["upheld"]


def test_a_takedown_takes_exactly_what_was_chosen_and_tells_the_artists(house: House) -> None:
    report = house.friend.post("/reports", {"work_id": house.release, "reason": "infringement"}).get_json()
    answer = house.take(house.release, note="A sample was not cleared.", report_id=report["id"])
    assert answer.status_code == 201, answer.text
    takedown = answer.get_json()
    assert [(work["id"], work["state_before"]) for work in takedown["works"]] == [(house.release, "published")]
    assert house.states(house.release, house.remix, house.second) == ["taken_down", "published", "published"]
    assert house.notices(house.artist) == ["work_taken_down"]
    assert house.notices(house.fan) == ["source_taken_down"]
    assert sorted(house.notices(house.friend)) == ["report_decided", "source_taken_down"]
    (notice,) = house.artist.get("/account/notices").get_json()["notices"]
    assert "A sample was not cleared." in notice["text"]
    assert house.actions(takedown["id"]) == ["takedown.made"]
    assert house.actions(house.release) == ["work.taken_down"]
    assert house.actions(report["id"]) == ["report.created", "report.upheld"]
    (trail,) = [entry for entry in house.hub.rows(AuditEntry) if entry.subject_id == house.release]
    assert (trail.before, trail.after["state"]) == ({"state": "published"}, "taken_down")


def test_nothing_of_a_work_taken_down_is_served_and_its_tombstone_is_seen(house: House) -> None:
    mix = house.fan.post(
        "/mixes", {"stem_pack_id": house.pack, "spec": {"version": 1, "lanes": [{"stem": house.stem}]}}
    ).get_json()
    (mixdown,) = house.hub.rows(Mixdown)
    with house.hub.parts.database.writing() as session:
        session.execute(sa.update(Mixdown).values(state=IngestState.READY, duration_frames=1))
        session.execute(
            sa.update(Work)
            .where(Work.id == house.release)
            .values(mix_sha256=DIGEST, cover_digest="c" * 64, description="Rude words.")
        )
    for kind in (RenditionKind.PREVIEW, RenditionKind.PEAKS):
        house.store_rendition(kind)
    house.store_rendition(RenditionKind.COVER, "c" * 64)
    for kind in (RenditionKind.PREVIEW, RenditionKind.MIXDOWN):
        house.store_rendition(kind, mixdown.digest)
    own_draft = house.fan.post("/remixes", {"title": "Mine", "sources": [{"source_id": house.release}]}).get_json()
    files = [
        f"/media/works/{house.release}/preview",
        f"/media/works/{house.release}/cover",
        f"/media/stems/{house.stem}/preview",
        f"/api/v1/stems/{house.stem}/original",
        f"/works/{house.release}/stems/{house.stem}/original",
        f"/media/mixes/{mix['id']}/preview",
        f"/media/mixes/{mix['id']}/mixdown",
    ]
    assert [house.fan.http.get(path).status_code for path in files] == [302] * len(files)
    assert house.fan.get(f"/mixes/{mix['id']}").get_json()["mixdown_url"] is not None
    house.taken(house.release)
    for client in (house.artist, house.fan, house.moderator, house.hub.visitor()):
        statuses = {path: client.http.get(path).status_code for path in files}
        assert all(status in (303, 401, 404, 409) for status in statuses.values()), statuses
        assert all("X-Amz" not in client.http.get(path).headers.get("Location", "") for path in files)
        pack = f"/stem-packs/{house.pack}"
        assert [client.get(pack).status_code, client.get(f"{pack}/archive").status_code] == [404, 404]
        assert client.get(f"/works/{house.release}/stem-packs").get_json()["stem_packs"] == []
    shown = house.fan.get(f"/mixes/{mix['id']}").get_json()
    assert (shown["preview_url"], shown["peaks_url"], shown["mixdown_url"]) == (None, None, None)
    (listed,) = house.fan.get("/mixes").get_json()["mixes"]
    assert listed["mixdown_url"] is None
    again = {"stem_pack_id": house.pack, "spec": {"version": 1, "lanes": [{"stem": house.stem, "pan": 0.5}]}}
    assert problem(house.fan.post("/mixes", again)) == (409, "stem_pack_withdrawn")
    taken_over = house.fan.http.put(
        f"/api/v1/works/{own_draft['id']}/mix",
        json={"mix_id": mix["id"]},
        headers={"If-Match": f'"{own_draft["revision"]}"'},
    )
    assert problem(taken_over) == (409, "stem_pack_withdrawn")
    cited = {"title": "New", "sources": [{"source_id": house.release}]}
    assert problem(house.fan.post("/remixes", cited)) == (409, "source_taken_down")
    tombstone = house.hub.visitor().get(f"/works/{house.release}").get_json()
    assert (tombstone["title"], tombstone["licence"], tombstone["artist"]["handle"]) == ("Out", "cc-by-4.0", "artist")
    assert [tombstone[name] for name in ("preview_url", "cover_url", "stem_pack_id")] == [None] * 3
    assert tombstone["description"] == ""
    assert house.release not in {one["id"] for one in house.fan.get("/works").get_json()["works"]}
    (ancestor,) = house.fan.get(f"/works/{house.remix}/ancestors").get_json()["works"]
    assert (ancestor["id"], ancestor["state"]) == (house.release, "taken_down")


def test_its_artist_cannot_undo_or_change_what_is_down(house: House) -> None:
    house.taken(house.release)
    revision = house.artist.get(f"/works/{house.release}").get_json()["revision"]
    answers = [
        house.artist.post(f"/works/{house.release}/publish"),
        house.artist.post(f"/works/{house.release}/withdraw"),
        house.artist.post(f"/works/{house.release}/stem-packs"),
        house.artist.patch(f"/works/{house.release}", {"title": "Back"}, revision=revision),
    ]
    assert [problem(answer) for answer in answers] == [(409, "work_withdrawn")] * 4
    assert house.states(house.release) == ["taken_down"]


def test_taking_down_twice_for_one_reason_is_one_takedown(house: House) -> None:
    first, second = house.take(house.release, house.remix), house.take(house.remix, house.release, house.remix)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json()["id"] == second.get_json()["id"]
    assert house.notices(house.artist) == ["work_taken_down"]
    assert house.take(house.release).status_code == 201  # another choice is another takedown
    house.decide(first.get_json()["id"], "restored")
    assert house.take(house.release, house.remix).status_code == 201


def test_two_moderators_at_once_make_one_takedown(house: House) -> None:
    moderators = [house.moderator, moderator_of(house.hub, "colleague")]
    body = {"work_ids": [house.release, house.remix], "reason": "offensive"}
    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(lambda client: client.post("/takedowns", body).status_code, moderators))
    assert sorted(statuses) == [200, 201]
    assert len(house.hub.rows(Takedown)) == 1


@pytest.mark.parametrize("chosen", [["nowhere"], ["draft"], []])
def test_only_published_works_are_taken_down_and_all_or_none(house: House, chosen: list[str]) -> None:
    draft = house.catalogue.draft("Mine", by="artist")
    ids = [draft if one == "draft" else one for one in chosen]
    answer = house.take(*([house.release, *ids] if ids else []))
    assert answer.status_code == 422
    assert house.states(house.release) == ["published"]
    assert house.hub.rows(Takedown) == []


def test_an_appeal_is_made_once_and_answered(house: House) -> None:
    takedown = house.taken(house.release)
    mine = house.artist.get(f"/takedowns/{takedown}").get_json()
    assert (mine["state"], mine["reason"], mine["taken_by"]) == ("standing", "infringement", None)
    assert problem(house.decide(takedown, "kept")) == (409, "takedown_settled")
    appealed = house.artist.post(f"/takedowns/{takedown}/appeal", {"note": "It was cleared."})
    assert appealed.get_json()["state"] == "appealed"
    assert problem(house.artist.post(f"/takedowns/{takedown}/appeal", {"note": "Really."})) == (409, "appeal_made")
    (waiting,) = house.moderator.get("/takedowns?state=appealed").get_json()["takedowns"]
    assert [(one["handle"], one["note"]) for one in waiting["appeals"]] == [("artist", "It was cleared.")]
    kept = house.decide(takedown, "kept", note="Show the contract.").get_json()
    assert (kept["state"], kept["decided_by"]) == ("kept", "moderator")
    assert problem(house.artist.post(f"/takedowns/{takedown}/appeal", {"note": "Again."})) == (409, "appeal_made")
    assert house.notices(house.artist) == ["takedown_kept", "work_taken_down"]
    assert house.states(house.release) == ["taken_down"]
    assert house.decide(takedown, "restored").get_json()["state"] == "restored"
    assert house.states(house.release) == ["published"]
    assert problem(house.decide(takedown, "restored")) == (409, "takedown_settled")
    trail = ["takedown.made", "takedown.appealed", "takedown.kept", "takedown.restored"]
    assert house.actions(takedown) == trail
    assert house.actions(house.release) == ["work.taken_down", "work.restored"]
    assert house.notices(house.fan) == ["source_restored", "source_taken_down"]


def test_who_mixed_the_stems_is_told_too(house: House) -> None:
    listener = house.hub.browser("listener")
    spec = {"version": 1, "lanes": [{"stem": house.stem}]}
    assert listener.post("/mixes", {"stem_pack_id": house.pack, "spec": spec}).status_code < 300
    takedown = house.taken(house.release)
    (notice,) = listener.get("/account/notices").get_json()["notices"]
    assert notice["kind"] == "source_taken_down"
    assert "Mixes of yours use its stems" in notice["text"]
    house.decide(takedown, "restored")
    assert house.notices(listener) == ["source_restored", "source_taken_down"]


def test_each_artist_concerned_appeals_and_sees_their_own_part(house: House) -> None:
    takedown = house.taken(house.release, house.remix)
    house.artist.post(f"/takedowns/{takedown}/appeal", {"note": "Mine."})
    house.decide(takedown, "kept")
    seen = house.fan.post(f"/takedowns/{takedown}/appeal", {"note": "And mine."}).get_json()
    assert (seen["state"], [one["handle"] for one in seen["appeals"]]) == ("appealed", ["fan"])
    assert [work["id"] for work in seen["works"]] == [house.remix]
    assert house.friend.get(f"/takedowns/{takedown}").status_code == 404
    assert house.friend.post(f"/takedowns/{takedown}/appeal", {"note": "Please."}).status_code == 404
    house.decide(takedown, "restored")
    assert problem(house.artist.post(f"/takedowns/{takedown}/appeal", {"note": "Late."})) == (409, "takedown_settled")


def test_two_appeals_at_once_are_one(house: House) -> None:
    takedown = house.taken(house.release)
    browsers = [house.hub.visitor(), house.hub.visitor()]
    for browser in browsers:
        browser.post("/sessions", {"login": "artist", "password": PASSWORD})
    address = f"/takedowns/{takedown}/appeal"
    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(lambda client: client.post(address, {"note": "Mine."}).status_code, browsers))
    assert sorted(statuses) == [200, 409]


@pytest.mark.parametrize("before", [WorkState.PUBLISHED, WorkState.WITHDRAWN])
def test_a_work_in_two_takedowns_stays_down_until_both_are_lifted(house: House, before: WorkState) -> None:
    house.catalogue.set_state(house.release, before)
    first, second = house.taken(house.release, house.remix), house.taken(house.release, reason="offensive")
    house.decide(first, "restored")
    assert house.states(house.release, house.remix) == ["taken_down", "published"]
    house.decide(second, "restored")
    assert house.states(house.release) == [before.value]


def test_two_takedowns_lifted_at_once_bring_the_work_back(house: House) -> None:
    ids = [house.taken(house.release, reason=reason.value) for reason in ReportReason]
    moderators = [house.moderator, *(moderator_of(house.hub, f"colleague-{number}") for number in range(3))]

    def lift(both: tuple[Client, str]) -> int:
        return both[0].post(f"/takedowns/{both[1]}/decision", {"outcome": "restored"}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lift, zip(moderators, ids, strict=True))) == [200] * 4
    assert house.states(house.release) == ["published"]


def test_a_work_whose_artist_left_comes_back_as_withdrawn(house: House) -> None:
    takedown = house.taken(house.release)
    left = house.artist.delete("/account", {"password": PASSWORD, "works": "withdraw"})
    assert left.status_code == 204, left.text
    house.decide(takedown, "restored")
    assert house.states(house.release) == ["withdrawn"]


def test_strangers_are_refused_and_a_token_needs_the_scope(house: House) -> None:
    report = house.fan.post("/reports", {"work_id": house.release, "reason": "offensive"}).get_json()
    token = house.moderator.post("/tokens", {"name": "t", "scopes": ["read", "publish"]}).get_json()["token"]
    weak = Client(house.hub.app.test_client(use_cookies=False), house.hub.parts)
    weak.headers["Authorization"] = f"Bearer {token}"
    for client, code in ((house.fan, "operator_only"), (weak, "scope_missing")):
        for answer in (
            client.get("/reports"),
            client.post(f"/reports/{report['id']}/decision", {"outcome": "upheld"}),
            client.get(f"/works/{house.release}/takedown-reach"),
            client.post("/takedowns", {"work_ids": [house.release], "reason": "offensive"}),
            client.get("/takedowns"),
        ):
            assert problem(answer) == (403, code)
    assert house.states(house.release) == ["published"]


def test_notices_are_private_and_read_once(house: House) -> None:
    house.taken(house.release)
    listing = house.artist.get("/account/notices").get_json()
    (notice,) = listing["notices"]
    assert (listing["unread_count"], notice["read_at"]) == (1, None)
    assert house.fan.post(f"/account/notices/{notice['id']}/read").status_code == 404
    read = house.artist.post(f"/account/notices/{notice['id']}/read").get_json()
    assert read["read_at"] is not None
    assert house.artist.post(f"/account/notices/{notice['id']}/read").get_json()["read_at"] == read["read_at"]
    assert house.artist.get("/account/notices").get_json()["unread_count"] == 0


def test_the_tombstone_says_who_when_and_why(house: House) -> None:
    house.artist.post(f"/works/{house.release}/withdraw")
    withdrawn = house.fan.get(f"/works/{house.release}").get_json()["tombstone"]
    assert (withdrawn["by"], withdrawn["reason"]) == ("artist", None)
    takedown = house.taken(house.release, reason="wrong_licence")
    house.taken(house.release, reason="offensive")
    shown = house.fan.get(f"/works/{house.release}").get_json()["tombstone"]
    assert (shown["by"], shown["reason"]) == ("house", "wrong_licence")
    assert shown["at"] == house.artist.get(f"/takedowns/{takedown}").get_json()["created_at"]
    house.decide(takedown, "restored")
    assert house.fan.get(f"/works/{house.release}").get_json()["tombstone"]["reason"] == "offensive"
    assert house.fan.get(f"/works/{house.remix}").get_json()["tombstone"] is None


def test_no_route_of_its_artist_changes_what_is_down(house: House) -> None:
    house.taken(house.release)
    revision = house.artist.get(f"/works/{house.release}").get_json()["revision"]
    work, upload = f"/works/{house.release}", {"upload_id": "u"}
    answers = [
        house.artist.put(f"{work}/mix", upload, revision=revision),
        house.artist.delete(f"{work}/mix", revision=revision),
        house.artist.put(f"{work}/cover", upload, revision=revision),
        house.artist.delete(f"{work}/cover", revision=revision),
        house.artist.delete(work, revision=revision),
        house.artist.post(f"{work}/stems", upload),
        house.artist.patch(f"/stems/{house.stem}", {"name": "New"}, revision=revision),
        house.artist.delete(f"/stems/{house.stem}", revision=revision),
        house.artist.post(f"/stem-packs/{house.pack}/publish"),
        house.artist.delete(f"/stem-packs/{house.pack}"),
    ]
    assert {answer.status_code for answer in answers} <= {404, 409}, [answer.text for answer in answers]
    assert house.states(house.release) == ["taken_down"]


def test_a_mix_of_what_is_down_has_pages_without_its_audio(house: House) -> None:
    spec = {"version": 1, "lanes": [{"stem": house.stem}]}
    mix = house.fan.post("/mixes", {"stem_pack_id": house.pack, "spec": spec}).get_json()
    with house.hub.parts.database.writing() as session:
        session.execute(sa.update(Mixdown).values(state=IngestState.READY, duration_frames=1))
    house.taken(house.release)
    page = house.fan.http.get(f"/mixes/{mix['id']}")
    assert page.status_code == 409
    assert "The work whose stems are mixed was taken down." in page.text
    paths = ["/mixes", f"/mixes/{mix['id']}/progress", f"/stem-packs/{house.pack}/mix"]
    assert [house.fan.http.get(path).status_code for path in paths] == [200, 200, 409]


def test_the_reach_counts_a_work_once_however_many_ways_lead_to_it(house: House) -> None:
    other = house.catalogue.work("Beside", [house.release], by="fan")
    both = house.catalogue.work("Both", [house.second, other, house.release], by="friend")
    answer = house.moderator.get(f"/works/{house.release}/takedown-reach").get_json()
    descendants = next(one for one in answer["affected"] if one["kind"] == "descendants")
    found = {one["id"]: [step["title"] for step in one["path"]] for one in descendants["works"]}
    assert (descendants["count"], len(found)) == (4, 4)
    assert found[both] == ["Out", "Both"]  # the shortest
    assert found[house.second] == ["Out", "Out again", "And again"]
