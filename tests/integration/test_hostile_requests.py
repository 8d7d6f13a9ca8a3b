"""What nobody sends by accident, sent to every route by a visitor and by the owner: no answer is a fault of ours."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import flask
import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.integration.conftest import Hub, unlimited
from tests.integration.test_access_matrix import Stage
from tests.integration.test_problems import documented_codes

UNREADABLE = {
    "a number of too many digits": b'{"a": ' + b"9" * 5000 + b"}",
    "a number that is no number": b'{"a": [NaN]}',
    "a name that stands twice": b'{"a": 1, "a": 2}',
    "a number without an end": b'{"a": -Infinity}',
    "a number beyond every float": b'{"a": 1e999}',
    "a whole number beyond 64 bits": b'{"a": ' + str(2**63).encode() + b"}",
    "nesting that ends no parser": b'{"a": ' + b"[" * 90 + b"]" * 90 + b"}",
    "nesting without bottom": b"[" * 100_000 + b"]" * 100_000,
    "bytes that are no UTF-8": b'{"a": "\xff\xfe"}',
    "another encoding": '{"a": "b"}'.encode("utf-16"),
    "half of a letter": b'{"a": "\\ud800"}',
    "a NUL": b'{"a\\u0000": "b"}',
    "nothing but a brace": b"{",
}
TYPED = {
    "a number of too many digits": "9" * 5000,
    "a number beyond 64 bits": "9" * 30,
    "a number beyond every float": "1e999",
    "a number that is no number": "nan",
    "a header of their own": "/\r\nX: 1",
    "letters of everywhere": "\u0665\u202e\u2028\U0001f3b5",
    "the last day": "9999-12-31",
    "nothing": "",
}
UNUSABLE = ["%00", "%ff", "%ed%a0%80", "%0d%0aX:1", "9" * 5000, "-1", "%F0%9F%8E%B5"]
NAMES = re.compile(r"""(?:typed\w*|checked\w*)\(\s*"(\w+)"|\.get(?:list)?\("(\w+)\"""")
LAST = ("/sign-out", "/settings/sessions/<session_id>/end")
"""They take the session away that the others need."""
PROGRAMS = ("/api/", "/companion/")
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what is refused before it comes to a database."""
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""The stricter one."""


@pytest.fixture
def stage(hub: Hub) -> Stage:
    unlimited(hub)
    return Stage(hub).build()


def rules(app: flask.Flask, *methods: str) -> Iterator[tuple[str, Rule]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.rule in LAST, one.rule)):
        for method in sorted((rule.methods or set()) & set(methods)):
            yield method, rule


def address_of(stage: Stage, rule: Rule) -> str:
    """With the owner's things for the rule's variables."""
    ids = {**stage.ids, "work_id": stage.ids["release"], "contest_id": stage.ids["open_contest"], "number": "1"}
    ids |= {"stem_pack_id": stage.ids["frozen_pack"], "stem_id": stage.ids["frozen_stem"]}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda variable: ids.get(variable[1], "x"), rule.rule)


def fault_of(answer: TestResponse, rule: Rule, codes: frozenset[str]) -> str | None:
    is_as_specified = answer.status_code == 503 or (answer.status_code, rule.rule) == (501, "/oembed")
    if answer.status_code >= 500 and not is_as_specified:
        return f"{answer.status_code}: {answer.text[:300]}"
    if answer.status_code >= 400 and rule.rule.startswith(PROGRAMS):
        if answer.content_type != "application/problem+json":
            return f"{answer.status_code} as {answer.content_type}"
        if answer.get_json()["code"] not in codes:
            return f"{answer.get_json()['code']} is not documented"
    return None


def send_to_all(
    stage: Stage, sent: dict[str, dict[str, Any]], *methods: str, in_turn: bool = False
) -> list[tuple[str, Rule, TestResponse]]:
    """Everything in `sent` to every route with one of the methods, by a visitor and by the owner.

    `in_turn`: by one of them, for what is refused before anybody asks who sends it.
    """
    codes, answers, wrong = documented_codes(), [], []
    people = [("visitor", stage.clients["visitor"]), ("owner", stage.owner)]
    for turn, (method, rule) in enumerate(rules(stage.hub.app, *methods)):
        for number, (words, request) in enumerate(sent.items(), turn):
            for who, client in [people[number % 2]] if in_turn else people:
                with client.http.open(address_of(stage, rule), method=method, **request) as answer:
                    fault = fault_of(answer, rule, codes)
                    answers.append((method, rule, answer))
                if fault:
                    wrong.append(f"{method} {rule.rule} by {who} with {words}: {fault}")
    assert len(answers) > 100
    assert not wrong, "\n".join(wrong)
    return answers


