"""The addresses of the hub's pages, for what is read away from it: mails, ZIPs, tags, exports, feeds, API answers.

Inside of a page, links are Flask's to make.
"""

from __future__ import annotations

from dataclasses import dataclass


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

    def contest(self, contest_id: str) -> str:
        return self.of(f"/contests/{contest_id}")

    def contests(self) -> str:
        return self.of("/contests/")

    def contest_feed(self, ending: str) -> str:
        """`ending` is `atom` or `json`."""
        return self.of(f"/contests/feed.{ending}")

    def label_invitation(self, token: str) -> str:
        return self.of(f"/label-invitations/{token}")

    def mailed_link(self, page: str, token: str) -> str:
        """`page` is of `LinkPurpose`."""
        return self.of(f"/{page}/{token}")

    def unsubscribe(self, token: str) -> str:
        return self.of(f"/unsubscribe/{token}")
