"""Small ones of covers that artists upload: where pages, frames, feeds and other sites get them, and when they go."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
import urllib3
from PIL import Image

from remixhub.domain.covers.thumbnails import MOST_BYTES
from remixhub.models import Rendition, Work
from remixhub.services.backups.remaking import remake
from remixhub.services.works.printing import order_prints
from tests.integration.conftest import Client, Hub
from tests.integration.stems.studio import Desk

_ADDRESS = re.compile(r"/media/works/[^/]+/thumbnail-(\d+)\?v=[0-9a-f]{12}")


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


def give_cover(desk: Desk, artist: Client, work_id: str, seed: int = 1) -> None:
    """A photograph of some megabytes."""
    picture = Image.merge("RGB", [Image.effect_noise((1600, 1200), 100 + seed) for _ in range(3)])
    picture.save(desk.folder / f"cover-{seed}.jpg", quality=95)
    upload_id = artist.send_upload(desk.folder / f"cover-{seed}.jpg", "cover")
    desk.hub.drain()
    revision = desk.work(artist, {"id": work_id})["revision"]
    answer = artist.put(f"/works/{work_id}/cover", {"upload_id": upload_id}, revision=revision)
    assert answer.status_code == 200, answer.text


def press(hub: Hub) -> None:
    for _ in range(2):  # all stems together are mixed first
        order_prints(hub.parts)
        hub.drain()


def fetched(hub: Hub, address: str) -> bytes:
    sent_on = hub.visitor().http.get(address)
    assert sent_on.status_code == 302, sent_on.text
    answer = urllib3.request("GET", sent_on.headers["Location"])
    assert answer.status == 200
    return answer.data


def test_an_uploaded_cover_is_shown_by_small_ones_wherever_it_is_small(desk: Desk) -> None:
    hub, artist = desk.hub, desk.hub.account("ada")
    work_id = desk.release(artist)["id"]
    give_cover(desk, artist, work_id)
    visitor = hub.visitor().http
    frame = visitor.get(f"/embed/works/{work_id}").text
    assert "cover.svg" in frame, "the print stands in until there are small ones"
    press(hub)

    pages = {path: visitor.get(path).text for path in ("/", f"/works/{work_id}", "/@ada", f"/embed/works/{work_id}")}
    for path, page in pages.items():
        addresses = {found[0]: int(found[1]) for found in _ADDRESS.finditer(page)}
        assert set(addresses.values()) == ({192, 384} if "embed" in path else {192, 384, 768}), path
        assert f"/media/works/{work_id}/cover?" not in page, path
        for address, side in addresses.items():
            encoded = fetched(hub, address)
            assert Image.open(io.BytesIO(encoded)).size == (side, side)
            assert len(encoded) <= MOST_BYTES[side]
    url = hub.parts.addresses.work(work_id)
    said = visitor.get("/oembed", query_string={"url": url}).get_json()
    assert (said["thumbnail_width"], said["thumbnail_height"]) == (384, 384)
    assert Image.open(io.BytesIO(fetched(hub, said["thumbnail_url"]))).size == (384, 384)
    assert "thumbnail_url" not in visitor.get("/oembed", query_string={"url": url, "maxwidth": 300}).get_json()
    (entry,) = json.loads(visitor.get("/feed.json").text)["items"]
    assert "/thumbnail-768?v=" in entry["image"]


def test_small_ones_follow_the_cover_and_are_made_anew_when_they_are_lost(desk: Desk) -> None:
    hub, artist = desk.hub, desk.hub.account("ada")
    work_id = desk.release(artist)["id"]
    give_cover(desk, artist, work_id)
    press(hub)
    first = hub.rows(Work)[0].thumbnail_digest
    (lost, *_) = [one for one in hub.rows(Rendition) if one.subject_digest == first]
    hub.parts.store.delete(lost.key)
    assert remake(hub.parts, [lost.key]) == 1
    hub.drain()
    assert hub.parts.store.head(lost.key) is not None

    give_cover(desk, artist, work_id, seed=2)
    assert hub.rows(Work)[0].thumbnail_digest is None, "nobody is shown the cover of before"
    press(hub)
    assert hub.rows(Work)[0].thumbnail_digest not in (None, first)
    artist.post(f"/works/{work_id}/withdraw")
    assert hub.rows(Work)[0].state == "withdrawn"
    assert hub.visitor().http.get(f"/media/works/{work_id}/thumbnail-384").status_code == 404
