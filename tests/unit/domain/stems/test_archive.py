"""The texts beside the stems."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re

from remixhub.domain.licences.terms import OFFERED, Licence, obligations, terms_of
from remixhub.domain.stems.archive import (
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
    receipt='{"format": "remixhub-receipt"}',
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


def test_the_whole_readme_is_laid_out_for_reading() -> None:
    licence = f"{terms_of(Licence.BY_SA).title}, {terms_of(Licence.BY_SA).url}"
    pad = dataclasses.replace(KICK, name="Pad", role="backing_vocals", gain_db=0.0, bit_depth=None)
    boosted = dataclasses.replace(KICK, name="Bass", role="bass", gain_db=2.25)
    remix = dataclasses.replace(
        PACK,
        note="A bigger kick\nand a pad",
        credits=[("Bo", "bass"), ("Cy", "")],
        sources_text="one\ntwo",
        stems=[KICK, pad, boosted],
    )
    head = ["Night Drive – Ada", "=================", "", "Stem pack, version 2, from https://hub.example/works/w1"]
    facts = ["Tempo    127.5 BPM", "Key      A minor", f"Licence  {licence}"]
    own = f"“Night Drive” by Ada – https://hub.example/works/w1 – {licence}"
    text = readme_text(remix)
    assert text.endswith(" when they are closed later.\n")
    lines = text.splitlines()
    assert lines[:11] == [*head, "", "A bigger kick", "and a pad", "", *facts]
    assert lines[11:13] == ["", "STEMS"]
    assert lines[14:19] == [
        "",
        "01 Kick.wav  (kick, 44100 Hz, 24 bit, play at -1.5 dB)",
        "02 Pad.wav  (backing vocals, 44100 Hz)",
        "03 Bass.wav  (bass, 44100 Hz, 24 bit, play at +2.25 dB)",
        "",
    ]
    assert lines[19:26] == ["CREDITS", "", "Bo, bass", "Cy", "", "HOW TO CREDIT", lines[25]]
    assert lines[25].startswith("Paste these lines")
    assert lines[26:31] == ["", own, "one", "two", ""]
    assert len(lines) == 33
    bare = readme_text(dataclasses.replace(PACK, note="", credits=[], tempo_bpm=None, key=None)).splitlines()
    assert bare[:7] == [*head, "", "Tempo    not stated", "Key      not stated"]
    assert "CREDITS" not in bare
    assert bare[bare.index("HOW TO CREDIT") + 1].startswith("Paste this")
    assert bare[bare.index("HOW TO CREDIT") + 2 :][:3] == ["", own, ""]


def test_what_is_not_known_is_said_to_be_so() -> None:
    text = readme_text(dataclasses.replace(PACK, tempo_bpm=None, key=None))
    assert text.count("not stated") == 2


def test_each_licence_is_summed_up_by_what_it_permits() -> None:
    for licence in Licence:
        text = licence_text(licence, "Night Drive", "Ada", PACK.url)
        assert terms_of(licence).url in text
        is_sampled = "sampling" in licence
        assert ("not for money" in text) == ("nc" in licence and not is_sampled)
        assert ("No remix may be published" in text) == ("nd" in licence or licence is Licence.ALL_RIGHTS_RESERVED)
        assert ("under the same licence" in text) == ("sa" in licence.split("-"))
        assert ("have to name the artist" in text) == ("by" in licence)
        assert ("substantially different" in text) == is_sampled
        assert ("waived all rights" in text) == (licence in (Licence.CC0, Licence.PUBLIC_DOMAIN_DEDICATION))


def test_only_what_has_a_legal_code_points_to_one() -> None:
    assert "publicdomain/zero/1.0/legalcode" in licence_text(Licence.CC0, "Night Drive", "Ada", PACK.url)
    marked = licence_text(Licence.PUBLIC_DOMAIN, "Night Drive", "Ada", PACK.url)
    assert "free of known copyright" in marked
    assert "waived" not in marked
    reserved = licence_text(Licence.ALL_RIGHTS_RESERVED, "Night Drive", "Ada", PACK.url)
    assert "legalcode" not in marked + reserved


def test_each_licence_has_its_own_summary() -> None:
    def said(licence: Licence) -> list[str]:
        return [line for line in licence_text(licence, "T", "A", PACK.url).splitlines() if line.startswith("- ")]

    by, nc, nd, nc_nd, sa = map(said, (Licence.BY, Licence.BY_NC, Licence.BY_ND, Licence.BY_NC_ND, Licence.BY_SA))
    assert len({one[0] for one in (by, nc, nd, nc_nd)}) == 4
    assert by[1:] == nc[1:] == nd[1:] == nc_nd[1:]
    assert (sa[:2], len(sa)) == (by, 3)
    assert ["remixes of it may not" in one[0] for one in (by, nc, nd, nc_nd)] == [False, False, True, True]
    assert "waived" in said(Licence.CC0)[1]
    assert said(Licence.ALL_RIGHTS_RESERVED) == ["- Ask the artist before any use."]
    contest = Licence("LicenseRef-contest-nc-0123456789")
    assert said(contest) == [f"- {one}" for one in obligations(contest)]


def test_the_licence_is_laid_out_with_where_it_is_and_what_remixes_may_be_under() -> None:
    lines = licence_text(Licence.BY_SA, "Night Drive", "Ada", PACK.url).split("\n")
    terms = terms_of(Licence.BY_SA)
    assert lines[:4] == ["“Night Drive” by Ada is under the licence", terms.title, f"{terms.url}legalcode", ""]
    assert lines[8:] == ["", "A remix may be published under: cc-by-sa-4.0.", ""]
    open_to_all = licence_text(Licence.CC0, "Night Drive", "Ada", PACK.url).split("\n")[-2]
    listed = open_to_all.removeprefix("A remix may be published under: ").removesuffix(".").split(", ")
    assert listed == sorted(listed)
    assert set(listed) <= {*OFFERED}
    contest = licence_text(Licence("LicenseRef-contest-0123456789"), "Night Drive", "Ada", PACK.url)
    assert contest.split("\n")[2] == "https://hub.example/contest-licences/LicenseRef-contest-0123456789"
    assert "A remix may be published under: LicenseRef-contest-0123456789.\n" in contest
    assert "No remix may be published.\n" in licence_text(Licence.BY_ND, "Night Drive", "Ada", PACK.url)


def test_the_texts_are_in_utf_8_in_their_order_and_the_manifest_is_to_be_read_by_people() -> None:
    beside = texts(dataclasses.replace(PACK, title="Größe"))
    assert list(beside) == ["README.txt", "LICENSE.txt", "RECEIPT.json", "manifest.json"]
    assert beside["manifest.json"].decode().startswith('{\n  "format": "remixhub-stem-pack",\n  "version": 1,\n')
    assert beside["manifest.json"].endswith(b"\n}\n")
    assert '"title": "Größe"'.encode() in beside["manifest.json"]
    assert beside["LICENSE.txt"].decode() == licence_text(Licence.BY_SA, "Größe", "Ada", PACK.url)
    assert beside["README.txt"].decode() == readme_text(dataclasses.replace(PACK, title="Größe"))


def test_the_digest_is_over_the_texts_with_their_names_and_lengths() -> None:
    digest = hashlib.sha256(b"zip 1\n")
    for name, body in texts(PACK).items():
        digest.update(f"{name} {len(body)}\n".encode())
        digest.update(body)
    assert archive_digest(PACK) == digest.hexdigest()


def test_the_manifest_is_json_and_complete() -> None:
    terms = terms_of(Licence.BY_SA)
    assert manifest(PACK) == {
        "format": "remixhub-stem-pack",
        "version": 1,
        "work": {
            "id": "w1", "title": "Night Drive", "artist": "Ada", "url": PACK.url, "tempo_bpm": 127.5, "key": "A minor",
            "licence": {"id": "cc-by-sa-4.0", "title": terms.title, "url": terms.url},
            "credits": [{"name": "Bo", "role": "bass"}],
        },
        "stem_pack": {"version": 2, "digest": "d" * 64, "note": "A bigger kick"},
        "stems": [{"file": "01 Kick.wav", **dataclasses.asdict(KICK)}],
    }  # fmt: skip
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
