"""What a snapshot says of itself is believed only when it is whole, ours and leads nowhere else."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.backups.manifests import (
    Kept,
    Manifest,
    Part,
    SnapshotForeign,
    SnapshotUnusable,
    object_name,
    read_line,
    read_manifest,
    read_note,
    sealed_note,
    snapshot_name,
    snapshot_time,
)

TIMES = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(9999, 1, 1), timezones=st.just(dt.UTC)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
SECRET, OTHER = "s" * 32, "o" * 32
DIGEST = "0123456789abcdef" * 4
MANIFEST = Manifest(
    "20261129T010203.456Z-0a1b2c", "2026-11-29T01:02:03.000Z", "https://stems.example", "0.2.0", "0039", "sqlite",
    Part("database", 10, DIGEST), Part("objects.jsonl", 20, DIGEST), 1, 5, {"works": 3}, [("missing", "originals/a/b")],
)  # fmt: skip


def test_a_manifest_is_read_as_it_was_written_with_a_secret_of_now_or_before() -> None:
    assert read_manifest(MANIFEST.to_json(SECRET), [OTHER, SECRET]) == MANIFEST
    with pytest.raises(SnapshotForeign):
        read_manifest(MANIFEST.to_json(SECRET), [OTHER])
    assert read_manifest(MANIFEST.to_json(SECRET), [OTHER], unsealed=True) == MANIFEST


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"sha256": 1, "seal": 2, "format": 1}', b"\xff"]
)
def test_what_is_no_manifest_is_refused(text: bytes) -> None:
    with pytest.raises(SnapshotUnusable):
        read_manifest(text, [SECRET])


def test_a_changed_word_is_noticed_and_a_later_format_is_told() -> None:
    body = json.loads(MANIFEST.to_json(SECRET))
    for name in ("snapshot", "hub", "object_count", "rows", "faults", "database"):
        with pytest.raises(SnapshotUnusable, match="digest is another"):
            read_manifest(json.dumps({**body, name: "changed"}).encode(), [SECRET])
    with pytest.raises(SnapshotUnusable, match="format 2"):
        read_manifest(json.dumps({**body, "format": 2}).encode(), [SECRET])


def test_files_of_a_snapshot_have_our_names_whatever_is_written() -> None:
    odd = replace(MANIFEST, database=Part("../../etc/passwd", 1, DIGEST))
    assert read_manifest(odd.to_json(SECRET), [SECRET]).database.name == "database"


KEYS = [
    "incoming/ab",
    "uploads/0a",
    f"originals/01/{DIGEST}",
    f"originals/01/{DIGEST}/ab",
    f"renditions/01/{DIGEST}/1/p.mp3",
]
ODD_KEYS = [
    "", "/originals/a", "originals", "originals/", "originals//a", "originals/../x", "originals/./x", "originals/.x",
    "../originals/a", "other/a", "originals/a\n", "originals/a b", "originals/a/b/c/d/e/f", "originals/\u00e4",
    "originals/" + "a" * 200,
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_keys_of_the_scheme_are_read(key: str) -> None:
    kept = Kept(key, 5, DIGEST, "2026-11-29T01:02:03+00:00")
    assert read_line(kept.line().encode()) == kept


@pytest.mark.parametrize("key", ODD_KEYS)
def test_keys_that_might_lead_elsewhere_are_refused(key: str) -> None:
    with pytest.raises(SnapshotUnusable):
        read_line(Kept(key, 5, DIGEST, "").line().encode())


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[]",
        b'["originals/a", 1]',
        b'["originals/a", -1, "x", ""]',
        b'["originals/a", 1, "../x", ""]',
        b"\xff",
    ],
)
def test_odd_lines_are_refused(line: bytes) -> None:
    with pytest.raises(SnapshotUnusable):
        read_line(line)


@pytest.mark.parametrize("sha256", ["", "../" + DIGEST, DIGEST.upper(), DIGEST[:-1], DIGEST + "\n"])
def test_only_a_digest_names_an_object(sha256: str) -> None:
    with pytest.raises(SnapshotUnusable):
        object_name(sha256)


@pytest.mark.parametrize(
    "name",
    ["", "..", "20261129T010203.456Z", "20261129T010203.456Z-0a1b2c/..", "2026-11-29", "20260231T010203.456Z-0a1b2c"],
)
def test_only_a_time_names_a_snapshot(name: str) -> None:
    with pytest.raises(SnapshotUnusable):
        snapshot_time(name)


@given(st.lists(st.tuples(TIMES, st.sampled_from(["000000", "ffffff"])), min_size=2, unique_by=lambda one: one[0]))
def test_names_are_in_the_order_in_which_snapshots_were_taken(taken: list[tuple[dt.datetime, str]]) -> None:
    """Also when two come in one second: the older one would be kept as the newest."""
    names = [snapshot_name(at, token) for at, token in sorted(taken)]
    assert names == sorted(names)
    assert [snapshot_time(name) for name in names] == sorted(at for at, _ in taken)


def test_a_note_of_a_killed_backup_counts_only_as_it_was_written() -> None:
    kept = Kept(KEYS[0], 5, DIGEST, "")
    note = sealed_note([kept], SECRET)
    assert read_note(note, [OTHER, SECRET]) == [kept]
    for odd in (note[:-1], note.replace(b"0123", b"ffff", 1), kept.line().encode(), b""):
        assert read_note(odd, [SECRET]) == []
    assert read_note(note, [OTHER]) == []
