"""Players and tickets in frames on other sites, and what oEmbed says of them: what a visitor may see, whoever asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from werkzeug.test import TestResponse

from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WorkState
from tests.integration.conftest import Hub
from tests.integration.contests.conftest import JURY, ContestStage
from tests.integration.discovery.test_feeds import change, give_sound
from tests.integration.lineage.catalogue import Catalogue
from tests.integration.reading_stage import ReadingStage, asks
from tests.integration.stems.studio import Desk


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


def ask(hub: Hub, path: str, **asked: Any) -> TestResponse:
    """oEmbed's answer about a page of this hub."""
    url = hub.parts.addresses.of(path)
    return hub.app.test_client(use_cookies=False).get("/oembed", query_string={"url": url, **asked})


def test_a_player_says_whose_it_is_and_plays_what_everybody_may_hear(hub: Hub, catalogue: Catalogue) -> None:
    work_id = catalogue.work("Tide & <b>", by="ada", licence=Licence.BY_SA)
    visitor = hub.app.test_client(use_cookies=False)
    assert "<audio" not in visitor.get(f"/embed/works/{work_id}").text
    give_sound(hub, catalogue, work_id)
    page = visitor.get(f"/embed/works/{work_id}")
    assert page.status_code == 200
    for said in ("Tide &amp; &lt;b&gt;</a>", "Ada</a>", ">BY-SA</a>", f"/media/works/{work_id}/preview"):
        assert said in page.text
    for licence, heard in ((Licence.BY, True), (Licence("LicenseRef-contest-nc-0123456789"), False)):
        change(hub, work_id, mix_sha256=None, stems_mix_digest="a" * 64, licence=licence)
        assert ("<audio" in visitor.get(f"/embed/works/{work_id}").text) == heard


def test_what_is_private_or_gone_is_told_in_the_frame_and_not_by_oembed(hub: Hub, catalogue: Catalogue) -> None:
    browser = hub.browser("ada")
    draft, gone = catalogue.draft("Draft", by="ada"), catalogue.work("Gone", by="ada")
    catalogue.set_state(gone, WorkState.WITHDRAWN)
    for client in (browser.http, hub.visitor().http):
        for path, status in ((draft, 404), (gone, 410), ("none", 404)):
            answer = client.get(f"/embed/works/{path}")
            assert answer.status_code == status
            assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
            assert "Draft" not in answer.text
            assert "<audio" not in answer.text
    assert [ask(hub, f"/works/{one}").status_code for one in (draft, gone, "none")] == [404] * 3
    assert hub.visitor().http.get("/embed/mixes/none").status_code == 404
    assert hub.visitor().http.get("/embed/contests/none").status_code == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_frames_are_for_embedded_pages_alone_and_those_know_no_cookie(hub: Hub) -> None:
    stage = ReadingStage(hub, 2)
    framed = set()
    browsers = {by: stage.browser(by) for by in {one.by for one in asks(stage).values()}}
    for name, one in asks(stage).items():
        with browsers[one.by].get(one.address) as answer:
            policy = answer.headers["Content-Security-Policy"]
            may_be = "frame-ancestors *" in policy
            only = "'self'" if name == "/dev/mail/<letter_id>/html" else "'none'"  # a letter stands in its page
            assert may_be or f"frame-ancestors {only}" in policy, name
            assert may_be == ("X-Frame-Options" not in answer.headers), name
            if may_be:
                framed.add(name.partition(" ")[0])
                assert "Set-Cookie" not in answer.headers
                assert answer.headers["Cache-Control"] == ("no-store" if "share_token" in name else "no-cache")
                assert answer.text == hub.app.test_client(use_cookies=False).get(one.address).text, name
    assert framed == {"/embed/works/<work_id>", "/embed/mixes/<share_token>", "/embed/contests/<contest_id>"}


def test_oembed_gives_a_frame_of_the_size_that_there_is_room_for(hub: Hub, catalogue: Catalogue) -> None:
    work_id = catalogue.work('Say "Tide" & <b>', by="ada")
    said = ask(hub, f"/works/{work_id}").get_json()
    url = hub.parts.settings.public_url
    title = "Say &#34;Tide&#34; &amp; &lt;b&gt; by Ada"
    frame = f'<iframe src="{url}/embed/works/{work_id}" width="560" height="152" title="{title}"'
    assert said.pop("html").startswith(frame)
    assert said == {
        "version": "1.0", "type": "rich", "title": 'Say "Tide" & <b>', "author_name": "Ada",
        "author_url": f"{url}/@ada", "provider_name": "RemixHub", "provider_url": f"{url}/",
        "cache_age": 3600, "width": 560, "height": 152,
    }  # fmt: skip
    small = ask(hub, f"/works/{work_id}?utm=x#side-b", maxwidth=300, maxheight=90).get_json()
    assert (small["width"], small["height"]) == (300, 90)
    assert 'width="300" height="90"' in small["html"]
    large = ask(hub, f"/embed/works/{work_id}", maxwidth=5000).get_json()
    assert (large["width"], large["height"]) == (560, 152)
    for wrong in ({"maxwidth": "wide"}, {"maxheight": 0}, {"maxheight": "-3"}):
        assert ask(hub, f"/works/{work_id}", **wrong).status_code == 422


