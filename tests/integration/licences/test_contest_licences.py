"""Contest licences: written once, accepted by digest, asked for before stems and remixes, over when they are over."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.domain.licences.terms import Licence
from remixhub.models import ContestLicence, LicenceAcceptance, SourceLink
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue

TERMS = {"title": "Summer contest", "text": "Remix it.\nShare it here until the winners are out."}


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


@pytest.fixture
def host(hub: Hub) -> Client:
    return hub.account("host", scopes=("read", "publish", "contest"))


@pytest.fixture
def licence(host: Client) -> dict[str, Any]:
    made: dict[str, Any] = host.post("/contest-licences", TERMS).get_json()
    return made


def expire(hub: Hub, licence_id: str) -> None:
    with hub.parts.database.writing() as session:
        session.execute(
            sa.update(ContestLicence)
            .where(ContestLicence.id == Licence(licence_id))
            .values(expires_at=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1))
        )


def test_a_licence_is_written_once_and_read_by_all(hub: Hub, host: Client, licence: dict[str, Any]) -> None:
    assert licence["id"] == f"LicenseRef-contest-nc-{licence['text_sha256'][:10]}"
    assert licence["in_plain_words"][0] == "Only who accepts it gets the stems and may remix them."
    assert host.post("/contest-licences", TERMS).get_json() == licence
    assert hub.visitor().get(f"/contest-licences/{licence['id']}").get_json()["text"] == TERMS["text"]
    other = host.post("/contest-licences", {**TERMS, "is_non_commercial": False, "sharing": "anywhere"}).get_json()
    assert other["id"] == f"LicenseRef-contest-{other['text_sha256'][:10]}"
    listed = host.get("/account/contest-licences?limit=1").get_json()
    assert [one["id"] for one in listed["contest_licences"]] == [other["id"]]
    rest = host.get(f"/account/contest-licences?limit=1&cursor={listed['next']}").get_json()
    assert [one["id"] for one in rest["contest_licences"]] == [licence["id"]]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"title": "", "text": "x"}, "invalid"),
        ({"title": "x"}, "invalid"),
        ({**TERMS, "remixers": "everybody"}, "invalid"),
        ({**TERMS, "is_non_commercial": "yes"}, "invalid"),
        ({**TERMS, "expires_at": "2020-01-01T00:00:00Z"}, "contest_licence_expired"),
        ({**TERMS, "expires_at": "2020-01-01T00:00:00"}, "invalid"),
    ],
)
def test_a_faulty_licence_leaves_nothing(hub: Hub, host: Client, body: dict[str, Any], code: str) -> None:
    refused = host.post("/contest-licences", body)
    assert (refused.status_code, refused.get_json()["code"]) == (422, code)
    assert hub.rows(ContestLicence) == []


def test_entrants_accept_the_text_they_read_before_they_get_stems_and_remix(
    hub: Hub, host: Client, catalogue: Catalogue, licence: dict[str, Any]
) -> None:
    fan = hub.account("fan")
    release = catalogue.work("For the contest", licence=Licence(licence["id"]), by="host")
    pack, (stem,) = catalogue.pack(release, [catalogue.original()])
    remix = {"title": "Mine", "sources": [{"source_id": release}]}
    spec = {"stem_pack_id": pack, "spec": {"version": 1, "lanes": [{"stem": stem}]}}
    for refused in (
        fan.get(f"/stems/{stem}/original"), fan.post(f"/stem-packs/{pack}/archive"), fan.post("/mixes", spec),
        fan.post("/remixes", remix), fan.http.get(f"/media/stems/{stem}/preview", headers=fan.headers),
    ):  # fmt: skip
        assert refused.status_code == 403
    assert fan.post("/remixes", remix).get_json()["context"]["licence"] == licence["id"]
    address = f"/contest-licences/{licence['id']}/acceptances"
    assert fan.post(address, {"text_sha256": "0" * 64}).status_code == 422
    receipt = fan.post(address, {"text_sha256": licence["text_sha256"]}).get_json()
    assert receipt["accepted_at"]
    assert fan.post(address, {"text_sha256": licence["text_sha256"]}).get_json() == receipt
    assert len(hub.rows(LicenceAcceptance)) == 1
    assert fan.get(f"/stems/{stem}/original").status_code == 302
    made = fan.post("/remixes", remix)
    assert made.status_code == 201
    assert made.get_json()["licence"] == licence["id"]
    (link,) = hub.rows(SourceLink)
    assert link.licence_sha256 == licence["text_sha256"]
    (taken,) = fan.get("/receipts").get_json()["receipts"]
    assert taken["licence_sha256"] == licence["text_sha256"]
    assert taken["licence_url"].endswith(f"/contest-licences/{licence['id']}")
    assert host.post("/remixes", remix).status_code == 201, "the author needs to accept nothing"


def test_a_licence_that_is_over_allows_nothing_new_and_breaks_nothing_old(
    hub: Hub, host: Client, catalogue: Catalogue, licence: dict[str, Any]
) -> None:
    fan = hub.account("fan")
    release = catalogue.work("For the contest", licence=Licence(licence["id"]), by="host")
    digest = {"text_sha256": licence["text_sha256"]}
    fan.post(f"/contest-licences/{licence['id']}/acceptances", digest)
    remix = {"title": "Mine", "sources": [{"source_id": release}]}
    draft = fan.post("/remixes", remix).get_json()
    expire(hub, licence["id"])
    late = fan.post("/remixes", remix)
    assert (late.status_code, late.get_json()["code"]) == (422, "contest_licence_expired")
    again = fan.put(f"/works/{draft['id']}/sources", {"sources": remix["sources"]}, revision=draft["revision"])
    assert again.status_code == 200, "what was declared in time stands"
    assert host.post("/releases", {"title": "Late", "licence": licence["id"]}).status_code == 422
    other = hub.account("other")
    accepted = other.post(f"/contest-licences/{licence['id']}/acceptances", digest)
    assert accepted.get_json()["code"] == "contest_licence_expired"


def test_a_licence_that_is_over_binds_its_author_too(
    hub: Hub, host: Client, catalogue: Catalogue, licence: dict[str, Any]
) -> None:
    release = catalogue.work("For the contest", licence=Licence(licence["id"]), by="host")
    remix = {"title": "Mine", "sources": [{"source_id": release}]}
    assert host.post("/remixes", remix).status_code == 201
    expire(hub, licence["id"])
    late = host.post("/remixes", remix)
    assert (late.status_code, late.get_json()["code"]) == (422, "contest_licence_expired")


def test_a_check_says_what_declaring_the_sources_would_say(
    hub: Hub, catalogue: Catalogue, licence: dict[str, Any]
) -> None:
    free = catalogue.work("Free", licence=Licence.BY)
    release = catalogue.work("For the contest", licence=Licence(licence["id"]), by="host")

    def check(source: str, wanted: str | None = None) -> tuple[int, str | None]:
        answer = hub.visitor().post("/licence-checks", {"sources": [source], **({"licence": wanted} if wanted else {})})
        return answer.status_code, answer.get_json().get("code")

    assert check(release) == check(free, licence["id"]) == (200, None), "it can still be accepted"
    assert check(free, "LicenseRef-contest-0123456789") == (422, "contest_licence_unknown")
    expire(hub, licence["id"])
    over = (422, "contest_licence_expired")
    assert [check(release), check(release, licence["id"]), check(free, licence["id"])] == [over] * 3


def test_only_author_and_entrants_put_works_under_it(
    hub: Hub, host: Client, catalogue: Catalogue, licence: dict[str, Any]
) -> None:
    fan = hub.account("fan")
    free = catalogue.work("Free", licence=Licence.BY)
    strict = catalogue.work("Shared", licence=Licence.BY_SA)
    body = {"title": "Mine", "licence": licence["id"]}
    assert fan.post("/releases", body).get_json()["code"] == "contest_licence_not_accepted"
    assert fan.post("/remixes", {**body, "sources": [{"source_id": free}]}).status_code == 403
    assert host.post("/releases", body).status_code == 201
    assert host.post("/remixes", {**body, "sources": [{"source_id": free}]}).status_code == 201
    refused = host.post("/remixes", {**body, "sources": [{"source_id": strict}]})
    assert refused.get_json()["code"] == "licence_conflict"
    unknown = host.post("/releases", {**body, "licence": "LicenseRef-contest-0123456789"})
    assert unknown.get_json()["code"] == "contest_licence_unknown"
    check = hub.visitor().post("/licence-checks", {"sources": [free], "licence": licence["id"]}).get_json()
    assert (check["licence"], check["conflict"]) == (licence["id"], None)


def test_anyone_may_mean_anyone(hub: Hub, host: Client, catalogue: Catalogue) -> None:
    open_licence = host.post("/contest-licences", {**TERMS, "remixers": "anyone"}).get_json()
    release = catalogue.work("For all", licence=Licence(open_licence["id"]), by="host")
    fan = hub.account("fan")
    assert fan.post("/remixes", {"title": "Mine", "sources": [{"source_id": release}]}).status_code == 201


def test_the_pages_lead_from_the_work_to_the_licence_and_back(hub: Hub, catalogue: Catalogue) -> None:
    host, fan = hub.browser("host"), hub.browser("fan")
    form = {**TERMS, "remixers": "entrants", "sharing": "here", "is_non_commercial": "yes", "expires_at": "soon"}
    refused = host.http.post("/contest-licences/new", data=form)
    assert refused.status_code == 422
    assert "Write it as 2027-01-31." in refused.text
    made = host.http.post("/contest-licences/new", data={**form, "expires_at": "2999-12-31"})
    address = made.headers["Location"]
    licence = address.rpartition("/")[2]
    assert licence in host.http.get("/new").text
    assert "Summer contest" in host.http.get("/contest-licences/").text
    release = catalogue.work("For the contest", licence=Licence(licence), by="host")
    catalogue.pack(release, [catalogue.original()])
    assert "stem are for entrants" in fan.http.get(f"/works/{release}").text.replace("stems are", "stem are")
    page = fan.http.get(f"{address}?back=/works/{release}").text
    assert "Nothing new may be made under it after 01 January 3000" in page
    (row,) = hub.rows(ContestLicence)
    accepted = fan.http.post(f"{address}/accept", data={"text_sha256": row.text_sha256, "back": f"/works/{release}"})
    assert accepted.headers["Location"] == f"/works/{release}"
    assert "for entrants" not in fan.http.get(f"/works/{release}").text
