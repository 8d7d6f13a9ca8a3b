"""A bundle of one hub is brought into another: the same works, sounds, credits, licences and lineage."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from remixhub.cli import main
from remixhub.compose import build_parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.bundles import checksums, manifest
from remixhub.domain.bundles.contents import Bundle, BundledWork, BundleKind
from remixhub.domain.bundles.refusals import BundleUnreadable
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import JobState, WorkState
from remixhub.models import (
    Account,
    AuditEntry,
    BroughtWork,
    Job,
    Original,
    SourceLink,
    Stem,
    StemPack,
    Upload,
    Work,
)
from remixhub.services.accounts.accounts import make_operator
from remixhub.services.accounts.recovery import link_by_operator, reset_password
from remixhub.services.bundles.bringing import Brought, Passes, Step, advance, sending
from remixhub.services.bundles.bringing.errand import begin_errand
from remixhub.services.bundles.signing import _pem, hub_keys
from remixhub.services.bundles.verifying import opened_bundle, verify_opened
from remixhub.services.bundles.writing import write_bundle_of
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue
from tests.integration.stems.studio import Desk, write_tone

THERE = "https://stems.example"


@dataclass(frozen=True)
class There:
    """The other hub's bundles, and its works as its API has them, by title."""

    folder: Path
    moving: Path
    """Of one more work, with whole pieces as they were uploaded."""
    key: Path
    works: Mapping[str, Any]
    packs: Mapping[str, Any]
    wholes: Mapping[str, str]
    """SHA-256 of what was uploaded as whole pieces, by title."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, There | Path]:
    """The bundle takes longer than what is done with it: it is made once."""
    return {"folder": tmp_path_factory.mktemp("there")}


@pytest.fixture
def there(hub: Hub, sqlite_template: Path, tmp_path: Path, kept: dict[str, There | Path]) -> There:
    """A hub of its own: another address, database and secrets; what it gave out is the test's to spoil."""
    if "made" not in kept:
        folder = kept["folder"]
        assert isinstance(folder, Path)
        own = shutil.copy(sqlite_template, folder / "there.db")
        settings = replace(
            hub.parts.settings, database_url=f"sqlite:///{own}", public_url=THERE, secret_key="fedcba9876543210" * 4
        )
        parts = build_parts(settings)
        hub.app.extensions["remixhub"] = parts
        try:
            kept["made"] = _made(Hub(hub.app, parts), folder)
        finally:
            hub.app.extensions["remixhub"] = hub.parts
            parts.close()
    made = kept["made"]
    assert isinstance(made, There)
    folder, moving = (shutil.copytree(one, tmp_path / one.name) for one in (made.folder, made.moving))
    return replace(made, folder=Path(folder), moving=Path(moving))


