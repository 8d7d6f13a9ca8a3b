"""The client's HTTP: patience with what passes, no token for strangers, problems as they came."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from remixhub.client.downloading import fetch
from remixhub.client.failures import NotSignedIn, Refused, Unreachable, UsageWrong
from remixhub.client.telling import Silent
from remixhub.client.wire import PlainToken, Wire, hub_address, is_readable_by_others
from tests.web_servers import Reply, Request, web_server


def test_what_passes_is_tried_again_under_the_same_key_and_problems_are_not() -> None:
    replies = [
        Reply(503, {"Retry-After": "0"}),
        Reply(409, body=b'{"code": "idempotency_in_progress"}'),
        Reply(201, body=b'{"id": "1"}'),
    ]
    with web_server(lambda _: replies.pop(0)) as server:
        wire = Wire(f"http://127.0.0.1:{server.port}", PlainToken("rh_x"), patience_seconds=20)
        assert wire.call("POST", "/releases", body={"title": "é"}).json() == {"id": "1"}
        keys = {request.headers["idempotency-key"] for request in server.requests}
        assert len(keys) == 1
        assert len(server.requests) == 3
        assert {request.headers["authorization"] for request in server.requests} == {"Bearer rh_x"}
        problem = {
            "code": "invalid",
            "detail": "Mend it.",
            "violations": [{"pointer": "/title", "message": "Missing."}],
        }
        replies.append(Reply(422, body=json.dumps(problem).encode()))
        with pytest.raises(Refused, match=r"Mend it\. /title: Missing\.") as refused:
            wire.call("POST", "/releases")
        assert (refused.value.code, refused.value.status, int(refused.value.exit)) == ("invalid", 422, 1)
        replies.append(Reply(401, body=b'{"code": "unauthenticated"}'))
        with pytest.raises(NotSignedIn):
            wire.call("GET", "/account")
        replies += [Reply(500, body=b"<html>")]
        with pytest.raises(Refused, match="answered 500"):
            wire.call("GET", "/account")
    with pytest.raises(Unreachable, match="cannot be reached"):
        Wire(wire.url, patience_seconds=0.1).call("GET", "/account")


def test_the_storage_gets_no_token_and_a_download_goes_on_where_it_broke(tmp_path: Path) -> None:
    whole = bytes(range(256)) * 1_024

    def storage(request: Request) -> Reply:
        asked = request.headers.get("range")
        if asked is None:
            return Reply(
                200, {"ETag": '"1"', "Content-Length": str(len(whole))}, whole[:150_000]
            )  # and the line is cut
        begins = int(asked.removeprefix("bytes=").removesuffix("-"))
        if request.headers["if-range"] != '"1"':
            return Reply(200, {"ETag": '"1"'}, whole)
        return Reply(206, {"ETag": '"1"', "Connection": "close"}, whole[begins:])

    with web_server(lambda request: _closed(storage(request))) as server:
        wire = Wire("http://127.0.0.1:1", PlainToken("rh_x"), patience_seconds=20)
        to = tmp_path / "a" / "b.zip"
        address = f"http://127.0.0.1:{server.port}/b?signed"
        heard = _Heard()
        wire_read = fetch(wire, lambda: address, to, heard, "b")
        assert wire_read.read_bytes() == whole
        assert [event for event, _ in heard.said].count("retrying") == 1
        assert [path.name for path in to.parent.iterdir()] == ["b.zip"]
        assert all("authorization" not in request.headers for request in server.requests)
        assert server.requests[-1].headers["range"] == "bytes=131072-"


def _closed(reply: Reply) -> Reply:
    return Reply(reply.status, {**reply.headers, "Connection": "close"}, reply.body)


class _Heard(Silent):
    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def say(self, event: str, text: str, /, **facts: Any) -> None:
        self.said.append((event, text))


def test_retries_are_told_once_and_a_hub_that_is_not_there_is_given_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = _Heard()
    replies = [Reply(503), Reply(502), Reply(body=b"{}"), Reply(503), Reply(body=b"{}")]
    with web_server(lambda _: replies.pop(0)) as server:
        wire = Wire(f"http://127.0.0.1:{server.port}", tell=heard)
        wire.call("GET", "/account")
        assert [event for event, _ in heard.said] == ["retrying"]
        assert "Ctrl-C stops" in heard.said[0][1]
        wire.call("GET", "/account")
        assert len(heard.said) == 2
    monkeypatch.setattr("remixhub.client.wire._FIRST_PATIENCE_SECONDS", 0.7)
    for one, is_patient in ((Wire(wire.url, tell=(strange := _Heard())), False), (wire, True)):
        one.patience_seconds = 120 if not is_patient else 2
        begun = time.monotonic()
        with pytest.raises(Unreachable):
            one.call("GET", "/account")
        assert (time.monotonic() - begun > 1) is is_patient
    assert [event for event, _ in strange.said] == ["retrying"]
    assert "no answer from" in strange.said[0][1]


def test_a_proxy_of_the_environment_is_used_but_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with web_server(lambda _: Reply(body=b'{"handle": "ada"}')) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        assert Wire("http://hub.example", patience_seconds=1).call("GET", "/account").json() == {"handle": "ada"}
        assert proxy.requests[0].path == "http://hub.example/api/v1/account"
        with web_server(lambda _: Reply(body=b"{}")) as hub:
            Wire(f"http://127.0.0.1:{hub.port}").call("GET", "/account")
        assert len(proxy.requests) == 1


def test_addresses_of_hubs_are_taken_as_people_write_them() -> None:
    assert hub_address("hub.example") == "https://hub.example"
    assert hub_address("https://hub.example/works/1?x") == "https://hub.example"
    assert hub_address("localhost:8000") == "http://localhost:8000"
    assert not is_readable_by_others("http://127.0.0.1:8000")
    assert is_readable_by_others("http://hub.example")
    for wrong in ("", "ftp://hub.example", "https://", "https://user@hub.example"):
        with pytest.raises(UsageWrong):
            hub_address(wrong)
