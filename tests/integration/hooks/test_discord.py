"""Messages to a Discord channel, taken by a server that knows its limits."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.models import Hook, HookDelivery, Notice, now
from tests.discord_server import ADDRESS, TOKEN, Discord
from tests.integration.conftest import Client, Hub
from tests.integration.hooks.conftest import HookStage, reaching_here
from tests.mailbox import Authority
from tests.web_servers import WebServer, web_server


@pytest.fixture
def discord() -> Discord:
    return Discord()


@pytest.fixture
def server(discord: Discord, tmp_path: Path) -> Iterator[WebServer]:
    with web_server(discord.answer, tls=Authority(tmp_path, "Root").context_for("discord.com")) as server:
        yield server


@pytest.fixture
def stage(hub: Hub, server: WebServer, tmp_path: Path) -> HookStage:
    trust = ssl.create_default_context(cafile=tmp_path / "Root.pem")
    stage = HookStage(reaching_here(hub, trust=trust, ports={"discord.com": server.port}))
    stage.label()
    return stage


def channel(client: Client, *events: str, **facts: Any) -> dict[str, Any]:
    body = {"kind": "discord", "name": "News", "address": ADDRESS, "events": list(events or ("work.published",))}
    made = client.post("/hooks", {**body, **facts})
    assert made.status_code == 201, made.text
    return dict(made.get_json())


def test_what_is_published_is_posted_without_mentioning_anybody(stage: HookStage, discord: Discord) -> None:
    artist = stage.person("artist")
    channel(artist)
    source = stage.catalogue.work("Source", by="somebody")
    title = "@everyone **look** <@123> https://evil.example `x` [a](b)"
    work_id = stage.publish("artist", source, title=title)
    stage.let_time_pass()
    assert discord.faults == []
    (embed,) = discord.embeds
    assert embed["url"].endswith(f"/works/{work_id}")
    assert "@everyone" not in embed["title"]
    assert r"\*\*look\*\*" in embed["title"]
    assert "://" not in embed["title"]
    assert "A new remix by Artist." in embed["description"]


def test_what_happens_close_together_is_one_message(stage: HookStage, discord: Discord) -> None:
    artist = stage.person("artist")
    hook = channel(artist)
    for _ in range(12):
        artist.post(f"/hooks/{hook['id']}/tests")
    stage.hub.drain()
    assert discord.messages == [], "they wait a moment for each other"
    stage.let_time_pass()
    assert [len(message["embeds"]) for message in discord.messages] == [10, 2]
    assert {row.state for row in stage.hub.rows(HookDelivery)} == {"delivered"}


@pytest.mark.parametrize("letter", ["x", "\N{OPTICAL DISC}", "*", "@"])
def test_long_names_stay_within_its_limits(stage: HookStage, discord: Discord, letter: str) -> None:
    artist = stage.person("artist")
    channel(artist, "work.published", "work.remixed")
    with stage.hub.parts.database.writing() as session:
        session.execute(sa.text("UPDATE accounts SET display_name = :name"), {"name": letter * 80})
    sources = [stage.catalogue.work(letter * 200, by="artist") for _ in range(8)]
    for number in range(4):
        stage.publish("fan" if number % 2 else "artist", *sources, title=letter * 200)
    stage.let_time_pass()
    assert discord.faults == []
    assert len(discord.embeds) == 4


def test_a_pause_that_it_asks_for_is_kept(stage: HookStage, discord: Discord) -> None:
    artist = stage.person("artist")
    hook = channel(artist)
    discord.left = 0
    artist.post(f"/hooks/{hook['id']}/tests")
    stage.let_time_pass()
    (row,) = stage.hub.rows(HookDelivery)
    assert (row.state, row.status) == ("pending", 429)
    (held,) = stage.hub.rows(Hook)
    assert held.wait_until is not None
    stage.let_time_pass()
    assert discord.messages == [], "whoever is due waits as well"
    with stage.hub.parts.database.writing() as session:
        session.execute(sa.update(Hook).values(wait_until=now(-1)))
    stage.let_time_pass()
    assert len(discord.messages) == 1


def test_an_empty_bucket_is_not_asked_for_more(stage: HookStage, discord: Discord) -> None:
    artist = stage.person("artist")
    hook = channel(artist)
    discord.left = 1
    for _ in range(2):
        artist.post(f"/hooks/{hook['id']}/tests")
        stage.let_time_pass()
    assert len(discord.messages) == 1
    assert sorted(row.status or 0 for row in stage.hub.rows(HookDelivery)) == [0, 200]


@pytest.mark.parametrize("address", [ADDRESS, ADDRESS[:-1] + "X"])
def test_a_channel_that_is_gone_turns_it_off(stage: HookStage, discord: Discord, address: str) -> None:
    artist = stage.person("artist")
    hook = channel(artist, address=address)
    discord.exists = address != ADDRESS
    artist.post(f"/hooks/{hook['id']}/tests")
    stage.let_time_pass()
    shown = artist.get(f"/hooks/{hook['id']}").get_json()
    assert shown["state"] == "disabled"
    assert "Discord does not know this address" in shown["disabled_reason"]
    (notice,) = stage.hub.rows(Notice)
    assert TOKEN not in notice.text + shown["disabled_reason"]


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        (ADDRESS, True),
        (ADDRESS.replace("discord.com", "discordapp.com"), True),
        (ADDRESS.replace("discord.com", "canary.discord.com"), True),
        (ADDRESS.replace("discord.com", "ptb.discord.com"), True),
        (ADDRESS.replace("/api/", "/api/v10/"), True),
        (f" {ADDRESS}\n", True),
        (ADDRESS.replace("discord.com", "discord.com.evil.example"), False),
        (ADDRESS.replace("discord.com", "evil.example/discord.com"), False),
        (ADDRESS.replace("discord.com", "discord.com@evil.example"), False),
        (ADDRESS.replace("https", "http"), False),
        (ADDRESS + "/slack", False),
        (ADDRESS + "?thread_id=1", False),
        (ADDRESS.replace("/api/webhooks", "/api/../webhooks"), False),
        ("https://discord.com/api/webhooks/1/2", False),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_the_address_of_a_channel_is_one(stage: HookStage, address: str, is_good: bool) -> None:
    body = {"kind": "discord", "name": "News", "address": address, "events": ["work.published"]}
    answer = stage.person("artist").post("/hooks", body)
    assert (answer.status_code == 201) == is_good, answer.text
    if not is_good:
        assert answer.get_json()["code"] == "hook_address_invalid"
