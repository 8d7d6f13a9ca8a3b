"""Which addresses robots may read."""

from __future__ import annotations

import pytest

from remixhub.web.robots import CLOSED, is_open, robots_txt

OPEN = (
    "/", "/?kind=remix", "/@ada", "/works/0af", "/works/0af/lineage", "/charts", "/licences", "/contests/",
    "/contests/0af", "/contests/0af/result", "/labels/tapes", "/contest-licences/0af", "/media/works/a/cover.svg",
)  # fmt: skip
SHUT = (
    "/api/v1/works", "/settings", "/settings/tokens", "/my/works", "/mixes/0af", "/mix-drafts/0af", "/works/0af/edit",
    "/works/0af/links",
    "/contests/0af/vote", "/contests/0af/host/entries.csv", "/moderation", "/sign-in?next=/", "/?cursor=abc",
    "/?kind=remix&cursor=abc", "/contest-licences/", "/label-invitations/secret", "/embed/works/0af", "/oembed?url=x",
)  # fmt: skip


@pytest.mark.parametrize("path", OPEN)
def test_public_pages_are_open(path: str) -> None:
    assert is_open(path)


@pytest.mark.parametrize("path", SHUT)
def test_drafts_settings_moderation_and_the_api_are_not(path: str) -> None:
    assert not is_open(path)


def test_the_file_says_the_same_and_names_the_sitemap() -> None:
    text = robots_txt("https://stems.example/sitemap.xml")
    assert text.startswith("User-agent: *\n")
    assert text.endswith("\nSitemap: https://stems.example/sitemap.xml\n")
    assert [line.removeprefix("Disallow: ") for line in text.splitlines() if line.startswith("Disallow")] == [*CLOSED]
