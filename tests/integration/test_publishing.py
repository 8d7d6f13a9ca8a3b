"""From drafts to publications: once each, and only what is whole."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from remixhub.domain.states import WorkState
from remixhub.models import AuditEntry, StemPack, Work
from tests.integration.conftest import Hub
from tests.integration.studio import Desk


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


def test_a_release_is_published_with_its_stems_frozen(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.release(artist)
    pack = desk.pack(desk.hub.visitor(), work)
    assert work["state"] == "published"
    assert work["seq"] == 1
    assert pack["state"] == "frozen"
    assert pack["version"] == 1
    assert len(pack["digest"]) == 64
    assert [stem["name"] for stem in pack["stems"]] == ["kick", "bass"]
    assert all(stem["state"] == "ready" and stem["preview_url"] for stem in pack["stems"])
