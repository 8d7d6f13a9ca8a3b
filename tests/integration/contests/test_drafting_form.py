"""The form of a contest has every field of the API, also without script, and offers what a contest may be about."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from remixhub.api.contests.contests import CriterionSchema, NewContestSchema, TermsSchema
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WorkState
from remixhub.models import Account, Contest, Work
from tests.integration.conftest import Client, Hub
from tests.integration.contests.conftest import BOTH, DUELS, ContestStage, code


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages ask the services, which are tested on both databases."""
    return sqlite_url


class Form(HTMLParser):
    """What a browser without script would send of the page's form that keeps a contest."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.offered: list[str] = []
        self._select = self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        name = facts.get("name") or ""
        if tag == "input" and name:
            self.values[name] = facts.get("value") or ""
        elif tag == "textarea":
            self._area, self.values[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option":
            value = facts.get("value") or ""
            if self._select == "release_id":
                self.offered.append(value)
            if "selected" in facts or self._select not in self.values:
                self.values[self._select] = value

    def handle_data(self, text: str) -> None:
        if self._area:
            self.values[self._area] += text

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""


def later(hours: int) -> dt.datetime:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(days=30, hours=hours)).replace(minute=0, second=0, microsecond=0)


def in_utc(moment: dt.datetime) -> dict[str, str]:
    return {"typed": f"{moment:%Y-%m-%dT%H:%M}+00:00", "kept": f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"}


DATES = {"opens_at": 0, "closes_at": 100, "voting_closes_at": 200, "judging_closes_at": 250, "embargo_until": 300}
CRITERIA = [
    {"key": "c1", "title": "Nerve", "weight": 3, "max_score": 20},
    {"key": "idea", "title": "Idea, and craft", "weight": 1, "max_score": 5},
]
TERMS: dict[str, tuple[dict[str, str], Any]] = {
    "text": ({"text": "Be kind.\nBe loud."}, "Be kind.\nBe loud."),
    "prizes": ({"prizes": "A synth\nA cable"}, ["A synth", "A cable"]),
    "eligibility": ({"eligibility": "Who lives here."}, "Who lives here."),
    "exclusivity": ({"exclusivity": "first_offer"}, "first_offer"),
    "release_by": ({"release_by": "2999-01-31"}, "2999-01-31"),
    "ai_rule": ({"ai_rule": "forbidden"}, "forbidden"),
    "entries_per_account": ({"entries_per_account": "3"}, 3),
    "sealing": ({"sealing": "host"}, "host"),
    "needs_own_stems": ({"needs_own_stems": "yes"}, True),
    "rubric": ({f"rubric_{n}_{part}": str(row[part]) for n, row in enumerate(CRITERIA, 1) for part in row}, CRITERIA),
    "normalisation": ({"normalisation": "rank"}, "rank"),
    "judges_per_entry": ({"judges_per_entry": "2"}, 2),
    "are_judges_named": ({"are_judges_named": "no"}, False),
    "vote": ({"vote": "scores"}, "scores"),
    "vote_share_percent": ({"vote_share_percent": "35"}, 35),
    "tie_breaks": (
        {"tie_break_1": "lot", "tie_break_2": "votes", "tie_break_3": "", "tie_break_4": ""}, ["lot", "votes"]
    ),
}  # fmt: skip
"""By field of the API, what is typed for it and what is kept; none of it is what the draft has before."""


def test_every_field_of_the_api_is_a_field_of_the_form(stage: ContestStage, hub: Hub) -> None:
    """A field that is new in the API and not in the form fails here: it has to be typed, kept and shown again."""
    facts = {
        "title": ({"title": "Another"}, "Another"),
        "brief": ({"brief": "**Loud.**"}, "**Loud.**"),
        "release_id": ({"release_id": stage.catalogue.work("Pier", by="host")}, ...),
        "is_secret_remixer": ({}, False),
        "terms": ({}, ...),
        **{name: ({name: in_utc(later(n))["typed"]}, in_utc(later(n))["kept"]) for name, n in DATES.items()},
    }  # fmt: skip
    asked = {name for name, one in TermsSchema().fields.items() if not one.dump_only}
    assert set(TERMS) == asked
    assert set(facts) == set(NewContestSchema().fields) - {"label"}, "the label is the form's address"
    assert {name for row in CRITERIA for name in row} == set(CriterionSchema().fields)

    host = sign_in(stage, hub)
    contest = stage.contest(BOTH)
    edit = f"/contests/{contest['id']}/edit"
    page = host.http.get(edit).text
    form = Form(page).values
    pressed_by_enter = re.search(r"<form[^>]*data-unsaved.*?<button([^>]*)>", page, re.DOTALL)
    assert pressed_by_enter
    assert "name=" not in pressed_by_enter[1], "Enter in a field keeps the contest"
    typed = {name: text for fields, _ in (*facts.values(), *TERMS.values()) for name, text in fields.items()}
    assert typed.keys() <= form.keys(), "each is there to be typed"
    assert host.http.post(edit, data=form).status_code == 303
    untouched = stage.person("host").get(f"/contests/{contest['id']}").get_json()
    assert {**untouched, "now": contest["now"]} == contest

    kept = host.http.post(edit, data={**form, **typed})
    assert kept.status_code == 303, re.findall(r'class="fault"[^>]*>([^<]*)', kept.text)
    now = stage.person("host").get(f"/contests/{contest['id']}").get_json()
    for name, (fields, value) in facts.items():
        expected = fields["release_id"] if name == "release_id" else value
        assert expected is ... or now[name] == expected, name
    for name, (_, value) in TERMS.items():
        assert now["terms"][name] == value, name
        assert contest["terms"].get(name) != value, f"{name} was so before"
    shown = Form(host.http.get(edit).text).values
    assert {name: shown[name] for fields, _ in TERMS.values() for name in fields} == {
        name: text for fields, _ in TERMS.values() for name, text in fields.items()
    }
    secret = host.http.post(edit, data={**shown, "release_id": "secret-remixer"})
    assert secret.status_code == 303
    assert stage.hub.rows(Contest)[0].is_secret_remixer


def test_criteria_are_added_moved_and_removed_without_script(stage: ContestStage, hub: Hub) -> None:
    host = sign_in(stage, hub)
    edit = f"/contests/{stage.contest(BOTH)['id']}/edit"
    values = Form(host.http.get(edit).text).values
    values["title"] = "Typed and not kept"

    def pressed(act: str) -> list[str]:
        nonlocal values
        answer = host.http.post(edit, data={**values, "row": act})
        assert answer.status_code == 200
        values = Form(answer.text).values
        assert values["title"] == "Typed and not kept"
        return [values[f"rubric_{n}_title"] for n in range(1, 20) if f"rubric_{n}_title" in values]

    assert pressed("down-1") == ["Idea", "Craft"]
    assert pressed("add") == ["Idea", "Craft", ""]
    values["rubric_3_title"] = "Nerve"
    assert pressed("up-3") == ["Idea", "Nerve", "Craft"]
    assert pressed("out-1") == ["Nerve", "Craft"]
    for nonsense in ("up-1", "down-2", "out-9", "out-0", "up", "sideways-1"):
        assert pressed(nonsense) == ["Nerve", "Craft"], nonsense
    assert host.http.post(edit, data={**values, "closes_at": "soon"}).text.count("Typed and not kept") == 1
    assert host.http.post(edit, data=values).status_code == 303
    rubric = stage.hub.rows(Contest)[0].terms["rubric"]
    assert [(one["key"], one["title"]) for one in rubric] == [("c1", "Nerve"), ("craft", "Craft")]


def test_faults_of_the_fields_and_between_them_are_told_at_once(stage: ContestStage, hub: Hub) -> None:
    host = sign_in(stage, hub)
    edit = f"/contests/{stage.contest(BOTH)['id']}/edit"
    form = Form(host.http.get(edit).text).values
    wrong = {
        "title": "", "opens_at": in_utc(later(9))["typed"], "closes_at": in_utc(later(8))["typed"],
        "voting_closes_at": in_utc(later(7))["typed"], "judging_closes_at": in_utc(later(6))["typed"],
        "release_by": "2020-01-01", "embargo_until": "2999-01-01T00:00", "judges_per_entry": "0",
    }  # fmt: skip
    page = host.http.post(edit, data={**form, **wrong}).text
    assert set(re.findall(r'id="(\w+)-fault"', page)) == set(wrong) - {"opens_at"}
    typed = Form(page).values
    assert {name: typed[name] for name in wrong} == wrong
    body = {name: text for name, text in wrong.items() if name.endswith("_at")} | {"embargo_until": "2999-01-01T00:00Z"}
    refused = stage.person("host").edit(edit.removesuffix("/edit"), body)
    assert {one["pointer"] for one in refused.get_json()["violations"]} == {
        "/closes_at", "/voting_closes_at", "/judging_closes_at", "/embargo_until"
    }  # fmt: skip


def test_a_work_that_may_not_be_remixed_is_neither_offered_nor_taken(stage: ContestStage, hub: Hub) -> None:
    host, by_api = sign_in(stage, hub), stage.person("host")
    contest = stage.contest(BOTH)
    path = f"/contests/{contest['id']}"
    works = {
        "nd": stage.catalogue.work("Closed", by="host", licence=Licence.BY_ND),
        "gone": stage.catalogue.work("Gone", by="host"),
        "others": stage.catalogue.work("Of a stranger", by="stranger"),
    }
    change(hub, works["gone"], state=WorkState.WITHDRAWN)
    offered = Form(host.http.get(f"{path}/edit").text).offered
    assert contest["release_id"] in offered
    assert not set(works.values()) & set(offered)
    form = Form(host.http.get(f"{path}/edit").text).values
    for work, answer in (
        ("nd", (422, "contest_terms_invalid")), ("gone", (409, "work_not_published")),
        ("others", (422, "contest_terms_invalid")),
    ):  # fmt: skip
        assert code(by_api.edit(path, {"release_id": works[work]})) == answer
        refused = host.http.post(f"{path}/edit", data={**form, "release_id": works[work]})
        assert (refused.status_code, "Choose one of those listed" in refused.text) == (422, True)
    change(hub, contest["release_id"], licence=Licence.BY_ND)
    page = host.http.get(f"{path}/edit").text
    shown = Form(page)
    assert contest["release_id"] not in shown.offered
    assert shown.values["release_id"] == "", "nothing is chosen by itself, and no secret remixer"
    assert "cannot be remixed in a contest of this label any more" in page
    assert host.http.post(f"{path}/edit", data=shown.values).status_code == 422


def test_a_vote_that_nobody_could_take_part_in_is_not_announced(stage: ContestStage, hub: Hub) -> None:
    """No mail goes out here, and nobody has a verified address."""
    assert not hub.parts.settings.sends_mail
    host = sign_in(stage, hub)
    contest = stage.contest(DUELS)
    path = f"/contests/{contest['id']}"
    with hub.parts.database.writing() as session:
        for account in session.query(Account):
            account.email_verified_at = None
    refused = stage.person("host").post(f"{path}/announcement")
    assert code(refused) == (409, "contest_not_ready")
    assert ("mail_missing", "error") in [
        (one["code"], one["severity"]) for one in refused.get_json()["context"]["findings"]
    ]
    page = host.http.get(f"{path}/announce").text
    assert "this hub sends no mail" in page
    assert "Announce it as it is" not in page
    with hub.parts.database.writing() as session:
        for account in session.query(Account):
            account.email_verified_at = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    assert stage.person("host").post(f"{path}/announcement").status_code == 200


def test_a_jury_has_to_be_as_large_as_the_terms_ask(stage: ContestStage, hub: Hub) -> None:
    contest = stage.contest({**BOTH, "judges_per_entry": 2})
    path, host = f"/contests/{contest['id']}", stage.person("host")
    stage.judge("ada")
    for handle, found in (("host", "judges_too_few"), ("ada", "judges_without_reserve")):
        assert host.post(f"{path}/judges", {"handle": handle}).status_code == 204
        assert found in [one["code"] for one in host.get(f"{path}/announcement").get_json()["findings"]]
    assert host.post(f"{path}/announcement").status_code == 200


def sign_in(stage: ContestStage, hub: Hub) -> Client:
    client = Client(hub.app.test_client(), hub.parts, "host", stage.person("host").headers)
    client.http.environ_base["HTTP_AUTHORIZATION"] = stage.person("host").headers["Authorization"]
    return client


def change(hub: Hub, work_id: str, **facts: Any) -> None:
    with hub.parts.database.writing() as session:
        work = session.get_one(Work, work_id)
        for name, value in facts.items():
            setattr(work, name, value)
