"""The OpenAPI document and the readable page made from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.integration.conftest import Hub
from tests.integration.test_access_matrix import Stage, cases

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
METHODS = {"get", "post", "put", "patch", "delete"}


def document(hub: Hub) -> dict[str, Any]:
    found: dict[str, Any] = hub.visitor().get("/openapi.json").get_json()
    return found


def operations(hub: Hub) -> dict[str, dict[str, Any]]:
    spec = document(hub)
    return {
        f"{method.upper()} {path}": operation
        for path, rest in spec["paths"].items()
        for method, operation in rest.items()
        if method in METHODS
    }


def test_the_document_is_openapi_3_1_and_names_how_to_sign_in(hub: Hub) -> None:
    spec = hub.visitor().get("/openapi.json").get_json()
    assert spec["openapi"].startswith("3.1")
    schemes = spec["components"]["securitySchemes"]
    assert schemes["token"] == {"type": "http", "scheme": "bearer"}
    told = hub.visitor().send("GET", "http://localhost/.well-known/oauth-authorization-server").get_json()
    (flow,) = schemes["app"]["flows"].values()
    assert (flow["authorizationUrl"], flow["tokenUrl"]) == (told["authorization_endpoint"], told["token_endpoint"])
    assert list(flow["scopes"]) == told["scopes_supported"]
    assert {"app": []} in spec["security"]


def test_every_operation_says_what_it_does_and_how_it_may_fail(hub: Hub) -> None:
    spec = document(hub)
    for name, operation in operations(hub).items():
        assert operation.get("summary"), name
        problems = {status for status in operation["responses"] if status.startswith(("4", "5"))}
        assert problems >= {"400", "401", "403", "422", "429", "503"}, name
        for status in {*problems, "default"}:
            answer = resolved(spec, operation["responses"][status])
            assert set(answer["content"]) == {"application/problem+json"}, f"{name} {status}"
            assert answer["content"]["application/problem+json"]["example"]["code"], f"{name} {status}"


def resolved(spec: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    return spec["components"]["responses"][answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer


def test_the_document_says_where_the_hub_is_and_under_which_licence_it_stands(hub: Hub) -> None:
    spec = document(hub)
    assert [server["url"] for server in spec["servers"]] == [hub.app.extensions["remixhub"].settings.public_url]
    assert spec["info"]["license"]["identifier"] == "Apache-2.0"


def test_every_operation_has_a_name_of_its_own_that_says_what_it_does(hub: Hub) -> None:
    names = [operation["operationId"] for operation in operations(hub).values()]
    assert len(set(names)) == len(names) > 140
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", name) for name in names)


def media_with_examples(hub: Hub) -> Iterator[tuple[str, dict[str, Any]]]:
    spec = document(hub)
    for name, operation in operations(hub).items():
        bodies = {"body": operation.get("requestBody", {}), **operation["responses"]}
        for what, body in bodies.items():
            for media_type, media in resolved(spec, body).get("content", {}).items():
                if media_type in ("application/json", "application/problem+json"):
                    yield f"{name} {what}", media


def test_every_body_and_answer_has_an_example_that_fits_its_schema(hub: Hub) -> None:
    components = document(hub)["components"]
    wrong = []
    for where, media in media_with_examples(hub):
        assert "example" in media, where
        schema = {**media["schema"], "components": components}
        faults = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
        wrong += [f"{where}: {fault.json_path} {fault.message}" for fault in faults.iter_errors(media["example"])]
    assert not wrong, "\n".join(wrong)


def test_every_example_of_a_body_is_read_by_the_operation(hub: Hub) -> None:
    """Whatever the state says of it: nothing is wrong with its form."""
    wrong = []
    asker = hub.account(scopes=("read", "publish", "contest"))
    for name, operation in operations(hub).items():
        if "requestBody" not in operation:
            continue
        method, path = name.split(" ")
        body = operation["requestBody"]["content"]["application/json"]["example"]
        answer = asker.send(method, re.sub(r"\{\w+\}", "x", path), json=body, headers={"If-Match": '"1"'})
        if answer.status_code == 400 or (answer.status_code == 422 and answer.get_json()["code"] == "invalid"):
            wrong.append(f"{name}: {answer.text}")
    assert not wrong, "\n".join(wrong)


def test_the_document_says_who_may_ask(hub: Hub) -> None:
    """By what is so: the access matrix for visitors, and a token of every scope for what takes a session."""
    stage = Stage(hub).build()
    spec, known = document(hub), operations(hub)
    open_to_visitors: dict[str, bool] = {}
    for case in cases(stage):
        name = f"{case.method} {case.rule.replace('<', '{').replace('>', '}')}"
        if name in known:
            open_to_visitors[name] = open_to_visitors.get(name, False) or case.policy.visitor not in (401, 404)
    assert open_to_visitors == {
        name: {} in operation.get("security", spec["security"]) for name, operation in known.items()
    }
    asker = hub.account("asker", scopes=("read", "publish", "contest"))
    for name, operation in known.items():
        method, path = name.split(" ")
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
        answer = asker.send(method, re.sub(r"\{\w+\}", "x", path), json=body, headers={"If-Match": '"1"'})
        refused = answer.status_code == 403 and answer.get_json().get("context", {}).get("scope") == "session"
        assert refused == (operation.get("security") == [{"session": []}]), name


def test_edits_document_if_match_and_posts_an_idempotency_key(hub: Hub) -> None:
    headers = {
        name: {one["name"]: one["required"] for one in operation.get("parameters", []) if one["in"] == "header"}
        for name, operation in operations(hub).items()
    }
    assert headers["PATCH /api/v1/works/{work_id}"] == {"If-Match": True}
    assert headers["POST /api/v1/releases"] == {"Idempotency-Key": False}
    assert headers["GET /api/v1/works"] == {"If-None-Match": False}
    assert "If-Match" in hub.visitor().http.get("/api/v1/docs").text


def test_every_operation_has_a_place_on_the_page(hub: Hub) -> None:
    page = hub.visitor().http.get("/api/v1/docs")
    assert page.mimetype == "text/html"
    for name in operations(hub):
        method, path = name.split(" ")
        assert f'<span class="method">{method}</span> <code>{path}</code>' in page.text


def test_the_page_needs_nothing_from_elsewhere(hub: Hub) -> None:
    page = hub.visitor().http.get("/api/v1/docs")
    fetched = re.findall(r'<(?:script|link|img)[^>]*?(?:src|href)="([^"]+)"', page.text)
    own = hub.parts.settings.public_url
    assert fetched
    assert [one for one in fetched if not one.startswith(("/", own))] == []
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
