"""The main job by mouse: sign up, send stems, hear them, publish; and an upload that survives a reload."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import ConsoleMessage, Page, Request, Route, expect

RATE_HZ = 44_100


def test_an_artist_signs_up_sends_two_stems_hears_them_and_publishes(page: Page, tmp_path: Path) -> None:
    faults = watch(page)
    sign_up(page, "mara-velt")
    start_draft(page, "Harbour Lights")
    stems = [tone(tmp_path / "Bass.wav", 110.0, 6.0), tone(tmp_path / "Lead Vox.wav", 440.0, 6.0)]
    page.get_by_label("Stem files").set_input_files(stems)
    for name, role in (("Bass", "bass"), ("Lead Vox", "lead_vocals")):
        stem = page.locator(".edit-stem").filter(has=page.locator(f'input[name^="name-"][value="{name}"]'))
        expect(stem.locator("wave-player[ready]")).to_be_visible()
        expect(stem.get_by_label("Role")).to_have_value(role)
    publish(page)

    page.get_by_role("button", name="Play Bass").click()
    expect(page.get_by_role("button", name="Pause Bass")).to_be_visible()
    heard = page.locator('wave-player[label="Bass"] audio')
    page.wait_for_function("audio => audio.currentTime > 0.5", arg=heard.element_handle())
    assert heard.evaluate("audio => audio.duration") == pytest.approx(6.0, abs=0.1)
    assert drawn_pixels(page, "Bass") > 500

    page.get_by_role("button", name="Play stems together").click()
    expect(page.locator("stem-deck output")).to_have_text(re.compile(r"0:0[1-5] / 0:06"))
    assert heard.evaluate("audio => audio.paused")
    assert faults == []


def test_an_upload_goes_on_after_a_reload_and_sends_only_the_missing_parts(page: Page, tmp_path: Path) -> None:
    faults = watch(page)
    sign_up(page, "resumer")
    start_draft(page, "Long one")
    long_stem = noise(tmp_path / "Pad.wav", 45.0)  # three parts
    page.route(re.compile("partNumber=2"), hold)
    with page.expect_request(re.compile("partNumber=2")):
        page.get_by_label("Stem files").set_input_files(long_stem)

    page.reload()
    expect(page.get_by_text(re.compile(r"Interrupted: 5\.2 MB of 12 MB sent"))).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")  # only now: it lets go of the request that hangs
    sent: list[str] = []
    page.on("request", lambda request: note_part(request, sent))
    page.get_by_label("Stem files").set_input_files(long_stem)
    expect(page.locator(".edit-stem wave-player[ready]")).to_be_visible()
    assert sent == ["2", "3"]
    expect(page.locator(".transfer")).to_have_count(0)
    assert faults == []


def test_a_name_is_suggested_and_a_guess_is_made_anew_with_further_stems(page: Page, tmp_path: Path) -> None:
    faults = watch(page)
    sign_up(page, "namer")
    start_draft(page, "Harbour Lights")
    rows = page.locator(".edit-stem")
    page.get_by_label("Stem files").set_input_files(tone(tmp_path / "Drone_Bass_Face_120bpm.wav", 110.0, 3.0))
    expect(rows.get_by_label("Role")).to_have_value("bass")
    page.get_by_label("Stem files").set_input_files(tone(tmp_path / "Snare_Bass_Face_120bpm.wav", 440.0, 3.0))
    expect(rows).to_have_count(2)
    expect(rows.first.get_by_label("Role")).to_have_value("pad")
    expect(rows.first.get_by_label("Name")).to_have_value("Drone_Bass_Face_120bpm")
    page.get_by_role("button", name="call it “Drone”").click()
    expect(rows.first.get_by_label("Name")).to_have_value("Drone")
    expect(page.get_by_role("button", name="call it “Drone”")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.get_by_role("button", name="call it “Snare”")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults == []


def test_a_file_that_is_no_audio_is_refused_in_words(page: Page, tmp_path: Path) -> None:
    sign_up(page, "writer")
    start_draft(page, "Not music")
    text = tmp_path / "letter.wav"
    text.write_text("Dear listener, " * 100, encoding="utf-8")
    page.get_by_label("Stem files").set_input_files(text)
    expect(page.locator('.transfer[data-state="rejected"]')).to_be_visible()
    expect(page.locator(".edit-stem")).to_have_count(0)


def test_the_public_pages_are_readable_without_script(page: Page, scriptless_page: Page, tmp_path: Path) -> None:
    sign_up(page, "quiet-one")
    start_draft(page, "Plain Song")
    page.get_by_label("Stem files").set_input_files(tone(tmp_path / "Keys.wav", 220.0, 3.0))
    expect(page.locator(".edit-stem wave-player[ready]")).to_be_visible()
    publish(page)

    plain = scriptless_page
    plain.goto("/")
    expect(plain.get_by_role("heading", name="Newest works")).to_be_visible()
    plain.get_by_role("link", name="Plain Song").click()
    expect(plain.get_by_role("heading", name="Plain Song")).to_be_visible()
    expect(plain.locator("audio[controls]").first).to_be_visible()
    plain.goto("/sign-up")
    plain.get_by_label("Handle").fill("no-script")
    plain.get_by_label("E-mail").fill("no-script@example.org")
    plain.get_by_label("Password").fill("a long and quiet sentence")
    plain.get_by_role("button", name="Sign up").click()
    expect(plain.get_by_text("Welcome, no-script")).to_be_visible()
    plain.get_by_role("navigation", name="Main").get_by_text("@no-script").click()
    plain.get_by_role("button", name="Sign out").click()
    plain.goto("/sign-in")
    plain.get_by_label("Handle or e-mail").fill("no-script")
    plain.get_by_label("Password").fill("a long and quiet sentence")
    plain.get_by_role("button", name="Sign in", exact=True).click()
    expect(plain.get_by_role("navigation", name="Main").get_by_text("@no-script")).to_be_visible()


def sign_up(page: Page, handle: str) -> None:
    page.goto("/sign-up")
    page.get_by_label("Handle").fill(handle)
    page.get_by_label("E-mail").fill(f"{handle}@example.org")
    page.get_by_label("Password").fill("a long and quiet sentence")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text(f"Welcome, {handle}")).to_be_visible()


def start_draft(page: Page, title: str) -> None:
    page.goto("/new")
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Make draft").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_label("Stem files")).to_be_enabled()


def publish(page: Page) -> None:
    """Once the stems are playable and were checked against each other."""
    for check in ("All stems are ready to play", "The stems fit together"):
        expect(page.locator(".checks li.done", has_text=check)).to_be_visible()
    page.locator("summary", has_text="Publish…").click()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("Everybody can hear and remix it now")).to_be_visible()


def watch(page: Page) -> list[str]:
    """What the console complains about: script errors and whatever the content security policy stopped."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(_with_place(message)) if message.type == "error" else None)
    return faults


def _with_place(message: ConsoleMessage) -> str:
    return f"{message.text} {message.location.get('url', '')}"


def hold(route: Route) -> None:
    """Neither answers nor fails: the connection hangs."""


def note_part(request: Request, sent: list[str]) -> None:
    number = re.search(r"partNumber=(\d+)", request.url)
    if number and request.method == "PUT":
        sent.append(number[1])


def drawn_pixels(page: Page, label: str) -> int:
    count: int = page.locator(f'wave-player[label="{label}"] canvas').evaluate(
        "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)"
        ".data.filter((value, i) => i % 4 === 3 && value > 0).length"
    )
    return count


def tone(path: Path, frequency_hz: float, seconds: float) -> Path:
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * frequency_hz * t), RATE_HZ, subtype="PCM_16")
    return path


def noise(path: Path, seconds: float) -> Path:
    frames = np.random.default_rng(7).uniform(-0.3, 0.3, (round(seconds * RATE_HZ), 2))
    soundfile.write(path, frames, RATE_HZ, subtype="PCM_24")
    return path
