"""Where a request comes from, as far as limits and contests may know it."""

from __future__ import annotations

import ipaddress

import flask

from remixhub.edge.actor import current_parts
from remixhub.services.contests import voting
from remixhub.services.contests.voting import Whence


def whence_of(contest_id: str) -> Whence:
    request = flask.request
    return voting.whence(current_parts(), contest_id, request.remote_addr or "", request.user_agent.string)


def network() -> str:
    """What attempts and requests of strangers are counted by."""
    return network_of(flask.request.remote_addr or "")


def network_of(address: str) -> str:
    """Of IPv6 the first half, which is what one customer has."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, 64), strict=False))
