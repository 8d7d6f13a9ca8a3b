"""How a mix begins is heard before the rest is rendered: from spans of indexed FLAC in a real storage."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import sqlalchemy as sa

from remixhub.audio.write.indexed_flac import open_indexed_flac
from remixhub.domain.states import JobState, RenditionKind, WorkState
from remixhub.jobs.lease import Lease, LeaseLost
from remixhub.models import Job, Mix, Mixdown, Rendition, Stem, Work
from remixhub.services import workbench
from remixhub.services.mixes import rendering
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue
from tests.integration.mixes.test_mixes import RATE_HZ, Song, ask, claimed, fetch, published_song, tone

SECONDS = 64


@pytest.fixture
def fan(hub: Hub) -> Client:
    return hub.account("fan")


@pytest.fixture
def song(hub: Hub, tmp_path: Path) -> Song:
    """A minute of a quiet tone that is silent at first, with what browsers mix of it."""
    return indexed_song(hub, tmp_path)


def indexed_song(hub: Hub, folder: Path, *, seconds: float = SECONDS, indexed: bool = True) -> Song:
    path = tone(folder / "tone.wav", 440, seconds)
    song = published_song(hub, Catalogue(hub.parts), [path])
    with hub.parts.database.writing() as session:
        digest = session.scalars(sa.select(Stem)).one().mixer_digest
    sound = soundfile.read(path, dtype="float32", always_2d=True)[0]
    flac, index = folder / "mixer-4096.flac", folder / "mixer-4096.index"
    with open_indexed_flac(flac, RATE_HZ, 2, 16, hub.parts.sandbox.programs) as encoder:
        encoder.write(sound)
    index.write_bytes(encoder.index().to_bytes())
    kinds = {RenditionKind.MIXER: flac} | ({RenditionKind.MIXER_INDEX: index} if indexed else {})
    stored = [workbench.store_rendition(hub.parts, digest, kind, file, "audio/flac") for kind, file in kinds.items()]
    with hub.parts.database.writing() as session:
        for one in stored:
            workbench.keep_rendition(session, one)
    return song


class Seen(Exception):
    """Raised in the place of the whole render."""


@pytest.fixture
def until_the_whole(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Callable[[Lease], None]:
    """Renders as far as to where the originals are fetched, as if the worker had died there."""

    def render(lease: Lease) -> None:
        def die(*_: object, **__: object) -> None:
            raise Seen

        with monkeypatch.context() as patched:
            patched.setattr(workbench, "fetch_originals", die)
            with pytest.raises(Seen):
                rendering.render_mixdown(hub.parts, lease)

    return render


def openings(hub: Hub) -> list[Rendition]:
    return [one for one in hub.rows(Rendition) if one.kind is RenditionKind.OPENING]


def test_it_is_there_while_the_rest_is_rendered_and_gives_way_to_the_whole(
    hub: Hub, song: Song, until_the_whole: Callable[[Lease], None]
) -> None:
    viewer, stranger = hub.browser("viewer"), hub.account("stranger")
    lanes = {"version": 2, "lanes": [{"stem": song.stems[0], "clips": [{"trim_start_frames": 10 * RATE_HZ},
                                                                       {"offset_frames": 20 * RATE_HZ}]}]}  # fmt: skip
    path = ask(viewer, song, lanes).headers["Location"].removeprefix("/api/v1")
    assert viewer.get(path).get_json()["opening_url"] is None
    until_the_whole(claimed(hub))
    shown = viewer.get(path).get_json()
    assert (shown["state"], shown["preview_url"]) == ("pending", None)
    heard, rate_hz = soundfile.read(io.BytesIO(fetch(shown["opening_url"])))
    assert rate_hz == RATE_HZ
    assert len(heard) == pytest.approx(30 * RATE_HZ, abs=2 * 1152)
    rms = [float(np.sqrt(np.mean(heard[at * RATE_HZ : (at + 5) * RATE_HZ, 0] ** 2))) for at in (5, 22)]
    assert rms[0] == pytest.approx(0.2 / np.sqrt(2), rel=0.02)
    assert rms[1] != pytest.approx(rms[0], rel=0.02), "two clips sound at once from 20 s on"
    media = f"/media{path}/opening"
    assert stranger.http.get(media, headers=stranger.headers).status_code == 404
    assert viewer.http.get(media).status_code == 302
    page = viewer.http.get(path).text
    assert f'src="{media}"' in page
    assert f'hx-get="{path}/progress?opening=1"' in page
    bar = viewer.http.get(f"{path}/progress?opening=1")
    assert ("HX-Retarget" in bar.headers, media in bar.text) == (False, False)
    grown = viewer.http.get(f"{path}/progress")
    assert (grown.headers["HX-Retarget"], media in grown.text) == ("#mixdown", True)

    with hub.parts.database.writing() as session:  # its worker is dead, the lease over
        session.execute(sa.update(Job).values(state=JobState.PENDING))
    hub.drain()
    done = viewer.get(path).get_json()
    assert (done["state"], done["opening_url"], done["preview_url"] is not None) == ("ready", None, True)
    assert len(openings(hub)) == 1
    assert viewer.http.get(media).status_code == 302, "whoever hears it hears it to its end"
    finished = viewer.http.get(f"{path}/progress?opening=1")
    assert (finished.headers["HX-Retarget"], media in finished.text) == ("#mixdown", False)
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Work).values(state=WorkState.TAKEN_DOWN))
    assert viewer.http.get(media).status_code == 409


def test_a_second_attempt_finds_it_and_makes_no_other(
    hub: Hub, song: Song, fan: Client, until_the_whole: Callable[[Lease], None]
) -> None:
    ask(fan, song, song.spec())
    until_the_whole(claimed(hub))
    (first,) = openings(hub)
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Job).values(state=JobState.PENDING))
    until_the_whole(claimed(hub))
    assert [one.created_at for one in openings(hub)] == [first.created_at]


@pytest.mark.parametrize("lacking", ["listener", "index", "length", "rate", "readable index", "sound"])
def test_without_what_it_needs_the_mix_goes_without_it(hub: Hub, tmp_path: Path, fan: Client, lacking: str) -> None:
    song = indexed_song(hub, tmp_path, seconds=59 if lacking == "length" else SECONDS, indexed=lacking != "index")
    ask(fan, song, song.spec(sample_rate_hz=48_000) if lacking == "rate" else song.spec())
    stored = {one.kind: one.key for one in hub.rows(Rendition)}
    if lacking == "listener":
        with hub.parts.database.writing() as session:
            session.execute(sa.delete(Mix))
    elif lacking == "readable index":
        hub.parts.store.put_bytes(stored[RenditionKind.MIXER_INDEX], b"RHFI", "application/octet-stream")
    elif lacking == "sound":
        hub.parts.store.delete(stored[RenditionKind.MIXER])
    hub.drain()
    assert openings(hub) == []
    assert [one.state for one in hub.rows(Mixdown)] == ["ready"]


def test_whoever_lost_the_job_tells_nobody_of_it(
    hub: Hub, song: Song, fan: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(fan, song, song.spec())
    lease = claimed(hub)
    store_rendition = workbench.store_rendition

    def lose(*args: object, **kwargs: object) -> object:
        with hub.parts.database.writing() as session:
            session.execute(sa.update(Job).values(fence=Job.fence + 1))
        return store_rendition(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(workbench, "store_rendition", lose)
    with pytest.raises(LeaseLost):
        rendering.render_mixdown(hub.parts, lease)
    assert openings(hub) == []
    assert list(hub.parts.settings.work_dir.iterdir()) == []
