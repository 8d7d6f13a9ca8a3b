"""Which stems are offered as sounding like another."""

from __future__ import annotations

import numpy as np
import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.licences.contest_licences import Remixers, Sharing
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import StemPackState, WorkState
from remixhub.models import Account, ContestLicence, Original, Stem, Work
from remixhub.services.discovery.similar import similar_stems
from remixhub.services.stems.stems import StemNotFound
from tests.unit.rows import Rows, actor_of

FOR_ENTRANTS = Licence("LicenseRef-contest-0123456789")
pytestmark = pytest.mark.usefixtures("forgetting")


@pytest.fixture
def forgetting(parts: Parts) -> None:
    parts.database.sounds.forget()


def sound(*figures: int) -> bytes:
    """The rest are in the middle."""
    return np.array([*figures, *[0] * (12 - len(figures))], np.int8).tobytes()


def stem(rows: Rows, by: Account, name: str, level: int | None, role: str = "bass", **work: object) -> Stem:
    """The one stem of a work of its own."""
    measured = {"sound": None if level is None else sound(level), "sound_recipe": 1}
    original = rows.original(name, **measured)
    made = rows.work(by, name, **work)
    pack = rows.pack(made)
    return rows.stem(pack, original, name=name, role=role)


def found(parts: Parts, asked: Stem, limit: int = 20) -> list[str]:
    parts.database.sounds.forget()
    return [one.stem.name for one in similar_stems(VISITOR, parts, asked.id, limit=limit).stems]


def test_the_nearest_of_its_role_come_first(parts: Parts, rows: Rows) -> None:
    artist = rows.account()
    asked = stem(rows, artist, "asked", 0)
    for name, level in (("far", 100), ("near", -3), ("nearer", 1), ("utmost", -127)):
        stem(rows, artist, name, level)
    stem(rows, artist, "of another role", 0, role="pad")
    stem(rows, artist, "not measured", None)
    assert found(parts, asked) == ["nearer", "near", "far", "utmost"]
    assert found(parts, asked, limit=2) == ["nearer", "near"]
    distances = [one.distance for one in similar_stems(VISITOR, parts, asked.id, limit=20).stems]
    assert distances == sorted(distances)
    assert 0 < distances[0] < distances[-1] <= 1


def test_only_what_anybody_may_hear_of_the_newest_packs(parts: Parts, rows: Rows) -> None:
    artist = rows.account()
    asked = stem(rows, artist, "asked", 0)
    stem(rows, artist, "draft", 0, state=WorkState.DRAFT)
    gone = stem(rows, artist, "gone", 0)
    rows.add(
        ContestLicence(
            id=FOR_ENTRANTS, account_id=artist.id, title="Terms", text="…", remixers=Remixers.ENTRANTS,
            sharing=Sharing.HERE, is_non_commercial=False, text_sha256="a" * 64,
        )
    )  # fmt: skip
    stem(rows, artist, "for entrants", 0, licence=FOR_ENTRANTS)
    corrected = rows.work(artist, "Corrected")
    for version, name in ((1, "before"), (2, "after")):
        pack = rows.pack(corrected, version=version)
        rows.stem(pack, rows.original(name, sound=sound(9), sound_recipe=1), name=name)
    next_one = rows.pack(corrected, version=3, state=StemPackState.DRAFT)
    rows.stem(next_one, rows.original("next", sound=sound(0), sound_recipe=1), name="next")
    assert sorted(found(parts, asked)) == ["after", "gone"]
    kept = parts.database.sounds.near("bass", sound(0), 10)
    rows.change(Work, Work.id == rows.one(Work, Work.title == "gone").id, state=WorkState.WITHDRAWN)
    assert gone.id in [one.stem_id for one in kept]
    assert [one.stem.name for one in similar_stems(VISITOR, parts, asked.id, limit=20).stems] == ["after"]


def test_the_same_file_is_offered_once_and_not_to_itself(parts: Parts, rows: Rows) -> None:
    artist = rows.account()
    asked, other = stem(rows, artist, "asked", 0), stem(rows, artist, "other", 5)
    for name, same in (("asked again", asked), ("other again", other)):
        original = rows.one(Original, Original.sha256 == same.original_sha256)
        rows.stem(rows.pack(rows.work(artist, name)), original, name=name)
    assert len(found(parts, asked)) == 1
    assert found(parts, asked)[0].startswith("other")


def test_what_is_not_measured_is_like_nothing_and_says_so(parts: Parts, rows: Rows) -> None:
    artist = rows.account()
    stem(rows, artist, "other", 5)
    silent = similar_stems(VISITOR, parts, stem(rows, artist, "silent", None).id, limit=20)
    assert (silent.stems, silent.is_measured) == ((), False)


def test_a_private_stem_is_asked_about_by_its_artist_alone(parts: Parts, rows: Rows) -> None:
    artist = rows.account()
    stem(rows, artist, "other", 5)
    draft = stem(rows, artist, "draft", 0, state=WorkState.DRAFT)
    with pytest.raises(StemNotFound):
        similar_stems(VISITOR, parts, draft.id, limit=20)
    own = similar_stems(actor_of(artist), parts, draft.id, limit=20)
    assert [one.stem.name for one in own.stems] == ["other"]


def test_what_is_published_meanwhile_is_found_once_the_kept_sounds_have_served(
    parts: Parts, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("remixhub.models.sounds.FRESH_SECONDS", 0.0)
    monkeypatch.setattr("remixhub.models.sounds._SHARE", 0)
    artist = rows.account()
    asked = stem(rows, artist, "asked", 0)
    assert similar_stems(VISITOR, parts, asked.id, limit=20).stems == []
    stem(rows, artist, "new", 1)
    assert [one.stem.name for one in similar_stems(VISITOR, parts, asked.id, limit=20).stems] == ["new"]
