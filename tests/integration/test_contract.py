"""The OpenAPI document against the service: schemathesis finds no 5xx and nothing outside the schema."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from tests.integration.conftest import Hub, unlimited

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.fixture
def address(hub: Hub) -> Iterator[str]:
    unlimited(hub)
    server = make_server("127.0.0.1", 0, hub.app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_schemathesis_finds_no_5xx_and_nothing_outside_the_schema(hub: Hub, address: str, tmp_path: Path) -> None:
    artist = hub.account(scopes=("read", "publish", "contest"))
    artist.post("/labels", {"handle": "schema", "name": "Schema"})
    artist.post("/releases", {"title": "Schema", "licence": "cc-by-4.0"})
    command = [
        str(Path(sys.executable).parent / "schemathesis"), "run", f"{address}/api/v1/openapi.json",
        "--header", f"Authorization: {artist.headers['Authorization']}",
        "--checks", CHECKS, "--max-examples", "6", "--seed", "1", "--phases", "examples,coverage,fuzzing",
        "--exclude-path-regex", "/account/(password|email)$", "--generation-database", "none",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
