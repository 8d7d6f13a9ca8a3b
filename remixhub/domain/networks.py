"""Which network addresses are the public internet's, and which lead to this machine, its neighbours or nowhere.

`ipaddress.is_global` is not the answer: it is true of multicast, and of IPv6 addresses that carry a private IPv4 one,
such as `64:ff9b::7f00:1` (NAT64 of 127.0.0.1) and `2002:7f00:1::` (6to4). So IPv4 is what the registry of
special-purpose addresses leaves, and IPv6 what lies in 2000::/3 and carries no other address.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_UNFIT_IPV4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
_UNICAST_IPV6 = ipaddress.IPv6Network("2000::/3")
_UNFIT_IPV6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
"""Of those: protocols, Teredo among them; documentation, twice; 6to4."""


class NetworksUnreadable(ValueError):
    """Says which of them is no network."""


def is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _UNFIT_IPV4)
    if address.scope_id is not None or address not in _UNICAST_IPV6:
        return False
    # `::5efe:a.b.c.d` below any prefix is ISATAP: a tunnel to the IPv4 address in it
    is_isatap = int(address) >> 32 & 0xFCFFFFFF == 0x5EFE
    return not is_isatap and not any(address in network for network in _UNFIT_IPV6)


def is_among(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def parse_networks(text: str) -> tuple[Network, ...]:
    """Separated by commas, such as `10.20.0.0/16,fd00:20::/32`. Raises NetworksUnreadable."""
    found = []
    for one in filter(None, map(str.strip, text.split(","))):
        try:
            found.append(ipaddress.ip_network(one))
        except ValueError as exc:
            raise NetworksUnreadable(f"{one!r} is no network, such as 10.20.0.0/16: {exc}") from None
    return tuple(found)
