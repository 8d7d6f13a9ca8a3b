"""Webhooks from what happens to what arrives, and what becomes of it where nothing does."""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
from typing import Any

import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook, WebhookVerificationError

from remixhub.domain.access import SYSTEM
from remixhub.domain.hooks.words import EventKind
from remixhub.domain.moderation import ReportReason, SuspensionReason, SuspensionState, TakedownState
from remixhub.jobs.lease import WorkerStopping
from remixhub.jobs.stopping import Stopping
from remixhub.models import (
    AccessToken,
    Account,
    AuditEntry,
    Hook,
    HookDelivery,
    HookEvent,
    Job,
    Letter,
    Notice,
    SlowHost,
    now,
)
from remixhub.services import events
from remixhub.services.hooks.log import drop_old
from remixhub.services.moderation.suspensions import decide_suspension, suspend
from remixhub.services.moderation.takedowns import decide_takedown, take_down
from remixhub.services.upkeep.background import do_next
from remixhub.services.upkeep.health import measure_load
from tests.integration.hooks.conftest import HookStage, reaching_here
from tests.web_servers import Reply, Request, WebServer, web_server


def verified(request: Request, secret: str) -> dict[str, Any]:
    """By somebody else's program."""
    told = Webhook(secret).verify(request.body, dict(request.headers))
    assert isinstance(told, dict)
    return told


def test_a_publication_and_a_remix_arrive_signed(stage: HookStage, receiver: WebServer) -> None:
    artist, fan = stage.person("artist"), stage.person("fan")
    hook = stage.hook(artist, receiver, "work.published", "work.remixed")
    source = stage.catalogue.work("Harbour", by="artist")
    remix = stage.publish("fan", source, title="Harbour at night")
    stage.publish("fan", stage.catalogue.work("Elsewhere", by="somebody"))
    own = stage.publish("artist", source, title="Harbour again")
    assert receiver.requests == [], "nobody waits for it who publishes"
    stage.hub.drain()
    told = [verified(request, hook["secret"]) for request in receiver.requests]
    assert [one["type"] for one in told] == ["work.remixed", "work.published"], "of oneself one need not be told"
    permalink = f"{stage.hub.parts.settings.public_url}/works/{remix}"
    assert told[0]["data"]["remix"] == {
        "id": remix, "kind": "remix", "title": "Harbour at night", "licence": "cc-by-4.0", "permalink": permalink,
        "artist": {"handle": "fan", "display_name": "Fan"},
    }  # fmt: skip
    assert [one["id"] for one in told[0]["data"]["sources"]] == [source]
    assert told[1]["data"]["work"]["id"] == own
    assert receiver.requests[0].path == "/hook?of=me"
    (first, _) = reversed(stage.deliveries(artist, hook))
    assert (first["state"], first["status"], first["answer"], first["attempts"]) == ("delivered", 200, "thanks", 1)
    assert first["webhook_id"] == receiver.requests[0].headers["webhook-id"]
    assert fan.get(f"/hooks/{hook['id']}").status_code == 404


def test_nothing_is_written_where_nobody_listens(stage: HookStage, receiver: WebServer) -> None:
    artist = stage.person("artist")
    deaf = stage.hook(artist, receiver, "work.taken_down")
    off = stage.hook(artist, receiver, "work.remixed", "work.published")
    turned = artist.edit(f"/hooks/{off['id']}", {"is_active": False})
    assert turned.get_json()["state"] == "paused"
    stage.publish("fan", stage.catalogue.work("Harbour", by="artist"))
    stage.publish("artist", stage.catalogue.work("Other", by="somebody"))
    stage.hub.drain()
    assert stage.hub.rows(HookEvent) == []
    assert stage.deliveries(artist, deaf) == []


def test_a_signature_of_another_body_or_secret_does_not_hold(stage: HookStage, receiver: WebServer) -> None:
    hook = stage.hook(stage.person("artist"), receiver)
    stage.person("artist").post(f"/hooks/{hook['id']}/tests")
    stage.hub.drain()
    (request,) = receiver.requests
    assert verified(request, hook["secret"])["type"] == "hook.test"
    for secret, body in (("whsec_" + "A" * 44, request.body), (hook["secret"], request.body + b" ")):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, dict(request.headers))


