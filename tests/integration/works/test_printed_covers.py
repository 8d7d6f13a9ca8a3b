"""A cover that the house printed, from the press to the page: who gets it, how long it is kept, what links show."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import urllib3
from PIL import Image

from remixhub.domain.access import SYSTEM
from remixhub.domain.covers.envelope import COLUMNS
from remixhub.domain.states import JobKind, WorkState
from remixhub.jobs.table import add_job
from remixhub.models import Rendition, Work
from remixhub.services.upkeep.background import run_job
from remixhub.services.works.printing import order_prints
from tests.integration.conftest import Hub
from tests.integration.lineage.catalogue import Catalogue
from tests.integration.stems.studio import Desk


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


def drawn_on(page: str, work_id: str) -> str:
    """The address of the cover that a page shows."""
    found = re.search(rf'src="(/media/works/{work_id}/cover\.svg[^"]*)"', page)
    assert found, page
    return found[1]


def test_a_release_is_printed_from_its_stems_and_shown_beside_links(desk: Desk) -> None:
    hub, artist, visitor = desk.hub, desk.hub.account(), desk.hub.visitor().http
    work_id = desk.release(artist, tempo_bpm=124, key="Am")["id"]
    before = visitor.get(drawn_on(visitor.get("/").text, work_id))
    order_prints(hub.parts)
    hub.drain()  # all stems together are mixed first
    assert hub.rows(Work)[0].imprint is None
    order_prints(hub.parts)
    hub.drain()
    (work,) = hub.rows(Work)
    assert len(bytes.fromhex(work.imprint["envelope"])) == COLUMNS
    assert (work.imprint["tempo_bpm"], work.imprint["key"]) == (124.0, "A minor")
    address = drawn_on(visitor.get("/").text, work_id)
    assert address == drawn_on(visitor.get(f"/works/{work_id}").text, work_id)
    after = visitor.get(address)
    assert after.mimetype == "image/svg+xml"
    assert ElementTree.fromstring(after.text).get("viewBox") == "0 0 1000 1000"
    assert after.text != before.text
    for answer in (before, after):
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    picture = visitor.get(f"/media/works/{work_id}/link-picture")
    body = urllib3.request("GET", picture.headers["Location"]).data
    assert (Image.open(io.BytesIO(body)).format, Image.open(io.BytesIO(body)).size) == ("PNG", (1200, 1200))


def test_the_press_does_the_same_when_a_job_runs_twice(desk: Desk) -> None:
    hub = desk.hub
    work_id = desk.release(hub.account())["id"]
    seen = []
    for _ in range(2):
        with hub.parts.database.writing() as session:
            session.get_one(Work, work_id).printed_revision = 0
        with hub.parts.database.writing() as session:
            job_id = add_job(session, SYSTEM, JobKind.PRINT_COVER, work_id, max_attempts=5)
        run_job(hub.parts, job_id)
        run_job(hub.parts, job_id)
        (work,) = hub.rows(Work)
        pictures = [one.key for one in hub.rows(Rendition) if one.kind == "link_picture"]
        seen.append((work.print_digest, work.printed_revision, pictures, sorted(hub.objects("renditions/"))))
    assert seen[0] == seen[1]
    assert len(seen[0][2]) == 1


def test_a_cover_is_for_whoever_sees_the_work(hub: Hub) -> None:
    catalogue = Catalogue(hub.parts)
    owner, other = hub.browser("owner"), hub.browser("other")
    draft, published = catalogue.draft("In", by="owner"), catalogue.work("Out", by="owner")
    gone = catalogue.work("Gone", by="owner")
    catalogue.set_state(gone, WorkState.TAKEN_DOWN)
    statuses = {
        work: [
            client.http.get(f"/media/works/{work}/cover.svg").status_code for client in (hub.visitor(), other, owner)
        ]
        for work in (draft, published, gone, "none")
    }
    assert statuses[draft] == [404, 404, 200]
    assert statuses[published] == [200, 200, 200]
    assert statuses[gone][:2] == [404, 404]
    assert statuses["none"] == [404, 404, 404]


def test_a_print_under_another_digest_is_asked_about_each_time_and_a_drafts_is_kept_by_nobody_else(hub: Hub) -> None:
    catalogue = Catalogue(hub.parts)
    owner = hub.browser("owner")
    draft, published = catalogue.draft("In", by="owner"), catalogue.work("Out", by="owner")
    stale = hub.visitor().http.get(f"/media/works/{published}/cover.svg?v=0123456789ab")
    assert stale.headers["Cache-Control"] == "no-cache"
    again = hub.visitor().http.get(stale.request.path, headers={"If-None-Match": stale.headers["ETag"]})
    assert again.status_code == 304
    own = owner.http.get(drawn_on(owner.http.get(f"/works/{draft}/edit").text, draft))
    assert own.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "default-src 'none'" in own.headers["Content-Security-Policy"]
