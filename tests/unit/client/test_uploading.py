"""Parts sent to a storage that has its troubles: again by a new address, never what has arrived, nothing twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from remixhub.client.generated.operations import Operations
from remixhub.client.memory import remembered
from remixhub.client.telling import Silent
from remixhub.client.uploading import FileChanged, Uploader
from remixhub.client.wire import PlainToken, Wire
from tests.web_servers import Reply, Request, web_server

PART_BYTES = 100_000


class Storage:
    """A hub and its storage in one, for one file of three parts."""

    def __init__(self, arrived: dict[int, bytes], troubles: list[Reply]) -> None:
        self.arrived, self.troubles = arrived, troubles
        self.addresses: list[str] = []
        self.state = "open"

    def answer(self, request: Request) -> Reply:
        if request.path.startswith("/storage/"):
            assert "authorization" not in request.headers
            self.addresses.append(request.path)
            if self.troubles:
                return self.troubles.pop()
            self.arrived[int(request.path.split("/")[2])] = request.body
            return Reply()
        if request.path.endswith("/parts"):
            [number] = json.loads(request.body)["part_numbers"]
            url = f"http://{request.headers['host']}/storage/{number}/{len(self.addresses)}"
            return _json({"parts": [{"number": number, "url": url, "size_bytes": 0}], "expires_in_seconds": 60})
        if request.path.endswith("/complete"):
            self.state = "ready"
        parts = [{"number": number, "size_bytes": len(body)} for number, body in self.arrived.items()]
        return _json(
            {
                "id": "u1", "state": self.state, "purpose": "stem", "sha256": None, "size_bytes": 2 * PART_BYTES + 5,
                "part_size_bytes": PART_BYTES, "part_count": 3, "rejection": None, "waiting": None, "parts": parts,
            }
        )  # fmt: skip


def _json(body: Any) -> Reply:
    return Reply(200, body=json.dumps(body).encode())


def test_troubles_of_the_storage_pass_and_what_has_arrived_is_left(tmp_path: Path) -> None:
    whole = bytes(range(256)) * 782
    file = tmp_path / "kick.wav"
    file.write_bytes(whole[: 2 * PART_BYTES + 5])
    cut = Reply(503, {"Connection": "close"})
    storage = Storage({2: whole[PART_BYTES : 2 * PART_BYTES]}, [cut, Reply(403)])
    with web_server(storage.answer) as server, remembered("h", tmp_path, tmp_path / "config") as memory:
        wire = Wire(f"http://127.0.0.1:{server.port}", PlainToken("rh_x"), patience_seconds=30)
        uploader = Uploader(wire, Operations(wire), memory, Silent())
        uploader.digest("kick.wav", file)
        assert uploader.send("kick.wav", file, "stem")
        uploader.wait_until_checked("kick.wav")
        assert not uploader.send("kick.wav", file, "stem"), "it is there"
    assert b"".join(body for _, body in sorted(storage.arrived.items())) == file.read_bytes()
    assert {address.split("/")[2] for address in storage.addresses} == {"1", "3"}
    assert len(storage.addresses) == len(set(storage.addresses)) == 4


def test_a_file_that_changes_on_its_way_is_told(tmp_path: Path) -> None:
    file = tmp_path / "kick.wav"
    file.write_bytes(bytes(2 * PART_BYTES + 5))
    storage = Storage({}, [])
    with web_server(storage.answer) as server, remembered("h", tmp_path, tmp_path / "config") as memory:
        wire = Wire(f"http://127.0.0.1:{server.port}", patience_seconds=5)
        uploader = Uploader(wire, Operations(wire), memory, Silent())
        uploader.digest("kick.wav", file)
        file.write_bytes(bytes(10))
        with pytest.raises(FileChanged, match=r"kick\.wav was changed"):
            uploader.send("kick.wav", file, "stem")
    assert storage.arrived == {}
