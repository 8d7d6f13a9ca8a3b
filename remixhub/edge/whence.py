"""Where a request comes from, as far as limits and contests may know it."""

from __future__ import annotations

import ipaddress

import flask

from remixhub.compose import Parts
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.accounts.devices import read_device
from remixhub.services.contests import voting
from remixhub.services.contests.voting import Whence
from remixhub.services.listening.plays import Listener
from remixhub.services.stems.on_demand import Asker


def whence_of(contest_id: str) -> Whence:
    request, parts = flask.request, current_parts()
    device = read_device(parts.settings, request.cookies.get(device_cookie_name(parts)))
    return voting.whence(parts, contest_id, request.remote_addr or "", request.user_agent.string, device.id)


def device_cookie_name(parts: Parts) -> str:
    return "__Host-remixhub_device" if parts.settings.secure_cookies else "remixhub_device"


def listener() -> Listener:
    return Listener(network(), flask.request.user_agent.string)


def asker() -> Asker:
    return Asker(current_actor(), network())


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
