"""A worker that is killed while somebody else's server thinks: the event goes again, under its id."""

from __future__ import annotations

import dataclasses
import random
import threading
from pathlib import Path

from remixhub.app import create_app
from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.domain.hooks.words import DeliveryState
from remixhub.models import HookDelivery
from tests.faults.crew import Crew
from tests.faults.test_kills import _wait_until
from tests.integration.conftest import Hub
from tests.web_servers import Reply, Request, web_server


def test_a_killed_worker_sends_it_again_under_its_id(settings: Settings, tmp_path: Path) -> None:
    settings = dataclasses.replace(settings, hook_networks="127.0.0.0/8", job_lease_seconds=2)
    settings.work_dir.mkdir(parents=True)
    parts = build_parts(settings)
    hub = Hub(create_app(settings, parts), parts)
    here, go_on = threading.Event(), threading.Event()

    def think(_request: Request) -> Reply:
        """The first time until the worker is dead."""
        here.set()
        go_on.wait(30)
        return Reply()

    with web_server(think) as receiver:
        artist = hub.account()
        address = f"http://127.0.0.1:{receiver.port}/"
        hook = artist.post("/hooks", {"name": "Bot", "address": address, "events": ["work.published"]}).get_json()
        with Crew(settings, tmp_path, workers=1) as crew:
            assert artist.post(f"/hooks/{hook['id']}/tests").status_code == 201
            assert here.wait(30)
            assert crew.strike(random.Random(1), "both")
            go_on.set()
            _wait_until(lambda: [row.state for row in hub.rows(HookDelivery)] == [DeliveryState.DELIVERED])
    ids = [request.headers["webhook-id"] for request in receiver.requests]
    assert len(ids) >= 2
    assert len(set(ids)) == 1
    assert len({request.body for request in receiver.requests}) == 1
    (row,) = hub.rows(HookDelivery)
    assert row.attempts == 1, "what was not noted does not count"
    parts.close()
