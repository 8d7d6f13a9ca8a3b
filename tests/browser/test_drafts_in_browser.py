"""A draft by mouse and by keyboard: a folder dropped, a reload on the way, guesses mended, an order, nothing lost."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.test_publish_in_browser import hold, noise, publish, sign_up, start_draft, tone, watch

FOLDER = (
    "1 - Pier Lights Kick 124bpm", "2 - Pier Lights Bass 124bpm", "3 - Pier Lights Pad 124bpm", "4 - Pier Lights Ada",
    "5 - Pier Lights Keys 124bpm", "10 - Pier Lights Shaker 124bpm",
)  # fmt: skip


def test_an_artist_drops_a_folder_reloads_on_the_way_mends_guesses_and_publishes(page: Page, tmp_path: Path) -> None:
    faults = watch(page)
    sign_up(page, "mara-velt")
    start_draft(page, "Pier Lights")
    folder = tmp_path / "Pier Lights"
    folder.mkdir()
    for number, name in enumerate(reversed(FOLDER)):
        tone(folder / f"{name}.wav", 110.0 * (number + 1), 25.0)
    noise(folder / "4 - Pier Lights Ada.wav", 25.0)  # two parts
    (folder / ".DS_Store").write_bytes(b"\0")
    (folder / "notes.txt").write_text("mix louder", encoding="utf-8")
    rows = page.locator(".edit-stem")

    page.route(re.compile("partNumber=2"), hold)
    with page.expect_request(re.compile("partNumber=2")):
        page.get_by_label("Folder of stems").set_input_files(folder)
    expect(page.get_by_text("Left out, as it is no sound: .DS_Store, notes.txt.")).to_be_visible()
    expect(rows).to_have_count(5)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator(".menu summary").first.click()
    page.get_by_role("link", name="Uploads in progress").click()
    expect(page.get_by_text("5.2 MB of 6.6 MB have arrived")).to_be_visible()
    assert asked == ["confirm"], "a file was still being sent"
    page.get_by_role("link", name="Go on in its draft").click()
    expect(page.get_by_text(re.compile(r"Interrupted: 5\.2 MB of"))).to_be_visible()
    page.reload()
    expect(page.get_by_text(re.compile(r"Interrupted: 5\.2 MB of"))).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")
    page.get_by_label("Folder of stems").set_input_files(folder)
    expect(page.get_by_text(re.compile("In the draft already: 1 - Pier Lights Kick"))).to_be_visible()
    expect(rows).to_have_count(6)
    assert [row.get_attribute("data-filename") for row in rows.all()] == [f"{name}.wav" for name in FOLDER]

    chips = page.get_by_role("group", name="Suggestions")
    expect(chips.get_by_text("“Pier Lights” stands in every name: take it off?")).to_be_visible()
    rows.nth(3).get_by_label("Name").fill("Ada, dry")
    chips.get_by_role("button", name="take all names").click()
    expect(rows.first.get_by_label("Name")).to_have_value("Kick")
    expect(rows.nth(3).get_by_label("Name")).to_have_value("Ada, dry")
    expect(rows.first.get_by_label("Name")).to_be_focused()
    rows.nth(3).get_by_label("Role").select_option("lead_vocals")
    chips.get_by_role("button", name="62 BPM instead").click()
    expect(page.get_by_label("Tempo in BPM")).to_have_value("62")
    page.get_by_label("Tempo in BPM").fill("124")
    page.get_by_label("Description").fill("Recorded at night.")
    expect(page.locator(".kept")).to_have_text(re.compile(r"kept \d\d:\d\d:\d\d"))
    publish(page)
    for name in ("Kick", "Ada, dry", "Shaker"):
        expect(page.get_by_role("button", name=f"Play {name}", exact=True)).to_be_visible()
    expect(page.get_by_text("Recorded at night.")).to_be_visible()
    assert faults == []


def test_stems_are_put_in_order_by_keyboard_and_by_hand_and_what_is_typed_stays(page: Page, tmp_path: Path) -> None:
    faults = watch(page)
    sign_up(page, "mara-velt")
    start_draft(page, "Harbour Lights")
    files = [
        tone(tmp_path / f"{name}.wav", 110.0 * n, 2.0 + n // 3) for n, name in enumerate(("Kick", "Bass", "Pad"), 1)
    ]
    page.get_by_label("Stem files").set_input_files(files)
    rows = page.locator(".edit-stem")
    expect(rows).to_have_count(3)

    def names() -> list[str]:
        return [row.get_by_label("Name").input_value() for row in rows.all()]

    page.get_by_label("Description").fill("Not kept by anybody yet")
    grip = page.get_by_role("button", name="Move Kick", exact=True)
    grip.focus()
    for key in ("Space", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    assert names() == ["Bass", "Pad", "Kick"]
    page.keyboard.press("Escape")
    assert names() == ["Kick", "Bass", "Pad"]
    with page.expect_response(re.compile("/stems/order")):
        for key in ("Space", "ArrowDown", "Space"):
            page.keyboard.press(key)
    expect(grip).to_be_focused()
    expect(page.locator("stem-order > [role=status]")).to_have_text("Kick put down at place 2 of 3.")

    expect(rows.locator("wave-player")).to_have_count(3)  # until then the rows are growing
    pad = page.get_by_role("button", name="Move Pad", exact=True).bounding_box()
    top = rows.first.bounding_box()
    assert pad
    assert top
    with page.expect_response(re.compile("/stems/order")):
        page.mouse.move(pad["x"] + 5, pad["y"] + 5)
        page.mouse.down()
        page.mouse.move(pad["x"] + 5, top["y"] + 40, steps=20)
        page.mouse.move(pad["x"] + 5, top["y"] + 2, steps=5)
        page.mouse.up()
    page.reload()
    assert names() == ["Pad", "Bass", "Kick"]
    expect(page.get_by_label("Description")).to_have_value("Not kept by anybody yet")
    page.get_by_role("button", name="Play Pad at 0:02").click()
    heard = page.locator('wave-player[label="Pad"] audio').element_handle()
    page.wait_for_function("audio => !audio.paused && audio.currentTime >= 0.5", arg=heard)
    assert faults == []


def test_what_is_typed_while_offline_is_brought_back(page: Page) -> None:
    sign_up(page, "mara-velt")
    start_draft(page, "Harbour Lights")
    page.context.route(
        "**/works/*/edit", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.get_by_label("Description").fill("Typed in a tunnel")
    expect(page.locator(".kept")).to_contain_text("stays in this browser")
    page.goto("/my/works")
    page.context.unroute_all()
    page.get_by_role("link", name="Harbour Lights").click()
    expect(page.get_by_label("Description")).to_have_value("Typed in a tunnel")


def test_what_is_typed_survives_a_move_without_script(page: Page, scriptless_page: Page, tmp_path: Path) -> None:
    sign_up(page, "mara-velt")
    start_draft(page, "Harbour Lights")
    page.get_by_label("Stem files").set_input_files(
        [tone(tmp_path / "Kick.wav", 110.0, 2.0), tone(tmp_path / "Pad.wav", 220.0, 2.0)]
    )
    expect(page.locator(".edit-stem")).to_have_count(2)
    plain = scriptless_page
    plain.context.add_cookies(page.context.cookies())
    plain.goto(page.url)
    plain.get_by_label("Description").fill("Recorded at night.")
    plain.locator(".edit-stem").first.get_by_label("Name").fill("Boom")
    plain.get_by_role("button", name="Move Kick down").click()
    expect(plain.get_by_label("Description")).to_have_value("Recorded at night.")
    assert [row.get_by_label("Name").input_value() for row in plain.locator(".edit-stem").all()] == ["Pad", "Boom"]
