"""Every page answers, says what it should, and keeps to its content security policy."""

from __future__ import annotations

import re
from pathlib import Path

import flask.testing
import numpy as np
import pytest
import soundfile
from PIL import Image

import remixhub
from remixhub.domain.states import JobState
from remixhub.models import Job, Work
from tests.integration.conftest import PASSWORD, Client, Hub

RATE_HZ = 44_100


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages ask the services, which are tested on both databases."""
    return sqlite_url


@pytest.fixture
def artist(hub: Hub) -> Client:
    return hub.browser("mara-velt")


@pytest.mark.parametrize("path", ["/", "/sign-up", "/sign-in", "/licences", "/charts"])
def test_public_pages_are_html_without_inline_script_or_style(hub: Hub, path: str) -> None:
    answer = hub.visitor().http.get(path)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert re.search(r"<script(?![^>]*\bsrc=)", answer.text) is None
    assert re.search(r"\s(style|on[a-z]+)=", answer.text) is None


def test_an_empty_hub_says_what_to_do(hub: Hub) -> None:
    assert "Nothing here yet" in hub.visitor().http.get("/").text


def test_signing_up_signs_in_and_goes_where_one_was_going(hub: Hub) -> None:
    browser = hub.visitor().http
    asked = browser.get("/settings/tokens")
    assert asked.status_code == 303
    assert asked.headers["Location"] == "/sign-in?next=%2Fsettings%2Ftokens"
    form = {"handle": "newcomer", "email": "n@example.org", "password": PASSWORD, "next": "/settings/tokens"}
    answer = browser.post("/sign-up", data=form)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/settings/tokens"
    assert "@newcomer" in browser.get("/").text


def test_sign_in_never_leads_to_another_site(hub: Hub, artist: Client) -> None:
    form = {"login": artist.handle, "password": PASSWORD, "next": "//elsewhere.example"}
    assert hub.visitor().http.post("/sign-in", data=form).headers["Location"] == "/"


def test_a_refused_sign_up_keeps_what_was_typed_and_marks_the_field(hub: Hub) -> None:
    form = {"handle": "Not A Handle", "email": "someone@example.org", "password": PASSWORD}
    answer = hub.visitor().http.post("/sign-up", data=form)
    assert answer.status_code == 422
    assert 'value="someone@example.org"' in answer.text
    assert 'id="handle-fault"' in answer.text
    assert PASSWORD not in answer.text


def test_all_that_is_wrong_with_a_sign_up_is_told_at_once(hub: Hub) -> None:
    form = {"handle": "No!", "email": "nobody", "password": "short", "next": "/mixes"}
    answer = hub.visitor().http.post("/sign-up", data=form)
    assert answer.status_code == 422
    for name in ("handle", "email", "password"):
        assert f'id="{name}-fault"' in answer.text
    assert 'value="/mixes"' in answer.text


def test_who_goes_from_signing_in_to_signing_up_and_back_is_led_where_they_were_going(hub: Hub) -> None:
    for here, there in (("/sign-in", "/sign-up"), ("/sign-up", "/sign-in")):
        assert f'href="{there}?next=/contests/7"' in hub.visitor().http.get(f"{here}?next=/contests/7").text


def test_a_form_from_another_site_is_refused(artist: Client) -> None:
    answer = artist.http.post("/settings/delete", data={}, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403


def test_problems_are_pages_for_people_and_json_for_programs(hub: Hub) -> None:
    visitor = hub.visitor().http
    page = visitor.get("/works/nothing")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert visitor.get("/api/v1/works/nothing").mimetype == "application/problem+json"
    assert visitor.delete("/").status_code == 405


def test_a_problem_says_what_helps_and_leads_back_to_where_one_was(hub: Hub) -> None:
    before = "http://localhost/contests/?state=open"
    page = hub.visitor().http.get("/works/nothing", headers={"Referer": before}).text
    assert "What to do" in page
    assert 'href="/contests/?state=open"' in page
    assert 'href="/problems/' in page
    page = hub.visitor().http.get("/works/nothing", headers={"Referer": "https://elsewhere.example/a"}).text
    assert "elsewhere" not in page
    assert "Back to where you were" not in page


def test_every_problem_code_has_its_page(hub: Hub) -> None:
    listed = hub.visitor().http.get("/problems").text
    assert re.search(r'href="/problems/licence_conflict"', listed)
    assert "What to do" in hub.visitor().http.get("/problems/licence_conflict").text


def test_the_profile_is_changed_and_shown(hub: Hub, artist: Client) -> None:
    page = artist.http.get("/settings/profile").text
    form = {"display_name": "Mara Velt", "bio": "Kitchen\r\nelectronics", "links": "https://mara.example\r\n"}
    answer = artist.http.post("/settings/profile", data=form | {"revision": hidden(page, "revision")})
    assert answer.status_code == 303, answer.text
    shown = hub.visitor().http.get("/@mara-velt").text
    assert "Kitchen\nelectronics" in shown
    assert 'href="https://mara.example"' in shown


def test_a_link_that_runs_script_is_refused(artist: Client) -> None:
    form = {"display_name": "Mara", "bio": "", "links": "javascript:alert(1)", "revision": "1"}
    assert artist.http.post("/settings/profile", data=form).status_code == 422


def test_a_token_is_shown_once_and_can_be_revoked(artist: Client) -> None:
    made = artist.http.post("/settings/tokens", data={"name": "script", "scopes": ["read"], "days": "30"})
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    token = re.search(r"rh_[\w-]+", made.text)
    assert token is not None
    listed = artist.http.get("/settings/tokens").text
    assert token[0] not in listed
    assert "script" in listed
    revoke = re.search(r'action="(/settings/tokens/\w+/revoke)"', listed)
    assert revoke is not None
    assert artist.http.post(revoke[1]).status_code == 303
    assert "script</strong>" not in artist.http.get("/settings/tokens").text


def test_sessions_are_listed_and_ended(hub: Hub, artist: Client) -> None:
    elsewhere = hub.visitor().http
    elsewhere.post("/sign-in", data={"login": artist.handle, "password": PASSWORD})
    page = artist.http.get("/settings/sessions").text
    end = re.search(r'action="(/settings/sessions/\w+/end)"', page)
    assert end is not None
    assert artist.http.post(end[1]).status_code == 303
    assert elsewhere.get("/settings/profile").status_code == 303


def test_password_and_email_are_changed_with_the_password(artist: Client) -> None:
    wrong = {"current_password": "not it", "new_password": "another long sentence"}
    assert artist.http.post("/settings/password", data=wrong).status_code == 422
    right = {"current_password": PASSWORD, "new_password": "another long sentence"}
    assert artist.http.post("/settings/password", data=right).status_code == 303
    email = {"password": "another long sentence", "email": "new@example.org"}
    assert artist.http.post("/settings/email", data=email).status_code == 303
    assert "new@example.org" in artist.http.get("/settings/security").text


def test_an_account_is_deleted_only_with_the_tick_and_the_password(hub: Hub, artist: Client) -> None:
    assert artist.http.post("/settings/delete", data={"password": PASSWORD}).status_code == 422
    assert artist.http.post("/settings/delete", data={"password": PASSWORD, "sure": "yes"}).status_code == 303
    assert "was deleted" in hub.visitor().http.get("/@mara-velt").text


def test_a_draft_is_edited_in_words(artist: Client) -> None:
    work_id = start_draft(artist.http, "Harbour Lights")
    page = artist.http.get(f"/works/{work_id}/edit").text
    form = about(page) | {"tempo_bpm": "92,5", "key": "Am", "tags": "dub, #slow, dub", "credits": "Ada, cello\r\nJon"}
    assert artist.http.post(f"/works/{work_id}/edit", data=form).status_code == 303
    shown = artist.http.get(f"/works/{work_id}/edit").text
    for text in ('value="92.5"', 'value="A minor"', 'value="dub, slow"', "Ada, cello\nJon<"):
        assert text in shown
    stale = artist.http.post(f"/works/{work_id}/edit", data=form | {"title": "Mine"})
    assert stale.status_code == 422
    assert 'value="Mine"' in stale.text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("tempo_bpm", "fast"),
        ("tempo_bpm", "nan"),
        ("tempo_bpm", "1e999"),
        ("tempo_bpm", "100000"),
        ("inherited_shares", "nan"),
    ],
)
def test_what_is_wrong_with_a_draft_stands_beside_the_field(artist: Client, field: str, typed: str) -> None:
    work_id = start_draft(artist.http, "Harbour Lights")
    form = about(artist.http.get(f"/works/{work_id}/edit").text) | {field: typed}
    answer = artist.http.post(f"/works/{work_id}/edit", data=form)
    assert answer.status_code == 422
    assert f'id="{field}-fault"' in answer.text
    assert f'value="{typed}"' in answer.text


def test_a_draft_is_nobody_elses(hub: Hub, artist: Client) -> None:
    work_id = start_draft(artist.http, "Secret")
    stranger = hub.browser("stranger").http
    for path in (f"/works/{work_id}", f"/works/{work_id}/edit", f"/works/{work_id}/lineage"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"/works/{work_id}/discard").status_code == 404
    assert artist.http.post(f"/works/{work_id}/discard").status_code == 303
    assert artist.http.get(f"/works/{work_id}/edit").status_code == 404


def test_a_release_goes_from_upload_to_download(hub: Hub, artist: Client, tmp_path: Path) -> None:
    work_id = publish_release(hub, artist, tmp_path)
    visitor = hub.visitor().http
    page = visitor.get(f"/works/{work_id}").text
    for text in ("Harbour Lights", "CC BY 4.0", "Bass", "Lead vocals", "what became of it", "Stem pack"):
        assert text in page
    assert "Harbour Lights" in visitor.get("/").text
    assert "Harbour Lights" in visitor.get("/?kind=release").text
    assert "Harbour Lights" not in visitor.get("/?kind=remix").text
    stem_id = re.search(r'data-lane="(\w+)"', page)
    assert stem_id is not None
    for kind in ("preview", "mixer", "peaks"):
        sent_on = visitor.get(f"/media/stems/{stem_id[1]}/{kind}")
        assert sent_on.status_code == 302, kind
        assert sent_on.headers["Location"].startswith(hub.parts.settings.browser_s3_url)
    assert visitor.get(f"/media/stems/{stem_id[1]}/other").status_code == 404
    download = re.search(r'href="(/works/\w+/stems/\w+/original)"', page)
    assert download is not None
    assert "attachment" in visitor.get(download[1]).headers["Location"]

    ordered = visitor.post(f"/works/{work_id}/archive")
    assert ordered.status_code == 303
    assert "hx-get" in visitor.get(ordered.headers["Location"]).text
    hub.drain()
    assert "It is ready" in visitor.get(ordered.headers["Location"]).text


def test_a_mix_is_made_rendered_and_published_as_a_remix(hub: Hub, artist: Client, tmp_path: Path) -> None:
    work_id = publish_release(hub, artist, tmp_path)
    fan = hub.browser("tuesday-dub").http
    desk = re.search(r'href="(/stem-packs/\w+/mix)"', fan.get(f"/works/{work_id}").text)
    assert desk is not None
    stems = re.findall(r'name="(\w+)-gain_db"', fan.get(desk[1]).text)
    form = {f"{stems[0]}-gain_db": "-3.5", f"{stems[1]}-pan": "-0.5", "loudness": "-14", "title": "Late"}
    made = fan.post(desk[1], data=form)
    assert made.status_code == 303, made.text
    assert "hx-trigger" in fan.get(made.headers["Location"]).text
    hub.drain()
    shown = fan.get(made.headers["Location"] + "/progress").text
    assert "hx-trigger" not in shown
    assert "Publish as a remix" in shown
    assert "−3.5 dB" in fan.get(made.headers["Location"]).text
    assert fan.get(made.headers["Location"].replace("/mixes", "/media/mixes") + "/preview").status_code == 302
    assert "Late.flac" in fan.get(made.headers["Location"].replace("/mixes", "/media/mixes") + "/mixdown").location
    assert "Late" in fan.get("/mixes").text
    assert hub.browser("stranger").http.get(made.headers["Location"]).status_code == 404

    drafted = fan.post(made.headers["Location"] + "/remix")
    assert drafted.status_code == 303
    sheet = fan.get(drafted.headers["Location"]).text
    assert "Harbour Lights" in sheet
    remix_id = drafted.headers["Location"].split("/")[2]
    form = {"title": "Late", "licence": "cc-by-4.0"}
    published = fan.post(drafted.headers["Location"], data=form)
    assert published.status_code == 303, published.text
    remix = hub.visitor().http.get(f"/works/{remix_id}").text
    assert "Made from" in remix
    assert f'href="/works/{work_id}"' in remix
    assert "Late" in hub.visitor().http.get(f"/works/{work_id}").text
    lineage = hub.visitor().http.get(f"/works/{work_id}/lineage").text
    assert f'href="/works/{remix_id}"' in lineage
    assert "Late" in hub.visitor().http.get("/?kind=remix").text


def test_a_remix_may_only_take_the_licences_its_sources_allow(hub: Hub, artist: Client, tmp_path: Path) -> None:
    work_id = publish_release(hub, artist, tmp_path, licence="cc-by-sa-4.0")
    fan = hub.browser("tuesday-dub").http
    drafted = fan.post(f"/works/{work_id}/remix")
    editor = fan.get(drafted.headers["Location"]).text
    offered = re.findall(r'name="licence" value="([\w.-]+)"( checked)?( disabled)?', editor)
    assert [licence for licence, _, barred in offered if not barred] == ["cc-by-sa-4.0"]
    refused = fan.post(drafted.headers["Location"], data=about(editor) | {"licence": "cc0-1.0"})
    assert refused.status_code == 422


def test_a_withdrawn_work_leaves_a_tombstone(hub: Hub, artist: Client, tmp_path: Path) -> None:
    work_id = publish_release(hub, artist, tmp_path)
    assert artist.http.post(f"/works/{work_id}/withdraw").status_code == 303
    page = hub.visitor().http.get(f"/works/{work_id}").text
    assert "has withdrawn this work" in page
    assert "<wave-player" not in page
    assert "Harbour Lights" not in hub.visitor().http.get("/").text


def test_published_stems_are_corrected_by_a_new_version(hub: Hub, artist: Client, tmp_path: Path) -> None:
    work_id = publish_release(hub, artist, tmp_path)
    assert artist.http.post(f"/works/{work_id}/versions").status_code == 303
    editor = artist.http.get(f"/works/{work_id}/edit").text
    publish = re.search(r'formaction="(/stem-packs/\w+/publish)"', editor)
    assert publish is not None
    stem = re.findall(r'id="stem-(\w+)"', editor)[0]
    renamed = artist.http.post(f"/works/{work_id}/edit", data=row(editor, stem, name="Sub", gain_db="-1.5"))
    assert renamed.status_code == 303
    assert "Sub" not in hub.visitor().http.get(f"/works/{work_id}").text
    hub.drain()
    assert artist.http.post(publish[1], data={"note": "A better name"}).status_code == 303
    assert "Sub" in hub.visitor().http.get(f"/works/{work_id}").text


def test_a_suggested_name_is_taken_by_a_button_and_a_guessed_role_stays_a_guess(
    hub: Hub, artist: Client, tmp_path: Path
) -> None:
    work_id = start_draft(artist.http, "Harbour Lights")
    rows = []
    for name, frequency_hz in (("Drone_Bass_Face_120bpm.wav", 110.0), ("Snare_Bass_Face_120bpm.wav", 440.0)):
        upload = artist.send_upload(tone(tmp_path / name, frequency_hz))
        hub.drain()
        rows.append(artist.http.post(f"/works/{work_id}/claims/stem", data={"upload_id": upload}).text)
    drone, snare = stem_ids(artist, work_id)
    assert re.findall(r'<li class="edit-stem" id="stem-(\w+)".*? data-role="(\w+)"', rows[0]) == [(drone, "bass")]
    assert re.findall(r'<li class="edit-stem" id="stem-(\w+)".*? data-role="(\w+)"', rows[1]) == [
        (drone, "pad"),
        (snare, "snare"),
    ], "whose role was guessed anew comes along"
    assert f'data-after="{drone}"' in rows[1]
    editor = artist.http.get(f"/works/{work_id}/edit").text
    assert "call it “Drone”" in editor
    assert "2 names can be plainer" in editor
    take = {"take": f"name:{drone}"} | row(editor, drone, role="bass", guessed_role="bass")
    assert artist.http.post(f"/works/{work_id}/suggestions", data=take).status_code == 303
    editor = artist.http.get(f"/works/{work_id}/edit").text
    assert f'id="stem-{drone}" data-stem="{drone}" data-filename="Drone_Bass_Face_120bpm.wav" data-role="pad"' in editor
    assert "(guessed)" in editor, "what the page showed is older than the guess, and nobody chose it"
    assert "call it “Drone”" not in editor
    assert 'value="Drone"' in editor
    artist.http.post(f"/works/{work_id}/edit", data=row(editor, drone, role="strings"))
    editor = artist.http.get(f"/works/{work_id}/edit").text
    assert re.search(f'id="stem-{drone}"[^>]*data-role="strings"', editor)


def test_stems_are_renamed_moved_and_removed(hub: Hub, artist: Client, tmp_path: Path) -> None:
    work_id = start_draft(artist.http, "Harbour Lights")
    add_stems(hub, artist, work_id, tmp_path)
    bass, lead = stem_ids(artist, work_id)
    page = artist.http.get(f"/works/{work_id}/edit").text
    artist.http.post(f"/works/{work_id}/edit", data=row(page, bass, name="Sub bass", gain_db="-2"))
    page = artist.http.get(f"/works/{work_id}/edit").text
    assert 'value="Sub bass"' in page
    assert 'value="-2"' in page
    artist.http.post(f"/works/{work_id}/stems/{bass}/move/down")
    assert stem_ids(artist, work_id) == [lead, bass]
    artist.http.post(f"/works/{work_id}/stems/{lead}/remove")
    assert stem_ids(artist, work_id) == [bass]


def test_a_cover_and_a_reference_mix_take_their_places(hub: Hub, artist: Client, tmp_path: Path) -> None:
    work_id = start_draft(artist.http, "Harbour Lights")
    Image.new("RGB", (300, 300), "teal").save(tmp_path / "cover.png")
    for path, upload_purpose, purpose in (
        (tmp_path / "cover.png", "cover", "cover"),
        (tone(tmp_path / "mix.wav", 220.0), "reference_mix", "mix"),
    ):
        upload = artist.send_upload(path, upload_purpose)
        hub.drain()
        claimed = artist.http.post(f"/works/{work_id}/claims/{purpose}", data={"upload_id": upload})
        assert claimed.status_code == 201, claimed.text
        assert f'id="{purpose}"' in claimed.text
    hub.drain()
    editor = artist.http.get(f"/works/{work_id}/edit").text
    assert f"/media/works/{work_id}/cover" in editor
    assert f"/media/works/{work_id}/peaks" in editor
    assert artist.http.get(f"/media/works/{work_id}/cover").status_code == 302
    assert hub.visitor().http.get(f"/media/works/{work_id}/preview").status_code == 404
    for piece in ("mix", "cover"):
        assert artist.http.post(f"/works/{work_id}/{piece}/remove").status_code == 303
    editor = artist.http.get(f"/works/{work_id}/edit").text
    assert set(re.findall(rf"/media/works/{work_id}/[^?\"]*", editor)) == {f"/media/works/{work_id}/cover.svg"}


def test_a_purpose_that_nobody_knows_takes_no_upload(hub: Hub, artist: Client, tmp_path: Path) -> None:
    work_id = start_draft(artist.http, "Harbour Lights")
    upload = artist.send_upload(tone(tmp_path / "Bass.wav", 110.0))
    answer = artist.http.post(
        f"/works/{work_id}/claims/poster",
        data={"upload_id": upload},
        headers={"Accept": "text/html, application/problem+json"},
    )
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_what_is_odd_about_a_pack_is_said_with_advice(hub: Hub, artist: Client, tmp_path: Path) -> None:
    work_id = start_draft(artist.http, "Harbour Lights")
    for path in (tone(tmp_path / "Bass.wav", 110.0, 2.0), tone(tmp_path / "Lead.wav", 440.0, 1.5)):
        upload = artist.send_upload(path)
        hub.drain()
        artist.http.post(f"/works/{work_id}/claims/stem", data={"upload_id": upload})
    hub.drain()
    editor = artist.http.get(f"/works/{work_id}/edit").text
    assert "Shorter than the rest at 0:01." in editor
    assert "export all from the same start to the same end" in editor


def test_publishing_too_early_says_what_is_missing(artist: Client) -> None:
    work_id = start_draft(artist.http, "Harbour Lights")
    refused = artist.http.post(f"/works/{work_id}/publish")
    assert refused.status_code == 422
    assert "Add at least one stem" in refused.text


def test_the_editor_hears_of_progress_by_one_small_answer(hub: Hub, artist: Client, tmp_path: Path) -> None:
    work_id = start_draft(artist.http, "Harbour Lights")
    upload = artist.send_upload(tone(tmp_path / "Bass.wav", 110.0))
    hub.drain()
    artist.http.post(f"/works/{work_id}/claims/stem", data={"upload_id": upload})
    (stem,) = stem_ids(artist, work_id)
    early = artist.http.get(f"/works/{work_id}/edit/pulse?waiting={stem}").text
    assert "every 2s" in early
    assert f'id="status-{stem}"' not in early
    hub.drain()
    late = artist.http.get(f"/works/{work_id}/edit/pulse?waiting={stem}").text
    assert "every 2s" not in late
    assert f'id="status-{stem}" hx-swap-oob="true"' in late
    assert "<wave-player" in late


def test_pages_say_when_processing_is_delayed(hub: Hub, artist: Client, tmp_path: Path) -> None:
    work_id = start_draft(artist.http, "Harbour Lights")
    upload = artist.send_upload(tone(tmp_path / "Bass.wav", 110.0))
    hub.drain()
    artist.http.post(f"/works/{work_id}/claims/stem", data={"upload_id": upload})
    assert "Processing is delayed" not in artist.http.get(f"/works/{work_id}/edit").text
    with hub.parts.database.writing() as session:
        for job in session.query(Job).where(Job.state == JobState.PENDING):
            job.run_after_at = job.created_at.replace(year=2020)
    assert "Processing is delayed" in artist.http.get(f"/works/{work_id}/edit").text


def test_titles_cannot_carry_markup(hub: Hub, artist: Client) -> None:
    start_draft(artist.http, '<script>alert("x")</script>')
    page = artist.http.get("/my/works").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert 'href="/my/claims"' in page


def test_a_long_chain_of_remixes_is_drawn(hub: Hub, artist: Client, tmp_path: Path) -> None:
    work_id = publish_release(hub, artist, tmp_path)
    fan = hub.browser("tuesday-dub")
    mix_id = rendered_mix(hub, fan, work_id)
    newest = work_id
    for generation in range(30):
        sources = [{"source_id": newest}] if newest == work_id else [{"source_id": newest}, {"source_id": work_id}]
        body = {"title": f"Generation {generation}", "sources": sources, "mix_id": mix_id}
        drafted = fan.post("/remixes", body)
        assert drafted.status_code == 201, drafted.text
        newest = drafted.get_json()["id"]
        assert fan.http.post(f"/works/{newest}/publish").status_code == 303
    page = hub.visitor().http.get(f"/works/{work_id}/lineage")
    assert page.status_code == 200
    assert "Generation 29" in page.text


def start_draft(http: flask.testing.FlaskClient, title: str, licence: str = "cc-by-4.0") -> str:
    made = http.post("/new", data={"title": title, "licence": licence})
    assert made.status_code == 303, made.text
    return made.headers["Location"].split("/")[2]


def add_stems(hub: Hub, artist: Client, work_id: str, folder: Path) -> None:
    for name, frequency_hz in (("Bass.wav", 110.0), ("Lead Vox.wav", 440.0)):
        upload = artist.send_upload(tone(folder / name, frequency_hz))
        hub.drain()
        claimed = artist.http.post(f"/works/{work_id}/claims/stem", data={"upload_id": upload})
        assert claimed.status_code == 201, claimed.text
    hub.drain()


def publish_release(hub: Hub, artist: Client, folder: Path, licence: str = "cc-by-4.0") -> str:
    work_id = start_draft(artist.http, "Harbour Lights", licence)
    add_stems(hub, artist, work_id, folder)
    published = artist.http.post(f"/works/{work_id}/publish")
    assert published.status_code == 303, published.text
    return work_id


def rendered_mix(hub: Hub, fan: Client, work_id: str) -> str:
    with hub.parts.database.reading() as session:
        pack = session.get_one(Work, work_id).stem_packs[0]
        lanes = [{"stem": stem.id} for stem in pack.stems]
    made = fan.post("/mixes", {"stem_pack_id": pack.id, "spec": {"version": 1, "lanes": lanes}})
    assert made.status_code == 201, made.text
    hub.drain()
    return str(made.get_json()["id"])


def stem_ids(artist: Client, work_id: str) -> list[str]:
    return re.findall(r'id="stem-(\w+)"', artist.http.get(f"/works/{work_id}/edit").text)


def about(page: str) -> dict[str, str]:
    """The words form of the editor as a browser would send it back."""
    return {"title": "Harbour Lights", "licence": "cc-by-4.0", "seen": hidden(page, "seen")}


def row(page: str, stem_id: str, **typed: str) -> dict[str, str]:
    """One stem's fields as a browser would send them back, with what was typed into them."""
    shown = {
        "name": hidden(page, f"name-{stem_id}"), "gain_db": "0", "seen": hidden(page, f"seen-{stem_id}"),
        "role": re.search(rf'id="stem-{stem_id}"[^>]*data-role="(\w+)"', page)[1],  # type: ignore[index]
    }  # fmt: skip
    return {f"{name}-{stem_id}": value for name, value in {**shown, **typed}.items()}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def tone(path: Path, frequency_hz: float, seconds: float = 2.0) -> Path:
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * frequency_hz * t), RATE_HZ, subtype="PCM_16")
    return path


def test_every_address_that_code_and_templates_ask_for_by_name_exists(hub: Hub) -> None:
    sources = [*Path(remixhub.__file__).parent.rglob("*.py"), *Path(remixhub.__file__).parent.rglob("*.html")]
    named = {
        name
        for source in sources
        for name in re.findall(r"""url_for\(\s*["']([\w.-]+)["']""", source.read_text(encoding="utf-8"))
    }
    assert len(named) > 90
    assert named <= set(hub.app.view_functions), named - set(hub.app.view_functions)
