"""A fan makes a mix at the desk, by mouse and by touch: what the hand did is what the account keeps, to the frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.desks import BAR, BARS, FRAMES, clips_of, desk_address
from tests.browser.test_publish_in_browser import sign_up, watch

__all__ = ["desk_address"]


@dataclass(frozen=True)
class Hands:
    """Of a person at the desk. Places are in bars from 0."""

    page: Page

    def lane(self, name: str) -> Locator:
        return self.page.get_by_role("group", name=f", {name}")

    def clip(self, lane: str, place: int) -> Locator:
        return self.lane(lane).locator(f'[data-clip="{place}"]')

    def box(self, found: Locator) -> FloatRect:
        box = found.bounding_box()
        assert box is not None
        return box

    def pixels(self, bars: float) -> float:
        """By the whole clip of the lane that nobody moves."""
        whole = self.clip("Vox", 0).bounding_box()
        assert whole is not None
        return whole["width"] * bars / BARS

    def at(self, bar: float) -> float:
        whole = self.clip("Vox", 0).bounding_box()
        assert whole is not None
        return whole["x"] + self.pixels(bar)

    def ruler(self) -> float:
        """A height at which nothing stands on it."""
        return self.box(self.page.locator(".ruler-stage"))["y"] + 16

    def drag(self, x: float, y: float, to_x: float, to_y: float) -> None:
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move((x + to_x) / 2, (y + to_y) / 2)
        mouse.move(to_x, to_y)
        mouse.up()

    def kept(self) -> Any:
        """The draft as the account has it, once it has all of it."""
        self.page.keyboard.press("Control+s")
        expect(self.page.locator("mix-desk [role=status]")).to_contain_text("All of it is kept")
        draft_id = self.page.url.rsplit("/", 1)[-1]
        return self.page.request.get(f"/api/v1/mix-drafts/{draft_id}").json()


class Fingers:
    """Touches as Chromium gets them from a screen: scrolls, presses and pinches come of them as they do there."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session = page.context.new_cdp_session(page)

    def tap(self, x: float, y: float) -> None:
        self._send("touchStart", (x, y))
        self._send("touchEnd")

    def drag(self, x: float, y: float, to_x: float, to_y: float) -> None:
        self._send("touchStart", (x, y))
        for step in range(1, 7):
            self._send("touchMove", (x + (to_x - x) * step / 6, y + (to_y - y) * step / 6))
        self._lift()

    def pinch(self, x: float, y: float, wide: float, to_wide: float) -> None:
        self._send("touchStart", (x - wide / 2, y), (x + wide / 2, y))
        for step in range(1, 7):
            apart = wide + (to_wide - wide) * step / 6
            self._send("touchMove", (x - apart / 2, y), (x + apart / 2, y))
        self._lift()

    def _lift(self) -> None:
        """Until Chromium no longer takes a tap for the second of two."""
        self._send("touchEnd")
        self._page.wait_for_function(
            "begun => performance.now() > begun + 350", arg=self._page.evaluate("performance.now()")
        )

    def _send(self, kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": at} for at, (x, y) in enumerate(places)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        self._page.evaluate(
            "() => new Promise(requestAnimationFrame)"
        )  # fingers are no faster; else it would be a fling


