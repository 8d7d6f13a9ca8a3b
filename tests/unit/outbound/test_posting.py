"""Where a request goes, by real connections to servers of this machine."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from remixhub.domain.networks import parse_networks
from remixhub.outbound.posting import ANSWER_BYTES, LeadsNowhere, NotReached, Outbound
from remixhub.outbound.targets import parse_target
from remixhub.transactions import NetworkInTransaction, noted_transaction
from tests.mailbox import Authority
from tests.web_servers import Reply, WebServer, web_server

LOOPBACK = parse_networks("127.0.0.0/8")


@pytest.fixture
def canary() -> Iterator[WebServer]:
    """Whoever comes here was led astray."""
    with web_server() as server:
        yield server


def here(**settings: object) -> Outbound:
    return Outbound(networks=LOOPBACK, resolve=lambda _host, port: [("127.0.0.1", port)], **settings)  # type: ignore[arg-type]


def test_a_request_arrives_as_it_was_sent(canary: WebServer) -> None:
    target = parse_target(f"http://good.example:{canary.port}/a/b?c=d")
    answer = here().post(target, b"{}", {"Content-Type": "application/json", "webhook-id": "msg_1"})
    assert (answer.status, answer.body) == (200, b"thanks")
    (request,) = canary.requests
    assert (request.path, request.body) == ("/a/b?c=d", b"{}")
    assert request.headers["host"] == f"good.example:{canary.port}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == "msg_1"


def test_by_tls_the_name_is_proved_though_the_connection_is_pinned(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "Somebody")
    with web_server(tls=authority.context_for("good.example")) as server:
        trust = ssl.create_default_context(cafile=authority.path)
        good = parse_target(f"https://good.example:{server.port}/")
        assert here(trust=trust).post(good, b"", {}).status == 200
        with pytest.raises(NotReached, match="does not prove who it is"):
            here(trust=trust).post(parse_target(f"https://other.example:{server.port}/"), b"", {})
        with pytest.raises(NotReached, match="does not prove who it is"):
            here().post(good, b"", {})
        assert len(server.requests) == 1


def test_a_name_server_that_changes_its_mind_is_not_asked_again(canary: WebServer) -> None:
    """The first answer is public and leads nowhere; the second is this machine."""
    said = iter(["192.0.2.1", "127.0.0.1", "127.0.0.1"])
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[tuple[str, int]]:
        asked.append(host)
        return [(next(said), port)]

    outbound = Outbound(
        networks=parse_networks("192.0.2.0/24"), resolve=rebinding, deadline_seconds=0.5
    )  # a network that is nobody's stands for the public
    with pytest.raises(NotReached):
        outbound.post(parse_target(f"http://rebinding.example:{canary.port}/"), b"", {})
    assert asked == ["rebinding.example"]
    with pytest.raises(LeadsNowhere):
        outbound.post(parse_target(f"http://rebinding.example:{canary.port}/"), b"", {})
    assert canary.requests == []


def test_no_redirect_is_followed(canary: WebServer) -> None:
    for status in (301, 302, 303, 307, 308):
        reply = Reply(status, {"Location": f"http://127.0.0.1:{canary.port}/"})
        with web_server(lambda _request, reply=reply: reply) as server:  # type: ignore[misc]
            assert here().post(parse_target(f"http://good.example:{server.port}/"), b"", {}).status == status
    assert canary.requests == []


def test_proxies_of_the_environment_are_not_used(canary: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    with web_server() as server:
        here().post(parse_target(f"http://good.example:{server.port}/"), b"", {})
        assert len(server.requests) == 1
    assert canary.requests == []


def test_of_a_long_answer_the_beginning_is_read(canary: WebServer) -> None:
    canary.answer = lambda _request: Reply(500, {}, b"x" * 50_000_000)
    answer = here().post(parse_target(f"http://good.example:{canary.port}/"), b"", {})
    assert (answer.status, len(answer.body)) == (500, ANSWER_BYTES)


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"])
def test_what_trickles_is_ended_by_one_deadline(said: bytes) -> None:
    """A byte each 50 ms keeps any timeout of a single read away."""
    listening = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def trickle() -> None:
        connection, _ = listening.accept()
        with closing(connection):
            connection.sendall(said)
            while not stop.wait(0.05):
                try:
                    connection.sendall(b"" if said.endswith(b"\r\n\r\n") else b"x")
                except OSError:
                    return

    serving = threading.Thread(target=trickle)
    serving.start()
    try:
        with pytest.raises(NotReached) as slow:
            here(deadline_seconds=0.5).post(parse_target(f"http://good.example:{listening.getsockname()[1]}/"), b"", {})
        assert slow.value.is_slow
    finally:
        stop.set()
        serving.join()
        listening.close()


def test_name_servers_that_hang_are_not_waited_for() -> None:
    stop = threading.Event()

    def hang(_host: str, port: int) -> list[tuple[str, int]]:
        stop.wait(30)
        return [("127.0.0.1", port)]

    with pytest.raises(LeadsNowhere) as slow:
        Outbound(networks=LOOPBACK, resolve=hang, deadline_seconds=0.2).post(parse_target("http://a.example/"), b"", {})
    assert slow.value.is_slow
    assert "do not answer" in slow.value.why
    stop.set()


def test_what_was_in_the_way_is_said() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(NotReached, match="refuses connections") as refused:
        here().post(parse_target(f"http://good.example:{port}/"), b"", {})
    assert not refused.value.is_slow
    with pytest.raises(LeadsNowhere) as unknown:
        Outbound(refusal_seconds=0).endpoints_of(parse_target("https://no-such-name.invalid/"))
    assert unknown.value.why == "its name is not known"
    with web_server() as server, pytest.raises(NotReached, match="TLS"):
        here().post(parse_target(f"https://good.example:{server.port}/"), b"", {})


def test_headers_cannot_be_smuggled_in(canary: WebServer) -> None:
    with pytest.raises(NotReached):
        here().post(parse_target(f"http://good.example:{canary.port}/"), b"", {"X": "a\r\nB: c"})
    assert canary.requests == []


def test_no_transaction_waits_for_somebody_elses_server() -> None:
    with noted_transaction(), pytest.raises(NetworkInTransaction):
        here().post(parse_target("http://good.example/"), b"", {})
