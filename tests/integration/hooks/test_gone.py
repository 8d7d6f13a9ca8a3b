"""What is kept of events, and sent again, once their work is withdrawn, taken down, or its artist gone."""

from __future__ import annotations

import json

import pytest

from remixhub.domain.access import SYSTEM
from remixhub.domain.moderation import ReportReason, TakedownState
from remixhub.models import HookEvent
from remixhub.services.moderation.takedowns import decide_takedown, take_down
from tests.integration.conftest import PASSWORD
from tests.integration.hooks.conftest import HookStage
from tests.web_servers import Reply, WebServer

TITLE = "Words that are regretted"


def kept(stage: HookStage) -> str:
    return json.dumps([row.facts for row in stage.hub.rows(HookEvent)])


@pytest.mark.parametrize("how", ["withdrawn", "account"])
def test_what_was_told_of_a_work_loses_its_words_and_goes_no_more(
    stage: HookStage, receiver: WebServer, how: str
) -> None:
    fan, artist = stage.hub.browser("fan"), stage.person("artist")
    hooks = [stage.hook(fan, receiver), stage.hook(artist, receiver, "work.remixed")]
    source = stage.catalogue.work("Harbour", by="artist")
    receiver.answer = lambda _request: Reply(500)
    work_id = stage.publish("fan", source, title=TITLE)
    stage.hub.drain()
    assert TITLE in kept(stage)
    assert len(receiver.requests) == 2
    if how == "withdrawn":
        assert fan.post(f"/works/{work_id}/withdraw").status_code == 200
    else:
        gone = fan.delete("/account", {"password": PASSWORD, "works": "withdraw"})
        assert gone.status_code == 204, gone.text
    assert TITLE not in kept(stage)
    assert "Harbour" in kept(stage), "the source stands"
    receiver.answer = lambda _request: Reply()
    stage.let_time_pass()
    assert len(receiver.requests) == 2, "what was on its way is not sent"
    (line,) = stage.deliveries(artist, hooks[1])
    assert (line["state"], line["data"]["remix"]["title"]) == ("failed", "")
    assert TITLE not in json.dumps(line)
    again = artist.post(f"/hooks/{hooks[1]['id']}/deliveries/{line['id']}/resend")
    assert (again.status_code, again.get_json()["code"]) == (409, "hook_event_gone")


def test_a_takedown_is_told_and_nothing_before_it(stage: HookStage, receiver: WebServer) -> None:
    artist = stage.person("artist")
    stage.hook(artist, receiver, "work.published", "work.taken_down", "work.restored")
    work_id = stage.publish("artist", stage.catalogue.work("Harbour", by="somebody"), title=TITLE)
    taken, _ = take_down(SYSTEM, stage.hub.parts, work_ids=[work_id], reason=ReportReason.OFFENSIVE)
    stage.hub.drain()
    assert [json.loads(one.body)["type"] for one in receiver.requests] == ["work.taken_down"]
    assert json.loads(receiver.requests[0].body)["data"]["work"]["title"] == TITLE, "as its tombstone says"
    decide_takedown(SYSTEM, stage.hub.parts, taken.id, outcome=TakedownState.RESTORED)
    stage.hub.drain()
    assert json.loads(receiver.requests[1].body)["data"]["work"]["title"] == TITLE


def test_of_a_source_that_is_gone_the_name_goes_and_the_remix_is_told(stage: HookStage, receiver: WebServer) -> None:
    artist = stage.person("artist")
    stage.hook(artist, receiver, "work.remixed")
    source = stage.catalogue.work(TITLE, by="artist")
    stage.publish("fan", source, title="Harbour at night")
    assert artist.post(f"/works/{source}/withdraw").status_code == 200
    stage.hub.drain()
    (told,) = [json.loads(one.body)["data"] for one in receiver.requests]
    assert (told["remix"]["title"], told["sources"][0]["title"]) == ("Harbour at night", "")
