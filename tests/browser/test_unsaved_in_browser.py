"""Words that are not saved yet are not lost without a question."""

from __future__ import annotations

from playwright.sync_api import Dialog, Page, expect

from tests.browser.test_publish_in_browser import sign_up, start_draft


def test_leaving_a_draft_asks_while_words_are_unsaved_and_saving_does_not(page: Page) -> None:
    sign_up(page, "mara-velt")
    start_draft(page, "Harbour Lights")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_label("Description").fill("Recorded at night.")
    leave = page.get_by_role("link", name="RemixHub").first
    with page.expect_event("dialog"):
        leave.click()
    page.locator(".menu summary").first.click()
    with page.expect_event("dialog"):
        page.get_by_role("button", name="Sign out").first.click()
    assert asked == ["confirm", "confirm"]
    expect(page.get_by_label("Description")).to_have_value("Recorded at night.")

    page.get_by_label("Tempo in BPM").fill("fast")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Write a number, such as 92.5.")).to_be_visible()
    with page.expect_event("dialog"):
        leave.click()
    assert len(asked) == 3, "what was refused is not saved either"

    page.get_by_label("Tempo in BPM").fill("92,5")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    leave.click()
    expect(page.get_by_role("heading", name="Newest works")).to_be_visible()
    assert len(asked) == 3