def _made(hub: Hub, tmp_path: Path) -> There:
    desk = Desk(hub, tmp_path)
    ada, bob = hub.account("ada"), hub.account("bob")
    hub.browser("carol")
    credits = [{"name": "Mara", "role": "bass"}]
    release = desk.draft(
        ada, ("kick.wav", "歌.wav"), title="Night Drive 夜", licence="cc-by-sa-4.0", description="*Late.*",
        key="A minor", tags=["dub"], credits=credits,
    )  # fmt: skip
    whole = {"upload_id": desk.upload(ada, write_tone(tmp_path, "whole.flac", hz=70.0), "reference_mix")}
    assert ada.put(f"/works/{release['id']}/mix", whole, revision=release["revision"]).status_code == 200
    hub.drain()
    assert ada.post(f"/works/{release['id']}/publish").status_code == 200
    with hub.parts.database.writing() as session:
        session.execute(sa.update(StemPack).values(note="The bass is new.\nThe *voice* is not."))
    pack = desk.pack(ada, release)
    body = {
        "title": "Slow Drive", "licence": "cc-by-sa-4.0",
        "sources": [{"source_id": release["id"], "stems": [pack["stems"][1]["id"]], "starts_seconds": 0.0,
                     "ends_seconds": 0.5, "kind": "sample"}],
        "elsewhere_sources": [{"address": "https://freesound.org/people/ines/sounds/1/", "title": "Rain",
                               "artist": "Ines", "licence": "cc-by-4.0"}],
        "upload_id": desk.upload(bob, write_tone(tmp_path, "slow.wav", hz=90.0), "remix"),
    }  # fmt: skip
    remix = _published(hub, bob, body)
    last = {
        "title": "Third Drive", "licence": "cc-by-sa-4.0", "sources": [{"source_id": remix["id"]}],
        "upload_id": desk.upload(ada, write_tone(tmp_path, "third.wav", hz=120.0), "remix"),
    }  # fmt: skip
    third = _published(hub, ada, last)
    mixed = {"stem_pack_id": pack["id"], "spec": {"version": 1, "lanes": [{"stem": pack["stems"][0]["id"]}]}}
    mix_id = bob.post("/mixes", mixed).get_json()["id"]
    hub.drain()
    fourth = {
        "title": "Mixed Drive", "licence": "cc-by-sa-4.0", "sources": [{"source_id": release["id"]}], "mix_id": mix_id,
    }  # fmt: skip
    fourth = _published(hub, bob, fourth)
    Catalogue(hub.parts).relicense(release["id"], Licence.BY)  # what the remix holds stays as it was
    collection = bob.post("/collections", {"title": "Set", "visibility": "public"}).get_json()["id"]
    works = [third, release, remix]
    for work in works:
        assert bob.post(f"/collections/{collection}/works", {"work_id": work["id"]}).status_code in (200, 201)
    folder, key = tmp_path / "bundle", tmp_path / "there.pem"
    write_bundle_of(SYSTEM, hub.parts, BundleKind.COLLECTION, collection, folder, lambda _percent, _step: None)
    key.write_bytes(hub_keys(hub.parts).pem)
    assert bob.post(f"/collections/{collection}/works", {"work_id": fourth["id"]}).status_code in (200, 201)
    moving = tmp_path / "moving"
    assert _main(hub, "bundle", "collection", collection, "-o", str(moving), "--for-moving") == 0
    names = {"Night Drive 夜": "whole.flac", "Slow Drive": "slow.wav", "Third Drive": "third.wav"}
    wholes = {title: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for title, name in names.items()}
    shown = {work["title"]: desk.work(ada, work) for work in works}
    return There(folder, moving, key, shown, {release["title"]: pack}, wholes)


def _published(hub: Hub, client: Client, body: Mapping[str, Any]) -> Any:
    work = client.post("/remixes", body)
    assert work.status_code == 201, work.text
    hub.drain()
    answer = client.post(f"/works/{work.get_json()['id']}/publish")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def bring(hub: Hub, folder: Path, *keys: Path, own: Mapping[str, str] | None = None) -> list[Brought]:
    """As the command does it, with the workers' work in between."""
    _operator(hub)
    with opened_bundle(folder) as opened:
        found = verify_opened(opened, [key.read_bytes() for key in keys], lambda _percent, _step: None)
        errand = begin_errand(hub.parts, opened, found, operator="operator", own=own or {}, unchecked=not keys)
        passes = Passes.of(hub.parts, errand)
        for _ in range(20):
            brought = list(advance(hub.parts, errand, passes))
            if all(one.step is not Step.WAITING for one in brought):
                return brought
            hub.drain()
    raise AssertionError(brought)


def _operator(hub: Hub) -> None:
    if not any(one.handle == "operator" for one in hub.rows(Account)):
        hub.account("operator")
        make_operator(hub.parts, "operator")


