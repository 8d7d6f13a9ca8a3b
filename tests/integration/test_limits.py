"""Who asks too often is told to wait, in headers of the IETF's draft; with Valkey away nobody is, and nobody waits."""

from __future__ import annotations

import dataclasses
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from remixhub.app import create_app
from remixhub.compose import Parts, build_parts
from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.edge import limits, quotas
from remixhub.models import AuditEntry, GuessCount
from tests.integration.conftest import PASSWORD, Client, Hub
from tests.services import running_valkey

HERE, THERE, ELSEWHERE = ({"REMOTE_ADDR": f"192.0.2.{number}"} for number in range(1, 4))
CHEAP = "/api/v1/licences"
pytestmark = pytest.mark.limits


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """No limit is counted in the database."""
    return sqlite_url


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with tests opens no limit; the tests of an absent Valkey have the patience of a hub."""
    monkeypatch.setattr(quotas, "PATIENCE_SECONDS", 5.0)


@pytest.fixture
def limited(hub: Hub) -> Callable[..., Hub]:
    """The hub with lower limits, so that a test need not ask a thousand times."""

    def lower(**changes: int) -> Hub:
        parts = dataclasses.replace(hub.parts, settings=dataclasses.replace(hub.parts.settings, **changes))
        hub.app.extensions["remixhub"] = parts
        return Hub(hub.app, parts)

    return lower


def ask(client: Client, path: str = CHEAP, method: str = "GET", **kwargs: object) -> TestResponse:
    return client.http.open(path, method=method, headers=client.headers, **kwargs)  # type: ignore[arg-type]


def fields(answer: TestResponse) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """`RateLimit-Policy` and `RateLimit` (lists of strings with integers as parameters, RFC 9651)."""
    return parsed(answer.headers["RateLimit-Policy"]), parsed(answer.headers["RateLimit"])


def parsed(text: str) -> dict[str, dict[str, int]]:
    found = {}
    for member in text.split(","):
        name, *parameters = member.strip().split(";")
        assert name[0] == name[-1] == '"'
        found[name[1:-1]] = {key: int(value) for key, value in (one.split("=") for one in parameters)}
    return found


def assert_refused(answer: TestResponse, policy: str) -> None:
    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
    problem = answer.get_json()
    assert (problem["code"], problem["type"]) == ("rate_limited", "/problems/rate_limited")
    assert problem["context"]["violated_policies"] == [policy]
    _, standing = fields(answer)
    assert standing[policy]["r"] == 0
    assert int(answer.headers["Retry-After"]) == standing[policy]["t"] >= 1
    assert answer.headers["Cache-Control"] == "no-store"


# by what is shipped


def test_a_stranger_asks_six_hundred_times_a_minute_as_shipped_and_then_waits(hub: Hub) -> None:
    visitor = hub.visitor()
    for left in reversed(range(600)):
        answer = ask(visitor, environ_base=HERE)
        assert answer.status_code == 200
        policy, standing = fields(answer)
        assert policy == {"default": {"q": 600, "w": 60}}
        assert standing["default"]["r"] >= left, "a minute may have begun in between"
        assert 1 <= standing["default"]["t"] <= 60
    answers = [ask(visitor, environ_base=HERE) for _ in range(20)]
    assert_refused(answers[-1], "default")
    assert ask(visitor, environ_base=THERE).status_code == 200
    page = visitor.http.get("/works", environ_base=HERE)
    assert page.status_code == 429, "pages count as well"


def test_a_desk_of_24_stems_and_a_page_of_works_run_into_nothing_as_shipped(hub: Hub) -> None:
    visitor = hub.visitor()
    for _ in range(4):
        for number in range(24 * 4):
            path = f"/media/stems/{number:032x}/preview"
            assert ask(visitor, path).status_code == 404
            assert ask(visitor, f"/media/works/{number:032x}/cover.svg").status_code == 404
    assert fields(ask(visitor))[1]["default"]["r"] == 599


def test_what_is_asked_by_machines_or_is_a_file_is_never_counted(limited: Callable[..., Hub]) -> None:
    visitor = limited(limit_requests=1).visitor()
    assert ask(visitor).status_code == 200
    assert_refused(ask(visitor), "default")
    for path in ("/healthz", "/readyz", "/metrics", "/favicon.ico", "/robots.txt", "/manifest.webmanifest"):
        with ask(visitor, path) as answer:
            assert (answer.status_code, "RateLimit" in answer.headers) == (200, False), path
    wanted = {"Access-Control-Request-Method": "GET"}
    assert visitor.http.options(CHEAP, headers={"Origin": "https://elsewhere.example", **wanted}).status_code == 204


# whom


def test_each_token_each_account_and_each_address_has_its_own_quota(limited: Callable[..., Hub]) -> None:
    hub = limited(limit_requests=2)
    first, second = hub.account("first"), hub.account("second")
    by_session, stranger = hub.visitor(), hub.visitor()
    login = {"login": "first", "password": PASSWORD}
    assert by_session.http.post("/api/v1/sessions", json=login, environ_base=ELSEWHERE).status_code == 201
    for client in (first, second, by_session, stranger):
        for environ in (HERE, THERE):
            assert ask(client, "/api/v1/works", environ_base=environ).status_code == 200
    for client in (first, second, by_session):
        assert_refused(ask(client, "/api/v1/works", environ_base=HERE), "default")
    assert ask(stranger, "/api/v1/works", environ_base=HERE).status_code == 200, "two addresses asked once each"
    assert_refused(ask(stranger, "/api/v1/works", environ_base=HERE), "default")


def test_made_up_tokens_and_cookies_share_the_quota_of_their_address(limited: Callable[..., Hub]) -> None:
    hub = limited(limit_requests=3)
    answers = []
    for number in range(3):
        hub.visitor().http.set_cookie("remixhub_session", f"made-up-{number}")
        bearer = {"Authorization": f"Bearer rh_{number}"}
        answers.append(hub.visitor().http.get("/api/v1/works", headers=bearer, environ_base=HERE).status_code)
    assert answers == [401, 401, 401]
    visitor = hub.visitor()
    visitor.http.set_cookie("remixhub_session", "made-up")
    assert_refused(ask(visitor, environ_base=HERE), "default")


def test_addresses_of_version_6_are_counted_by_their_network(limited: Callable[..., Hub]) -> None:
    visitor = limited(limit_requests=2).visitor()
    for address in ("2001:db8::1", "2001:db8::ffff:1"):
        assert ask(visitor, environ_base={"REMOTE_ADDR": address}).status_code == 200
    assert_refused(ask(visitor, environ_base={"REMOTE_ADDR": "2001:db8::2"}), "default")
    assert ask(visitor, environ_base={"REMOTE_ADDR": "2001:db8:0:1::2"}).status_code == 200


def test_hubs_that_share_a_valkey_do_not_share_quotas(limited: Callable[..., Hub]) -> None:
    hub = limited(limit_requests=1)
    ask(hub.visitor())
    assert_refused(ask(hub.visitor()), "default")
    settings = dataclasses.replace(hub.parts.settings, queue_name=hub.parts.settings.queue_name + "-other")
    hub.app.extensions["remixhub"] = dataclasses.replace(hub.parts, settings=settings)
    assert ask(hub.visitor()).status_code == 200


# stricter ones


@pytest.mark.parametrize(
    ("method", "path", "setting", "policy"),
    [
        ("GET", "/api/v1/works?q=bass", "limit_searches", "searches"),
        ("GET", "/?q=bass", "limit_searches", "searches"),
        ("GET", "/api/v1/graph-exports/json", "limit_exports", "exports"),
        ("POST", f"/api/v1/stem-packs/{'0' * 32}/archive", "limit_exports", "exports"),
        ("POST", f"/api/v1/stem-packs/{'0' * 32}/exports/dawproject", "limit_exports", "exports"),
        ("POST", f"/api/v1/bundles/work/{'0' * 32}", "limit_exports", "exports"),
        ("POST", "/api/v1/mixes", "limit_exports", "exports"),
        ("POST", "/api/v1/sessions", "limit_credentials", "credentials"),
        ("POST", "/sign-in", "limit_credentials", "credentials"),
        ("POST", "/api/v1/accounts", "limit_credentials", "credentials"),
        ("GET", f"/media/stems/{'0' * 32}/preview", "limit_transfers", "transfers"),
        ("POST", "/api/v1/uploads", "limit_transfers", "transfers"),
        ("POST", "/companion/s3/multipart", "limit_transfers", "transfers"),
    ],
)
def test_what_is_costly_has_a_stricter_limit_of_its_own(
    limited: Callable[..., Hub], method: str, path: str, setting: str, policy: str
) -> None:
    hub = limited(**{setting: 1})
    visitor = hub.visitor()
    with ask(visitor, path, method) as first:
        assert first.status_code != 429
    with ask(visitor, path, method) as second:
        assert second.status_code == 429
        assert policy in second.headers["RateLimit-Policy"]
        assert int(second.headers["Retry-After"]) >= 1
    assert ask(visitor).status_code == 200, "the rest goes on"


def test_passwords_are_guessed_by_address_whoever_asks(limited: Callable[..., Hub]) -> None:
    hub = limited(limit_credentials=2)
    answers = []
    for handle in ("one", "two", "three"):
        client = hub.account(handle)
        wrong = {"login": "nobody", "password": PASSWORD}
        answers.append(ask(client, "/api/v1/sessions", "POST", json=wrong, environ_base=HERE))
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert_refused(answers[-1], "credentials")


def test_what_is_refused_here_counts_for_no_wrong_password(limited: Callable[..., Hub]) -> None:
    """The counts in SQL have seen what was tried and nothing else: nobody is punished twice."""
    hub = limited(limit_credentials=1)
    for _ in range(5):
        ask(hub.visitor(), "/api/v1/sessions", "POST", json={"login": "nobody", "password": PASSWORD})
    with hub.parts.database.reading() as session:
        assert sorted(session.scalars(sa.select(GuessCount.wrong))) == [0, 0, 1]
    hub.parts.database.observations.write()
    with hub.parts.database.reading() as session:
        reached = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "limit.reached")).one()
    assert (reached.subject_id, reached.observed_count) == ("sessions.sign_in", 4)


def test_wrong_passwords_from_one_network_of_version_6_count_together(limited: Callable[..., Hub]) -> None:
    hub = limited(login_attempts=1)
    answers = []
    for number in range(11):
        wrong = {"login": f"nobody{number}", "password": PASSWORD}
        environ = {"REMOTE_ADDR": f"2001:db8::{number}"}
        answers.append(ask(hub.visitor(), "/api/v1/sessions", "POST", json=wrong, environ_base=environ))
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert answers[-1].get_json()["code"] == "too_many_attempts"


@pytest.mark.parametrize("setting", ["limit_requests", "limit_searches"])
def test_zero_counts_none(limited: Callable[..., Hub], setting: str) -> None:
    visitor = limited(**{setting: 0}).visitor()
    policy, _ = fields(ask(visitor, "/api/v1/works?q=bass"))
    assert set(policy) == {"default", "searches"} - {setting.replace("limit_", "").replace("requests", "default")}


def test_every_name_in_the_lists_of_policies_is_a_view(hub: Hub) -> None:
    views = {rule.endpoint for rule in hub.app.url_map.iter_rules()}
    named = (*limits._FREE, *limits.TRANSFERS, *limits.EXPORTS, *limits.CREDENTIALS, *limits._ASK_NOBODY)
    assert [name for name in named if not any(view.startswith(name) for view in views)] == []


# told


def test_people_get_a_page_and_programs_on_other_sites_may_read_the_fields(limited: Callable[..., Hub]) -> None:
    visitor = limited(limit_requests=1).visitor()
    assert ask(visitor).status_code == 200
    page = visitor.http.get("/charts")
    assert (page.status_code, page.mimetype) == (429, "text/html")
    assert "Too many requests" in page.text
    assert int(page.headers["Retry-After"]) >= 1
    exposed = ask(visitor).headers["Access-Control-Expose-Headers"].split(", ")
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(exposed)
    words = limited(limit_requests=9).visitor().http.get("/problems/rate_limited")
    assert (words.status_code, "network address" in words.text) == (200, True)


def test_the_document_says_it_of_every_operation(hub: Hub) -> None:
    document = hub.visitor().get("/openapi.json").get_json()
    operations = [one for path in document["paths"].values() for one in path.values() if "responses" in one]
    assert len(operations) > 100
    told = {"RateLimit", "RateLimit-Policy"}
    for operation in operations:
        assert operation["responses"]["429"] == {"$ref": "#/components/responses/TooManyRequests"}
        for status, answer in operation["responses"].items():
            assert not status.startswith("2") or told <= set(answer["headers"]), operation["operationId"]
    assert told | {"Retry-After"} == set(document["components"]["responses"]["TooManyRequests"]["headers"])
    assert told <= set(document["components"]["headers"])


def test_an_answer_that_is_given_again_tells_the_limits_of_now(hub: Hub) -> None:
    artist = hub.account()
    key = {"Idempotency-Key": "once"}
    body = {"title": "Song", "licence": "cc-by-4.0"}
    first = artist.send("POST", "/releases", json=body, headers=key)
    again = artist.send("POST", "/releases", json=body, headers=key)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert fields(again)[1]["default"]["r"] == fields(first)[1]["default"]["r"] - 1


def test_requests_at_once_are_counted_one_by_one(limited: Callable[..., Hub]) -> None:
    hub = limited(limit_requests=10)
    codes: list[int] = []
    threads = [threading.Thread(target=lambda: codes.append(ask(hub.visitor()).status_code)) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (codes.count(200), codes.count(429)) == (10, 20)


def test_a_database_that_is_away_is_waited_for_once(hub: Hub) -> None:
    nowhere = f"postgresql+psycopg://nobody@{LOOPBACK}:{free_ports(1)[0]}/hub"
    parts = build_parts(dataclasses.replace(hub.parts.settings, database_url=nowhere))
    tried: list[object] = []
    sa.event.listen(parts.database.engine, "do_connect", lambda *found: tried.append(found) or None)
    visitor = Hub(create_app(parts.settings, parts), parts).visitor()
    answer = visitor.http.get("/api/v1/works", headers={"Authorization": "Bearer rh_any"})
    assert (answer.status_code, answer.get_json()["code"]) == (503, "database_unavailable")
    assert len(tried) == 1
    parts.close()


# without Valkey


@pytest.fixture
def own_valkey(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Hub, int]]:
    """A hub with a Valkey to itself, and its process."""
    monkeypatch.undo()
    with running_valkey(tmp_path / "own") as valkey:
        settings = dataclasses.replace(hub.parts.settings, redis_url=valkey.url, limit_requests=3)
        parts: Parts = build_parts(settings)
        pid = valkey.process.pid
        assert pid is not None
        yield Hub(create_app(settings, parts), parts), pid
        parts.close()


def test_while_valkey_hangs_nobody_is_counted_and_one_request_alone_finds_it_out(
    own_valkey: tuple[Hub, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, pid = own_valkey
    visitor = hub.visitor()
    assert "RateLimit" in ask(visitor).headers
    sent = count_sent(monkeypatch)
    os.kill(pid, signal.SIGSTOP)
    try:
        for _ in range(20):
            answer = ask(visitor)
            assert (answer.status_code, "RateLimit" in answer.headers) == (200, False)
        assert len(sent) == 1
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_until(lambda: "RateLimit" in ask(visitor).headers)
    wait_until(lambda: ask(visitor).status_code == 429)


def test_a_valkey_that_dies_and_comes_back_empty_counts_again(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_valkey(tmp_path / "first") as valkey:
        port = int(valkey.url.rpartition(":")[2].partition("/")[0])
        settings = dataclasses.replace(hub.parts.settings, redis_url=valkey.url)
        parts = build_parts(settings)
        visitor = Hub(create_app(settings, parts), parts).visitor()
        assert fields(ask(visitor))[1]["default"]["r"] == 599
    sent = count_sent(monkeypatch)
    assert [ask(visitor).status_code for _ in range(5)] == [200] * 5
    assert len(sent) == 1
    with running_valkey(tmp_path / "second", port):
        wait_until(lambda: "RateLimit" in ask(visitor).headers)
    parts.close()


def count_sent(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What requests ask of Valkey from now on."""
    sent: list[object] = []
    really = quotas._SlidingWindows.take

    def take(self: quotas._SlidingWindows, asked: object) -> list[quotas.Standing]:
        sent.append(asked)
        return really(self, asked)  # type: ignore[arg-type]

    monkeypatch.setattr(quotas._SlidingWindows, "take", take)
    return sent


def wait_until(condition: Callable[[], bool]) -> None:
    """Polls; the limit only keeps a broken build from hanging."""
    ticks = threading.Event()
    for _ in range(200):
        if condition():
            return
        ticks.wait(0.1)
    raise AssertionError("it did not come about in time")
