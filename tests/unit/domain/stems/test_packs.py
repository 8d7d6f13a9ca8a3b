"""Digests of stem packs."""

from __future__ import annotations

import dataclasses
import hashlib

from remixhub.domain.stems.packs import PackedStem, pack_digest, review_digest

KICK = PackedStem("s1", "kick", "Kick", 0.0, "a" * 64)
BASS = PackedStem("s2", "bass", "Bass", -3.0, "b" * 64)


def test_a_copy_of_a_pack_has_its_digest() -> None:
    copies = [dataclasses.replace(stem, id=stem.id + "copy") for stem in (KICK, BASS)]
    assert pack_digest(copies) == pack_digest([KICK, BASS])


def test_every_published_fact_changes_the_digest_of_a_pack() -> None:
    for change in ({"role": "snare"}, {"name": "Boom"}, {"gain_db": 1.0}, {"sha256": "c" * 64}):
        assert pack_digest([dataclasses.replace(KICK, **change), BASS]) != pack_digest([KICK, BASS])  # type: ignore[arg-type]
    assert pack_digest([BASS, KICK]) != pack_digest([KICK, BASS])


def test_a_review_stays_good_when_stems_are_renamed_or_reordered() -> None:
    renamed = dataclasses.replace(KICK, name="Boom", gain_db=2.0)
    assert review_digest([BASS, renamed], None) == review_digest([KICK, BASS], None)


def test_a_review_goes_stale_with_the_stems_and_the_mix() -> None:
    fresh = review_digest([KICK, BASS], "m" * 64)
    assert review_digest([KICK], "m" * 64) != fresh
    assert review_digest([dataclasses.replace(KICK, role="snare"), BASS], "m" * 64) != fresh
    assert review_digest([KICK, BASS], None) != fresh


def test_digests_are_over_compact_json_so_that_those_that_are_stored_stay_good() -> None:
    written = f'[["kick","Kick",0.0,"{"a" * 64}"],["bass","Bass",-3.0,"{"b" * 64}"]]'
    assert pack_digest([KICK, BASS]) == hashlib.sha256(written.encode()).hexdigest()
    assert pack_digest([dataclasses.replace(KICK, gain_db=0)]) == pack_digest([KICK])
    written = f'[[["s1","kick","{"a" * 64}"],["s2","bass","{"b" * 64}"]],null]'
    assert review_digest([BASS, KICK], None) == hashlib.sha256(written.encode()).hexdigest()
