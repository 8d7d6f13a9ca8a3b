"""What contests do by themselves: reminders, once each."""

from __future__ import annotations

import datetime as dt

from remixhub.models import Notice
from tests.integration.conftest import Client
from tests.integration.contests.conftest import JURY, ContestStage, tend


def test_reminders_come_two_days_and_two_hours_before_and_never_twice(stage: ContestStage, host: Client) -> None:
    starts = dt.datetime.now(dt.UTC)
    dates = {
        "opens_at": (starts + dt.timedelta(hours=1)).isoformat(),
        "closes_at": (starts + dt.timedelta(hours=101)).isoformat(),
        "judging_closes_at": (starts + dt.timedelta(hours=200)).isoformat(),
    }
    contest = stage.contest(JURY, **dates)
    stage.judge("judge")
    host.post(f"/contests/{contest['id']}/judges", {"handle": "judge"})
    host.post(f"/contests/{contest['id']}/announcement")
    stage.pass_hours(contest, 2)
    stage.enter("fan", contest)

    def reminded(handle: str) -> int:
        account = stage.catalogue.account(handle)
        soon = ("closes soon", "waits for your scores")
        return sum(one.account_id == account and one.title.endswith(soon) for one in stage.hub.rows(Notice))

    tend(stage)
    assert reminded("fan") == 0
    for hours, expected in ((52, 1), (0, 1), (46, 2), (0, 2)):
        stage.pass_hours(contest, hours)
        tend(stage)
        assert reminded("fan") == expected
    assert reminded("judge") == 0
    stage.pass_hours(contest, 99)
    tend(stage)
    assert reminded("judge") == 2