def _main(hub: Hub, *arguments: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in hub.parts.settings.to_env().items():
            patch.setenv(name, value)
        return main(list(arguments))


def test_all_of_it_comes_once_and_as_it_was(hub: Hub, there: There, capsys: pytest.CaptureFixture[str]) -> None:
    hub.account("ada-here")
    _operator(hub)
    dry = ["import-bundle", str(there.folder), "--as", "operator", "--dry-run"]
    assert _main(hub, *dry) == 2
    told = capsys.readouterr()
    assert (told.out.count("would come"), told.err.count("give that hub's key by --key")) == (3, 1)
    assert _main(hub, *dry, "--key", str(there.key)) == 0
    assert capsys.readouterr().out.count("would come") == 3
    assert hub.rows(Work) == hub.rows(BroughtWork) == []
    brought = bring(hub, there.folder, there.key, own={"ada": "ada-here"})
    assert [one.work.title for one in brought] == ["Night Drive 夜", "Slow Drive", "Third Drive"]
    assert all(one.step is Step.HERE for one in brought)
    visitor = hub.visitor()
    here = {one.work.title: visitor.get(f"/works/{one.work_id}").get_json() for one in brought}
    for title, work in here.items():
        was = there.works[title]
        for name in ("kind", "title", "description", "tags", "key", "licence", "credits", "duration_seconds"):
            assert work.get(name) == was.get(name), (title, name)
    handles = {title: work["artist"]["handle"] for title, work in here.items()}
    assert handles == {"Night Drive 夜": "ada-here", "Slow Drive": "bob", "Third Drive": "ada-here"}
    check_stems(visitor, here["Night Drive 夜"], there.packs["Night Drive 夜"])
    check_lineage(hub, visitor, here)
    page = visitor.send("GET", f"http://localhost/works/{here['Slow Drive']['id']}").text
    assert f"{THERE}/works/{there.works['Slow Drive']['id']}" in page
    again = bring(hub, there.folder, there.key)
    assert [(one.step, one.work_id) for one in again] == [(Step.HERE, one.work_id) for one in brought]
    assert len(hub.rows(Work)) == 3
    assert len(hub.rows(Upload)) == 4
    acted = {one.actor for one in hub.rows(AuditEntry) if one.action in ("work.brought", "work.published")}
    (operator,) = [one.id for one in hub.rows(Account) if one.handle == "operator"]
    assert acted == {operator}, "the artists did not do it themselves"
    hub.drain(every_attempt=True)
    assert JobState.DEAD not in hub.states(Job), "letters and counts bear with artists who have no address"


def test_whole_pieces_come_as_they_were_uploaded_where_the_bundle_is_for_moving(hub: Hub, there: There) -> None:
    plain, moving = (manifest.read((one / manifest.NAME).read_bytes()) for one in (there.folder, there.moving))
    assert not any(work.whole_original for work in plain.works), "which is nobody's to download"
    assert not any(there.folder.rglob("original*"))
    brought = bring(hub, there.moving, there.key)
    assert [one.step for one in brought] == [Step.HERE] * 4
    here = {work.title: work.mix_sha256 for work in hub.rows(Work)}
    rendered = {one.title: one.whole_original.sha256 for one in moving.works if one.whole_original is not None}
    assert here == {**there.wholes, "Mixed Drive": rendered["Mixed Drive"]} == rendered
    codecs = {one.sha256: one.codec for one in hub.rows(Original)}
    assert codecs[rendered["Mixed Drive"]] == "flac", "rendered anew by nobody: its spec stays behind"
    for title in there.wholes:
        with hub.parts.database.reading() as session:
            original = session.get_one(Original, here[title])
        assert hashlib.sha256(hub.parts.store.get_bytes(original.key)).hexdigest() == there.wholes[title]
    (pack,) = hub.rows(StemPack)
    assert pack.note == there.packs["Night Drive 夜"]["note"] != ""


def check_stems(visitor: Client, work: Any, was: Any) -> None:
    pack = visitor.get(f"/stem-packs/{work['stem_pack_id']}").get_json()
    facts = ("name", "role", "gain_db", "sha256")
    assert [[stem[fact] for fact in facts] for stem in pack["stems"]] == [
        [stem[fact] for fact in facts] for stem in was["stems"]
    ]
    assert all(stem["state"] == "ready" for stem in pack["stems"])


def check_lineage(hub: Hub, visitor: Client, here: Mapping[str, Any]) -> None:
    ids = {title: work["id"] for title, work in here.items()}
    seqs = [here[title]["seq"] for title in ("Night Drive 夜", "Slow Drive", "Third Drive")]
    assert seqs == sorted(seqs)
    links = {(one.derivative_id, one.source_id): one for one in hub.rows(SourceLink)}
    assert set(links) == {(ids["Slow Drive"], ids["Night Drive 夜"]), (ids["Third Drive"], ids["Slow Drive"])}
    sampled = links[ids["Slow Drive"], ids["Night Drive 夜"]]
    assert (sampled.licence, sampled.kind, sampled.ends_seconds) == ("cc-by-sa-4.0", "sample", 0.5)
    (used,) = sampled.stems
    assert next(stem.name for stem in hub.rows(Stem) if stem.id == used) == "歌"
    credits = visitor.get(f"/works/{ids['Third Drive']}/credits").text
    for said in ("Night Drive 夜", "Slow Drive", "Rain", "freesound.org"):
        assert said in json.loads(json.dumps(credits)) or said.encode("unicode-escape").decode() in credits, said


def test_what_dies_in_between_goes_on_and_leaves_nothing_twice(
    hub: Hub, there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    for name in ("complete_upload", "add_stem", "set_mix"):
        with monkeypatch.context() as patch:
            patch.setattr(sending, name, dying)
            with pytest.raises(KeyboardInterrupt):
                bring(hub, there.folder)
    brought = bring(hub, there.folder)
    assert [one.step for one in brought] == [Step.HERE] * 3
    assert hub.states(Work) == {WorkState.PUBLISHED: 3}
    assert len(hub.rows(Upload)) == 4
    assert {work.brought_from["signature"] for work in hub.rows(Work)} == {"unknown"}
    bob = next(one for one in hub.rows(Account) if one.handle == "bob")
    assert (bob.email, bob.password_hash) == (None, None)
    login = {"login": "bob", "password": "a sentence nobody guesses"}
    assert hub.visitor().post("/sessions", login).status_code == 401
    token = link_by_operator(hub.parts, "bob").rpartition("/")[2]
    reset_password(hub.parts, token, new_password=login["password"], end_tokens=())
    assert hub.visitor().post("/sessions", login).status_code == 201, "whose works they are"


def test_a_bundle_that_is_not_as_it_was_signed_brings_nothing(hub: Hub, there: There) -> None:
    bundle = manifest.read((there.folder / manifest.NAME).read_bytes())
    stem = bundle.works[1].pack.stems[0].original  # type: ignore[union-attr]
    (there.folder / stem.path).write_bytes(b"RIFF")
    with pytest.raises(BundleUnreadable, match="not as they were signed"):
        bring(hub, there.folder)
    assert _main(hub, "import-bundle", str(there.folder), "--as", "operator") == 2
    signed(there.folder, bundle)
    with pytest.raises(BundleUnreadable, match="not the file that lies there"):
        bring(hub, there.folder)
    assert hub.rows(Work) == []


def test_what_a_stranger_signed_needs_a_word_of_the_operator(
    hub: Hub, there: There, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _operator(hub)
    hub.account("robert")
    command = ["import-bundle", str(there.folder), "--as", "operator", "--map", "bob=robert"]
    assert _main(hub, *command) == 2
    assert "--key" in capsys.readouterr().err
    assert _main(hub, "import-bundle", str(there.folder), "--as", "robert", "--unchecked") == 1
    assert "operator_only" in capsys.readouterr().err
    assert hub.rows(Work) == []
    monkeypatch.setattr("remixhub.commands.moving.time.sleep", lambda _seconds: hub.drain())
    assert _main(hub, *command, "--unchecked") == 0
    assert capsys.readouterr().out.count("here as") == 3
    assert {work.account.handle for work in hub.rows(Work)} == {"ada", "robert"}


def test_a_hub_speaks_for_its_own_artists_alone(
    hub: Hub, there: There, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever signs another bundle, or none, in a hub's name gets no account that somebody has."""
    hub.account("ada-here")
    bring(hub, there.folder, there.key, own={"ada": "ada-here"})
    bundle = manifest.read((there.folder / manifest.NAME).read_bytes())
    work = replace(bundle.works[1], id="forged", url=f"{THERE}/works/forged", title="Forged")
    signed(there.folder, replace(bundle, hub_url=f"{THERE.upper()}/", works=(work,)))
    key = there.folder / checksums.KEY_NAME
    with pytest.raises(BundleUnreadable, match="--new-key"):
        bring(hub, there.folder, key)
    command = ["import-bundle", str(there.folder), "--as", "operator"]
    assert _main(hub, *command, "--unchecked", "--dry-run") == 0
    assert "Forged – ada: would come, to a new account, @ada\n" in capsys.readouterr().out
    monkeypatch.setattr("remixhub.commands.moving.time.sleep", lambda _seconds: hub.drain())
    assert _main(hub, *command, "--unchecked") == 0
    (forged,) = [one for one in hub.rows(Work) if one.title == "Forged"]
    assert forged.account.handle == "ada"
    assert f"here as {forged.id}, of @ada\n" in capsys.readouterr().out
    assert "Said to be from" in hub.visitor().send("GET", f"http://localhost/works/{forged.id}").text
    again = replace(work, id="renewed", url=f"{THERE}/works/renewed", title="Renewed")
    signed(there.folder, replace(bundle, works=(again,)))
    assert _main(hub, *command, "--key", str(key), "--new-key") == 0
    assert capsys.readouterr().out.endswith("of @ada-here\n"), "it is that hub's, as the operator says"


def test_what_lies_there_after_the_check_is_not_read(hub: Hub, there: There) -> None:
    _operator(hub)
    with opened_bundle(there.folder) as opened:
        found = verify_opened(opened, [there.key.read_bytes()], lambda _percent, _step: None)
        bundle = manifest.read((there.folder / manifest.NAME).read_bytes())
        signed(there.folder, replace(bundle, title="Another set"))
        with pytest.raises(BundleUnreadable, match="changed since"):
            begin_errand(hub.parts, opened, found, operator="operator", own={})


def test_nobody_elsewhere_says_under_which_licence_a_work_of_here_is(hub: Hub, there: There) -> None:
    settings = replace(hub.parts.settings, public_url="https://here.example")
    here = Hub(hub.app, replace(hub.parts, settings=settings))
    closed = Catalogue(hub.parts).work("Mine", licence=Licence.ALL_RIGHTS_RESERVED)
    bundle = manifest.read((there.folder / manifest.NAME).read_bytes())

    def laundered(work: BundledWork) -> BundledWork:
        if work.title != "Third Drive":
            return work
        (source,) = work.sources
        own = replace(source, work_id="elsewhere", url=f"https://here.example/works/{closed}", licence="cc0-1.0")
        return replace(work, sources=(own,))

    signed(there.folder, replace(bundle, works=tuple(map(laundered, bundle.works))))
    *_, third = bring(here, there.folder)
    assert third.step is Step.REFUSED
    assert "Mine" in third.why


def test_bad_sound_and_licences_are_refused_each_by_name(hub: Hub, there: There) -> None:
    """By whoever signs: a hub is no reason to believe what it sends."""
    bundle = manifest.read((there.folder / manifest.NAME).read_bytes())
    noise = b"#!/bin/sh\n" * 100

    def spoilt(work: BundledWork) -> BundledWork:
        if work.title == "Slow Drive":
            assert work.whole is not None
            (there.folder / work.whole.path).write_bytes(noise)
            return replace(
                work, whole=replace(work.whole, sha256=hashlib.sha256(noise).hexdigest(), size_bytes=len(noise))
            )
        return replace(work, title="<b>Third</b>") if work.title == "Third Drive" else work

    signed(there.folder, replace(bundle, works=tuple(map(spoilt, bundle.works))))
    release, slow, third = bring(hub, there.folder)
    assert release.step is Step.HERE
    assert slow.step is Step.REFUSED
    assert third.step is Step.HERE, "it cites the one that did not come where that is"
    assert hub.states(Work) == {WorkState.PUBLISHED: 2}
    assert hub.rows(SourceLink) == []
    visitor = hub.visitor()
    named = visitor.get(f"/works/{third.work_id}/elsewhere-sources").get_json()["elsewhere_sources"]
    assert [one["address"] for one in named] == [f"{THERE}/works/{there.works['Slow Drive']['id']}"]


def signed(folder: Path, bundle: Bundle) -> None:
    """As another hub would sign it."""
    key = Ed25519PrivateKey.generate()
    (folder / manifest.NAME).write_bytes(manifest.dump(bundle))
    (folder / checksums.KEY_NAME).write_bytes(_pem(key.public_key()))
    paths = (path for path in folder.rglob("*") if path.is_file())
    sums = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    for name in (checksums.NAME, checksums.SIGNATURE_NAME):
        sums.pop(name, None)
    listed = checksums.written(sorted(sums.items()))
    (folder / checksums.NAME).write_bytes(listed)
    (folder / checksums.SIGNATURE_NAME).write_bytes(key.sign(listed))
