"""Webhooks of labels and of the hub whose maker may not have them any more: who is told, and who takes them over."""

from __future__ import annotations

import sqlalchemy as sa

from remixhub.domain.access import SYSTEM
from remixhub.domain.moderation import SuspensionReason, SuspensionState
from remixhub.models import Account, Hook, Notice
from remixhub.services.hooks.resting import tell_of_rest
from remixhub.services.moderation.suspensions import decide_suspension, suspend
from tests.integration.hooks.conftest import HookStage
from tests.web_servers import WebServer


def test_when_its_maker_leaves_the_label_the_others_are_told_and_one_takes_it_over(
    stage: HookStage, receiver: WebServer
) -> None:
    host, second = stage.hub.browser("first"), stage.hub.browser("second")
    assert host.post("/labels", {"handle": "pier", "name": "Pier"}).status_code == 201
    invited = host.post("/labels/pier/invitations", {"role": "owner"}).get_json()
    second.post(f"/label-invitations/{invited['token']}/acceptance")
    hook = stage.hook(host, receiver, "entry.received", scope="label", label="pier")
    path = f"/hooks/{hook['id']}"
    assert (hook["made_by"], hook["rest"]) == ("first", None)
    host.post(f"{path}/tests")
    account_id = host.get("/account").get_json()["id"]
    assert host.delete(f"/labels/pier/members/{account_id}").status_code in (200, 204)
    stage.let_time_pass()
    assert receiver.requests == [], "what waits is not sent for who has no right to it"
    assert second.get(path).get_json()["rest"] == "no_owner"
    for _ in range(2):
        tell_of_rest(stage.hub.parts)
    (notice,) = stage.hub.rows(Notice)
    assert (notice.kind, notice.subject_id) == ("hook", hook["id"])
    assert notice.account_id == second.get("/account").get_json()["id"]
    assert "@first is no owner" in notice.text
    page = second.http.get(f"/settings/hooks/{hook['id']}").text
    assert "Made by @first" in page
    assert "Take it over" in page
    assert host.post(f"{path}/takeover").status_code == 404
    assert second.http.post(f"/settings/hooks/{hook['id']}/takeover").status_code == 303
    shown = second.post(f"{path}/takeover").get_json()
    assert (shown["made_by"], shown["rest"]) == ("second", None)
    stage.let_time_pass()
    assert len(receiver.requests) == 1
    assert "Take it over" not in second.http.get(f"/settings/hooks/{hook['id']}").text


def test_while_an_operator_is_suspended_the_others_know_why_the_hubs_webhook_rests(
    stage: HookStage, receiver: WebServer
) -> None:
    one, other = stage.hub.browser("one"), stage.hub.browser("other")
    with stage.hub.parts.database.writing() as session:
        session.execute(sa.update(Account).where(Account.handle.in_(("one", "other"))).values(is_operator=True))
    hook = stage.hook(one, receiver, scope="hub")
    made = suspend(SYSTEM, stage.hub.parts, handle="one", reason=SuspensionReason.SPAM)
    tell_of_rest(stage.hub.parts)
    assert other.get(f"/hooks/{hook['id']}").get_json()["rest"] == "suspended"
    assert [row.kind for row in stage.hub.rows(Notice)].count("hook") == 1
    decide_suspension(SYSTEM, stage.hub.parts, made.id, outcome=SuspensionState.LIFTED)
    tell_of_rest(stage.hub.parts)
    assert [row.rest_told_at for row in stage.hub.rows(Hook)] == [None]
    with stage.hub.parts.database.writing() as session:
        session.execute(sa.update(Account).where(Account.handle == "one").values(is_operator=False))
    tell_of_rest(stage.hub.parts)
    assert other.get(f"/hooks/{hook['id']}").get_json()["rest"] == "no_operator"
    assert [row.kind for row in stage.hub.rows(Notice)].count("hook") == 2
