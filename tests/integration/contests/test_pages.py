"""A contest through the pages alone, without script but for the listening: from the label to the winners."""

from __future__ import annotations

import datetime as dt
import json
import re
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from remixhub.domain.licences.terms import Licence
from remixhub.models import ContestBallot, ContestEntry, JudgeScores
from tests.integration.conftest import Client, Hub
from tests.integration.contests.conftest import BOTH, DATES, ContestStage


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages ask the services, which are tested on both databases."""
    return sqlite_url


@pytest.fixture
def stage(hub: Hub) -> ContestStage:
    return ContestStage(hub)


def criteria(*rows: tuple[str, str, int, int]) -> dict[str, str]:
    """As the form has them: key, title, weight and maximum."""
    parts = ("key", "title", "weight", "max_score")
    return {
        f"rubric_{n}_{part}": str(one) for n, row in enumerate(rows, 1) for part, one in zip(parts, row, strict=True)
    }


def in_hours(hours: int) -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def test_a_label_and_a_contest_by_forms(stage: ContestStage, hub: Hub) -> None:
    host, judge = hub.browser("host"), hub.browser("judge")
    bad = host.http.post("/labels/new", data={"name": "Night Shift", "handle": "night", "time_zone": "Mars"})
    assert (bad.status_code, "no time zone" in bad.text) == (422, True)
    made = host.http.post("/labels/new", data={"name": "Night Shift", "handle": "night", "time_zone": "Europe/Berlin"})
    assert made.headers["Location"] == "/labels/night"
    link = re.search(
        r"/label-invitations/[\w-]+", host.http.post("/labels/night/invitations", data={"role": "judge"}).text
    )
    assert link is not None
    assert "Night Shift</span> invites you" in judge.http.get(link[0]).text
    assert judge.http.post(link[0]).status_code == 303
    release = stage.catalogue.work("Harbour", by="host")
    assert "Harbour" in host.http.get("/labels/night/contests/new").text
    assert host.http.post("/labels/night/releases", data={"release": release}).status_code == 303
    assert host.http.post("/labels/night/releases", data={"release": "nothing"}).status_code == 404
    assert "Harbour" in hub.visitor().http.get("/labels/night").text
    form = {
        "title": "Remix the harbour", "brief": "Make it rain.", "release_id": release, "opens_at": in_hours(-1),
        "closes_at": in_hours(48), "judging_closes_at": in_hours(72),
        **criteria(("c1", "Idea", 2, 10), ("c2", "Craft", 1, 5)),
        "vote": "none", "entries_per_account": "1", "sealing": "public", "exclusivity": "exclusive",
        "release_by": "2999-01-31", "prizes": "A synth\nA cable", "normalisation": "rank",
    }  # fmt: skip
    for wrong, words in (
        ({"rubric_1_weight": "much"}, "Write a whole number."),
        ({"rubric_2_max_score": "101"}, "A whole number from 1 to 100."),
        ({"release_id": "nothing"}, "Choose one of those listed, or a secret remixer."),
        ({"judges_per_entry": "99"}, "From 1 to 50"),
        ({"closes_at": ""}, "Give a date and a time."),
        ({"closes_at": "2099-10-25T02:30"}, "write 2099-10-25T02:30+02:00 for the first (CEST)"),
        ({"closes_at": "2099-03-29T02:30"}, "The clocks in Europe/Berlin skip this time"),
        ({"prizes": "A synth\nA\u202ecable"}, "U+202E RIGHT-TO-LEFT OVERRIDE (character 10)"),
        ({"title": "", "closes_at": "2099-10-25T02:30+02:00"}, 'type="text" value="2099-10-25T02:30+02:00"'),
        ({"exclusivity": "sometimes"}, "One of none, first_offer, exclusive."),
        ({"release_by": "soon"}, "Write it as 2027-01-31."),
        ({"judging_closes_at": ""}, "Give a date and a time."),
        ({"entries_per_account": "many"}, "Write a whole number."),
    ):
        refused = host.http.post("/labels/night/contests/new", data={**form, **wrong})
        assert refused.status_code == 422
        assert words in refused.text
    dashboard = host.http.post("/labels/night/contests/new", data=form).headers["Location"]
    brief = dashboard.removesuffix("/host")
    assert judge.http.get(brief).status_code == 404
    assert "Name a judge" in host.http.get(dashboard).text
    assert judge.http.get(dashboard).status_code == 404
    check_edits(host, brief, form)
    announce = f"{brief}/announce"
    refused = host.http.get(announce).text
    assert "Judges decide the result, and there is none" in refused
    assert "Announce it as it is" not in refused
    assert judge.http.get(announce).status_code == 404
    assert host.http.post(announce, data={"seen": "3"}).status_code == 422
    assert host.http.post(dashboard, data={"act": "judge", "handle": "judge"}).status_code == 303
    asked = host.http.get(announce).text
    for words in ("One judge decides alone", "its opening lies in the past", "The host alone", "Announce it as it is"):
        assert words.lower() in asked.lower(), words
    assert host.http.post(announce, data={"seen": "2"}).status_code == 422
    assert judge.http.get(brief).status_code == 404
    assert host.http.post(announce, data={"seen": "3"}).status_code == 303
    assert host.http.post(announce, data={"seen": "4"}).status_code == 422
    page = hub.visitor().http.get(brief).text
    for words in (
        "Make it rain.", "Open for entries", "Entries close in", "A synth", "CEST" if "CEST" in page else "CET",
        "until the end of 31 January 2999", "Where they differ from what this hub proposes", "SHA-256",
    ):  # fmt: skip
        assert words in page, words
    assert judge.http.get(dashboard).status_code == 403
    assert host.http.post(dashboard, data={"act": "say", "text": "Three days left."}).status_code == 303
    assert host.http.post(dashboard, data={"act": "extend", "note": ""}).status_code == 422
    assert "Three days left." in hub.visitor().http.get(brief).text
    assert "Remix the harbour" in hub.visitor().http.get("/contests/").text
    check_feeds(hub.visitor(), brief)
    cancelled = host.http.post(dashboard, data={"act": "cancel", "note": "No money."})
    assert cancelled.status_code == 303
    assert "Cancelled: No money." in hub.visitor().http.get(brief).text


def check_edits(host: Client, brief: str, form: dict[str, str]) -> None:
    """A draft is edited by the form that it was made with: what is not changed stays to the millisecond."""
    edit = f"{brief}/edit"
    page = host.http.get(edit).text
    for words in ("Make it rain.", 'value="Idea"', 'value="Craft"', 'value="2999-01-31"', "A synth\nA cable"):
        assert words in page, words
    again = {**form, "seen": "1"}
    assert host.http.post(edit, data={**again, "title": "", "closes_at": "soon"}).status_code == 422
    assert host.http.post(edit, data=again).status_code == 303
    reworded = {**again, "brief": "Make it pour.", "embargo_until": in_hours(100), "tie_break_1": "lot"}
    assert host.http.post(edit, data=reworded).status_code == 303
    page = host.http.get(edit).text
    for words in ("Make it pour.", 'value="lot" selected', "Ties are broken by a lot"):
        assert words in page, words
    stale = host.http.post(edit, data=again)
    assert (stale.status_code, "Somebody changed this in the meantime" in stale.text) == (422, True)
    assert host.http.post(edit, data={**again, "seen": "2"}).status_code == 303
    preview = host.http.post(edit, data={**again, "seen": "3", "title": "", "vote": "duels", "show": "preview"})
    assert (preview.status_code, "From 1 to 99" in preview.text or "whole number" in preview.text) == (200, True)
    preset = host.http.post(edit, data={**again, "brief": "Kept as typed.", "preset": "community"}).text
    for words in ("Kept as typed.", 'value="duels" selected', "The community decides by duels.", "A synth"):
        assert words in preset, words
    assert "Make it rain." in host.http.get(edit).text


def test_the_form_offers_what_may_be_remixed_and_starts_from_presets(stage: ContestStage, hub: Hub) -> None:
    host, fan = hub.browser("host"), hub.browser("fan")
    for handle in ("host", "fan", "member", "other"):
        stage.person(handle)
    stage.label()
    stage.judge("member")
    for title, by, licence in (
        ("Mine", "host", Licence.BY), ("Closed", "host", Licence.BY_ND), ("Of a member", "member", Licence.BY_NC),
        ("Of another", "other", Licence.BY),
    ):  # fmt: skip
        stage.catalogue.work(title, by=by, licence=licence)
    stage.catalogue.draft("A draft", by="host")
    new = "/labels/nightshift/contests/new"
    assert fan.http.get(new).status_code == 403
    offered = re.findall(r'<option value="\w+"[^>]*>(\w[\w ]*) by \w+, CC', host.http.get(new).text)
    assert sorted(offered) == ["Mine", "Of a member"]
    for preset, words in (
        ("quick", "Judges decide."), ("community", "The community decides by duels."),
        ("together", "Judges decide 50 % of the result"),
    ):  # fmt: skip
        shown = host.http.get(f"{new}?preset={preset}").text
        assert words in shown
        assert 'T18:00"' in shown
        form = dict(re.findall(r'name="(\w+)" type="[\w-]+" value="([^"]*)"', shown))
        keys = re.findall(r'type="hidden" name="(rubric_\w+)" value="([^"]*)"', shown)
        vote = re.search(r'<select id="vote".*?value="(\w+)" selected', shown, re.DOTALL)
        release = re.search(r'<option value="(\w+)"[^>]*>Mine', shown)
        assert vote
        assert release
        form |= {**dict(keys), "vote": vote[1], "release_id": release[1], "title": preset}
        assert host.http.post(new, data=form).status_code == 303, preset
    said = host.http.post(f"{new[:-4]}/preview", data={"vote": "duels", "entries_per_account": "3"}).text
    assert "You may enter up to 3 times." in said
    assert fan.http.post(f"{new[:-4]}/preview", data={}).status_code == 403
    faulty = {"title": "", "vote": "duels", "entries_per_account": "99", "opens_at": "soon", "rubric_1_title": "Idea"}
    at_once = host.http.post(new, data=faulty)
    faults = set(re.findall(r'id="(\w+)-fault"', at_once.text))
    assert (at_once.status_code, faults) == (422, {
        "title", "entries_per_account", "opens_at", "closes_at", "voting_closes_at", "release_id", "rubric_1_weight",
        "rubric_1_max_score",
    })  # fmt: skip


def test_a_label_is_found_from_every_page_and_changed_by_its_hosts(stage: ContestStage, hub: Hub) -> None:
    host, judge, fan = (hub.browser(handle) for handle in ("host", "judge", "fan"))
    for handle in ("host", "judge"):
        stage.person(handle)
    stage.label()
    stage.judge("judge")
    assert 'href="/my/labels"' in fan.http.get("/").text
    assert "Found a label" in fan.http.get("/my/labels").text
    assert "Night Shift" not in fan.http.get("/my/labels").text
    assert "contests/new" in host.http.get("/my/labels").text
    assert "contests/new" not in judge.http.get("/my/labels").text
    settings = "/labels/nightshift/settings"
    assert judge.http.get(settings).status_code == 403
    seen = re.search(r'name="seen" value="(\d+)"', host.http.get(settings).text)
    assert seen is not None
    facts = {"name": "Night & Day", "description": "Tapes.", "time_zone": "Asia/Tokyo", "seen": seen[1]}
    faulty = host.http.post(settings, data={**facts, "name": "", "time_zone": "Mars"})
    assert (faulty.status_code, faulty.text.count('class="fault"')) == (422, 2)
    assert host.http.post(settings, data=facts).status_code == 303
    page = hub.visitor().http.get("/labels/nightshift").text
    for words in ("Night &amp; Day", "Tapes.", "Asia/Tokyo"):
        assert words in page
    stale = host.http.post(settings, data=facts)
    assert (stale.status_code, "Somebody changed this in the meantime" in stale.text) == (422, True)
    assert judge.http.post(settings, data={**facts, "seen": "9"}).status_code == 403


def test_what_can_still_be_changed_shrinks_as_a_contest_goes_on(stage: ContestStage, hub: Hub) -> None:
    host = hub.browser("host")
    stage.person("host")
    stage.label()
    contest = stage.opened({**BOTH, "prizes": ["A synth"]})
    edit = f"/contests/{contest['id']}/edit"
    page = host.http.get(edit).text
    fields = set(re.findall(r'name="(\w+)"', page))
    assert {"title", "brief", "prizes", "rubric_1_title", "embargo_until"} <= fields
    assert f"/contests/{contest['id']}/host#more-time" in page
    assert not fields & {"opens_at", "closes_at", "release_id", "preset"}
    form = {
        "title": "Remix the harbour", "brief": "Louder.", "vote": "duels",
        **criteria(("craft", "Craft", 2, 10), ("idea", "Idea", 1, 5)),
        "vote_share_percent": "40", "entries_per_account": "2", "sealing": "public", "prizes": "A synth", "seen": "2",
    }  # fmt: skip
    before = stage.person("host").get(f"/contests/{contest['id']}").get_json()
    assert host.http.post(edit, data=form).status_code == 303
    after = stage.person("host").get(f"/contests/{contest['id']}").get_json()
    assert (after["brief"], after["terms"]) == ("Louder.", {**before["terms"], "entries_per_account": 2})
    assert {name: after[name] for name in DATES} == {name: before[name] for name in DATES}
    assert stage.enter("fan", contest).status_code == 201
    fields = set(re.findall(r'name="(\w+)"', host.http.get(edit).text))
    assert {"title", "embargo_until"} <= fields
    assert not fields & {"brief", "prizes", "rubric_1_title"}
    renamed = {"title": "Remix the harbour, again", "brief": "Other words.", "seen": "4"}
    assert host.http.post(edit, data={**renamed, "seen": "3"}).status_code == 303
    last = stage.person("host").get(f"/contests/{contest['id']}").get_json()
    assert (last["title"], last["brief"]) == ("Remix the harbour, again", "Louder.")


def test_who_judges_already_is_not_offered_again(stage: ContestStage, hub: Hub) -> None:
    host = hub.browser("host")
    stage.person("host")
    stage.label()
    for handle in ("ada", "bo"):
        stage.judge(handle)
    desk = f"/contests/{stage.contest(BOTH)['id']}/host"
    offered = r'<option value="(\w+)">@'
    page = host.http.get(desk).text
    assert set(re.findall(offered, page)) == {"host", "ada", "bo"}
    assert "Judges decide 60 % of the result, and there is none" in page
    assert host.http.post(desk, data={"act": "judge", "handle": "ada"}).status_code == 303
    page = host.http.get(desk).text
    assert set(re.findall(offered, page)) == {"host", "bo"}
    assert "there is none" not in page
    assert "@ada" in page
    assert "Look through and announce" in page


def test_an_invitation_is_at_the_public_address_by_whatever_name_the_hub_was_asked(stage: ContestStage) -> None:
    host = stage.person("host")
    host.post("/labels", {"name": "Night Shift", "handle": "night"})
    inner = "http://inner:8000"
    page = host.http.post(
        "/labels/night/invitations", data={"role": "judge"}, headers=host.headers, base_url=inner
    ).text
    assert stage.hub.parts.addresses.label_invitation("") in page
    assert "//inner" not in page


def check_feeds(visitor: Client, brief: str) -> None:
    atom = ElementTree.fromstring(visitor.http.get("/contests/feed.atom").data)
    titles = [
        one.text for one in atom.iterfind(".//{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}title")
    ]
    assert titles == ["Remix the harbour", "New contest: Remix the harbour"]
    feed = json.loads(visitor.http.get("/contests/feed.json").data)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["items"][0]["content_text"] == "Three days left."
    calendar = visitor.http.get(f"{brief}/calendar.ics").data.decode()
    assert calendar.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert calendar.count("BEGIN:VEVENT") == 3
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))


def test_entering_judging_voting_and_winning_by_pages(stage: ContestStage, hub: Hub) -> None:
    people = {handle: hub.browser(handle) for handle in ("host", "fan", "other", "judge", "voter")}
    for handle in people:
        stage.person(handle)
    stage.label()
    stage.judge("judge")
    contest = stage.opened(BOTH)
    brief = f"/contests/{contest['id']}"
    host, fan, judge, voter = (people[handle].http for handle in ("host", "fan", "judge", "voter"))
    host.post(f"{brief}/host", data={"act": "judge", "handle": "judge"})
    assert "You have no remix that comes from" in fan.get(brief).text
    stage.catalogue.work("From elsewhere", [stage.catalogue.work("Another", by="host")], by="fan")
    work = stage.remix("fan", contest["release_id"], title="Rain")
    offered = fan.get(brief).text
    assert ("Rain" in offered, "From elsewhere" in offered) == (True, False)
    assert fan.post(f"{brief}/entries", data={"work": work}).status_code == 303
    again = fan.post(f"{brief}/entries", data={"work": work})
    assert (again.status_code, "entered already" in again.text) == (422, True)
    page = fan.get(brief).text
    assert "Not counted, because" in page
    entry = next(one.id for one in hub.rows(ContestEntry))
    assert fan.post(f"{brief}/entries/{entry}/withdrawal").status_code == 303
    assert fan.post(f"{brief}/entries", data={"work": work, "note": "No AI."}).status_code == 303
    stage.enter("other", contest)
    csv = host.get(f"{brief}/host/entries.csv").text
    assert "No AI." in csv
    assert len(host.get(f"{brief}/host/entries.json").get_json()) == 3
    assert fan.get(f"{brief}/host/entries.csv").status_code == 403
    assert fan.get(f"{brief}/host/entries-archive").status_code == 403
    stage.pass_hours(contest, 1)
    assert_a_judge_goes_through_the_desk(judge, brief)
    assert len(hub.rows(JudgeScores)) == 2
    assert "Your part" not in hub.visitor().http.get(brief).text, "a heading with nothing under it"
    duel = voter.get(f"{brief}/vote").text
    assert "Which one?" in duel
    left, right = re.findall(r'name="favoured" value="(\w+)"', duel)
    early = voter.post(f"{brief}/vote", data={"favoured": left, "against": right})
    assert (early.status_code, "Listen" in early.text) == (422, True)
    stage.hear(people["voter"], contest, left, right)
    assert voter.post(f"{brief}/vote", data={"favoured": left, "against": right}).status_code == 303
    assert "You have heard everything" in voter.get(f"{brief}/vote").text
    assert len(hub.rows(ContestBallot)) == 1
    stage.pass_hours(contest, 2)
    assert "Decide and publish the result" in host.get(f"{brief}/host").text
    assert host.post(f"{brief}/host", data={"act": "decide"}).status_code == 303
    assert "See the winners" in fan.get(brief).text
    result = hub.visitor().http.get(f"{brief}/result").text
    for words in ("Rain", "Warm.", "verify-contest", "1 of 1 ballot", "1 won, 0 lost", "interval", "A synth"):
        assert (words in result) is (words != "A synth"), words
    assert host.post(f"{brief}/host", data={"act": "decide"}).status_code == 422


def assert_a_judge_goes_through_the_desk(judge: FlaskClient, brief: str) -> None:
    """One entry a page, in an order that stays, from the first that waits to the last page."""
    desk = judge.get(f"{brief}/desk").text
    assert "Rain" not in desk
    ids = re.findall(r'data-jump="(\w+)"', desk)
    assert f"desk/{ids[0]}" in desk, "the first that waits"
    assert ids == re.findall(r'data-jump="(\w+)"', judge.get(f"{brief}/desk?entry={ids[1]}").text)
    bad = judge.post(f"{brief}/desk/{ids[0]}", data={"score-craft": "11", "score-idea": "lots", "note": "Warm."})
    assert bad.status_code == 422
    for words in ("A number from 0 to 10 in halves.", "Write a number, such as 92.5.", "Warm.", 'value="lots"'):
        assert words in bad.text, words
    scores = {"score-craft": "7,5", "score-idea": "2", "note": "Warm."}
    on = judge.post(f"{brief}/desk/{ids[0]}", data={**scores, "next": ids[1]})
    assert (on.status_code, on.headers["Location"]) == (303, f"{brief}/desk?entry={ids[1]}")
    assert f"desk/{ids[1]}" in judge.get(f"{brief}/desk").text, "the next that waits"
    assert "Not yet" in judge.get(f"{brief}/desk?entry=finish").text
    last = judge.post(f"{brief}/desk/{ids[1]}", data={**scores, "next": "finish"}, follow_redirects=True).text
    for words in ("2 of 2 scored", "All heard", "7.5"):
        assert words in last, words


def test_scores_and_secret_remixers_by_pages(stage: ContestStage, hub: Hub) -> None:
    people = {handle: hub.browser(handle) for handle in ("host", "ann", "bob", "voter")}
    for handle in people:
        stage.person(handle)
    stage.label()
    terms = {"vote": "scores", "vote_share_percent": 100, "sealing": "public"}
    contest = stage.contest(terms, release_id=None, is_secret_remixer=True)
    brief = f"/contests/{contest['id']}"
    assert people["host"].http.post(f"{brief}/announce", data={"seen": "1"}).status_code == 303
    gives = {handle: stage.catalogue.work(f"By {handle}", by=handle) for handle in ("ann", "bob")}
    for handle, work in gives.items():
        assert f"By {handle}" in people[handle].http.get(brief).text
        assert people[handle].http.post(f"{brief}/sign-up", data={"work": work}).status_code == 303
    assert people["host"].http.post(f"{brief}/host", data={"act": "deal"}).status_code == 303
    assert f"/works/{gives['bob']}" in people["ann"].http.get(brief).text
    stage.pass_hours(contest, 1.5)
    contest["release_id"] = gives["bob"]
    assert stage.enter("ann", contest).status_code == 201
    stage.pass_hours(contest, 1)
    page = people["voter"].http.get(f"{brief}/vote").text
    (entry,) = re.findall(r'name="entry" value="(\w+)"', page)
    stage.hear(people["voter"], contest, entry)
    assert people["voter"].http.post(f"{brief}/vote", data={"entry": entry, "score": "lots"}).status_code == 422
    assert people["voter"].http.post(f"{brief}/vote", data={"entry": entry, "score": "8.5"}).status_code == 303
    assert "1 vote" in people["voter"].http.get(f"{brief}/vote").text