def test_while_a_secret_is_renewed_both_sign(stage: HookStage, receiver: WebServer) -> None:
    artist = stage.person("artist")
    hook = stage.hook(artist, receiver)
    renewed = artist.post(f"/hooks/{hook['id']}/secret").get_json()
    assert renewed["secret"] != hook["secret"]
    assert "secret" not in artist.get(f"/hooks/{hook['id']}").get_json()
    artist.post(f"/hooks/{hook['id']}/tests")
    stage.hub.drain()
    for secret in (hook["secret"], renewed["secret"]):
        verified(receiver.requests[0], secret)
    with stage.hub.parts.database.writing() as session:
        session.execute(sa.update(Hook).values(old_secret_until=now(-1)))
    artist.post(f"/hooks/{hook['id']}/tests")
    stage.hub.drain()
    verified(receiver.requests[1], renewed["secret"])
    with pytest.raises(WebhookVerificationError):
        verified(receiver.requests[1], hook["secret"])
    stored = stage.hub.rows(Hook)[0]
    assert hook["secret"] not in stored.secret_sealed + (stored.old_secret_sealed or "")


def test_what_fails_comes_again_on_schedule_and_under_its_id(stage: HookStage, receiver: WebServer) -> None:
    artist = stage.person("artist")
    receiver.answer = lambda _request: Reply(500, {}, b"we are asleep\x00")
    hook = stage.hook(artist, receiver)
    artist.post(f"/hooks/{hook['id']}/tests")
    stage.hub.drain()
    pauses = []
    for attempt in range(1, 10):
        row = stage.hub.rows(HookDelivery)[0]
        assert (row.state, row.attempts, row.status) == ("pending", attempt, 500)
        pauses.append((row.next_at - row.tried_at).total_seconds())
        (waiting,) = [job for job in stage.hub.rows(Job) if job.kind == "deliver_hook" and job.state == "pending"]
        assert abs((waiting.run_after_at - row.next_at).total_seconds()) < 1
        stage.let_time_pass()
    hours = [3600 * one for one in (0, 0, 0.5, 2, 5, 10, 14, 20, 24)]
    for pause, usual in zip(pauses, [5, 300, *hours[2:]], strict=True):
        assert 0.89 * usual <= pause <= 1.11 * usual
    (line,) = stage.deliveries(artist, hook)
    assert (line["state"], line["attempts"], line["next_at"]) == ("failed", 10, None)
    assert line["answer"] == "we are asleep"
    assert "500" in line["error"]
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    stage.let_time_pass()
    assert len(receiver.requests) == 10
    receiver.answer = lambda _request: Reply()
    again = artist.post(f"/hooks/{hook['id']}/deliveries/{line['id']}/resend")
    assert (again.status_code, again.get_json()["state"]) == (200, "pending")
    stage.hub.drain()
    assert stage.deliveries(artist, hook)[0]["state"] == "delivered"
    assert receiver.requests[10].headers["webhook-id"] == receiver.requests[0].headers["webhook-id"]


def test_all_that_failed_since_a_time_is_sent_again(stage: HookStage, receiver: WebServer) -> None:
    artist = stage.person("artist")
    hook = stage.hook(artist, receiver)
    for _ in range(3):
        artist.post(f"/hooks/{hook['id']}/tests")
    stage.hub.drain()
    oldest, *_ = sorted(stage.hub.rows(HookDelivery), key=lambda row: row.created_at)
    with stage.hub.parts.database.writing() as session:
        session.execute(sa.update(HookDelivery).values(state="failed"))
        long_ago = sa.update(HookDelivery).where(HookDelivery.id == oldest.id)
        session.execute(long_ago.values(created_at=now(-7200)))
    since = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)).isoformat()
    assert artist.post(f"/hooks/{hook['id']}/resend-failed", {"since": since}).get_json() == {"count": 2}
    stage.hub.drain()
    assert sorted(row.state for row in stage.hub.rows(HookDelivery)) == ["delivered", "delivered", "failed"]


@pytest.mark.parametrize(("status", "said"), [(429, "120"), (503, "Wed, 21 Oct 2099 07:28:00 GMT"), (502, "nonsense")])
def test_who_asks_for_time_is_given_it(stage: HookStage, receiver: WebServer, status: int, said: str) -> None:
    artist = stage.person("artist")
    receiver.answer = lambda _request: Reply(status, {"Retry-After": said})
    hook = stage.hook(artist, receiver)
    for _ in range(2):
        artist.post(f"/hooks/{hook['id']}/tests")
    stage.hub.drain()
    tried = [row for row in stage.hub.rows(HookDelivery) if row.tried_at is not None]
    waits = [(row.next_at - row.tried_at).total_seconds() for row in tried]
    if said == "nonsense":
        assert len(tried) == 2
        assert max(waits) < 6
        return
    assert len(tried) == 1, "the other waits as well"
    expected = 120 if said == "120" else 24 * 3600
    assert expected - 1 <= waits[0] <= expected + 1, "at most a day"
    stage.hub.drain(every_attempt=False)
    assert len(receiver.requests) == 1


