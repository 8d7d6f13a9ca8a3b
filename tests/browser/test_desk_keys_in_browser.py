"""A fan makes a mix at the desk by keyboard alone; neither a reload nor an offline minute loses what is made there."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.desks import BAR, BEAT, FRAMES, clips_of, desk_address
from tests.browser.test_publish_in_browser import sign_up, watch

__all__ = ["desk_address"]


def press(page: Page, *keys: str) -> None:
    """`*4` presses the key before it so often."""
    for key in keys:
        name, _, times = key.partition("*")
        for _ in range(int(times or 1)):
            page.keyboard.press(name)


def tab_to(page: Page, selector: str) -> None:
    for _ in range(80):
        if page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}.")


def kept_draft(page: Page) -> Any:
    page.wait_for_url("**/mix-drafts/*")
    expect(page.locator(".kept-line:not([data-unsent])")).to_have_count(1)
    return page.request.get(f"/api/v1/mix-drafts/{page.url.rsplit('/', 1)[-1]}").json()


def keep_elsewhere(page: Page, draft: Any, gain_db: float) -> str:
    """As another machine of the same account would; answers the draft's address."""
    address = f"/api/v1/mix-drafts/{draft['id']}"
    draft["spec"]["lanes"][0]["gain_db"] = gain_db
    headers = {"If-Match": f'"{draft["revision"]}"', "Origin": page.url.split("/mix-drafts")[0]}
    answer = page.request.put(address, data={"spec": draft["spec"], "title": "Elsewhere"}, headers=headers)
    assert answer.ok, answer.text()
    return address