def test_oembed_speaks_xml_as_well_and_nothing_else(hub: Hub, catalogue: Catalogue) -> None:
    work_id = catalogue.work("Tide ]]> & <b>")
    answer = ask(hub, f"/works/{work_id}", format="xml")
    assert answer.content_type == "text/xml; charset=utf-8"
    tree = ElementTree.fromstring(answer.data)
    told = {one.tag: one.text for one in tree}
    assert tree.tag == "oembed"
    assert {**told, "width": 560, "height": 152, "cache_age": 3600} == ask(hub, f"/works/{work_id}").get_json()
    unknown = ask(hub, f"/works/{work_id}", format="yaml")
    assert (unknown.status_code, unknown.mimetype) == (501, "application/problem+json")


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/works/{work}", "{hub}.evil.example/works/{work}", "javascript:alert(1)", "{hub}/",
        "{hub}/works/{work}/edit", "{hub}/@ada", "//{work}", "ftp://localhost/works/{work}", "http://[",
        "{hub}@x/works/{work}",
    ],
)  # fmt: skip
def test_oembed_knows_no_other_address(hub: Hub, catalogue: Catalogue, url: str) -> None:
    work_id = catalogue.work("Tide")
    address = quote(url.format(hub=hub.parts.settings.public_url, work=work_id), safe="")
    answer = hub.visitor().http.get(f"/oembed?url={address}")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")
    assert hub.visitor().http.get("/oembed").status_code == 422


def test_a_contest_is_a_ticket_that_says_where_it_stands(hub: Hub) -> None:
    stage = ContestStage(hub)
    stage.label()
    contest = stage.contest(JURY)
    path = f"/contests/{contest['id']}"
    assert ask(hub, path).status_code == 404
    stage.announce(contest)
    visitor = hub.app.test_client(use_cookies=False)
    assert "Announced" in visitor.get(f"/embed{path}").text
    stage.pass_hours(contest, 1.5)
    assert stage.enter("fan", contest).status_code == 201
    page = visitor.get(f"/embed{path}").text
    for said in ("Open for entries", "Enter a remix", "1 entry", '<count-down until="', "Night Shift"):
        assert said in page
    said = ask(hub, path).get_json()
    assert (said["title"], said["author_name"]) == ("Remix the harbour", "Night Shift")


def test_pages_offer_what_can_be_embedded(hub: Hub, catalogue: Catalogue) -> None:
    work_id = catalogue.work("Tide & Co", by="ada")
    page = hub.visitor().http.get(f"/works/{work_id}").text
    url = quote(hub.parts.addresses.work(work_id), safe="/")
    offered = f"{hub.parts.settings.public_url}/oembed?url={url}&amp;format=json"
    assert f'type="application/json+oembed" href="{offered}"' in page
    assert f"&lt;iframe src=&#34;{hub.parts.settings.public_url}/embed/works/{work_id}&#34;" in page
    catalogue.set_state(work_id, WorkState.WITHDRAWN)
    assert "oembed" not in hub.visitor().http.get(f"/works/{work_id}").text


def test_a_shared_mix_is_rendered_for_its_frame_which_says_so_until_it_plays(hub: Hub, tmp_path: Path) -> None:
    desk, fan = Desk(hub, tmp_path), hub.account("fan")
    pack = desk.pack(fan, desk.release(hub.account("ada")))
    lanes = [{"stem": stem["id"]} for stem in pack["stems"]]
    begun = {"stem_pack_id": pack["id"], "spec": {"version": 2, "lanes": lanes}, "title": "Before Dawn"}
    draft = fan.post("/mix-drafts", begun).get_json()
    shared = fan.post(f"/mix-drafts/{draft['id']}/share").get_json()["share_url"]
    token = shared.rpartition("/")[2]
    visitor = hub.app.test_client(use_cookies=False)

    def frame() -> str:
        return visitor.get(f"/embed/mixes/{token}").text

    page = visitor.get(f"/shared-mixes/{token}").text
    assert f"&lt;iframe src=&#34;{hub.parts.settings.public_url}/embed/mixes/{token}&#34;" in page
    assert "It is being rendered" in frame()
    assert 'http-equiv="refresh"' in frame()
    hub.drain()
    assert f'src="/media/shared-mixes/{token}/preview"' in frame()
    assert 'http-equiv="refresh"' not in frame()
    changed = {"spec": {"version": 2, "lanes": [{**lanes[0], "gain_db": -9.0}]}}
    assert fan.put(f"/mix-drafts/{draft['id']}", changed, revision=1).status_code == 200
    assert "Not rendered as it stands now" in frame()
    assert fan.post(f"/mix-drafts/{draft['id']}/share").get_json()["share_url"] == shared
    hub.drain()
    assert "<audio" in frame()