def test_who_is_gone_is_not_asked_again(stage: HookStage, receiver: WebServer) -> None:
    artist = stage.person("artist")
    hook = stage.hook(artist, receiver)
    receiver.answer = lambda _request: Reply(410)
    for _ in range(2):
        artist.post(f"/hooks/{hook['id']}/tests")
    stage.hub.drain()
    shown = artist.get(f"/hooks/{hook['id']}").get_json()
    assert shown["state"] == "disabled"
    assert "410" in shown["disabled_reason"]
    assert len(receiver.requests) == 1
    assert [row.state for row in stage.hub.rows(HookDelivery)] == ["failed", "failed"]
    (notice,) = stage.hub.rows(Notice)
    assert (notice.kind, notice.subject_id) == ("hook", hook["id"])
    assert "hook.disabled" in [entry.action for entry in stage.hub.rows(AuditEntry)]
    refused = artist.post(f"/hooks/{hook['id']}/tests")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "hook_inactive")
    receiver.answer = lambda _request: Reply()
    assert artist.edit(f"/hooks/{hook['id']}", {"is_active": True}).get_json()["state"] == "active"
    since = {"since": "2020-01-01T00:00:00Z"}
    assert artist.post(f"/hooks/{hook['id']}/resend-failed", since).get_json()["count"] == 2
    stage.hub.drain()
    assert artist.get(f"/hooks/{hook['id']}").get_json()["failing_since"] is None


def test_after_five_days_of_failures_it_is_turned_off(stage: HookStage, receiver: WebServer) -> None:
    artist = stage.person("artist")
    hook = stage.hook(artist, receiver)
    receiver.answer = lambda _request: Reply(500)
    artist.post(f"/hooks/{hook['id']}/tests")
    for days, state in ((4.9, "active"), (5.1, "disabled")):
        with stage.hub.parts.database.writing() as session:
            session.execute(sa.update(Hook).values(failing_since=now(-days * 24 * 3600)))
        stage.let_time_pass()
        assert artist.get(f"/hooks/{hook['id']}").get_json()["state"] == state
    (notice,) = stage.hub.rows(Notice)
    assert "five days" in notice.text
    assert stage.hub.rows(Letter) == []


def test_a_host_that_lets_one_wait_keeps_nobody_else_waiting(stage: HookStage, receiver: WebServer) -> None:
    """Also at the same host: what one tenant's endpoint does is no matter of another's."""
    stage.hub = reaching_here(stage.hub, deadline_seconds=0.3)
    stop = threading.Event()

    def hang(request: Request) -> Reply:
        if request.path == "/slow":
            stop.wait(20)
        return Reply()

    artist, other = stage.person("artist"), stage.person("other")
    with web_server(hang) as shared:
        try:
            slow = {"address": f"http://receiver.example:{shared.port}/slow"}
            hanging = [stage.hook(artist, shared, **slow) for _ in range(2)]
            good = [stage.hook(other, receiver), stage.hook(other, shared)]
            for hook in hanging * 2:
                artist.post(f"/hooks/{hook['id']}/tests")
            stage.hub.drain()
            for hook in good:
                other.post(f"/hooks/{hook['id']}/tests")
            stage.hub.drain()
            assert [one.path for one in shared.requests] == ["/slow", "/hook?of=me"], "only the artist's wait"
            assert len(receiver.requests) == 1
            (host,) = stage.hub.rows(SlowHost)
            assert host.host == f"receiver.example:{shared.port}"
            tried = [row for row in stage.hub.rows(HookDelivery) if row.state == "pending" and row.tried_at]
            assert "within 0.3 seconds" in tried[0].error
            assert [row.attempts for row in stage.hub.rows(HookDelivery) if row.state == "pending"].count(0) == 3
        finally:
            stop.set()