def test_a_fan_makes_a_mix_by_keyboard_alone(page: Page, desk_address: str) -> None:
    faults = watch(page)
    sign_up(page, "mika")
    page.goto(desk_address)
    said = page.locator("mix-desk [role=status]")
    tab_to(page, '[data-lane="0"]')

    # cut at bars 4 and 8, take the middle away, bring the end forward by a bar and two frames
    press(page, "PageDown*4", "x", "PageDown*4", "x", "PageUp*3", "Enter", "Delete", ",*4", "Shift+Period*2")
    expect(page.locator('[data-lane="0"] [data-clip="1"]')).to_be_focused()
    # of the beginning: from bar 1 to 3, faded in for two beats and out for one; once more at the end
    press(page, "ArrowLeft", "Home", "PageDown", "i", "Shift+PageDown*2", "f")
    press(page, "PageDown*2", "o", "Shift+PageUp", "Shift+f", "Control+c", "End", "Control+v")
    expect(said).to_contain_text("Pasted a clip of Bass at 13.1.1")
    # a place that no mix can have is refused at its field, where what was typed stays
    press(page, "e")
    expect(page.get_by_label("Starts at")).to_be_focused()
    page.keyboard.insert_text("9000 s")
    press(page, "Enter")
    expect(page.locator("#inspect-clip-start-fault")).to_contain_text("A mix may last two hours at most")
    expect(page.locator("#inspect-clip-start")).to_have_value("9000 s")
    press(page, "Escape", "Escape")

    # a loop, a silence in it, a line of three points of which one is taken away again
    press(page, "Escape", "ArrowDown", "Home", "PageDown*2", "[", "PageDown", "]", "h", "Escape")
    press(page, "Home", "PageDown", "g", "Enter", "PageDown*2", "Enter", "ArrowDown*12", "Shift+ArrowUp", ".*4")
    press(page, "PageDown*2", "Enter", "Delete", "Escape")
    # gain, pan and solo; the lane goes to the top
    press(page, "ArrowDown", "ArrowLeft*6", "Control+ArrowLeft*6", "s", "Alt+ArrowUp*2")
    # a marker with a name, typed; a value beyond its bounds is told at its field
    press(page, "n", "e")
    expect(page.get_by_label("Name of marker 1")).to_be_focused()
    page.keyboard.insert_text("Drop")
    press(page, "Enter", "Escape", "Escape", "e")
    expect(page.locator("#inspect-lane-gain")).to_be_focused()
    page.keyboard.insert_text("+30")
    press(page, "Enter")
    expect(page.get_by_text("Type a number, −60 to 24 dB.")).to_be_visible()
    press(page, "Escape", "Escape", "Control+z*2", "Control+Shift+z*2", "?")
    expect(page.get_by_role("dialog", name="Keys of the desk")).to_be_visible()
    press(page, "Escape", "Control+s")

    draft = kept_draft(page)
    spec = draft["spec"]
    assert [spec["stems"][lane["stem"]] for lane in spec["lanes"]] == ["Vox", "Bass", "Pad"]
    assert clips_of(draft, 1) == [
        (BAR, BAR, FRAMES - 3 * BAR, 2 * BEAT, BEAT),
        (7 * BAR + 2, 8 * BAR, 0, 0, 0),
        (12 * BAR, BAR, FRAMES - 3 * BAR, 2 * BEAT, BEAT),
    ]
    assert spec["lanes"][2]["mute_ranges"] == [{"start_frames": 2 * BAR, "end_frames": 3 * BAR}]
    assert spec["lanes"][2]["gain_points"] == [
        {"at_frames": BAR, "gain_db": 0},
        {"at_frames": 4 * BAR, "gain_db": -5.9},
    ]
    assert (spec["loop"]["start_frames"], spec["loop"]["end_frames"]) == (2 * BAR, 3 * BAR)
    assert (spec["lanes"][0]["gain_db"], spec["lanes"][0]["pan"], spec["lanes"][0]["solo"]) == (-3, -0.3, True)
    assert [marker["name"] for marker in spec["markers"]] == ["Drop"]
    press(page, "Home", "Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    press(page, "Space", "Control+z*60")
    expect(said).to_contain_text("Nothing to undo")
    assert faults == []


def test_a_reload_and_an_offline_minute_lose_nothing(page: Page, desk_address: str) -> None:
    sign_up(page, "oda")
    context = page.context

    def gain(of: Page, lane: int = 0) -> Any:
        return of.get_by_role("slider", name=re.compile("^Gain of ")).nth(lane)

    # reloaded before it could be kept
    page.goto(desk_address)
    tab_to(page, '[data-lane="0"]')
    press(page, "ArrowLeft*4")
    page.reload()
    expect(gain(page)).to_have_attribute("aria-valuetext", "−2.0 dB")
    draft = kept_draft(page)
    expect(page.get_by_role("button", name=re.compile(r"kept \d\d:\d\d:\d\d|earlier versions"))).to_be_visible()
    assert draft["spec"]["lanes"][0]["gain_db"] == -2
    assert len(page.request.get("/api/v1/mix-drafts").json()["mix_drafts"]) == 1

    # offline on the same page: told, kept here, sent when back
    tab_to(page, '[data-lane="0"]')
    context.set_offline(True)
    press(page, "ArrowLeft*2", "ArrowDown", "m")
    expect(page.get_by_text(re.compile("kept in this browser"))).to_be_visible()
    context.set_offline(False)
    draft = kept_draft(page)
    assert (draft["spec"]["lanes"][0]["gain_db"], draft["spec"]["lanes"][1]["muted"]) == (-3, True)

    # offline until the page was left: it comes back with the desk
    context.set_offline(True)
    press(page, "ArrowUp", "ArrowLeft*2")
    expect(gain(page)).to_have_attribute("aria-valuetext", "−4.0 dB")
    address = page.url
    page.goto("about:blank")
    context.set_offline(False)
    page.goto(address)
    expect(gain(page)).to_have_attribute("aria-valuetext", "−4.0 dB")
    draft = kept_draft(page)
    assert draft["spec"]["lanes"][0]["gain_db"] == -4

    # changed elsewhere meanwhile: asked, and neither is lost
    other = keep_elsewhere(page, draft, -12)
    tab_to(page, '[data-lane="0"]')
    press(page, "ArrowRight*2")
    page.get_by_role("button", name="Keep both").click()
    expect(page).not_to_have_url(address)
    mine = kept_draft(page)
    assert mine["spec"]["lanes"][0]["gain_db"] == -3
    assert page.request.get(other).json()["spec"]["lanes"][0]["gain_db"] == -12
    keep_elsewhere(page, mine, -20)
    tab_to(page, '[data-lane="0"]')
    press(page, "ArrowRight*2")
    page.get_by_role("button", name="Take the other").click()
    expect(gain(page)).to_have_attribute("aria-valuetext", "−20.0 dB")

    # an earlier version, and back from it; a state that cannot be sent stays
    page.goto(other.replace("/api/v1", ""))
    page.route(re.compile("/api/v1/mix-drafts/[0-9a-f]+$"), lambda route: route.abort())
    tab_to(page, '[data-lane="0"]')
    press(page, "ArrowRight*2")
    page.get_by_role("button", name="earlier versions").click()
    page.get_by_role("button", name=re.compile("Go back to this of")).click()
    expect(gain(page)).to_have_attribute("aria-valuetext", "−12.0 dB")
    press(page, "Control+z")
    expect(gain(page)).to_have_attribute("aria-valuetext", "−11.0 dB")
    page.unroute_all()
    press(page, "Control+s")
    assert kept_draft(page)["spec"]["lanes"][0]["gain_db"] == -11
