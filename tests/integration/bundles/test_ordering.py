"""Bundles on demand: ordered by POST, made by a worker as the command writes them, given to those who may have them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import urllib3

from remixhub.cli import main
from remixhub.domain.states import JobKind, RenditionKind
from remixhub.models import BundleOrder, Job, Receipt, Rendition, now
from remixhub.services.upkeep.sweeping import enqueue_sweep
from tests.integration.conftest import Hub
from tests.integration.contests.conftest import ContestStage
from tests.integration.stems.studio import Desk


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


def fetched(answer: Any) -> bytes:
    assert answer["state"] == "ready", answer
    return bytes(urllib3.request("GET", answer["url"], retries=False).data)


def jobs(desk: Desk) -> list[Job]:
    return [job for job in desk.hub.rows(Job) if job.kind is JobKind.BUILD_BUNDLE]


def test_where_nothing_is_published_anybody_is_told_so(hub: Hub) -> None:
    ContestStage(hub).label()
    answer = hub.visitor().http.get("/bundles/label/nightshift")
    assert answer.status_code == 409
    assert "It holds no published work." in answer.text
    assert "Come back when there is a published work in it." in answer.text, "visitors have nothing to publish there"


def test_what_a_worker_makes_is_what_the_command_writes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    hub, artist, fan = desk.hub, desk.hub.account(), desk.hub.account("fan")
    work = desk.release(artist, ("kick.wav", "bass.wav"))
    hub.drain()
    path = f"/bundles/work/{work['id']}"
    seen = fan.get(path).get_json()
    assert (seen["state"], seen["work_count"], seen["is_too_large"], jobs(desk)) == ("absent", 1, False, [])
    assert seen["expected_bytes"] > 2 * 44_100 * 6
    for _ in range(2):
        ordered = fan.post(path)
        assert (ordered.status_code, ordered.get_json()["state"]) == (202, "building")
    assert len(jobs(desk)) == 1
    hub.drain()
    body = fetched(fan.get(path).get_json())
    (receipt,) = hub.rows(Receipt)
    assert receipt.stem_pack_id == work["stem_pack_id"]
    for name, value in hub.parts.settings.to_env().items():
        monkeypatch.setenv(name, value)
    assert main(["bundle", "work", work["id"], "-o", str(desk.folder / "out.zip")]) == 0
    assert hashlib.sha256(body).digest() == hashlib.sha256((desk.folder / "out.zip").read_bytes()).digest()
    assert hub.visitor().post(path).status_code == 200, "equal bundles are one"
    assert artist.get(path).get_json()["size_bytes"] == len(body)
    assert fetched(artist.get(path).get_json()) == body, "what is one's own needs no receipt"
    assert len(hub.rows(Receipt)) == 1, "the artist needs none, a visitor has no place for one"
    artist.edit(f"/works/{work['id']}", {"description": "New words."})
    assert fan.get(path).get_json()["state"] == "absent"


def test_what_is_too_large_names_the_command(desk: Desk) -> None:
    work = desk.release(desk.hub.account(), ("kick.wav",))
    object.__setattr__(desk.hub.parts.settings, "bundle_limit_bytes", 1000)
    path = f"/bundles/work/{work['id']}"
    refused = desk.hub.visitor().post(path)
    assert (refused.status_code, refused.get_json()["code"]) == (413, "bundle_too_large")
    assert f"python -m remixhub bundle work {work['id']}" in refused.get_json()["detail"]
    page = desk.hub.visitor().http.get(path)
    assert f"python -m remixhub bundle work {work['id']}" in page.text
    assert "<button" not in page.text.partition("<main")[2].partition("</main")[0]
    assert jobs(desk) == []


def test_a_page_orders_shows_and_gives_it(desk: Desk) -> None:
    hub, artist = desk.hub, desk.hub.browser()
    work = desk.release(artist, ("kick.wav",))
    collection = artist.post("/collections", {"title": "Set", "visibility": "private"}).get_json()["id"]
    artist.post(f"/collections/{collection}/works", {"work_id": work["id"]})
    path = f"/bundles/collection/{collection}"
    assert path in artist.http.get(f"/collections/{collection}").text
    assert f"/bundles/work/{work['id']}" in hub.visitor().http.get(f"/works/{work['id']}").text
    for stranger in (hub.visitor(), hub.browser("fan")):
        assert stranger.http.get(path).status_code == stranger.http.post(path).status_code == 404
    page = artist.http.get(path)
    assert "1 work · about" in page.text
    ordered = artist.http.post(path)
    assert (ordered.status_code, ordered.headers["Location"]) == (303, path)
    assert "hx-get" in artist.http.get(f"{path}/progress").text
    hub.drain()
    assert "Make the bundle" in hub.visitor().http.get(f"{path}/progress").text, "nothing is told of others' orders"
    assert f'href="{path}"' in artist.http.get(f"{path}/progress").text
    assert "Download bundle" in artist.http.get(path).text
    for wrong in ("zine/x", "zine/x/progress", "work/x", "label/none"):
        assert hub.visitor().http.get(f"/bundles/{wrong}").status_code == 404, wrong


def test_looking_at_a_bundle_takes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link on any other site makes browsers look; receipts are of what somebody took."""
    hub, artist, fan = desk.hub, desk.hub.browser(), desk.hub.browser("fan")
    work = desk.release(artist, ("kick.wav",))
    path = f"/bundles/work/{work['id']}"
    artist.post(path)
    hub.drain()
    seen = fan.get(path).get_json()
    assert (seen["state"], seen["url"]) == ("ready", None)
    page = fan.http.get(path).text
    assert ("Get the bundle" in page, "Download bundle" in page) == (True, False)
    assert hub.rows(Receipt) == []
    assert fan.http.post(path).status_code == 303
    assert "Download bundle" in fan.http.get(path).text
    assert [one.stem_pack_id for one in hub.rows(Receipt)] == [work["stem_pack_id"]]
    monkeypatch.setattr("remixhub.services.bundles.ordering.gather", None)
    assert f'href="{path}"' in artist.http.get(f"{path}/progress").text, "following gathers nothing"


