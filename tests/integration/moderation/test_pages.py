"""From the report to the appeal through the pages alone, without script."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from remixhub.domain.moderation import NoticeKind
from remixhub.models import Account, Notice, Report, Takedown
from remixhub.services.accounts.accounts import make_operator
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages ask the services, which are tested on both databases."""
    return sqlite_url


@pytest.fixture
def people(hub: Hub) -> dict[str, Client]:
    clients = {handle: hub.browser(handle) for handle in ("artist", "fan", "moderator")}
    make_operator(hub.parts, "moderator")
    return clients


@pytest.fixture
def works(hub: Hub, people: dict[str, Client]) -> tuple[str, str]:
    catalogue = Catalogue(hub.parts)
    release = catalogue.work("Harbour Lights", by="artist")
    return release, catalogue.work("Harbour Nights", [release], by="fan")


def test_a_report_leads_to_a_takedown_an_appeal_and_a_restoration(
    hub: Hub, people: dict[str, Client], works: tuple[str, str]
) -> None:
    release, remix = works
    artist, fan, moderator = (people[handle].http for handle in ("artist", "fan", "moderator"))
    assert f"/works/{release}/report" in fan.get(f"/works/{release}").text
    assert "Send report" in fan.get(f"/works/{release}/report").text
    assert fan.post(f"/works/{release}/report", data={"note": "No reason"}).status_code == 422
    form = {"reason": "infringement", "note": "The bass is mine."}
    assert fan.post(f"/works/{release}/report", data=form).status_code == 303
    again = fan.post(f"/works/{release}/report", data=form)
    assert again.status_code == 422
    assert "wait for the decision" in again.text
    (report,) = hub.rows(Report)
    queue = moderator.get("/moderation").text
    assert "The bass is mine." in queue
    address = f"/moderation/works/{release}"
    assert f"{address}?report={report.id}" in queue
    reach = moderator.get(f"{address}?report={report.id}&reason=infringement").text
    assert "Harbour Lights → Harbour Nights" in reach
    assert re.findall(r'name="work_ids" value="(\w+)"( checked)?', reach) == [(release, " checked"), (remix, "")]
    assert moderator.post(address, data={"reason": "infringement"}).status_code == 422
    chosen = {"work_ids": release, "reason": "infringement", "note": "Not cleared.", "report_id": report.id}
    assert moderator.post(address, data=chosen).status_code == 303
    (takedown,) = hub.rows(Takedown)
    stone = hub.visitor().http.get(f"/works/{release}").text
    assert "The moderators of this hub took this work down on" in stone
    assert "because it infringes somebody" in stone
    assert f"/takedowns/{takedown.id}" not in stone
    page = f"/takedowns/{takedown.id}"
    assert page in artist.get(f"/works/{release}").text
    assert "1<span" in artist.get("/").text
    assert "Not cleared." in artist.get("/notices").text
    assert fan.get(page).status_code == 404
    assert artist.post(f"{page}/appeal", data={"note": ""}).status_code == 422
    assert artist.post(f"{page}/appeal", data={"note": "It is a gift."}).status_code == 303
    assert "Send appeal" not in artist.get(page).text
    assert "It is a gift." in moderator.get("/moderation").text
    assert "Keep it down" in moderator.get(page).text
    assert moderator.post(f"{page}/decision", data={"outcome": "restored"}).status_code == 303
    assert "took this work down" not in hub.visitor().http.get(f"/works/{release}").text
    assert "Harbour Lights" in moderator.get("/moderation/takedowns").text


def test_a_notice_is_marked_as_read(hub: Hub, people: dict[str, Client], works: tuple[str, str]) -> None:
    moderator, fan = people["moderator"].http, people["fan"].http
    fan.post(f"/works/{works[0]}/report", data={"reason": "offensive"})
    (report,) = hub.rows(Report)
    decision = {"outcome": "dismissed", "note": "It is art."}
    assert moderator.post(f"/moderation/reports/{report.id}/decision", data=decision).status_code == 303
    assert "It is art." in moderator.get("/moderation?state=dismissed").text
    (notice,) = hub.rows(Notice)
    assert "Mark as read" in fan.get("/notices").text
    assert fan.post(f"/notices/{notice.id}/read").status_code == 303
    assert "Mark as read" not in fan.get("/notices").text
    assert "Mark all" not in fan.get("/notices").text


def test_all_of_ones_own_notices_are_marked_as_read_at_once(hub: Hub, people: dict[str, Client]) -> None:
    fan, artist = people["fan"].http, people["artist"].http
    with hub.parts.database.writing() as session:
        for handle in ("fan", "fan", "artist"):
            account_id = session.scalars(sa.select(Account.id).where(Account.handle == handle)).one()
            session.add(Notice(account_id=account_id, kind=NoticeKind.CONTEST, subject_kind="contest", subject_id="1",
                               title="News"))  # fmt: skip
    page = fan.get("/notices").text
    assert (page.count("Mark as read"), "Mark all 2 as read" in page, page.count("Go to the contest")) == (2, True, 2)
    assert hub.visitor().http.post("/notices/read").status_code == 401
    assert fan.post("/notices/read").status_code == 303
    assert "Mark as read" not in fan.get("/notices").text
    assert "Mark as read" in artist.get("/notices").text


@pytest.mark.parametrize("path", ["/moderation", "/moderation/takedowns", "/moderation/works/{release}"])
def test_the_moderators_pages_are_for_moderators(people: dict[str, Client], works: tuple[str, str], path: str) -> None:
    address = path.format(release=works[0])
    assert people["moderator"].http.get(address).status_code == 200
    assert people["fan"].http.get(address).status_code == 403
    assert "/moderation" not in people["fan"].http.get("/").text
