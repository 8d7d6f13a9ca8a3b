"""The compose file's services together: what a person does on a hub on the first day, through the proxy."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from remixhub.dev.process import StackFailure
from tests.deployment.doors import Door
from tests.deployment.staged import Staged, staged_services
from tests.signals import music, write_sound

RATE_HZ = 44_100


def test_a_stem_goes_up_and_is_played_through_the_proxy(tmp_path: Path) -> None:
    sound = write_sound(tmp_path / "bass.wav", music(1.0, RATE_HZ), RATE_HZ).read_bytes()
    with staged_services(tmp_path / "stage") as (stage, door):
        artist = sign_up(door)
        opened = artist("POST", "/uploads", {"filename": "bass.wav", "size_bytes": len(sound), "purpose": "stem"})
        (part,) = artist("POST", f"/uploads/{opened['id']}/parts", {"part_numbers": [1]})["parts"]
        assert part["url"].startswith(f"{door.storage}/")
        assert door.ask("PUT", part["url"], sound, {"Origin": door.pages}).status == 200
        artist("POST", f"/uploads/{opened['id']}/complete", {})
        wait(stage, lambda: artist("GET", f"/uploads/{opened['id']}")["state"] == "ready")
        work = artist("POST", "/releases", {"title": "First day", "licence": "cc-by-4.0"})
        stem = artist("POST", f"/works/{work['id']}/stems", {"upload_id": opened["id"]})
        pack = f"/stem-packs/{work['stem_pack_id']}"
        wait(stage, lambda: artist("GET", pack)["findings"] is not None)
        assert artist("POST", f"/works/{work['id']}/publish", {})["state"] == "published"

        (shown,) = [one for one in artist("GET", pack)["stems"] if one["id"] == stem["id"]]
        played = door.ask("GET", address_of_sound(door, shown["preview_url"]), headers={"Range": "bytes=0-99"})
        assert (played.status, len(played.data)) == (206, 100)
        original = door.ask("GET", f"/api/v1/stems/{stem['id']}/original").headers["Location"]
        piece = door.ask("GET", original, headers={"Range": "bytes=1000-1999"})
        assert (piece.status, piece.data) == (206, sound[1000:2000])
        for name in ("scheduler", "worker"):
            wait(stage, lambda name=name: stage.is_healthy(name))
        stage.run("backup")
        assert len(list(stage.place("backup", "backups").glob("snapshots/*/manifest.json"))) == 1


def sign_up(door: Door) -> Callable[..., Any]:
    """Who asks the API by a token of a new account."""
    password = "a sentence nobody guesses"

    def ask(method: str, path: str, body: Any = None, **headers: str) -> Any:
        text = None if body is None else json.dumps(body).encode()
        answer = door.ask(method, f"/api/v1{path}", text, {"Content-Type": "application/json", **headers})
        assert answer.status < 300, (method, path, answer.status, answer.data)
        return answer.json() if "Cookie" in headers or "Authorization" in headers else answer

    ask("POST", "/accounts", {"handle": "artist", "email": "artist@example.org", "password": password})
    session = ask("POST", "/sessions", {"login": "artist", "password": password}).headers["Set-Cookie"]
    assert "Secure" in session
    token = ask("POST", "/tokens", {"name": "test", "scopes": ["read", "publish"]}, Cookie=session.partition(";")[0])
    return lambda method, path, body=None: ask(method, path, body, Authorization=f"Bearer {token['token']}")


def address_of_sound(door: Door, url: str) -> str:
    """Pages give an address of their own, which leads to the storage."""
    answer = door.ask("GET", url)
    return answer.headers["Location"] if answer.status == 302 else url


def wait(stage: Staged, is_so: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise StackFailure("\n".join(f"{part.name}:\n{part.last_words()}" for part in stage.started))
        time.sleep(0.1)
