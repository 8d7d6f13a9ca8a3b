"""A program on another site's page, in a real browser: by a token it may do what the token may, by cookies nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Page

from remixhub.dev.ports import LOOPBACK
from tests.browser.test_publish_in_browser import sign_up

MAKE_TOKEN = """async () => {
    const body = JSON.stringify({name: "player", scopes: ["read", "publish"]})
    const headers = {"Content-Type": "application/json"}
    return (await (await fetch("/api/v1/tokens", {method: "POST", headers, body})).json()).token
}"""
EDIT = """async ([hub, token]) => {
    const headers = {Authorization: `Bearer ${token}`}
    const seen = await fetch(`${hub}/api/v1/account`, {headers})
    const edit = {...headers, "Content-Type": "application/json", "If-Match": seen.headers.get("ETag")}
    const body = JSON.stringify({bio: "Written from elsewhere."})
    const edited = await fetch(`${hub}/api/v1/account`, {method: "PATCH", headers: edit, body})
    const gone = await fetch(`${hub}/api/v1/works/none`, {headers})
    return [edited.status, (await edited.json()).bio, (await gone.json()).code]
}"""
WITHOUT_TOKEN = """async (hub) => {
    const told = []
    for (const [path, credentials] of [["/api/v1/account", "include"], ["/api/v1/licences", "include"], ["/", "omit"]])
        told.push(await fetch(hub + path, {credentials}).then(answer => answer.status, fault => fault.name))
    told.push((await fetch(hub + "/api/v1/licences", {credentials: "omit"})).status)
    return told
}"""


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"Another site, without a policy.")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def another_site() -> Iterator[str]:
    with ThreadingHTTPServer((LOOPBACK, 0), _Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()


def test_a_token_opens_the_api_to_another_site_and_a_cookie_opens_nothing(page: Page, live_hub: str) -> None:
    sign_up(page, "mara-velt")
    token = page.evaluate(MAKE_TOKEN)
    elsewhere = page.context.new_page()
    with another_site() as address:
        elsewhere.goto(address)
        assert elsewhere.evaluate(EDIT, [live_hub, token]) == [200, "Written from elsewhere.", "not_found"]
        assert elsewhere.evaluate(WITHOUT_TOKEN, live_hub) == ["TypeError", "TypeError", "TypeError", 200]
