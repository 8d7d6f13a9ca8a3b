"""Plays: ten seconds by the hub's clock, once an hour for each listener, not by programs and not of one's own."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from itsdangerous import URLSafeSerializer

from remixhub.domain.access import VISITOR, session_actor
from remixhub.models import HeardLately, now
from remixhub.services.listening import plays
from remixhub.services.listening.plays import Listener, PlayTokenInvalid, begin_play, end_play
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
SOMEBODY = Listener("", "192.0.2.1", FIREFOX, wants_no_tracking=False)


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
    other_browser = Listener("", "192.0.2.1", FIREFOX.replace("125", "126"), wants_no_tracking=False)
    for _ in range(2):
        play(hub, work)
        play(hub, work, listener=other_browser)
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
        assert begin_play(VISITOR, hub.parts, work, Listener("", "192.0.2.1", user_agent, False)) is None


def test_what_is_kept_of_a_listener_is_a_digest_of_the_day_which_do_not_track_makes_unknowable(
    hub: Hub, work: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def digest(listener: Listener, *, days: int = 0) -> str:
        moment = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC) + dt.timedelta(days=days)
        return plays._digest(hub.parts.settings, VISITOR, listener, moment)

    untracked = Listener("", "192.0.2.1", FIREFOX, wants_no_tracking=True)
    assert digest(SOMEBODY) == digest(SOMEBODY) != digest(SOMEBODY, days=1)
    before = digest(untracked)
    assert before != digest(SOMEBODY)
    monkeypatch.setattr(plays, "_OF_THIS_PROCESS", b"of the next process")
    assert digest(untracked) != before
    play(hub, work)
    hub.parts.database.plays.write()
    (row,) = hub.rows(HeardLately)
    assert len(row.listener) == 64
    assert "192.0.2.1" not in row.listener


def test_a_player_asks_and_tells_without_signing_in_and_gets_no_cookie(hub: Hub, work: str) -> None:
    visitor: Client = hub.visitor()
    begun = visitor.post(f"/works/{work}/plays", headers={"User-Agent": FIREFOX})
    assert begun.get_json()["heard_after_seconds"] == 10
    assert begun.headers.getlist("Set-Cookie") == []
    token = begun.get_json()["play_token"]
    assert visitor.post("/plays", {"play_token": token}).get_json()["code"] == "play_token_invalid"
    assert visitor.post("/plays", {"play_token": aged(hub, token, 12)}).status_code == 204
    assert count(hub, work) == 1