def test_a_fan_makes_a_mix_by_mouse_renders_and_publishes_it(page: Page, desk_address: str) -> None:
    faults = watch(page)
    sign_up(page, "mika")
    page.set_viewport_size({"width": 1280, "height": 960})
    page.goto(desk_address)
    hands, mouse, keyboard = Hands(page), page.mouse, page.keyboard
    expect(page.get_by_text("3 of 3 stems · 120 BPM")).to_be_visible()
    page.get_by_label("Title of the mix").fill("Before Dawn")

    # cut at bars 4 and 8, take the middle away, bring the end forward by a bar, copy the beginning behind it
    for place, bar in enumerate((4, 8)):
        mouse.click(hands.at(bar), hands.ruler())
        hands.clip("Bass", place).click(position={"x": 200, "y": 40})
        page.get_by_role("button", name="Cut at the playhead").click()
    hands.clip("Bass", 1).click(position={"x": 60, "y": 40})
    page.get_by_role("button", name="Delete what is selected").click()
    bass = hands.box(hands.lane("Bass"))
    middle = bass["y"] + bass["height"] / 2
    hands.drag(hands.at(9), middle, hands.at(8), middle)
    keyboard.down("Alt")
    hands.drag(hands.at(3), middle, hands.at(11), middle)
    keyboard.up("Alt")
    # trim a bar off the beginning, half a bar from the end; fade what is left in and out
    hands.drag(hands.at(0) + 4, middle, hands.at(1) + 4, middle)
    hands.drag(hands.at(4) - 4, middle, hands.at(3.5) - 4, middle)
    hands.drag(hands.at(1) + 6, bass["y"] + 6, hands.at(1.5) + 6, bass["y"] + 6)
    hands.drag(hands.at(3.5) - 6, bass["y"] + 6, hands.at(3.25) - 6, bass["y"] + 6)
    hands.drag(hands.at(5), hands.ruler(), hands.at(7), hands.ruler())  # the loop

    # a silence, and what was begun and dropped by Escape
    page.get_by_role("button", name="Silence parts").click()
    pad = hands.box(hands.lane("Pad"))
    hands.drag(hands.at(2), pad["y"] + 50, hands.at(3), pad["y"] + 50)
    page.get_by_role("button", name="Move, trim and fade clips").click()
    mouse.move(hands.at(6), pad["y"] + 50)
    mouse.down()
    mouse.move(hands.at(8), pad["y"] + 50)
    keyboard.press("Escape")
    mouse.up()

    # a line of three points, one of which is taken away again
    page.get_by_role("button", name="More of Pad").click()
    page.get_by_role("button", name="Gain line of Pad").click()
    line = hands.box(page.locator(".desk-line .desk-chrome"))
    for bar in (1, 3, 5):
        mouse.click(hands.at(bar), line["y"] + 30)
    hands.drag(hands.at(3), line["y"] + 30, hands.at(4), line["y"] + 200)
    page.get_by_role("button", name="gain point 3 of Pad").dblclick()
    gain = hands.box(page.get_by_role("slider", name="Gain of Vox"))
    hands.drag(gain["x"] + 50, gain["y"] + 12, gain["x"] - 300, gain["y"] + 12)
    page.get_by_role("textbox", name="Pan of Vox").fill("L 30")
    page.get_by_role("textbox", name="Pan of Vox").press("Enter")
    hands.drag(*_middle(hands.box(page.get_by_role("button", name="Move Vox"))), bass["x"] + 10, bass["y"] + 5)
    page.get_by_role("button", name="Take off the desk: Pad").click()
    page.get_by_role("button", name="Put Pad on the desk").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()

    draft = hands.kept()
    assert draft["title"] == "Before Dawn"
    spec = draft["spec"]
    assert [spec["stems"][lane["stem"]] for lane in spec["lanes"]] == ["Vox", "Bass", "Pad"]
    assert clips_of(draft, 1) == [
        (BAR, BAR, FRAMES - 7 * BAR // 2, BAR // 2, BAR // 4),
        (7 * BAR, 8 * BAR, 0, 0, 0),
        (8 * BAR, 0, FRAMES - 4 * BAR, 0, 0),
    ]
    assert (spec["loop"]["start_frames"], spec["loop"]["end_frames"]) == (5 * BAR, 7 * BAR)
    assert clips_of(draft, 2) == [(0, 0, 0, 0, 0)]
    assert spec["lanes"][2]["mute_ranges"] == [{"start_frames": 2 * BAR, "end_frames": 3 * BAR}]
    points = spec["lanes"][2]["gain_points"]
    assert [point["at_frames"] for point in points] == [BAR, 4 * BAR]
    assert points[1]["gain_db"] == -60 < points[0]["gain_db"]
    assert (spec["lanes"][0]["gain_db"], spec["lanes"][0]["pan"]) == (-60, -0.3)

    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator(".clock-place")).not_to_have_text("009.1.1")
    page.get_by_role("button", name="Render & publish").click()
    page.get_by_role("button", name="Publish as a remix").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Before Dawn")
    publish_remix(page)
    assert faults == []


def test_a_fan_makes_a_mix_on_a_phone(browser: Browser, live_hub: str, desk_address: str) -> None:
    context = browser.new_context(
        base_url=live_hub, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, device_scale_factor=2
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    faults = watch(page)
    sign_up(page, "oda")
    page.goto(desk_address)
    hands, fingers = Hands(page), Fingers(page)
    roll = page.locator(".desk-roll")
    page.locator(".desk-frame").evaluate("frame => frame.scrollIntoView()")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    # two fingers look closer, one scrolls; nothing moves by that
    wide = hands.pixels(1)
    bass = hands.box(hands.clip("Bass", 0))
    middle = bass["y"] + bass["height"] / 2
    fingers.pinch(100, middle, 60, 180)
    page.wait_for_function(
        "wide => document.querySelector('[data-clip]').getBoundingClientRect().width / 12 > 2.9 * wide", arg=wide
    )
    before = roll.evaluate("roll => roll.scrollLeft")
    fingers.drag(300, middle, 200, middle)
    page.wait_for_function("before => document.querySelector('.desk-roll').scrollLeft > before + 50", arg=before)
    page.get_by_role("button", name="Fit").tap()

    # cut at bar 4, chosen by a tap, moved by a bar and faded in; a point, a silence, a fader
    fingers.tap(hands.at(4), hands.ruler())
    fingers.tap(hands.at(6), middle)
    page.get_by_role("button", name="Cut at the playhead").tap()
    fingers.tap(hands.at(6), middle)
    expect(hands.clip("Bass", 1)).to_have_attribute("aria-pressed", "true")
    fingers.drag(hands.at(6), middle, hands.at(8), middle)
    fingers.drag(hands.at(6) + 8, bass["y"] + 8, hands.at(8) + 8, bass["y"] + 8)
    silence = page.get_by_role("button", name="Silence parts")
    silence.tap()
    expect(silence).to_have_attribute("aria-pressed", "true")
    pad = hands.box(hands.clip("Pad", 0))
    fingers.drag(hands.at(2), pad["y"] + 30, hands.at(6), pad["y"] + 30)
    page.get_by_role("button", name="Move, trim and fade clips").tap()
    page.get_by_role("button", name="More of Pad").tap()
    page.get_by_role("button", name="Gain line of Pad").tap()
    page.locator(".desk-line").evaluate("line => line.scrollIntoView({block: 'end', inline: 'nearest'})")
    line = hands.box(page.locator(".desk-line .desk-chrome"))
    fingers.tap(hands.at(2), line["y"] + 20)
    fingers.tap(hands.at(8), line["y"] + 20)
    fingers.drag(hands.at(8), line["y"] + 20, hands.at(8), line["y"] + 200)
    gain = hands.box(page.get_by_role("slider", name="Gain of Pad"))
    cap = hands.box(page.get_by_role("slider", name="Gain of Pad").locator("span"))
    fingers.drag(*_middle(cap), gain["x"], cap["y"])
    page.get_by_role("button", name="Solo Pad").tap()

    draft = hands.kept()
    assert clips_of(draft, 0) == [
        (0, 0, FRAMES - 4 * BAR, 0, 0),
        (6 * BAR, 4 * BAR, 0, 2 * BAR, 0),
    ]
    lane = draft["spec"]["lanes"][1]
    assert lane["mute_ranges"] == [{"start_frames": 2 * BAR, "end_frames": 6 * BAR}]
    assert [point["at_frames"] for point in lane["gain_points"]] == [2 * BAR, 8 * BAR]
    assert lane["gain_points"][1]["gain_db"] == -60
    assert (lane["gain_db"], lane["solo"]) == (-60, True)
    assert faults == []
    context.close()


def publish_remix(page: Page) -> None:
    """By the second key: title, licence, stems and credits are filled in."""
    expect(page.get_by_role("radio", checked=True)).to_have_value("cc-by-4.0")
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_role("heading", name="Before Dawn", level=1)).to_be_visible()


def _middle(box: FloatRect) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
