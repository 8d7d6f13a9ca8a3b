"""DAWprojects of unknown make: what is read of them grows with what they hold, and with nothing else."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import pytest

from remixhub.domain.exports import dawproject_reading
from remixhub.domain.exports.dawproject_reading import SessionUnreadable, heard_of, read_mix

CLIP = '<Clip time="0" duration="1"><Audio duration="9"><File path="a.wav"/></Audio></Clip>'


def project(strip: str, *, strips: int = 1, lanes: int = 1, clips: int = 1, track: str = 'track="t"') -> Element:
    own = f"<Lanes {track}><Clips>{CLIP * clips}</Clips></Lanes>" * lanes
    return fromstring(
        f"<Project><Structure>{strip * strips}</Structure><Arrangement><Lanes>{own}</Lanes></Arrangement></Project>"
    )


@pytest.mark.parametrize(("strips", "lanes", "clips"), [(1, 1, 1), (40, 1, 40), (40, 20, 5), (2, 40, 1)])
def test_every_clip_is_played_once_however_often_an_id_comes(strips: int, lanes: int, clips: int) -> None:
    strip = '<Track id="t"><Channel/></Track>'
    root = project(strip, strips=strips, lanes=lanes, clips=clips)
    assert len(list(heard_of(root))) == lanes * clips
    assert sum(len(lane.clips) for lane in read_mix(root, {"a.wav": "kick"}, 48_000).lanes) == lanes * clips


@pytest.mark.parametrize("track", ["", 'track="other"'])
def test_a_strip_without_an_id_has_no_lanes(track: str) -> None:
    assert list(heard_of(project("<Track><Channel/></Track>", track=track))) == []


def test_more_than_any_arrangement_plays_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dawproject_reading, "_MOST_PLAYED", 10)
    strip = '<Track id="t"/>'
    assert len(list(heard_of(project(strip, clips=10)))) == 10
    with pytest.raises(SessionUnreadable, match="more than 10 spans"):
        list(heard_of(project(strip, clips=11)))