def test_a_worker_killed_in_the_middle_sends_it_again_under_its_id(
    stage: HookStage, receiver: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    artist = stage.person("artist")
    hook = stage.hook(artist, receiver)
    artist.post(f"/hooks/{hook['id']}/tests")
    outbound = stage.hub.parts.outbound
    post = type(outbound).post

    def killed(*given: Any) -> None:
        post(*given)
        raise WorkerStopping

    with monkeypatch.context() as patch:
        patch.setattr(type(outbound), "post", killed)
        do_next(stage.hub.parts, "killed", Stopping(), heavy=False)
    assert [row.state for row in stage.hub.rows(HookDelivery)] == ["pending"]
    stage.hub.drain()
    assert [row.state for row in stage.hub.rows(HookDelivery)] == ["delivered"]
    ids = [request.headers["webhook-id"] for request in receiver.requests]
    assert ids == ids[:1] * 2
    assert receiver.requests[0].body == receiver.requests[1].body


def test_takedowns_and_their_end_are_told(stage: HookStage, receiver: WebServer) -> None:
    host = stage.person("host")
    hook = stage.hook(
        host, receiver, "work.taken_down", "work.restored", "label.release_added", scope="label", label="nightshift"
    )
    work_id = stage.catalogue.work("Harbour", by="host")
    for _ in range(2):
        assert host.post("/labels/nightshift/releases", {"work_id": work_id}).status_code == 204
    stage.hub.drain()
    taken, _ = take_down(SYSTEM, stage.hub.parts, work_ids=[work_id], reason=ReportReason.OFFENSIVE, note="secret")
    decide_takedown(SYSTEM, stage.hub.parts, taken.id, outcome=TakedownState.RESTORED)
    stage.hub.drain()
    told = [verified(request, hook["secret"]) for request in receiver.requests]
    assert [one["type"] for one in told] == ["label.release_added", "work.taken_down", "work.restored"]
    assert told[0]["data"]["label"]["handle"] == "nightshift"
    assert told[1]["data"]["reason"] == "offensive"
    assert "secret" not in json.dumps(told)


def test_operators_hear_of_everybody(stage: HookStage, receiver: WebServer) -> None:
    host, artist = stage.person("host"), stage.person("artist")
    with stage.hub.parts.database.writing() as session:
        session.execute(sa.update(Account).where(Account.handle == "host").values(is_operator=True))
        session.execute(sa.update(AccessToken).values(scopes=["read", "publish", "admin"]))
    body = {"name": "All", "address": "http://a.example/", "events": ["work.published"], "scope": "hub"}
    refused = artist.post("/hooks", body)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "operator_only")
    hook = stage.hook(host, receiver, "work.published", scope="hub")
    work_id = stage.publish("artist", stage.catalogue.work("Harbour", by="somebody"))
    stage.hub.drain()
    assert verified(receiver.requests[0], hook["secret"])["data"]["work"]["id"] == work_id
    assert artist.get("/hooks").get_json() == {"hooks": []}
    assert [one["scope"] for one in host.get("/hooks").get_json()["hooks"]] == ["hub"]


def test_of_whom_it_is_suspended_nothing_is_told(stage: HookStage, receiver: WebServer) -> None:
    artist = stage.person("artist")
    hook = stage.hook(artist, receiver)
    artist.post(f"/hooks/{hook['id']}/tests")
    made = suspend(SYSTEM, stage.hub.parts, handle="artist", reason=SuspensionReason.SPAM)
    stage.hub.drain()
    assert receiver.requests == []
    (waiting,) = [job for job in stage.hub.rows(Job) if job.kind == "deliver_hook" and job.state == "pending"]
    decide_suspension(SYSTEM, stage.hub.parts, made.id, outcome=SuspensionState.LIFTED)
    stage.let_time_pass()
    assert len(receiver.requests) == 1
    assert waiting.subject_id == hook["id"]


def test_who_leaves_takes_theirs_along(stage: HookStage, receiver: WebServer) -> None:
    fan = stage.hub.browser("fan")
    own = stage.hook(fan, receiver)
    fan.post(f"/hooks/{own['id']}/tests")
    assert fan.post("/labels", {"handle": "lonely", "name": "Lonely"}).status_code == 201
    stage.hook(fan, receiver, "entry.received", scope="label", label="lonely")
    kept = stage.hook(stage.person("host"), receiver, "entry.received", scope="label", label="nightshift")
    gone = fan.delete("/account", {"password": "a sentence nobody guesses"})
    assert gone.status_code == 204, gone.text
    assert [row.id for row in stage.hub.rows(Hook)] == [kept["id"]]
    stage.hub.drain()
    assert receiver.requests == []


