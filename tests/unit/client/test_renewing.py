"""Renewed tokens: a refresh token is sent once, whatever becomes of its answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from remixhub.client.credentials import Credentials
from remixhub.client.failures import NotSignedIn, Unreachable
from remixhub.client.signing_in import RenewedToken
from tests.web_servers import Reply, web_server

FRESH = json.dumps({"access_token": "rha_2", "refresh_token": "rhr_2", "expires_in": 3600}).encode()


def signed_in(place: Path, port: int) -> Credentials:
    kept = Credentials(place)
    hub = f"http://127.0.0.1:{port}"
    known = {"access_token": "rha_1", "refresh_token": "rhr_1", "expires_at": 0, "token_endpoint": f"{hub}/oauth/token"}
    kept.keep(hub, known)
    return kept


def test_a_refresh_token_whose_answer_was_lost_is_not_sent_again(tmp_path: Path) -> None:
    lost = Reply(headers={"Content-Length": "9999", "Connection": "close"}, body=FRESH[:10])
    with web_server(lambda _: lost) as server:
        kept = signed_in(tmp_path, server.port)
        hub = f"http://127.0.0.1:{server.port}"
        token = RenewedToken(kept, hub)
        for renewing in (token, token, RenewedToken(kept, hub)):  # another thread, the next command
            with pytest.raises(NotSignedIn, match="remixhub login") as failed:
                renewing.token()
            assert failed.value.code == "renewal_lost"
        assert len(server.requests) == 1
        kept.keep(hub, {**kept.hubs[hub], "is_renewal_sent": True})
        lost = Reply(body=FRESH)
        signed_in(tmp_path, server.port)  # signing in anew ends it
        assert RenewedToken(kept, hub).token() == "rha_2"


def test_one_that_was_refused_or_never_sent_is_good_still(tmp_path: Path) -> None:
    replies = [Reply(503), Reply(body=FRESH)]
    with web_server(lambda _: replies.pop(0)) as server:
        kept = signed_in(tmp_path, server.port)
        hub = f"http://127.0.0.1:{server.port}"
        with pytest.raises(Unreachable, match="503"):
            RenewedToken(kept, hub).token()
        assert RenewedToken(kept, hub).token() == "rha_2"
        assert kept.hubs[hub]["refresh_token"] == "rhr_2"
    kept = signed_in(tmp_path, server.port)
    with pytest.raises(Unreachable, match="cannot be reached"):
        RenewedToken(kept, hub).token()
    assert "is_renewal_sent" not in kept.hubs[hub]
