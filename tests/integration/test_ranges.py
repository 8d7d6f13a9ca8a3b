"""Pages of the hub read parts of what is stored, straight from the storage: its CORS rules let them, and only them."""

from __future__ import annotations

import urllib3

from remixhub.compose import Parts
from tests.conftest import PUBLIC_URL

KEY = "renditions/ab/x/2/mixer-4096.flac"


def asked(parts: Parts, method: str, origin: str, **headers: str) -> urllib3.BaseHTTPResponse:
    url = parts.store.presign_get(KEY, media_type="audio/flac")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return urllib3.request(method, url, headers={"Origin": origin, **named}, retries=False)


def test_a_page_of_the_hub_reads_a_range_and_sees_which_one(parts: Parts) -> None:
    parts.store.put_bytes(KEY, bytes(range(200)), "audio/flac")
    preflight = asked(
        parts, "OPTIONS", PUBLIC_URL, Access_Control_Request_Method="GET", Access_Control_Request_Headers="range"
    )
    assert preflight.status == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == PUBLIC_URL
    assert "range" in preflight.headers["Access-Control-Allow-Headers"].lower()
    answer = asked(parts, "GET", PUBLIC_URL, Range="bytes=42-99")
    assert (answer.status, answer.data) == (206, bytes(range(42, 100)))
    assert answer.headers["Content-Range"] == "bytes 42-99/200"
    assert answer.headers["Access-Control-Allow-Origin"] == PUBLIC_URL
    shown = answer.headers["Access-Control-Expose-Headers"].lower()
    assert "content-range" in shown


def test_no_other_page_does(parts: Parts) -> None:
    parts.store.put_bytes(KEY, bytes(200), "audio/flac")
    for method, more in (("OPTIONS", {"Access_Control_Request_Method": "GET"}), ("GET", {"Range": "bytes=0-9"})):
        answer = asked(parts, method, "https://elsewhere.example", **more)
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_range_behind_the_end_and_an_address_that_ran_out_say_so(parts: Parts) -> None:
    """The one is 416; at the other the page asks the hub for a new address."""
    parts.store.put_bytes(KEY, bytes(200), "audio/flac")
    assert asked(parts, "GET", PUBLIC_URL, Range="bytes=200-").status == 416
    url = parts.store.presign_get(KEY, media_type="audio/flac")
    spoilt = url[:-4] + ("0000" if not url.endswith("0000") else "1111")
    answer = urllib3.request("GET", spoilt, headers={"Origin": PUBLIC_URL}, retries=False)
    assert (answer.status, answer.headers.get("Access-Control-Allow-Origin")) == (403, PUBLIC_URL)