def test_the_log_is_kept_for_thirty_days(stage: HookStage, receiver: WebServer) -> None:
    artist = stage.person("artist")
    hook = stage.hook(artist, receiver)
    for days in (29, 31):
        artist.post(f"/hooks/{hook['id']}/tests")
        with stage.hub.parts.database.writing() as session:
            for table in (HookDelivery, HookEvent):
                fresh = sa.update(table).where(table.created_at > now(-3600))
                session.execute(fresh.values(created_at=now(-days * 24 * 3600)))
    drop_old(stage.hub.parts)
    assert (len(stage.hub.rows(HookDelivery)), len(stage.hub.rows(HookEvent))) == (1, 1)
    assert measure_load(stage.hub.parts).hook_deliveries["pending"] == 1  # type: ignore[index]


def test_a_hook_that_is_deleted_takes_its_log_along(stage: HookStage, receiver: WebServer) -> None:
    artist = stage.person("artist")
    hook = stage.hook(artist, receiver)
    artist.post(f"/hooks/{hook['id']}/tests")
    assert artist.delete(f"/hooks/{hook['id']}").status_code == 204
    stage.hub.drain()
    assert receiver.requests == []
    assert stage.hub.rows(HookDelivery) == []
    assert stage.hub.rows(HookEvent) == [], "nobody else was told"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_that_cause_several_events_never_wait_for_each_other(stage: HookStage, receiver: WebServer) -> None:
    people = [stage.person(handle) for handle in ("artist", "other")]
    for person in people:
        stage.hook(person, receiver)
    ids = [person.get("/account").get_json()["id"] for person in people]
    both = threading.Barrier(2)
    faults: list[Exception] = []

    def cause(concerned: list[str]) -> None:
        parts = stage.hub.parts
        try:
            with parts.database.writing() as session:
                for account_id in concerned:
                    events.emit(
                        session, parts, EventKind.WORK_PUBLISHED, lambda _: {"work": None}, concerns=[account_id]
                    )
                    both.wait(20)
        except Exception as exc:  # noqa: BLE001
            faults.append(exc)

    threads = [threading.Thread(target=cause, args=(order,)) for order in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(stage.hub.rows(HookDelivery)) == 4


def test_metrics_say_how_webhooks_fare(stage: HookStage, receiver: WebServer) -> None:
    artist = stage.person("artist")
    good, bad, off = (stage.hook(artist, receiver) for _ in range(3))
    receiver.answer = lambda _request: Reply(500)
    artist.post(f"/hooks/{bad['id']}/tests")
    artist.edit(f"/hooks/{off['id']}", {"is_active": False})
    stage.hub.drain()
    artist.post(f"/hooks/{good['id']}/tests")
    with stage.hub.parts.database.writing() as session:
        session.execute(sa.update(HookDelivery).where(HookDelivery.hook_id == good["id"]).values(next_at=now(-500)))
    text = stage.hub.visitor().http.get("/metrics").text
    for state, count in {"arriving": 1, "failing": 1, "resting": 0, "paused": 1, "disabled": 0}.items():
        assert f'remixhub_hooks{{state="{state}"}} {count}.0' in text
    (waited,) = re.findall(r"^remixhub_hook_oldest_due_seconds ([\d.]+)$", text, re.MULTILINE)
    assert 500 <= float(waited) < 900
    stage.let_time_pass()
    assert "remixhub_hook_oldest_due_seconds 0.0" in stage.hub.visitor().http.get("/metrics").text


def test_what_is_old_goes_some_at_a_time(
    stage: HookStage, receiver: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("remixhub.services.hooks.log._AT_ONCE", 2)
    artist = stage.person("artist")
    hook = stage.hook(artist, receiver)
    for _ in range(6):
        artist.post(f"/hooks/{hook['id']}/tests")
    kept = stage.hub.rows(HookEvent)[0].id
    with stage.hub.parts.database.writing() as session:
        old = sa.update(HookEvent).where(HookEvent.id != kept)
        session.execute(old.values(created_at=now(-31 * 24 * 3600)))
    drop_old(stage.hub.parts)
    assert [row.id for row in stage.hub.rows(HookEvent)] == [kept]
    assert [row.event_id for row in stage.hub.rows(HookDelivery)] == [kept]
