"""What strangers meet: TLS, HTTP/2, the storage by its signatures, and nothing of what is for operators."""

from __future__ import annotations

import json
import socket
import ssl
import uuid
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import urllib3

from remixhub.config import Settings
from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.storage.s3 import ObjectStore
from tests.deployment.conftest import Web
from tests.deployment.doors import PAGES, STORAGE, Door, log_lines, proxy_environment, running_caddy
from tests.deployment.slow import BODY, BODY_TO_THE_STREAM, HEADERS, answered, by_tls, plainly, slow_clients

MIB = 1024**2
slow_ways = pytest.mark.parametrize(("beginning", "drop"), [HEADERS, BODY], ids=["headers", "bodies"])


@pytest.fixture(scope="module")
def store(hub_settings: Settings) -> ObjectStore:
    return ObjectStore(hub_settings)


def test_tls_by_the_local_authority_and_by_no_other(door: Door) -> None:
    assert door.ask("GET", "/healthz").status == 200
    with (
        socket.create_connection((LOOPBACK, door.port)) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname=PAGES)


def test_http_2_is_spoken_and_http_3_announced(door: Door) -> None:
    assert 'h3=":' in door.ask("GET", "/healthz").headers["Alt-Svc"]
    trust = ssl.create_default_context(cafile=str(door.authority))
    trust.set_alpn_protocols(["h2"])
    with (
        socket.create_connection((LOOPBACK, door.port), timeout=20) as plain,
        trust.wrap_socket(plain, server_hostname=PAGES) as stream,
    ):
        assert stream.selected_alpn_protocol() == "h2"
        authority, path = f"{PAGES}:{door.port}".encode(), b"/healthz"
        # indexed GET and https, then `:path` and `:authority` as they are (RFC 7541, 6.1 and 6.2.2)
        headers = b"\x82\x87" + b"\x04" + bytes([len(path)]) + path + b"\x01" + bytes([len(authority)]) + authority
        stream.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _frame(4, 0, 0) + _frame(1, 5, 1, headers))
        with stream.makefile("rb") as answer:
            while (head := answer.read(9))[3] != 1:
                answer.read(int.from_bytes(head[:3], "big"))
            assert b"\x88" in answer.read(int.from_bytes(head[:3], "big"))[:4]  # `:status: 200`, indexed


def test_plain_http_leads_to_https(door: Door) -> None:
    port = door.process.environ["REMIXHUB_HTTP_PORT"]
    answer = urllib3.request("GET", f"http://{LOOPBACK}:{port}/works", headers={"Host": PAGES}, redirect=False)
    assert (answer.status, answer.headers["Location"]) == (308, f"{door.pages}/works")


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_what_operators_read_is_closed_to_strangers(door: Door, web: Web, path: str) -> None:
    assert urllib3.request("GET", web.url + path).status == 200
    for spelt in (
        path,
        f"{path}?a=b",
        f"{path}/",
        f"/{path}",
        f"/.{path}",
        f"/a/..{path}",
        f"/%{ord(path[1]):x}{path[2:]}",
    ):
        answer = door.ask("GET", spelt, headers={"X-Forwarded-For": "127.0.0.1"})
        assert answer.status in (404, 308), spelt
        assert b"remixhub_" not in answer.data
        assert b"degraded" not in answer.data


def test_a_visitor_cannot_say_from_where(door: Door, web: Web) -> None:
    path = f"/{uuid.uuid4().hex}"
    forged = dict.fromkeys(("X-Forwarded-For", "X-Real-IP", "Forwarded"), "203.0.113.9")
    assert door.ask("GET", path, headers={**forged, "X-Forwarded-Host": "evil.example"}).status == 404
    (line,) = [line for line in log_lines(web.process.log) if line.get("path") == path]
    assert line["address"] == LOOPBACK


def test_behind_a_proxy_of_ones_own_its_word_counts(web: Web, tmp_path: Path) -> None:
    port, path = free_ports(1)[0], f"/{uuid.uuid4().hex}"
    environ = {
        **proxy_environment(tmp_path, port),
        "REMIXHUB_PAGES_SITE": f"http://{PAGES}:{port}",
        "REMIXHUB_STORAGE_SITE": f"http://{STORAGE}:{port}",
        "REMIXHUB_FRONT_PROXY": f"{LOOPBACK}/32",
        "REMIXHUB_WEB": f"{LOOPBACK}:{web.port}",
    }
    said = {"Host": f"{PAGES}:{port}", "X-Forwarded-For": "198.51.100.7, 203.0.113.9", "X-Forwarded-Proto": "https"}
    with running_caddy(tmp_path, port, environ):
        assert urllib3.request("GET", f"http://{LOOPBACK}:{port}{path}", headers=said).status == 404
    (line,) = [line for line in log_lines(web.process.log) if line.get("path") == path]
    assert line["address"] == "203.0.113.9"  # what stands before it, its visitor may have made up


