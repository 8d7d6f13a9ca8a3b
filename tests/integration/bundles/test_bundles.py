"""Bundles from the command line: whole, checked by strangers, the same again, and of what each may have."""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import soundfile
import sqlalchemy as sa
from PIL import Image

from remixhub.cli import main
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, VISITOR, Actor, session_actor
from remixhub.domain.bundles import manifest
from remixhub.domain.bundles.contents import Bundle, BundleKind
from remixhub.domain.collections import CollectionNotFound
from remixhub.domain.states import WorkState
from remixhub.domain.work_refusals import WorkNotPublished, WorkWithdrawn
from remixhub.models import Account, Contest, Original, SourceLink, now
from remixhub.services.bundles.gathering import Gathered, gather
from remixhub.services.bundles.signing import hub_keys
from tests.integration.conftest import Hub
from tests.integration.contests.conftest import ContestStage
from tests.integration.lineage.catalogue import Catalogue
from tests.integration.stems.studio import Desk, write_tone


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


@pytest.fixture
def stage(hub: Hub) -> ContestStage:
    stage = ContestStage(hub)
    stage.label()
    return stage


def gathered(parts: Parts, kind: BundleKind, id: str, actor: Actor = VISITOR) -> Gathered:
    with parts.database.reading() as session:
        return gather(session, actor, parts, kind, id)


def actor_of(hub: Hub, handle: str) -> Actor:
    (account,) = [one for one in hub.rows(Account) if one.handle == handle]
    return session_actor(account.id, handle, is_operator=False)


