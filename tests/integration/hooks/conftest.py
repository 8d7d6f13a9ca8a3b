"""A hub whose webhooks reach servers of this machine under any name, and works that are published through the API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.domain.networks import parse_networks
from remixhub.domain.states import JobKind, JobState
from remixhub.models import HookDelivery, Job, SlowHost, now
from remixhub.outbound.posting import Outbound
from tests.integration.conftest import Client, Hub
from tests.integration.contests.conftest import ContestStage
from tests.web_servers import WebServer, web_server


@dataclass
class HookStage(ContestStage):
    def hook(self, client: Client, receiver: WebServer, *events: str, **facts: Any) -> dict[str, Any]:
        """With its secret."""
        address = f"http://receiver.example:{receiver.port}/hook?of=me"
        body = {"name": "Bot", "address": address, "events": list(events or ("work.published",)), **facts}
        made = client.post("/hooks", body)
        assert made.status_code == 201, made.text
        return dict(made.get_json())

    def publish(self, handle: str, *sources: str, title: str = "Tide") -> str:
        """A remix of these, through the API; nothing is sent yet."""
        client = self.person(handle)
        work_id = self.give_audio(self.catalogue.draft(title, sources, by=handle))
        published = client.post(f"/works/{work_id}/publish")
        assert published.status_code == 200, published.text
        return work_id

    def deliveries(self, client: Client, hook: dict[str, Any]) -> list[dict[str, Any]]:
        return list(client.get(f"/hooks/{hook['id']}/deliveries").get_json()["deliveries"])

    def let_time_pass(self) -> None:
        """As if all that waits were due, and done."""
        with self.hub.parts.database.writing() as session:
            session.execute(sa.update(HookDelivery).values(next_at=now()))
            session.execute(sa.delete(SlowHost))
            waiting = sa.and_(Job.state == JobState.PENDING, Job.kind == JobKind.DELIVER_HOOK)
            session.execute(sa.update(Job).where(waiting).values(run_after_at=now()))
        self.hub.drain()


def reaching_here(hub: Hub, **settings: Any) -> Hub:
    """Any name leads to this machine, and to the port that `ports` has for it."""
    ports: dict[str, int] = settings.pop("ports", {})
    outbound = Outbound(
        networks=parse_networks("127.0.0.0/8"),
        resolve=lambda host, port: [("127.0.0.1", ports.get(host, port))],
        **{"deadline_seconds": 5.0, **settings},
    )
    parts = replace(hub.parts, outbound=outbound)
    hub.app.extensions["remixhub"] = parts
    return Hub(hub.app, parts)


@pytest.fixture
def stage(hub: Hub) -> HookStage:
    stage = HookStage(reaching_here(hub))
    stage.label()
    return stage


@pytest.fixture
def receiver() -> Iterator[WebServer]:
    with web_server() as server:
        yield server