def archives(desk: Desk) -> list[str]:
    return [row.subject_digest for row in desk.hub.rows(Rendition) if row.kind is RenditionKind.ARCHIVE]


def test_bundles_do_not_fill_the_storage(desk: Desk) -> None:
    """Every word that is edited makes another of them, as large as all that is in it."""
    hub, artist, fan = desk.hub, desk.hub.account(), desk.hub.account("fan")
    path = f"/bundles/work/{desk.release(artist, ('kick.wav',))['id']}"
    work = path.replace("/bundles/work", "/works")

    def ordered(words: str) -> list[str]:
        artist.edit(work, {"description": words})
        assert artist.post(path).status_code == 202
        hub.drain()
        return archives(desk)

    (first,) = ordered("First.")
    (second,) = ordered("Second.")
    assert first != second, "nobody wants the first any more"
    assert fan.post(path).status_code == 200
    assert len(ordered("Third.")) == 2, "the second is a fan's too"
    most = max(one.size_bytes for one in hub.rows(BundleOrder)) * 7 // 2
    object.__setattr__(hub.parts.settings, "bundle_bytes_a_day", most)
    artist.edit(work, {"description": "Fourth."})
    refused = artist.post(path)
    assert (refused.status_code, refused.get_json()["code"]) == (429, "too_much_ordered")
    assert int(refused.headers["Retry-After"]) > 0
    assert len(jobs(desk)) == 3
    assert fan.post(path).status_code == 202, "each has a day of their own"
    hub.drain()
    with hub.parts.database.writing() as session:
        for table in (Rendition, BundleOrder):
            session.execute(sa.update(table).values(created_at=now(-2 * 24 * 3600 - 60)))
    enqueue_sweep(hub.parts)
    hub.drain()
    assert archives(desk) == hub.rows(BundleOrder) == []


def test_a_withdrawn_work_is_not_given_any_more(desk: Desk) -> None:
    hub, artist, fan = desk.hub, desk.hub.account(), desk.hub.account("fan")
    work = desk.release(artist, ("kick.wav",))
    path = f"/bundles/work/{work['id']}"
    fan.post(path)
    assert artist.post(f"/works/{work['id']}/withdraw").status_code == 200
    hub.drain()
    assert fan.get(path).get_json()["code"] == "work_withdrawn"
    assert [job.state.value for job in jobs(desk)] == ["done"]
    assert [row for row in hub.rows(Rendition) if row.kind is RenditionKind.ARCHIVE] == []
