"""`enter`: nothing is sent or published where it can be known that the entry will be refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from remixhub.client import ClientFailure, Hub
from remixhub.client.memory import remembered
from tests.web_servers import Reply, Request, web_server

CONTEST: dict[str, Any] = {
    "id": "c1", "title": "Rain", "label_name": "Wet", "phase": "open", "opens_at": "2026-01-01", "brief": "",
    "closes_at": "2026-02-01", "release_id": "w1", "my_role": None, "am_judge": False, "is_secret_remixer": False,
    "terms": {"sealing": "public", "entries_per_account": 1}, "terms_in_plain_words": [], "terms_sha256": "x",
}  # fmt: skip
SOURCE = {"id": "w1", "title": "Rain", "artist": {"display_name": "Ada"}, "licence": "cc-by-4.0"}
DRAFT = {"id": "w2", "state": "draft", "audio_state": "ready"}


def a_hub(contest: dict[str, Any], entries: list[dict[str, str]]) -> Callable[[Request], Reply]:
    full = {"code": "entry_limit_reached", "detail": "The terms allow 1."}
    bodies: dict[str, Any] = {
        "/contests/c1": contest, "/works/w1": SOURCE, "/works/w2": DRAFT, "/works/w2/publish": DRAFT,
        "/contests/c1/my-entries": {"entries": entries},
    }  # fmt: skip

    def answer(request: Request) -> Reply:
        path = request.path.removeprefix("/api/v1")
        if path == "/contests/c1/entries":
            return Reply(409, body=json.dumps(full).encode())
        return Reply(body=json.dumps(bodies[path]).encode()) if path in bodies else Reply(404, body=b"{}")

    return answer


def entered(place: Path, answer: Callable[[Request], Reply]) -> tuple[ClientFailure, list[str]]:
    """Why it failed, and what was asked, with a draft of the sound from an earlier attempt."""
    sound = place / "mine.wav"
    sound.write_bytes(b"RIFF")
    with web_server(answer) as server:
        hub = Hub(f"http://127.0.0.1:{server.port}", "rh_x", config=place, environ={})
        with remembered(f"{hub.url}\nc1", sound, place) as memory:
            memory.work_id, memory.put = "w2", [hashlib.sha256(b"RIFF").hexdigest()]
            memory.keep()
        with pytest.raises(ClientFailure) as failed:
            hub.enter("c1", file=sound, accept=True)
        return failed.value, [request.path.removeprefix("/api/v1") for request in server.requests]


@pytest.mark.parametrize(
    ("contest", "entries", "code"),
    [
        ({}, [{"work_id": "w9", "state": "counted"}], "entry_limit_reached"),
        ({}, [{"work_id": "w2", "state": "ruled_out"}], "entry_twice"),
        ({"phase": "judging"}, [], "contest_phase_wrong"),
        ({"am_judge": True}, [], "entrant_is_judge"),
        ({"my_role": "owner"}, [], "entrant_is_host"),
        ({"terms": {"needs_own_stems": True}}, [], "entry_without_stems"),
    ],
)
def test_what_will_be_refused_is_not_even_begun(
    tmp_path: Path, contest: dict[str, Any], entries: list[dict[str, str]], code: str
) -> None:
    failed, asked = entered(tmp_path, a_hub({**CONTEST, **contest}, entries))
    assert failed.code == code
    assert set(asked) <= {"/contests/c1", "/contests/c1/my-entries"}


def test_an_entry_refused_all_the_same_says_what_is_public_now(tmp_path: Path) -> None:
    failed, asked = entered(tmp_path, a_hub(CONTEST, [{"work_id": "w9", "state": "withdrawn"}]))
    assert failed.code == "entry_limit_reached"
    assert "public now" in failed.advice
    assert "/works/w2" in failed.advice
    assert "withdraw" in failed.advice
    assert asked.index("/works/w2/publish") < asked.index("/contests/c1/entries")


def test_a_contest_that_closes_while_the_sound_is_sent_makes_nothing_public(tmp_path: Path) -> None:
    contests = [CONTEST, {**CONTEST, "phase": "judging"}]

    def closing(request: Request) -> Reply:
        if request.path == "/api/v1/contests/c1":
            return Reply(body=json.dumps(contests.pop(0)).encode())
        return a_hub(CONTEST, [])(request)

    failed, asked = entered(tmp_path, closing)
    assert failed.code == "contest_phase_wrong"
    assert "/works/w2/publish" not in asked
