"""What `login` keeps, and how it lets one in."""

from __future__ import annotations

from remixhub.client.credentials import Credentials
from remixhub.client.wire import Access, NoAccess, PlainToken


def access_of(kept: Credentials, hub: str) -> Access:
    """A visitor's where nobody has signed in."""
    known = kept.hubs.get(hub, {})
    token = known.get("token")
    return PlainToken(str(token)) if token else NoAccess()