def test_a_release_is_carried_away_and_checked_by_a_stranger(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hub, artist = desk.hub, desk.hub.account()
    work = desk.release(artist, ("kick.wav", "主旋律 吉他.wav"), title='Con: "Nacht/Fahrt"?', key="A minor")
    Image.effect_noise((900, 900), 60).save(desk.folder / "cover.png")
    cover = {"upload_id": desk.upload(artist, desk.folder / "cover.png", "cover")}
    path = f"/works/{work['id']}"
    assert artist.put(f"{path}/cover", cover, revision=artist.revision_of(path)).status_code == 200
    hub.drain()
    for name, value in hub.parts.settings.to_env().items():
        monkeypatch.setenv(name, value)
    folder, again, packed = desk.folder / "out", desk.folder / "again", desk.folder / "out.zip"
    for path in (folder, again, packed):
        assert main(["bundle", "work", f"http://localhost/works/{work['id']}", "-o", str(path)]) == 0
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert files == {str(path.relative_to(again)): path.read_bytes() for path in again.rglob("*") if path.is_file()}
    with zipfile.ZipFile(packed) as opened:
        assert opened.testzip() is None
        assert {name.partition("/")[2]: opened.read(name) for name in opened.namelist()} == files
        assert len({name.partition("/")[0] for name in opened.namelist()}) == 1
    check_by_hand(hub, folder)
    check_paper(desk.folder / "paper", work["id"], files)
    key = desk.folder / "key.pem"
    assert main(["verify-bundle", str(packed), "--key", str(key)]) == 0
    bundle = manifest.read(files[manifest.NAME])
    check_sound(desk, folder, bundle)
    (one,) = bundle.works
    assert (one.title, one.key, one.licence, one.withheld) == ('Con: "Nacht/Fahrt"?', "A minor", "cc-by-4.0", "")
    assert files[f"{one.folder}/RECEIPT.json"] == artist.get(f"/stem-packs/{work['stem_pack_id']}/receipt").data
    assert one.title in files[f"{one.folder}/LICENSE.txt"].decode()
    assert one.credit_lines[0] in files[f"{one.folder}/CREDITS.txt"].decode()
    assert {paper.path for paper in bundle.papers} == {path for path in files if path.startswith("print/")}
    assert all(paper.path in files["index.html"].decode() for paper in bundle.papers)
    capsys.readouterr()
    assert main(["bundle", "work", work["id"], "-o", str(folder)]) == 1
    assert "bundle_exists" in capsys.readouterr().err
    dated = ["bundle", "work", work["id"], "-o", str(desk.folder / "dated"), "--made-at"]
    assert main([*dated, "2026-01-02T03:04:05"]) == 0
    assert json.loads((desk.folder / "dated" / manifest.NAME).read_text())["made_at"].startswith("2026-01-02T03:04:05")
    with pytest.raises(SystemExit):
        main([*dated, "soon"])
    assert "'soon' is no time such as" in capsys.readouterr().err


def check_paper(folder: Path, work_id: str, files: Mapping[str, bytes]) -> None:
    """Printed alone it is the same; the house's print of the sound is on the card."""
    assert main(["print", "work", work_id, "-o", str(folder)]) == 0
    printed = {f"print/{path.name}": path.read_bytes() for path in folder.iterdir()}
    assert printed == {path: body for path, body in files.items() if path.startswith("print/")}
    (card,) = pypdfium2.PdfDocument(printed["print/j-cards.pdf"])
    (picture,) = card.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
    left, bottom, right, top = picture.get_bounds()
    assert (round((right - left) * 25.4 / 72, 1), round((top - bottom) * 25.4 / 72, 1)) == (65.0, 65.0)


def check_by_hand(hub: Hub, folder: Path) -> None:
    keys = hub_keys(hub.parts)
    key = folder.parent / "key.pem"
    key.write_bytes(keys.pem)
    for command in (
        ["sha256sum", "--strict", "-c", "SHA256SUMS"],
        ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(key), "-rawin", "-in", "SHA256SUMS", "-sigfile",
         "SHA256SUMS.sig"],
    ):  # fmt: skip
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    listed = {line[66:] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there - listed == {"SHA256SUMS", "SHA256SUMS.sig"}


def check_sound(desk: Desk, folder: Path, bundle: Bundle) -> None:
    pack = bundle.works[0].pack
    assert pack is not None
    for stem, sent in zip(pack.stems, ("kick.wav", "主旋律 吉他.wav"), strict=True):
        assert (folder / stem.original.path).read_bytes() == (desk.folder / sent).read_bytes()
        assert stem.preview is not None
        assert (folder / stem.preview.path).stat().st_size == stem.preview.size_bytes
        heard, _ = soundfile.read(folder / stem.preview.path)
        assert np.abs(heard).max() > 0.1
        assert len(stem.envelope) > 10
        assert max(stem.envelope) > 10
    assert bundle.works[0].whole is not None, "all stems together"
    cover = bundle.works[0].cover
    assert cover is not None
    assert cover.media_type == "image/webp"
    assert b"/DCTDecode" in (folder / "print/j-cards.pdf").read_bytes(), "as JPEG, which PDF holds as it is"


def test_half_a_bundle_is_never_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work = desk.release(desk.hub.account(), ("kick.wav",))
    for name, value in desk.hub.parts.settings.to_env().items():
        monkeypatch.setenv(name, value)
    out = desk.folder / "out"
    out.mkdir()
    (out / "a.remixhub-unfinished").mkdir()  # of one that was killed
    (out / "a.remixhub-unfinished/index.html").write_bytes(b"")
    (original,) = desk.hub.rows(Original)
    kept = desk.hub.parts.store.get_bytes(original.key)
    desk.hub.parts.store.put_bytes(original.key, kept[:-1] + b"x", "audio/wav")
    for name in ("a", "a.zip"):
        assert main(["bundle", "work", work["id"], "-o", str(out / name)]) == 1
        assert "original_corrupted" in capsys.readouterr().err
        assert list(out.iterdir()) == []
    desk.hub.parts.store.put_bytes(original.key, kept, "audio/wav")
    assert main(["bundle", "work", work["id"], "-o", str(out / "a")]) == 0


def test_each_gets_what_is_theirs(hub: Hub) -> None:
    catalogue, ada = Catalogue(hub.parts), hub.browser("ada")
    works = {title: catalogue.work(title, by="mara") for title in ("One", "Two", "Three", "Four")}
    draft = catalogue.draft("Five", by="ada")
    remix = catalogue.work("Remix", [works["One"]], by="ada")
    catalogue.elsewhere(remix, "https://freesound.org/s/1/")
    collection = ada.post("/collections", {"title": "Set", "visibility": "private"}).get_json()["id"]
    for work_id in (remix, works["Three"], works["Two"], works["One"]):
        ada.post(f"/collections/{collection}/works", {"work_id": work_id})
    revision = ada.revision_of(f"/collections/{collection}")
    ada.patch(f"/collections/{collection}/works/{works['Three']}", {"note": "Loud."}, revision=revision)
    catalogue.set_state(works["Two"], WorkState.WITHDRAWN)
    catalogue.set_state(works["One"], WorkState.TAKEN_DOWN)
    for stranger in (VISITOR, SYSTEM):
        with pytest.raises(CollectionNotFound):
            gathered(hub.parts, BundleKind.COLLECTION, collection, stranger)
    bundle = gathered(hub.parts, BundleKind.COLLECTION, collection, actor_of(hub, "ada")).bundle
    assert [(one.title, one.note, one.is_tombstone) for one in bundle.works] == [
        ("Remix", "", False), ("Three", "Loud.", False), ("Two", "", True),
    ]  # fmt: skip
    assert [(one.title, one.work_id is None) for one in bundle.works[0].sources] == [("One", False), ("Rain", True)]
    assert [line.partition("”")[0] for line in bundle.works[0].credit_lines] == ["“Remix", "“One", "“Rain"]
    for work_id, refusal in ((draft, WorkNotPublished), (works["Two"], WorkWithdrawn), (works["One"], WorkWithdrawn)):
        with pytest.raises(refusal):
            gathered(hub.parts, BundleKind.WORK, work_id, actor_of(hub, "ada" if work_id == draft else "mara"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_whole_piece_that_no_stick_takes_stays_and_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    artist = desk.hub.account()
    work = desk.draft(artist, ("kick.wav",))
    mix = desk.upload(artist, write_tone(desk.folder, "whole.wav", seconds=2.0), "reference_mix")
    assert artist.put(f"/works/{work['id']}/mix", {"upload_id": mix}, revision=work["revision"]).status_code == 200
    desk.hub.drain()
    assert artist.post(f"/works/{work['id']}/publish").status_code == 200
    largest = (desk.folder / "kick.wav").stat().st_size
    monkeypatch.setattr("remixhub.services.bundles.describing.LARGEST_BYTES", largest)
    for name, value in desk.hub.parts.settings.to_env().items():
        monkeypatch.setenv(name, value)
    out = desk.folder / "out"
    assert main(["bundle", "work", work["id"], "-o", str(out), "--for-moving"]) == 0
    assert "Without its whole piece as uploaded: Night Drive" in capsys.readouterr().err
    (shown,) = manifest.read((out / manifest.NAME).read_bytes()).works
    assert (shown.whole_original, shown.withheld) == (None, "")
    assert shown.pack is not None


def test_what_was_made_of_a_work_is_told_though_it_is_not_in_the_bundle(hub: Hub) -> None:
    catalogue = Catalogue(hub.parts)
    root = catalogue.work("Pier Lights", by="mara")
    made = [catalogue.work(f"Remix {number}", [root], by="ada") for number in range(42)]
    catalogue.draft("Unfinished", [root], by="ada")
    catalogue.work("Of a remix", [made[0]], by="ines")
    catalogue.set_state(made[1], WorkState.WITHDRAWN)
    (one,) = gathered(hub.parts, BundleKind.WORK, root).bundle.works
    assert [(remix.title, remix.artist, remix.is_tombstone) for remix in one.remixes[:3]] == [
        ("Remix 0", "Ada", False), ("Remix 1", "Ada", True), ("Remix 2", "Ada", False),
    ]  # fmt: skip
    assert one.remixes[0].url == hub.parts.addresses.work(made[0])
    assert (len(one.remixes), one.remixes_beyond) == (40, 2)


def test_stems_of_a_source_are_named_while_it_is_published(desk: Desk) -> None:
    artist = desk.hub.account()
    source = desk.release(artist, ("kick.wav",), title="One")
    stems = [stem["id"] for stem in desk.pack(artist, source)["stems"]]
    remix = Catalogue(desk.hub.parts).work("Mine", [source["id"]])
    with desk.hub.parts.database.writing() as session:
        session.execute(sa.update(SourceLink).where(SourceLink.derivative_id == remix).values(stems=stems))

    def named() -> list[tuple[str, tuple[str, ...]]]:
        (one,) = gathered(desk.hub.parts, BundleKind.WORK, remix).bundle.works
        return [(of.title, tuple(of.stem_names)) for of in one.sources]

    assert named() == [("One", ("kick",))]
    artist.post(f"/works/{source['id']}/withdraw")
    assert named() == [("One", ())]


def test_a_contest_tells_nothing_before_its_time(stage: ContestStage) -> None:
    contest = stage.opened({"vote": "scores", "vote_share_percent": 100, "sealing": "sealed"})
    host, kind = actor_of(stage.hub, "host"), BundleKind.CONTEST
    for number in range(3):
        assert stage.enter(f"fan-{number}", contest).get_json()["verdict"] == "counted"
    for actor in (host, SYSTEM, VISITOR):
        assert [one.title for one in gathered(stage.hub.parts, kind, contest["id"], actor).bundle.works] == ["Harbour"]
    stage.pass_hours(contest, 2)
    decided = stage.person("host").post(f"/contests/{contest['id']}/decision")
    assert decided.status_code == 200, decided.text
    bundle = gathered(stage.hub.parts, kind, contest["id"]).bundle
    assert [one.note for one in bundle.works] == ["", "Place 1", "Place 2", "Place 3"]
    with stage.hub.parts.database.writing() as session:
        session.execute(sa.update(Contest).values(embargo_until=now(3600)))
    held_back = gathered(stage.hub.parts, kind, contest["id"], host).bundle
    assert [one.note for one in held_back.works] == [""] * 4


def test_stems_are_for_those_who_accepted_their_licence(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    hub, host = desk.hub, desk.hub.account("host", scopes=("read", "publish", "contest"))
    terms = {"title": "Ours", "text": "For entrants alone.", "remixers": "entrants", "sharing": "here"}
    made = host.post("/contest-licences", terms)
    assert made.status_code == 201, made.text
    work = desk.release(host, ("kick.wav",), licence=made.get_json()["id"])
    hub.drain()
    fan = hub.account("fan")
    (shown,) = gathered(hub.parts, BundleKind.WORK, work["id"], SYSTEM).bundle.works
    assert shown.pack is not None
    monkeypatch.chdir(desk.folder)
    for name, value in hub.parts.settings.to_env().items():
        monkeypatch.setenv(name, value)
    assert main(["bundle", "work", work["id"], "-o", "closed"]) == 0
    assert main(["bundle", "work", work["id"], "-o", "open", "--all-stems"]) == 0
    assert [(desk.folder / name / "stems").is_dir() for name in ("closed", "open")] == [False, True]
    (closed,) = gathered(hub.parts, BundleKind.WORK, work["id"], actor_of(hub, "fan")).bundle.works
    assert (closed.pack, closed.receipt, closed.whole) == (None, None, None)
    assert made.get_json()["id"] in closed.withheld
    answer = fan.post(
        f"/contest-licences/{made.get_json()['id']}/acceptances", {"text_sha256": made.get_json()["text_sha256"]}
    )
    assert answer.status_code in (200, 201), answer.text
    found = gathered(hub.parts, BundleKind.WORK, work["id"], actor_of(hub, "fan"))
    assert found.bundle.works[0].pack is not None
    assert found.bundle.works[0].whole is not None, "which is its stems together"
    assert b"For entrants alone." in found.texts[f"{closed.folder}/LICENSE.txt"]
    assert [(one.stem_pack_id, one.licence) for one in found.taken] == [(work["stem_pack_id"], made.get_json()["id"])]
