"""The texts beside the stems."""

from __future__ import annotations

import dataclasses
import json
import re

from remixhub.domain.archive import (
    ArchivedPack,
    ArchivedStem,
    archive_digest,
    archive_file_name,
    licence_text,
    manifest,
    readme_text,
    stem_file_names,
    texts,
)
from remixhub.domain.licensing import Licence, terms_of

KICK = ArchivedStem("s1", "Kick", "kick", -1.5, "wav", "a" * 64, 10, 44_100, 2, 24, 44_100, -14.0, -1.0)
PACK = ArchivedPack(
    work_id="w1",
    title="Night Drive",
    artist="Ada",
    url="https://hub.example/works/w1",
    licence=Licence.BY_SA,
    tempo_bpm=127.5,
    key="A minor",
    version=2,
    digest="d" * 64,
    note="A bigger kick",
    credits=[("Bo", "bass")],
    sources_text="",
    stems=[KICK],
)


def test_stems_are_named_by_place_and_name_and_never_clash() -> None:
    names = ["Kick", "Kick", "../../etc/passwd", "a:b?", "   ", "Lead"]
    stems = [dataclasses.replace(KICK, name=name) for name in names]
    stems[-1] = dataclasses.replace(stems[-1], container="mp4")
    named = stem_file_names(dataclasses.replace(PACK, stems=stems))
    assert named[:2] == ["01 Kick.wav", "02 Kick.wav"]
    assert named[-1] == "06 Lead.m4a"
    assert len(set(map(str.lower, named))) == len(named)
    assert not any(re.search(r'[\\/:*?"<>|]', name) for name in named)


def test_the_readme_tells_tempo_key_licence_and_how_to_credit() -> None:
    text = readme_text(PACK)
    for told in ("127.5 BPM", "A minor", terms_of(Licence.BY_SA).title, "Bo, bass", "01 Kick.wav", "-1.5 dB", "24 bit"):
        assert told in text
    assert "“Night Drive” by Ada – https://hub.example/works/w1" in text
    assert "A bigger kick" in text


def test_the_readme_of_a_remix_credits_its_sources() -> None:
    text = readme_text(dataclasses.replace(PACK, sources_text="“Source” by Bo – https://hub.example/works/w0"))
    assert "“Source” by Bo" in text


def test_what_is_not_known_is_said_to_be_so() -> None:
    text = readme_text(dataclasses.replace(PACK, tempo_bpm=None, key=None))
    assert text.count("not stated") == 2


def test_each_licence_is_summed_up_by_what_it_permits() -> None:
    for licence in Licence:
        text = licence_text(licence, "Night Drive", "Ada", PACK.url)
        assert terms_of(licence).url in text
        assert ("not for money" in text) == ("nc" in licence)
        assert ("No remix may be published" in text) == ("nd" in licence or licence is Licence.ALL_RIGHTS_RESERVED)
        assert ("under the same licence" in text) == ("-sa" in licence)
        assert ("have to name the artist" in text) == ("by" in licence)


def test_only_what_has_a_legal_code_points_to_one() -> None:
    assert "publicdomain/zero/1.0/legalcode" in licence_text(Licence.CC0, "Night Drive", "Ada", PACK.url)
    marked = licence_text(Licence.PUBLIC_DOMAIN, "Night Drive", "Ada", PACK.url)
    assert "free of known copyright" in marked
    assert "waived" not in marked
    reserved = licence_text(Licence.ALL_RIGHTS_RESERVED, "Night Drive", "Ada", PACK.url)
    assert "legalcode" not in marked + reserved


def test_the_manifest_is_json_and_complete() -> None:
    read = json.loads(texts(PACK)["manifest.json"])
    assert read == manifest(PACK)
    assert read["stems"][0]["file"] == "01 Kick.wav"
    assert read["stems"][0]["sha256"] == "a" * 64
    assert read["work"]["licence"]["id"] == "cc-by-sa-4.0"


def test_the_digest_follows_whatever_the_archive_says() -> None:
    assert archive_digest(PACK) == archive_digest(dataclasses.replace(PACK))
    for change in (
        {"title": "Day Drive"},
        {"licence": Licence.CC0},
        {"stems": [dataclasses.replace(KICK, sha256="b" * 64)]},
        {"credits": []},
    ):
        assert archive_digest(dataclasses.replace(PACK, **change)) != archive_digest(PACK)  # type: ignore[arg-type]


def test_the_download_is_called_by_artist_title_and_version() -> None:
    assert archive_file_name(PACK) == "Ada - Night Drive (stems v2).zip"
