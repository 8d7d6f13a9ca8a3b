"""The pages on which sessions are ordered and fetched."""

from __future__ import annotations

import re
from pathlib import Path

import urllib3

from remixhub.domain.exports.formats import FORMS
from remixhub.domain.figures import size
from remixhub.domain.states import JobKind
from remixhub.models import Job
from tests.integration.conftest import Hub
from tests.integration.stems.studio import Desk


def test_a_session_is_ordered_on_the_works_page_followed_and_fetched(hub: Hub, tmp_path: Path) -> None:
    desk = Desk(hub, tmp_path)
    artist = hub.account()
    work = desk.release(artist, ("kick.wav",))
    browser, address = hub.visitor().http, f"/works/{work['id']}/exports"
    page = browser.get(f"/works/{work['id']}").text
    assert f'action="{address}"' in page
    for format, form in FORMS.items():
        assert f'value="{format}"' in page
        assert form.opens_in in page
    offered = artist.get(f"/stem-packs/{work['stem_pack_id']}/exports").get_json()["exports"]
    sizes = re.findall(r'value="(\w+)" title.*?<span class="figure">([^<]+)<', page)
    assert sizes == [(one["format"], size(one["expected_bytes"])) for one in offered]
    assert len({told for _, told in sizes}) > 1
    assert "Make the REAPER" in browser.get(f"{address}/reaper").text
    assert [job for job in hub.rows(Job) if job.kind is JobKind.EXPORT_SESSION] == []
    sent = browser.post(address, data={"format": "reaper"})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{address}/reaper")
    piece = browser.get(f"{address}/reaper/progress").text
    assert "Waiting for a free worker" in piece
    assert f'hx-get="{address}/reaper/progress"' in piece
    hub.drain()
    ready = browser.get(f"{address}/reaper").text
    (url,) = re.findall(r'class="key primary" href="(http[^"]+)"', ready)
    got = urllib3.request("GET", url.replace("&amp;", "&"), retries=False)
    assert 'filename="artist - Night Drive (REAPER).zip"' in got.headers["Content-Disposition"]
    assert got.data[:2] == b"PK"
    assert browser.get(f"{address}/logic").status_code == 404
    assert browser.post(address, data={"format": "logic"}).status_code == 422
