"""No edit is lost: every PATCH and PUT says which revision it saw, and one that saw another changes nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.models import Account, Row
from tests.integration.conftest import Hub
from tests.integration.test_access_matrix import CONTEST, Case, Stage, cases

OF_ONESELF = {
    ("PUT", CONTEST + "/sign-up"): "one's own, once for each contest: nobody else writes it",
    ("PUT", CONTEST + "/scores/<entry_id>"): "a judge's own ballot: nobody else writes it",
    ("PUT", CONTEST + "/conflicts/<entry_id>"): "a judge's own word about themselves: nobody else writes it",
}
"""The routes without a revision, and why."""
PASSING = {"browser_sessions", "throttles"}
"""What asking alone may change: when one was last seen, and how often one has asked."""


@pytest.fixture
def stage(hub: Hub) -> Stage:
    """Whose owner is an operator too, since only these edit the house."""
    built = Stage(hub).build()
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Account).where(Account.handle == "owner").values(is_operator=True))
    return built


def edits(stage: Stage) -> dict[tuple[str, str], Case]:
    """Every PATCH and PUT of the table, which has every route, as the owner sends it; drafts first."""
    found: dict[tuple[str, str], Case] = {}
    for case in cases(stage):
        if case.method in ("PATCH", "PUT"):
            found.setdefault((case.method, case.rule), case)
    return {route: case for route, case in found.items() if route not in OF_ONESELF}


def rows(hub: Hub) -> dict[str, list[Any]]:
    with hub.parts.database.reading() as session:
        tables = [table for table in Row.metadata.sorted_tables if table.name not in PASSING]
        return {table.name: sorted(map(repr, session.execute(sa.select(table)))) for table in tables}


@pytest.mark.parametrize(
    ("if_match", "expected"), [(None, (428, "revision_required")), ("7000", (412, "revision_outdated"))]
)
def test_an_edit_that_did_not_see_what_is_there_changes_nothing(
    stage: Stage, if_match: str | None, expected: tuple[int, str]
) -> None:
    before, wrong = rows(stage.hub), []
    routes = edits(stage)
    assert len(routes) >= 12
    for route, case in routes.items():
        headers = {} if if_match is None else {"If-Match": f'"{if_match}"'}
        answer = stage.owner.send(case.method, stage.address_of(case), json=case.body, headers=headers)
        code = answer.get_json()["code"] if answer.mimetype == "application/problem+json" else None
        if (answer.status_code, code) != expected:
            wrong.append(f"{route}: {answer.status_code} {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)
    assert rows(stage.hub) == before


def test_every_edit_but_those_of_oneself_documents_that_it_takes_if_match(stage: Stage) -> None:
    paths = stage.owner.get("/openapi.json").get_json()["paths"]
    taking = {
        (method.upper(), path.replace("{", "<").replace("}", ">"))
        for path, rest in paths.items()
        for method, operation in rest.items()
        if method in ("patch", "put") and "428" in operation["responses"]
    }
    assert taking == set(edits(stage))
    assert set(OF_ONESELF) <= {(case.method, case.rule) for case in cases(stage)}


def test_what_can_be_edited_shows_its_revision_as_an_etag(stage: Stage) -> None:
    ids = stage.ids
    for path in ("/account", f"/works/{ids['draft']}", f"/contests/{ids['draft_contest']}", "/labels/owned"):
        answer = stage.owner.get(path)
        assert re.fullmatch(f'"{answer.get_json()["revision"]}-[0-9a-f]{{16}}"', answer.headers["ETag"]), path
    for path, body in ((f"/contests/{ids['draft_contest']}", {"brief": "New"}), ("/labels/owned", {"name": "New"})):
        seen = stage.owner.revision_of(path)
        edited = stage.owner.patch(path, body, revision=seen)
        assert (edited.status_code, edited.headers["ETag"]) == (200, f'"{seen + 1}"')
        assert stage.owner.patch(path, body, revision=seen).status_code == 412
        assert stage.owner.patch(path, body, revision=seen + 1).status_code == 200


def test_a_form_over_what_somebody_else_changed_says_so_and_keeps_what_was_typed(stage: Stage) -> None:
    contest, account = stage.ids["draft_contest"], stage.ids["account_id"]
    edit = f"/contests/{contest}/edit"
    seen = stage.owner.revision_of(f"/contests/{contest}")
    stage.owner.edit(f"/contests/{contest}", {"brief": "Theirs."})
    form = {
        "title": "Mine", "brief": "Mine.", "release_id": stage.ids["release"],
        "rubric_1_title": "Idea", "rubric_1_weight": "1", "rubric_1_max_score": "10",
        "entries_per_account": "1", "opens_at": "2099-01-01T10:00", "closes_at": "2099-01-02T10:00",
        "judging_closes_at": "2099-01-03T10:00", "seen": str(seen),
    }  # fmt: skip
    untitled = stage.owner.http.post(edit, data={**form, "title": ""})
    assert f'name="seen" value="{seen}"' in untitled.text, "who was not told of the other edit has not seen it"
    refused = stage.owner.http.post(edit, data=form)
    assert refused.status_code == 422
    assert "Somebody changed this in the meantime." in refused.text
    assert 'value="Mine"' in refused.text
    assert f'name="seen" value="{seen + 1}"' in refused.text
    assert stage.owner.get(f"/contests/{contest}").get_json()["brief"] == "Theirs."
    assert stage.owner.http.post(edit, data={**form, "seen": str(seen + 1)}).status_code == 303
    profile = {"display_name": "Mine", "bio": "", "links": "", "revision": "1"}
    assert stage.owner.http.post("/settings/profile", data={**profile, "display_name": "Owner"}).status_code == 303
    refused = stage.owner.http.post("/settings/profile", data=profile)
    assert "Somebody changed this in the meantime." in refused.text
    assert 'name="revision" value="2"' in refused.text
    members = f"/labels/owned/members/{account}"
    assert stage.owner.http.post(members, data={"role": "owner", "seen": "7000"}).status_code == 422


def test_a_label_is_another_when_somebody_joins_or_leaves(stage: Stage) -> None:
    other = stage.clients["other"]
    seen = stage.owner.revision_of("/labels/owned")
    token = stage.ids["invitation_token"]
    assert other.post(f"/label-invitations/{token}/acceptance").status_code == 200
    assert stage.owner.revision_of("/labels/owned") == seen + 1
    assert stage.owner.patch("/labels/owned", {"name": "Old"}, revision=seen).status_code == 412
    account = other.get("/account").get_json()["id"]
    assert other.delete(f"/labels/owned/members/{account}").status_code == 204
    assert stage.owner.revision_of("/labels/owned") == seen + 2
