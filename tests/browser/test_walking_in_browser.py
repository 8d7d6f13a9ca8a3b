"""Walking through pages swaps a part of them: what stands beside it stays, and all that a load gives is there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.test_publish_in_browser import watch

BROWSERS = {
    "with the Navigation API": "",
    "without it": "delete Window.prototype.navigation; delete window.navigation;",
}
SIGNED_UP = {"Handle": "mara-velt", "E-mail": "mara-velt@example.org", "Password": "a long and quiet sentence"}


@pytest.mark.parametrize("script", BROWSERS.values(), ids=BROWSERS)
def test_pages_change_in_place_with_title_focus_scroll_and_history(page: Page, script: str) -> None:
    faults = watch(page)
    page.add_init_script(script or "void 0")
    page.goto("/")
    loaded = mark(page)
    page.set_viewport_size({"width": 1280, "height": 320})
    page.evaluate("window.scrollTo(0, 120)")
    main = page.get_by_role("navigation", name="Main", exact=True)
    main.get_by_role("link", name="Contests").evaluate("link => link.click()")  # a mouse would scroll up to it first
    expect(page).to_have_title(re.compile("ontests"))
    expect(main.get_by_role("link", name="Contests")).to_have_attribute("aria-current", "page")
    expect(page.locator("main h1")).to_be_focused()
    assert page.url.endswith("/contests/")
    assert page.evaluate("window.scrollY") == 0

    page.go_back()
    expect(main.get_by_role("link", name="Contests")).not_to_have_attribute("aria-current", "page")
    page.wait_for_function("() => window.scrollY === 120")
    page.go_forward()
    expect(main.get_by_role("link", name="Contests")).to_have_attribute("aria-current", "page")

    page.evaluate("""() => document.querySelector("main").insertAdjacentHTML(
        "beforeend", '<a href="/nowhere">Lost</a> <a href="#page">Up</a>')
        || window.htmx.process(document.querySelector("main"))""")
    page.get_by_role("link", name="Up", exact=True).click()
    assert page.url.endswith("/contests/#page")
    page.get_by_role("link", name="Lost").click()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert page.url.endswith("/nowhere")
    page.go_back()
    expect(main.get_by_role("link", name="Contests")).to_have_attribute("aria-current", "page")
    assert is_same(page, loaded)
    page.goto("/api/v1/docs")
    page.go_back()
    expect(main.get_by_role("link", name="Contests")).to_have_attribute("aria-current", "page")
    assert [fault for fault in faults if "404" not in fault] == []


def test_forms_are_sent_in_place_refused_in_place_and_only_once(page: Page) -> None:
    faults = watch(page)
    page.goto("/sign-up")
    loaded = mark(page)
    for label, value in SIGNED_UP.items():
        page.get_by_label(label).fill(value)
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Sign up").click()
    expect(page.locator("main [aria-invalid=true]")).to_be_focused()
    expect(page.get_by_label("Handle")).to_have_value("mara-velt")
    assert page.url.endswith("/sign-up")

    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.get_by_label("Password").fill(SIGNED_UP["Password"])
    page.evaluate(
        """() => { const form = document.querySelector("main form"); form.requestSubmit(); form.requestSubmit(); }"""
    )
    expect(page.get_by_text("Welcome, mara-velt")).to_be_visible()
    assert len(posts) == 1
    page.locator(".menu summary").first.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert is_same(page, loaded)
    assert [fault for fault in faults if "422" not in fault] == []


def test_what_is_not_a_page_of_this_build_is_left_to_the_browser(page: Page) -> None:
    page.goto("/contests/")
    loaded = mark(page)
    with page.expect_download() as taken:
        page.evaluate("""() => {
            document.querySelector("main").insertAdjacentHTML("beforeend", '<a href="/file" id="file">File</a>');
            window.htmx.process(document.querySelector("main"));
        }""")
        page.route("**/file", as_file)
        page.locator("#file").click()
    assert taken.value.suggested_filename == "stems.bin"
    assert is_same(page, loaded)

    page.route(re.compile(r"/sign-in$"), as_newer_build)
    page.get_by_role("link", name="Sign in").first.click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.wait_for_function("() => window.firstLoad === undefined")


def test_a_lost_connection_is_told_and_the_form_can_be_sent_again(page: Page, context_of: BrowserContext) -> None:
    page.goto("/sign-in")
    page.get_by_label("Handle or e-mail").fill("mara-velt")
    page.get_by_label("Password").fill("a long and quiet sentence")
    context_of.set_offline(True)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("could not be sent")
    context_of.set_offline(False)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("main [aria-invalid=true], main .note.bad").first).to_be_visible()
    expect(page.get_by_label("Handle or e-mail")).to_have_value("mara-velt")


@pytest.fixture
def context_of(page: Page) -> BrowserContext:
    return page.context


def mark(page: Page) -> str:
    page.evaluate("window.firstLoad = 'this one'")
    return "this one"


def is_same(page: Page, marked: str) -> bool:
    """No load since: what a script left in the window is still there."""
    return bool(page.evaluate("window.firstLoad") == marked)


def as_file(route: Route) -> None:
    route.fulfill(
        body=b"RIFF",
        content_type="application/octet-stream",
        headers={"Content-Disposition": 'attachment; filename="stems.bin"'},
    )


def as_newer_build(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=re.sub(r"app\.js\?v=\w+", "app.js?v=newer", answer.text()))
