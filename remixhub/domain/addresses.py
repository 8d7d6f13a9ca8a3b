"""The addresses of the hub's pages, for what is read away from it: mails, ZIPs, tags, exports, feeds, API answers.

Inside of a page, links are Flask's to make.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Addresses:
    hub: str
    """Without a slash at the end."""

    def of(self, path: str) -> str:
        """`path` begins with a slash."""
        return self.hub + path

    def artist(self, handle: str) -> str:
        return self.of(f"/@{handle}")

    def work(self, work_id: str) -> str:
        return self.of(f"/works/{work_id}")

    def elsewhere(self, node_id: str) -> str:
        """Of the page about a source that is not on this hub."""
        return self.of(f"/elsewhere/{node_id}")

    def contest(self, contest_id: str) -> str:
        return self.of(f"/contests/{contest_id}")

    def contests(self) -> str:
        return self.of("/contests/")

    def label(self, handle: str) -> str:
        return self.of(f"/labels/{handle}")

    def collection(self, collection_id: str) -> str:
        return self.of(f"/collections/{collection_id}")

    def feed(self, page: str, ending: str) -> str:
        """Of what stands at the path `page`; `ending` is `atom` or `json`."""
        return self.of(f"{page.rstrip('/')}/feed.{ending}")

    def label_invitation(self, token: str) -> str:
        return self.of(f"/label-invitations/{token}")

    def invitation(self, token: str) -> str:
        return self.of(f"/sign-up/{token}")

    def mailed_link(self, page: str, token: str) -> str:
        """`page` is of `LinkPurpose`."""
        return self.of(f"/{page}/{token}")

    def unsubscribe(self, token: str) -> str:
        return self.of(f"/unsubscribe/{token}")


@dataclass(frozen=True)
class RelyingParty:
    """The hub as passkeys know it (WebAuthn level 3, 5.1): they are made for its name and work below no other."""

    id: str
    origin: str
    """As browsers write it: without the scheme's own port."""

    @classmethod
    def of(cls, public_url: str) -> RelyingParty:
        """A hub of this machine alone has its passkeys as `localhost`: browsers make none for bare addresses."""
        parts = urlsplit(public_url)
        own = {"https": 443, "http": 80}.get(parts.scheme)
        host = parts.hostname or ""
        host = "localhost" if host in ("127.0.0.1", "::1") else host
        port = "" if parts.port in (None, own) else f":{parts.port}"
        return cls(host, f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}")

    @property
    def may_have_passkeys(self) -> bool:
        """Browsers make none for bare network addresses, nor without TLS but on this machine."""
        try:
            ipaddress.ip_address(self.id)
        except ValueError:
            return self.origin.startswith("https://") or self.id == "localhost" or self.id.endswith(".localhost")
        return False
