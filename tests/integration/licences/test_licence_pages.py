"""Pages about licences: one's downloads with what became of them, and what goes together, asked without script."""

from __future__ import annotations

import re

import pytest

from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import StemPackState
from remixhub.models import Receipt, StemPack
from tests.integration.conftest import Hub
from tests.integration.contests.conftest import ContestStage


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages ask the services, which are tested on both databases."""
    return sqlite_url


@pytest.fixture
def stage(hub: Hub) -> ContestStage:
    return ContestStage(hub)


def taken(hub: Hub, stage: ContestStage, title: str) -> str:
    """A work under BY, whose stems the fan took."""
    work_id = stage.catalogue.work(title, by="ada", licence=Licence.BY)
    fan = stage.catalogue.account("fan")
    with hub.parts.database.writing() as session:
        pack = StemPack(work_id=work_id, version=1, state=StemPackState.FROZEN, digest="d" * 64)
        session.add(pack)
        session.flush()
        session.add(Receipt(account_id=fan, stem_pack_id=pack.id, licence=Licence.BY, licence_sha256="e" * 64))
    return work_id


def test_downloads_are_listed_with_what_became_of_them(hub: Hub, stage: ContestStage) -> None:
    fan, ada = hub.browser("fan"), hub.browser("ada")
    assert "Nothing taken yet" in fan.http.get("/my/receipts").text
    _, changed, gone = (taken(hub, stage, title) for title in ("Kept", "Changed", "Gone"))
    stage.catalogue.relicense(changed, Licence.BY_ND)
    assert ada.post(f"/works/{gone}/withdraw").status_code == 200

    def titles(address: str) -> set[str]:
        return set(re.findall(r'<strong dir="auto">(\w+)</strong>', fan.http.get(address).text))

    assert titles("/my/receipts") == {"Kept", "Changed", "Gone"}
    assert titles("/my/receipts?since=changed") == {"Changed"}
    assert titles("/my/receipts?since=gone") == {"Gone"}
    assert fan.http.get("/my/receipts?since=never").status_code == 404
    page = fan.http.get("/my/receipts?since=changed").text
    assert "Under CC BY-ND 4.0 today." in page
    file = re.search(r'href="(/api/v1/receipts/\w+)" download', page)
    assert file is not None
    assert fan.http.get(file[1]).get_json()["licence"] == "cc-by-4.0"
    assert "Nothing taken yet" in ada.http.get("/my/receipts").text


def test_a_remix_that_may_not_be_is_begun_and_told_why(hub: Hub, stage: ContestStage) -> None:
    closed = stage.catalogue.work("Harbour", by="ada", licence=Licence.BY_ND)
    fan = hub.browser("fan").http
    begun = fan.post(f"/works/{closed}/remix")
    assert begun.status_code == 303
    draft = fan.get(begun.headers["Location"]).text
    assert "“Harbour” is under CC BY-ND 4.0, which allows no remixes." in draft
    assert f"/works/{closed}/leave?source={closed}" in draft


def test_what_goes_together_is_asked_by_a_plain_form(hub: Hub) -> None:
    visitor = hub.visitor().http

    def answer(query: str) -> str:
        page = visitor.get(f"/licences?{query}").text
        return page.partition('id="answer"')[2].partition("</section>")[0]

    assert "verdict" not in answer("")
    assert "Your remix may stand under CC BY-SA 4.0." in answer("use=cc-by-4.0&use=cc-by-sa-4.0")
    clash = answer("use=cc-by-sa-4.0&use=cc-by-nc-4.0&use=")
    assert "“Song A” and “Song B” cannot meet in one remix." in clash
    assert clash.count('class="lineage-path"') == 2
    wish = answer("use=cc-by-nc-4.0&under=cc-by-4.0")
    assert "So the remix cannot be under CC BY 4.0." in wish
    assert "It may stand under CC BY-NC 4.0" in wish
    assert "which allows no remixes" in answer("use=cc-by-nd-4.0")
    assert "verdict" not in answer("use=anything&under=else")
    assert 'value="cc-by-sa-4.0" selected' in visitor.get("/licences?use=cc-by-sa-4.0").text