def test_headers_stand_once_and_nothing_is_compressed_twice(door: Door) -> None:
    answer = door.ask("GET", "/licences", headers={"Accept-Encoding": "zstd, gzip"})
    assert answer.headers.getlist("Content-Encoding") == ["zstd"]
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Strict-Transport-Security", "Referrer-Policy"):
        assert len(answer.headers.getlist(name)) == 1, name
    assert "Server" not in answer.headers
    # lengths that tell: the hub leaves these as they are, and so does what stands in front of it
    foreign = {
        "Accept-Encoding": "zstd, gzip",
        "Cookie": "__Host-remixhub_session=guessed",
        "Sec-Fetch-Site": "cross-site",
    }
    private = door.ask("GET", "/sign-in", headers=foreign)
    assert (private.status, private.headers.get("Content-Encoding")) == (200, None)


@pytest.mark.parametrize("path", ["/api/v1/accounts", "/sign-up"])
def test_a_body_that_is_too_long_is_refused_in_words(door: Door, path: str) -> None:
    headers = {"Content-Type": "application/json", "Origin": door.pages}
    for _ in range(5):
        # over HTTP/1.1 the refusal can be lost: it comes while the body is sent, and then the connection is closed,
        # on which the proxy says 503 if it was its own to the hub
        with suppress(urllib3.exceptions.ProtocolError):
            answer = door.ask("POST", path, b"x" * 2 * MIB, headers)
            if answer.status != 503:
                break
    assert answer.status == 413
    if path.startswith("/api/"):  # by the hub or by the proxy, whoever was first
        assert answer.headers["Content-Type"] == "application/problem+json"
        problem = json.loads(answer.data)
        assert problem["code"] == "too_large"
        assert problem["detail"]
    else:
        assert len(answer.data) > 20


def test_parts_and_ranges_keep_their_signatures(door: Door, store: ObjectStore) -> None:
    key, sound = "originals/parts.wav", bytes(range(256)) * 4096 * 6
    transfer = store.create_transfer(key)
    sizes = [5 * MIB, len(sound) - 5 * MIB]
    for number, size in enumerate(sizes, start=1):
        url = store.presign_part(key, transfer, number, size)
        assert url.startswith(f"{door.storage}/")
        part = sound[:size] if number == 1 else sound[-size:]
        put = door.ask("PUT", url, part, {"Origin": door.pages})
        assert put.status == 200, put.data
        assert put.headers["Access-Control-Allow-Origin"] == door.pages
        assert door.ask("PUT", url, part[1:]).status == 403
    store.complete_transfer(key, transfer, store.parts(key, transfer))
    url = store.presign_get(key, media_type="audio/wav")
    piece = door.ask("GET", url, headers={"Range": "bytes=1000-1999"})
    assert (piece.status, piece.data) == (206, sound[1000:2000])
    assert door.ask("GET", url).data == sound
    assert door.ask("GET", url.replace("X-Amz-Signature=", "X-Amz-Signature=0")).status == 403


def test_forms_pass_and_nothing_but_the_bucket(door: Door, store: ObjectStore) -> None:
    url, fields = store.presign_form("originals/form.wav", 6)
    form, kind = urllib3.encode_multipart_formdata({**fields, "file": ("form.wav", b"sounds", "audio/wav")})
    assert door.ask("POST", url, form, {"Content-Type": kind}).status in (200, 204)
    assert door.ask("GET", store.presign_get("originals/form.wav", media_type="audio/wav")).data == b"sounds"
    for path in ("/", "/?Action=ListUsers&Version=2010-05-08", "/other/key", "/status", "/healthz"):
        assert door.ask("GET", door.storage + path).status == 404, path
    with suppress(urllib3.exceptions.ProtocolError):  # as above
        assert door.ask("PUT", url, b"x" * 18 * MIB).status in (403, 413)


@slow_ways
def test_slow_clients_stop_a_hub_that_stands_alone(web: Web, beginning: bytes, drop: bytes) -> None:
    """What Caddy is for. Both of gunicorn's processes have to have some, and the kernel deals them out as it likes."""
    with ExitStack() as clients:
        for _ in range(20):
            clients.enter_context(slow_clients(10, plainly(web.port), beginning, drop))
            if _answers_in_time(web, 3) == 0:
                return
    pytest.fail("the hub answers in spite of two hundred slow clients: is Caddy needed any more?")


@pytest.mark.parametrize(
    ("beginning", "drop"), [HEADERS, BODY, BODY_TO_THE_STREAM], ids=["headers", "bodies", "bodies to the stream"]
)
def test_two_hundred_slow_clients_stop_nobody(door: Door, beginning: bytes, drop: bytes) -> None:
    with slow_clients(200, by_tls(door.port, door.trust, PAGES), beginning, drop):
        assert answered(20, lambda: door.ask("GET", "/healthz").status, 1.0) == 20


def _answers_in_time(web: Web, times: int) -> int:
    url = f"{web.url}/healthz"
    return answered(times, lambda: urllib3.request("GET", url, retries=False, timeout=0.5).status, 0.5)


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload
