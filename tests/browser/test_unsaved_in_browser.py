"""Words that are not saved yet are not lost: kept as they are typed, or not without a question."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Dialog, Page, expect

from tests.browser.test_publish_in_browser import publish, sign_up, start_draft, tone


def test_leaving_a_draft_loses_nothing_and_asks_nothing(page: Page) -> None:
    sign_up(page, "mara-velt")
    start_draft(page, "Harbour Lights")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Description").fill("Recorded at night.")
    page.get_by_label("Tempo in BPM").fill("fast")
    page.get_by_role("link", name="RemixHub").first.click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Harbour Lights")
    page.goto("/my/works")
    page.get_by_role("link", name="Harbour Lights").click()
    expect(page.get_by_label("Description")).to_have_value("Recorded at night.")
    expect(page.get_by_label("Tempo in BPM")).to_have_value("fast")
    expect(page.get_by_text("Write a number, such as 92.5.")).to_be_visible()
    page.get_by_label("Tempo in BPM").fill("92,5")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator(".kept")).to_have_text(re.compile(r"^kept \d\d:\d\d:\d\d$"))
    expect(page.get_by_text("Write a number, such as 92.5.")).to_have_count(0)
    assert asked == []


def test_leaving_a_published_work_asks_while_words_are_unsaved_and_saving_does_not(page: Page, tmp_path: Path) -> None:
    sign_up(page, "mara-velt")
    start_draft(page, "Harbour Lights")
    page.get_by_label("Stem files").set_input_files(tone(tmp_path / "Bass.wav", 110.0, 2.0))
    publish(page)
    page.goto(page.url.split("?")[0].rstrip("/") + "/edit")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_label("Description").fill("Recorded at night.")
    leave = page.get_by_role("link", name="RemixHub").first
    with page.expect_event("dialog"):
        leave.click()
    assert asked == ["confirm"]
    expect(page.get_by_label("Description")).to_have_value("Recorded at night.")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    leave.click()
    expect(page.get_by_role("heading", name="Newest works")).to_be_visible()
    assert len(asked) == 1
