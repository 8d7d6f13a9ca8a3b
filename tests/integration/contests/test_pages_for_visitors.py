"""What visitors, entrants and voters are told before they come to a wall."""

from __future__ import annotations

import re

import pytest

from remixhub.models import ContestBallot
from tests.integration.conftest import Hub
from tests.integration.contests.conftest import BOTH, ContestStage


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages ask the services, which are tested on both databases."""
    return sqlite_url


@pytest.fixture
def stage(hub: Hub) -> ContestStage:
    return ContestStage(hub)


def test_a_voter_is_told_before_the_wall_what_is_lacking_and_the_way_on(stage: ContestStage, hub: Hub) -> None:
    stage.label()
    late, judge, fan = hub.browser("late"), hub.browser("judge"), hub.browser("fan")
    for handle in ("fan", "other"):
        stage.person(handle)
    stage.person("late", verified=False)
    stage.judge("judge")
    contest = stage.opened(BOTH)
    stage.person("host").post(f"/contests/{contest['id']}/judges", {"handle": "judge"})
    for handle in ("fan", "other"):
        stage.enter(handle, contest)
    brief = f"/contests/{contest['id']}"
    assert "You can vote from" in fan.http.get(brief).text
    stage.pass_hours(contest, 1)
    for client, word, way in (
        (hub.visitor(), "Who?", f"/sign-in?next={brief}/vote"),
        (late, "Not here", "/settings/security"),
        (judge, "You judge", f"{brief}/desk"),
        (fan, "Listen and vote", f"{brief}/vote"),
    ):
        page = client.http.get(brief).text
        assert word in page
        assert f'href="{way}"' in page, way
    assert "Your own entry is not put before you." in fan.http.get(brief).text
    for client in (late, judge):
        sent_on = client.http.get(f"{brief}/vote")
        assert (sent_on.status_code, sent_on.headers["Location"]) == (303, f"{brief}#voting")
        assert client.http.post(f"{brief}/vote", data={"favoured": "a", "against": "b"}).status_code == 303
    assert hub.rows(ContestBallot) == []
    stage.pass_hours(contest, 1)
    assert fan.http.get(f"{brief}/vote").headers["Location"] == f"{brief}#voting"
    assert "It is over since" in fan.http.get(brief).text


def test_contests_are_listed_as_tickets_by_where_they_stand(stage: ContestStage, hub: Hub) -> None:
    stage.label()
    assert "No contest yet" in hub.visitor().http.get("/contests/").text
    assert "None is open right now" in hub.visitor().http.get("/contests/?show=open").text
    for title in ("Later", "Closed"):
        contest = stage.opened(BOTH, title=title)
    stage.pass_hours(contest, 1)
    for address, shown in (
        ("/contests/", ["Later", "Closed"]), ("/contests/?show=open", ["Later"]),
        ("/contests/?show=voting", ["Closed"]), ("/contests/?show=decided", []),
        ("/contests/?show=else", ["Later", "Closed"]),
    ):  # fmt: skip
        page = hub.visitor().http.get(address).text
        assert re.findall(r'<h2 class="title"[^>]*><a[^>]*>(\w+)</a>', page) == shown, address


def test_a_brief_is_a_poster_in_markdown_and_stays_as_typed(stage: ContestStage, hub: Hub) -> None:
    stage.label()
    typed = "# Rain\n\nKeep the **foghorn**.\n\n<script>alert(1)</script> [x](javascript:alert(1)) [pier](https://a.example)"
    contest = stage.opened(BOTH, brief=typed)
    page = hub.visitor().http.get(f"/contests/{contest['id']}").text
    for piece in (
        '<h2 dir="auto">Rain</h2>', "<strong>foghorn</strong>", "&lt;script&gt;", "[x](javascript:alert(1))",
        '<a href="https://a.example" rel="nofollow noopener">pier</a>',
    ):  # fmt: skip
        assert piece in page
    assert hub.visitor().get(f"/contests/{contest['id']}").get_json()["brief"] == typed
