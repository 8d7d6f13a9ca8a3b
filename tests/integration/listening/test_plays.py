"""Plays: ten seconds by the hub's clock, once an hour for each listener, not by programs and not of one's own."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from itsdangerous import URLSafeSerializer

from remixhub.compose import build_parts
from remixhub.domain.access import VISITOR, session_actor
from remixhub.models import HeardLately, Play, now
from remixhub.models.listening import PlaySalt
from remixhub.services.listening.plays import Listener, PlayTokenInvalid, begin_play, end_play
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
SOMEBODY = Listener("192.0.2.1", FIREFOX)


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


@pytest.fixture
def work(catalogue: Catalogue) -> str:
    return catalogue.work("Harbour", by="mara")


def count(hub: Hub, work_id: str) -> int:
    hub.parts.database.plays.write()
    return int(hub.visitor().get(f"/works/{work_id}").get_json()["play_count"])


def aged(hub: Hub, token: str | None, seconds: float) -> str:
    """The same token, given that much earlier."""
    assert token is not None
    signer = URLSafeSerializer(hub.parts.settings.secret_key, salt="play")
    work_id, listener, began_ms = signer.loads(token)
    return str(signer.dumps([work_id, listener, began_ms - round(seconds * 1000)]))


def play(hub: Hub, work_id: str, actor: Any = VISITOR, listener: Listener = SOMEBODY) -> None:
    end_play(actor, hub.parts, aged(hub, begin_play(actor, hub.parts, work_id, listener), 11))


def test_a_play_counts_once_an_hour_for_each_listener(hub: Hub, catalogue: Catalogue, work: str) -> None:
    fan = session_actor(catalogue.account("fan"), "fan", is_operator=False)
    other_browser = Listener("192.0.2.1", FIREFOX.replace("125", "126"))
    elsewhere = Listener("192.0.2.2", FIREFOX)
    for _ in range(2):
        play(hub, work)
        play(hub, work, listener=other_browser)
        play(hub, work, listener=elsewhere)
        play(hub, work, fan)
        play(hub, work, fan, listener=other_browser)
        hub.parts.database.plays.write()
    assert count(hub, work) == 3
    with hub.parts.database.writing() as session:
        session.execute(sa.update(HeardLately).values(counted_at=now(-3601)))
    play(hub, work)
    assert count(hub, work) == 4
    assert len(hub.rows(HeardLately)) == 1, "what was counted an hour ago is forgotten"
    assert "4 plays" in hub.visitor().http.get(f"/works/{work}").text


def test_who_reports_too_early_too_late_or_with_another_token_counts_nothing(hub: Hub, work: str) -> None:
    token = begin_play(VISITOR, hub.parts, work, SOMEBODY)
    assert token is not None
    for given in (token, aged(hub, token, 9), aged(hub, token, 5 * 3600), "made.up", token[:-2] + "xx"):
        with pytest.raises(PlayTokenInvalid):
            end_play(VISITOR, hub.parts, given)
    assert count(hub, work) == 0


def test_neither_ones_own_nor_programs_count(hub: Hub, catalogue: Catalogue, work: str) -> None:
    mara = session_actor(catalogue.account("mara"), "mara", is_operator=False)
    assert begin_play(mara, hub.parts, work, SOMEBODY) is None
    for user_agent in (GOOGLEBOT, ""):
        assert begin_play(VISITOR, hub.parts, work, Listener("192.0.2.1", user_agent)) is None


def test_another_name_of_the_browser_or_no_tracking_is_no_other_listener(hub: Hub, work: str) -> None:
    for number, headers in enumerate(({}, {"DNT": "1"}, {"Sec-GPC": "1"}, {})):
        browser = {"User-Agent": FIREFOX.replace("125", str(125 + number)), **headers}
        begun = hub.visitor().post(f"/works/{work}/plays", headers=browser).get_json()
        end_play(VISITOR, hub.parts, aged(hub, begun["play_token"], 11))
    assert count(hub, work) == 1


def test_all_processes_know_a_listener_alike_and_nobody_the_day_after(hub: Hub, work: str) -> None:
    other = build_parts(hub.parts.settings)
    try:
        for parts in (hub.parts, other):
            token = begin_play(VISITOR, parts, work, SOMEBODY)
            end_play(VISITOR, parts, aged(hub, token, 11))
            parts.database.plays.write()
    finally:
        other.close()
    assert count(hub, work) == 1
    (row,), (salt,) = hub.rows(HeardLately), hub.rows(PlaySalt)
    assert (len(row.listener), "192.0.2.1" in row.listener) == (64, False)
    with hub.parts.database.writing() as session:
        session.execute(sa.update(PlaySalt).values(day="2020-01-01"))
    play(hub, work)
    assert [one.salt for one in hub.rows(PlaySalt)] != [salt.salt]
    assert count(hub, work) == 2


def test_many_plays_are_written_in_a_few_statements(hub: Hub, catalogue: Catalogue) -> None:
    works = [catalogue.work(str(number), by="mara") for number in range(5)]
    for work_id in works:
        for listener in range(200):
            hub.parts.database.plays.note(Play(work_id, f"{listener:064}"))
    sent: list[str] = []
    engine = hub.parts.database.engine

    def see(*execution: Any) -> None:
        sent.append(execution[2])

    sa.event.listen(engine, "before_cursor_execute", see)
    hub.parts.database.plays.write()
    sa.event.remove(engine, "before_cursor_execute", see)
    assert [count(hub, work_id) for work_id in works] == [200] * 5
    assert len(sent) < 10


def test_a_player_asks_and_tells_without_signing_in_and_gets_no_cookie(hub: Hub, work: str) -> None:
    visitor: Client = hub.visitor()
    begun = visitor.post(f"/works/{work}/plays", headers={"User-Agent": FIREFOX})
    assert begun.get_json()["heard_after_seconds"] == 10
    assert begun.headers.getlist("Set-Cookie") == []
    token = begun.get_json()["play_token"]
    assert visitor.post("/plays", {"play_token": token}).get_json()["code"] == "play_token_invalid"
    assert visitor.post("/plays", {"play_token": aged(hub, token, 12)}).status_code == 204
    assert count(hub, work) == 1