@pytest.mark.long
@SQLITE
def test_json_that_cannot_be_read_is_refused_by_every_route(stage: Stage) -> None:
    bodies = {words: {"data": body, "content_type": "application/json"} for words, body in UNREADABLE.items()}
    answers = send_to_all(stage, bodies, "POST", "PUT", "PATCH", "DELETE", in_turn=True)
    got_through = {(method, rule.rule) for method, rule, answer in answers if answer.status_code != 400}
    assert got_through == set()


@pytest.mark.long
@POSTGRESQL
def test_no_form_is_our_fault_whatever_is_typed_into_it(stage: Stage) -> None:
    names = typed_names(stage.hub.app)
    forms: dict[str, dict[str, Any]] = {words: {"data": dict.fromkeys(names, text)} for words, text in TYPED.items()}
    send_to_all(stage, forms, "POST")


@pytest.mark.long
@POSTGRESQL
def test_no_query_is_our_fault_whatever_it_asks(stage: Stage) -> None:
    names = [*typed_names(stage.hub.app), "limit", "kind", "generations", "depth"]
    queries: dict[str, dict[str, Any]] = {
        text[:20]: {"query_string": "&".join(f"{name}={text}" for name in names)} for text in UNUSABLE
    }
    send_to_all(stage, queries, "GET")
    known: dict[str, list[str]] = stage.hub.app.extensions["remixhub_query_parameters"]
    for method, rule in rules(stage.hub.app, "GET"):  # one name alone: others would be refused before it is read
        for name in known.get(rule.endpoint, []):
            for text in UNUSABLE:
                answer = stage.owner.http.open(f"{address_of(stage, rule)}?{name}={text}", method=method)
                assert fault_of(answer, rule, documented_codes()) is None, f"{rule.rule}?{name}={text[:20]}"


@pytest.mark.long
@POSTGRESQL
def test_no_address_is_our_fault_whatever_stands_in_it(stage: Stage) -> None:
    codes, wrong = documented_codes(), []
    for method, rule in rules(stage.hub.app, "GET", "POST", "PUT", "PATCH", "DELETE"):
        for text in UNUSABLE if rule.arguments else []:
            address = re.sub(r"<[^>]+>", text, rule.rule)
            with stage.owner.http.open(address, method=method) as answer:
                if fault := fault_of(answer, rule, codes):
                    wrong.append(f"{method} {address[:80]}: {fault}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
@SQLITE
def test_a_time_at_the_ends_of_the_calendar_is_pointed_at(hub: Hub, moment: str) -> None:
    body = {"title": "Contest", "text": "Remix it.", "expires_at": moment}
    answer = hub.account(scopes=("read", "publish", "contest")).post("/contest-licences", body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")
    assert [one["pointer"] for one in answer.get_json()["violations"]] == ["/expires_at"]


@SQLITE
def test_the_last_moment_of_the_calendar_can_be_read_again(hub: Hub) -> None:
    last = {"expires_at": "9999-12-31T23:59:59.999999Z"}
    browser = hub.browser()
    asked = {
        "/contest-licences": ({"title": "Contest", "text": "Remix it.", **last}, "/account/contest-licences"),
        "/tokens": ({"name": "t", "scopes": ["read"], **last}, "/tokens"),
    }
    for path, (body, listing) in asked.items():
        answer = browser.post(path, body)
        assert (answer.status_code, answer.get_json()["expires_at"]) == (201, "9999-12-31T23:59:59.999Z")
        assert browser.get(listing).status_code == 200


@pytest.mark.parametrize("days", ["36501", "9" * 10, "9" * 5000, "-1", "1e3", "\u0665"])
@SQLITE
def test_a_number_that_a_form_cannot_mean_is_marked_beside_its_field(hub: Hub, days: str) -> None:
    form = {"name": "script", "scopes": ["read"], "days": days}
    answer = hub.browser().http.post("/settings/tokens", data=form)
    assert answer.status_code == 422
    assert 'id="days-fault"' in answer.text


@pytest.mark.parametrize(
    "elsewhere",
    ["/\r\nX:1", "/\t/elsewhere.example", "/\n/elsewhere.example", "//elsewhere.example", "/\\elsewhere.example",
     "\\\\elsewhere.example", "https://elsewhere.example", "/\u2028", "elsewhere", "/\x7f"],
)  # fmt: skip
@SQLITE
def test_sign_in_leads_to_an_address_of_this_site_alone(hub: Hub, elsewhere: str) -> None:
    browser = hub.browser()
    assert browser.http.get(f"/sign-in?next={quote(elsewhere)}").headers["Location"] == "/"
    assert browser.http.get("/sign-in?next=/works?tag=a%26b%23c").headers["Location"] == "/works?tag=a&b#c"


def typed_names(app: flask.Flask) -> list[str]:
    """The fields that the pages' views read, as their source says."""
    found: set[str] = set()
    for module in {view.__module__ for view in app.view_functions.values()}:
        if module.startswith("remixhub.web"):
            found |= {name for pair in NAMES.findall(inspect.getsource(sys.modules[module])) for name in pair if name}
    assert len(found) > 50
    return sorted(found)
