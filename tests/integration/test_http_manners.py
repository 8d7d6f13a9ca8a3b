"""What every route owes to HTTP: who may keep an answer, ETags and 304, compression, and programs of other sites."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import brotli
import flask
import pytest
from backports import zstd
from werkzeug.test import TestResponse

from tests.integration.conftest import PASSWORD, Client, Hub, unlimited
from tests.integration.reading_stage import ReadingStage, asks
from tests.integration.test_access_matrix import Stage
from tests.integration.test_hostile_requests import address_of, rules

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OTHER_SITE = {"Origin": "https://player.example"}
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
SHORT_LIVED = re.compile(r"private, max-age=\d+")
SECRET = ("/api/v1/mix-drafts/<mix_draft_id>",)
"""Shows the link by which the draft is shared, and is kept by nobody."""
STREAMED = ("/api/v1/graph-exports/<format>", "/api/v1/works/<work_id>/lineage-exports/<format>")
STREAMED_PAGES = ("/sitemap.xml", "/sitemaps/<name>.xml")
DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstd.decompress,
}  # fmt: skip


def readings(hub: Hub) -> Iterator[tuple[str, str, flask.testing.FlaskClient]]:
    """Each route that is read: its rule, an address, and somebody signed in who may read it."""
    stage = ReadingStage(hub, 2)
    unlimited(hub)
    browsers: dict[str, Any] = {}
    for name, ask in asks(stage).items():
        if ask.by not in browsers:
            browsers[ask.by] = stage.browser(ask.by)
        yield name.partition(" ")[0], ask.address, browsers[ask.by]


# who may keep it


KNOW_NO_COOKIE = ("/embed/", "/oembed")
"""The same for everybody, as feeds are."""


def test_every_answer_says_who_may_keep_it(hub: Hub) -> None:
    """What a signed-in person gets, nobody; what anybody gets, whoever asks again each time."""
    wrong = []
    for rule, address, browser in readings(hub):
        for who, client in (("signed in", browser), ("visitor", hub.visitor().http)):
            with client.get(address) as answer:
                said = answer.headers.get("Cache-Control", "")
                holds_secret = re.search(r"token>|code>", rule) or "companion" in rule
                is_for_all = who == "visitor" or rule.startswith(KNOW_NO_COOKIE) or "feed.<ending>" in rule
                is_public = is_for_all and answer.status_code == 200 and not holds_secret
                fine = said == "no-cache" if is_public else said in ("no-store", "private, no-store")
                if rule.startswith("/sitemap"):
                    fine = said == "public, max-age=3600"
                if rule.startswith("/media/"):
                    fine = fine or bool(SHORT_LIVED.fullmatch(said))
                if rule == "/api/v1/stems/<stem_id>/original":
                    fine = said == "private, no-store"
                if not fine:
                    wrong.append(f"{rule} {who}: {answer.status_code} {said!r}")
                if said == "no-cache":
                    assert {"authorization", "cookie"} <= set(answer.vary.as_set()), rule
    assert not wrong, "\n".join(wrong)


def test_no_answer_can_be_framed_or_run_as_what_it_is_not(hub: Hub) -> None:
    """Pages and scripts run ours alone; everything else runs nothing, should a browser show it as a page."""
    for rule, address, browser in readings(hub):
        for asked in (address, f"{address.partition('?')[0]}/no-such-thing"):
            with browser.get(asked) as answer:
                policy = answer.headers.get("Content-Security-Policy", "")
                ours = answer.mimetype in ("text/html", "text/javascript")
                if rule == "/dev/mail/<letter_id>/html" and answer.status_code == 200:  # shown by its own page alone
                    assert "default-src 'none'" in policy
                    assert "frame-ancestors 'self'; sandbox" in policy
                    continue
                if rule.startswith("/embed/") and asked == address:
                    assert "default-src 'none'" in policy
                    assert "frame-ancestors *" in policy
                    continue
                assert "frame-ancestors 'none'" in policy, rule
                assert ("default-src 'self'" if ours else "default-src 'none'") in policy, rule
                assert answer.headers["X-Content-Type-Options"] == "nosniff", rule


def test_a_request_is_never_sent_back_to_whoever_sent_it(hub: Hub) -> None:
    for address in ("/", "/api/v1/works", "/healthz", "/static/none"):
        assert hub.visitor().http.open(address, method="TRACE").status_code in (404, 405), address


def test_no_answer_to_a_change_and_no_problem_is_kept(hub: Hub) -> None:
    unlimited(hub)
    stage = Stage(hub).build()
    for method, rule in rules(hub.app, "POST", "PUT", "PATCH", "DELETE"):
        for client in (stage.clients["visitor"], stage.clients["reader"], stage.owner):
            with client.http.open(address_of(stage, rule), method=method, headers=client.headers) as answer:
                assert answer.headers["Cache-Control"] == "no-store", f"{method} {rule.rule}"
    for path in ("/api/v1/works/none", "/works/none", "/nothing", "/healthz", "/readyz", "/metrics"):
        assert hub.visitor().http.get(path).headers["Cache-Control"] == "no-store"


def test_static_files_are_kept_for_ever_by_their_digest_whoever_asks(hub: Hub) -> None:
    page = hub.browser().http.get("/").text
    (address,) = set(re.findall(r'"(/static/build/[\w.-]+\.css\?v=[0-9a-f]{12})"', page))
    for client in (hub.visitor(), hub.browser("other")):
        with client.http.get(address) as answer:
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert "cookie" not in answer.vary.as_set()


# what is unchanged


def test_what_was_read_is_not_sent_again_while_it_is_unchanged(hub: Hub) -> None:
    wrong, unchanged = [], 0
    for rule, address, browser in readings(hub):
        if not rule.startswith("/api/") or rule in (*STREAMED, *SECRET):
            continue
        with browser.get(address) as first, browser.get(address) as second:
            tag = first.headers.get("ETag")
            if first.status_code != 200 or "token>" in rule:
                continue
            if tag is None or tag != second.headers["ETag"]:
                wrong.append(f"{rule}: {tag}, then {second.headers.get('ETag')}")
                continue
        for had in (tag, f'"other", {tag}', f"W/{tag.removeprefix('W/')}", "*"):
            with browser.get(address, headers={"If-None-Match": had}) as again:
                if (again.status_code, again.data, again.headers["ETag"]) != (304, b"", tag):
                    wrong.append(f"{rule} with {had}: {again.status_code}")
                unchanged += 1
        with browser.get(address, headers={"If-None-Match": '"another"'}) as other:
            assert (other.status_code, bool(other.data)) == (200, True), rule
    assert not wrong, "\n".join(wrong)
    assert unchanged > 150


def test_a_visitors_page_is_not_sent_again_while_it_is_unchanged(hub: Hub) -> None:
    visitor, artist = hub.visitor().http, hub.account()
    tag = visitor.get("/@artist").headers["ETag"]
    again = visitor.get("/@artist", headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["Cache-Control"]) == (304, b"", "no-cache")
    artist.edit("/account", {"bio": "New here."})
    changed = visitor.get("/@artist", headers={"If-None-Match": tag})
    assert (changed.status_code, "New here." in changed.text) == (200, True)


def test_every_page_of_everybody_is_not_sent_again_while_it_is_unchanged(hub: Hub) -> None:
    visitor, wrong, unchanged = hub.visitor().http, [], set()
    for rule, address, _ in readings(hub):
        if rule.startswith("/api/"):
            continue
        with visitor.get(address):
            pass  # orders what it orders
        with visitor.get(address) as first:
            tag, kept = first.headers.get("ETag"), first.headers.get("Cache-Control")
            if first.status_code != 200 or kept != "no-cache" or rule in STREAMED_PAGES:
                continue
        time.sleep(0.002)  # a clock on the page goes on
        with visitor.get(address, headers={"If-None-Match": tag or ""}) as again:
            if (again.status_code, again.data) != (304, b""):
                wrong.append(f"{rule}: {again.status_code}")
            unchanged.add(rule)
    assert not wrong, "\n".join(wrong)
    assert {"/", "/works/<work_id>", "/works/<work_id>/lineage", "/contests/", "/contests/<contest_id>"} <= unchanged


def test_an_etag_begins_with_the_revision_and_tells_what_changes_around_it(hub: Hub) -> None:
    """Counts change without an edit: whoever has the old ones is sent the new ones, and may still edit."""
    stage = Stage(hub).build()
    path = f"/works/{stage.ids['release']}"
    seen = stage.owner.get(path)
    with hub.parts.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE works SET remix_count = remix_count + 1")
    now = stage.owner.get(path, headers={"If-None-Match": seen.headers["ETag"]})
    assert (now.status_code, now.headers["ETag"] != seen.headers["ETag"]) == (200, True)
    assert stage.owner.revision_of(path) == seen.get_json()["revision"]
    for tag in (seen.headers["ETag"], f"W/{now.headers['ETag']}", now.headers["ETag"].rstrip('"') + '-gzip"'):
        edited = stage.owner.send("PATCH", path, json={"title": "New"}, headers={"If-Match": tag})
        assert edited.status_code in (200, 412)
    assert stage.owner.get(path).get_json()["title"] == "New"
    assert edited.status_code == 412, "the first of them was an edit"


@pytest.mark.parametrize("tag", ["3", '"3', '"a"', '"3-x"', '"3", "4"', "*", "W/3", '"3-0123456789abcdeg"'])
def test_what_is_no_etag_of_ours_is_malformed_in_an_edit(hub: Hub, tag: str) -> None:
    answer = hub.account().send("PATCH", "/account", json={"bio": "x"}, headers={"If-Match": tag})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "malformed")


def test_an_address_that_is_signed_anew_is_no_change_until_half_of_its_life_is_over(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = ReadingStage(hub, 2)
    address = f"/api/v1/stem-packs/{stage.ids['release_pack']}"
    began = time.time() // 450 * 450
    tags = []
    for later_seconds in (0, 449, 451):
        monkeypatch.setattr("remixhub.edge.caching.time.time", lambda later=later_seconds: began + later)
        answer = hub.visitor().http.get(address)
        assert "X-Amz-Signature=" in answer.text
        tags.append(answer.headers["ETag"])
    assert tags[0] == tags[1] != tags[2]


# compressed


@pytest.mark.parametrize("coding", DECODERS)
def test_text_is_compressed_and_says_the_same(hub: Hub, coding: str) -> None:
    stage = ReadingStage(hub, 2)
    stem = f"/api/v1/works/{stage.ids['remix']}/lineage-exports/"
    css = re.findall(r"/static/build/[\w.-]+\.css\?v=\w+", hub.visitor().http.get("/").text)[0]
    for address in (
        "/",
        "/api/v1/openapi.json",
        "/api/v1/licences",
        "/api/v1/docs",
        css,
        f"{stem}graphml",
        f"{stem}dot",
    ):
        with hub.visitor().http.get(address) as plain:
            with hub.visitor().http.get(address, headers={"Accept-Encoding": coding}) as packed:
                assert packed.headers["Content-Encoding"] == coding, address
                assert DECODERS[coding](packed.data) == plain.data, address
                assert len(packed.data) < len(plain.data), address
                assert "accept-encoding" in packed.vary.as_set(), address
            assert "Content-Encoding" not in plain.headers
            if "ETag" in plain.headers:
                had = {"Accept-Encoding": coding, "If-None-Match": packed.headers["ETag"]}
                assert packed.headers["ETag"].startswith("W/"), address
                with hub.visitor().http.get(address, headers=had) as again:
                    assert again.status_code == 304, address


def test_an_edit_takes_the_etag_of_a_compressed_answer(hub: Hub) -> None:
    artist = hub.account()
    artist.edit("/account", {"bio": "Long. " * 200})
    seen = artist.get("/account", headers={"Accept-Encoding": "br"})
    assert seen.headers["Content-Encoding"] == "br"
    edit = {"If-Match": seen.headers["ETag"]}
    assert artist.send("PATCH", "/account", json={"bio": "Short."}, headers=edit).status_code == 200


def test_a_part_of_a_file_and_what_is_packed_already_are_sent_as_they_are(hub: Hub) -> None:
    css = re.findall(r"/static/build/[\w.-]+\.css\?v=\w+", hub.visitor().http.get("/").text)[0]
    with hub.visitor().http.get(css, headers={"Range": "bytes=10-899", "Accept-Encoding": "gzip"}) as part:
        assert (part.status_code, len(part.data), "Content-Encoding" in part.headers) == (206, 890, False)
    stage = ReadingStage(hub, 2)
    export = f"/api/v1/contests/{stage.ids['decided_contest']}/export"
    packed = hub.visitor().http.get(export, headers={"Accept-Encoding": "gzip"})
    assert (packed.status_code, packed.data[:2], "Content-Encoding" in packed.headers) == (200, b"PK", False)


def test_the_length_of_an_answer_tells_no_secret(hub: Hub) -> None:
    """Neither one that shows a secret nor one to a cookie is compressed where another site could have asked for it."""
    asks_packed = {"Accept-Encoding": "gzip, br, zstd"}
    browser, artist = hub.browser(), hub.account("reader")
    for site in ("cross-site", "same-site", None):
        headers = asks_packed | ({} if site is None else {"Sec-Fetch-Site": site})
        for address in ("/settings/profile", "/api/v1/licences", "/?tag=rh_"):
            assert "Content-Encoding" not in browser.http.get(address, headers=headers).headers, (site, address)
    for own in (OWN_PAGE, {"Sec-Fetch-Site": "none"}):
        assert "Content-Encoding" in browser.http.get("/settings/profile", headers=asks_packed | own).headers
    assert "Content-Encoding" in artist.get("/licences", headers=asks_packed).headers, "no browser adds a token"
    made = browser.http.post(
        "/settings/tokens", data={"name": "script", "scopes": ["read"]}, headers=asks_packed | OWN_PAGE
    )
    assert ("rh_" in made.text, "Content-Encoding" in made.headers) == (True, False)
    verify = browser.http.get("/verify-address/none", headers=asks_packed | OWN_PAGE)
    assert (verify.status_code, "Content-Encoding" in verify.headers) == (200, False)


# programs on other sites


def test_every_route_of_the_api_lets_programs_on_other_sites_ask_by_a_token(hub: Hub) -> None:
    stage = Stage(hub).build()
    reader = stage.clients["reader"]
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE")
    for method, rule in rules(hub.app, *methods):
        if not rule.rule.startswith("/api/"):
            continue
        address = address_of(stage, rule)
        wanted = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization,if-match"}
        preflight = hub.visitor().http.options(address, headers=OTHER_SITE | wanted)
        assert (preflight.status_code, preflight.data) == (204, b""), rule.rule
        assert_open(preflight)
        assert method in preflight.headers["Access-Control-Allow-Methods"].split(", ")
        taken = set(preflight.headers["Access-Control-Allow-Headers"].lower().split(", "))
        assert taken >= {"authorization", "content-type", "if-match", "if-none-match", "idempotency-key"}
        with reader.http.open(address, method=method, headers=OTHER_SITE | reader.headers) as answer:
            assert_open(answer)
            assert answer.status_code != 403 or answer.get_json()["code"] != "foreign_origin", rule.rule


def assert_open(answer: TestResponse) -> None:
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    if answer.request.method != "OPTIONS":
        shown = set(answer.headers["Access-Control-Expose-Headers"].lower().split(", "))
        assert shown >= {"etag", "link", "location", "retry-after", "www-authenticate", "idempotency-replayed"}


def test_a_program_on_another_site_can_read_what_is_wrong(hub: Hub) -> None:
    """Wrong addresses, wrong tokens, wrong methods: not a network error, as without the headers."""
    visitor = hub.visitor()
    token = {"Authorization": "Bearer rh_wrong"}
    for method, path, status in (("GET", "/nothing", 404), ("PUT", "/works", 405), ("GET", "/account", 401)):
        wanted = {"Access-Control-Request-Method": method}
        assert visitor.http.options(f"/api/v1{path}", headers=OTHER_SITE | wanted).status_code == 204
        answer = visitor.send(method, path, headers=OTHER_SITE | (token if status == 401 else {}))
        if method == "PUT":
            answer = visitor.send(method, path, headers=OTHER_SITE | token)
        assert answer.status_code == status
        assert_open(answer)


def test_nothing_that_a_cookie_opens_is_open_to_other_sites(hub: Hub) -> None:
    browser = hub.browser()
    for rule, address, reader in readings(hub):
        if rule == "/oembed" or "feed.<ending>" in rule:  # they know no cookie
            continue
        with reader.get(address, headers=OTHER_SITE) as answer:
            assert not [name for name in answer.headers.keys() if name.startswith("Access-Control-")], address  # noqa: SIM118
    for page in ("/", "/settings", "/sign-in", "/works/none", "/companion/s3/params", "/metrics"):
        wanted = {"Access-Control-Request-Method": "GET"}
        for answer in (hub.visitor().http.get(page, headers=OTHER_SITE), browser.http.options(page, headers=wanted)):
            assert "Access-Control-Allow-Origin" not in answer.headers, page
    foreign = browser.send("POST", "/releases", json={"title": "a", "licence": "cc-by-4.0"}, headers=OTHER_SITE)
    assert (foreign.status_code, foreign.get_json()["code"]) == (403, "foreign_origin")
    assert "Access-Control-Allow-Origin" not in foreign.headers


def test_signing_in_from_another_site_is_refused_and_says_so(hub: Hub) -> None:
    hub.account()
    body = {"login": "artist", "password": PASSWORD}
    answer = Client(hub.app.test_client(), hub.parts).send("POST", "/sessions", json=body, headers=OTHER_SITE)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "foreign_origin")
    assert "Set-Cookie" not in answer.headers
