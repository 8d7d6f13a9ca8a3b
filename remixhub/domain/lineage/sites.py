"""Where works lie that are not on this hub: what people call the site, by the host of an address."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

SITES = {
    "archive.org": "Internet Archive",
    "bandcamp.com": "Bandcamp",
    "ccmixter.org": "ccMixter",
    "commons.wikimedia.org": "Wikimedia Commons",
    "freemusicarchive.org": "Free Music Archive",
    "freesound.org": "Freesound",
    "jamendo.com": "Jamendo",
    "looperman.com": "Looperman",
    "mixcloud.com": "Mixcloud",
    "musopen.org": "Musopen",
    "soundcloud.com": "SoundCloud",
    "vimeo.com": "Vimeo",
    "youtu.be": "YouTube",
    "youtube.com": "YouTube",
}
"""They and the hosts below them, as artists have them on Bandcamp."""
_WORK_OF_A_HUB = re.compile(r"/works/[0-9a-f]{32}/?")


def is_known_host(host: str) -> bool:
    return _named(host) is not None


def site_of(address: str) -> str:
    """Of a normalised address; the host where the site is not known. Another hub is told by its addresses of works.

    A host with foreign letters stays in punycode: it cannot be taken for the site that it resembles.
    """
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    return _named(host) or (f"RemixHub at {host}" if _WORK_OF_A_HUB.fullmatch(parts.path) else host)


def _named(host: str) -> str | None:
    labels = host.split(".")
    return next((SITES[name] for n in range(len(labels)) if (name := ".".join(labels[n:])) in SITES), None)
