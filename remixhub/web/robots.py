"""Which pages are for robots; a page that is not has no canonical address and no Open Graph either."""

from __future__ import annotations

import re

CLOSED = (
    "/api/", "/companion/", "/my/", "/mixes", "/mix-drafts/", "/new$", "/notices", "/settings", "/moderation",
    "/permissions/", "/takedowns/", "/stem-packs/", "/sign-in", "/sign-up", "/forgotten", "/reset-password/",
    "/verify-address/", "/confirm-address/", "/keep-address/", "/unsubscribe/", "/dev/",
    "/feed$", "/works/*/collect", "/label-invitations/", "/labels/new", "/suspensions/", "/invitations", "/house$",
    "/labels/*/contests/", "/labels/*/settings", "/contest-licences/new", "/contest-licences/$", "/contests/*/vote",
    "/contests/*/desk", "/contests/*/host", "/contests/*/announce", "/contests/*/edit", "/contests/*/judge-request",
    "/works/*/edit", "/works/*/sheet", "/works/*/archive", "/works/*/report", "/works/*/leave", "/works/*/links",
    "/works/*/comments", "/works/*/exports", "/bundles/", "/collections/*/report", "/works/*?comment=",
    "/comments/", "/works/*/in-the-way", "/works/*/sources/",
    "/works/*/lineage/", "/works/*/elsewhere/", "/elsewhere/*/card", "/works/*/stems/", "/media/stems/",
    "/media/mixes/", "/media/entries/", "/media/shared-mixes/", "/embed/", "/oembed", "/search", "/metrics", "/healthz",
    "/readyz", "/oauth/", "/device", "/styleguide", "/*?*cursor=",
)  # fmt: skip
"""As RFC 9309 matches: from the beginning of path and query, `*` is anything, `$` the end."""

_CLOSED = re.compile("|".join(re.escape(rule).replace(r"\*", ".*").replace(r"\$", "$") for rule in CLOSED))


def is_open(path: str) -> bool:
    """`path` with its query, if it has one."""
    return _CLOSED.match(path) is None


def robots_txt(sitemap: str) -> str:
    rules = "".join(f"Disallow: {rule}\n" for rule in CLOSED)
    return f"User-agent: *\n{rules}\nSitemap: {sitemap}\n"
