"""The addresses of pages, as mails, feeds and exports bear them."""

from __future__ import annotations

from remixhub.domain.addresses import Addresses

HUB = "https://hub.example"


def test_each_page_has_its_address() -> None:
    addresses = Addresses(HUB)
    assert {
        addresses.of("/x"), addresses.artist("ann"), addresses.work("w"), addresses.contest("c"), addresses.contests(),
        addresses.feed("/contests/", "atom"), addresses.feed("/", "json"), addresses.label("l"),
        addresses.label_invitation("t"), addresses.unsubscribe("t"),
    } == {
        f"{HUB}/x", f"{HUB}/@ann", f"{HUB}/works/w", f"{HUB}/contests/c", f"{HUB}/contests/",
        f"{HUB}/contests/feed.atom", f"{HUB}/feed.json", f"{HUB}/labels/l",
        f"{HUB}/label-invitations/t", f"{HUB}/unsubscribe/t",
    }  # fmt: skip
