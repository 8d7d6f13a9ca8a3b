"""How addresses are read, and that no spelling leads into a network that is not public."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.networks import NetworksUnreadable, is_public, parse_networks
from remixhub.outbound.posting import LeadsNowhere, NotAllowed, Outbound
from remixhub.outbound.targets import Target, TargetUnfit, parse_target

LOOPBACK_SPELLINGS = """
https://127.0.0.1/ https://127.0.0.1:443/ https://127.0.0.1./ https://127.1/ https://127.0.1/ https://127.0.0.01/
https://0177.0.0.1/ https://0177.0.0.01/ https://017700000001/ https://2130706433/ https://0x7f000001/ https://0x7f.1/
https://0x7f.0.0.1/ https://0x7F.0x0.0x0.0x1/ https://127.0.0.1.nip.io@127.0.0.1/ https://good.example@127.0.0.1/
https://good.example:pw@127.0.0.1/ https://127.0.0.1#@good.example/ https://good.example\\@127.0.0.1/
https://127.0.0.1\\.good.example/ https://127。0。0。1/ https://127．0．0．1/ https://１２７.0.0.1/ https://①②⑦.⓪.⓪.①/
https://127%2e0%2e0%2e1/ https://%31%32%37.0.0.1/ https://127.0.0.1%00.good.example/ https://127.0.0.1%0d%0a/
https://127.0.0.256/ https://127.0.0/ https://0/ https://00/ https://0x0/ https://0.0.0.0/ https://127.127.127.127/
https://[::1]/ https://[::]/ https://[0:0:0:0:0:0:0:1]/ https://[::ffff:127.0.0.1]/ https://[::ffff:7f00:1]/
https://[::127.0.0.1]/ https://[64:ff9b::127.0.0.1]/ https://[64:ff9b::7f00:1]/ https://[64:ff9b:1::7f00:1]/
https://[2002:7f00:1::]/ https://[2002:7f00:1::1]/ https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/
https://[2001:db8::1]/ https://[fe80::1]/ https://[fe80::1%25eth0]/ https://[fe80::1%eth0]/ https://[::1%25lo]/
https://[fc00::1]/ https://[fd12:3456::1]/ https://[ff02::1]/ https://[2a00:1450:4001::5efe:7f00:1]/
https://[3fff::1]/ https://[100::1]/ https://[::1 https://::1/ https://[::1]x/ https://[127.0.0.1]/
https://10.0.0.1/ https://172.16.0.1/ https://172.31.255.255/ https://192.168.1.1/ https://169.254.169.254/
https://100.64.0.1/ https://192.0.0.8/ https://192.0.2.1/ https://198.18.0.1/ https://198.51.100.1/
https://203.0.113.1/ https://224.0.0.1/ https://240.0.0.1/ https://255.255.255.255/ https://192.88.99.1/
http://127.0.0.1/ http://93.184.215.14/ https://93.184.215.14:22/ https://93.184.215.14:6379/ https://93.184.215.14:80/
ftp://127.0.0.1/ file:///etc/passwd gopher://127.0.0.1/ //127.0.0.1/ https:127.0.0.1 https:/127.0.0.1/ https:///127.0.0.1
https://127.0.0.1:0/ https://127.0.0.1:99999/ https://127.0.0.1:443:443/ https://-.example/ https://a..example/
https://.example/ https:// https://?x https://%20/ javascript:alert(1)
""".split()


def nowhere(host: str, _port: int) -> list[tuple[str, int]]:
    raise AssertionError(f"{host} was asked for")


@pytest.mark.parametrize("address", LOOPBACK_SPELLINGS)
def test_no_spelling_leads_anywhere_but_to_the_public_internet(address: str) -> None:
    with pytest.raises((TargetUnfit, NotAllowed)):
        Outbound(resolve=nowhere).endpoints_of(parse_target(address))


@pytest.mark.parametrize(
    "address", ["https://good.example\t/", "https://good.example/\r\nX: y", " https://good.example/", ""]
)
def test_what_no_address_may_hold_is_refused(address: str) -> None:
    with pytest.raises(TargetUnfit):
        parse_target(address)


def test_there_are_as_many_spellings_as_promised() -> None:
    assert len(set(LOOPBACK_SPELLINGS)) >= 60


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("https://good.example", Target("https", "good.example", 443, "/")),
        ("HTTPS://Good.Example./a?b=c", Target("https", "good.example", 443, "/a?b=c")),
        ("https://good.example?x", Target("https", "good.example", 443, "/?x")),
        ("https://good.example:8443/a//b", Target("https", "good.example", 8443, "/a//b")),
        ("http://xn--bcher-kva.example/%20", Target("http", "xn--bcher-kva.example", 80, "/%20")),
        ("https://93.184.215.14/", Target("https", "93.184.215.14", 443, "/")),
        ("https://[2606:2800:21F:0:0::1]:443/", Target("https", "2606:2800:21f::1", 443, "/")),
        ("https://a_b.good.example/", Target("https", "a_b.good.example", 443, "/")),
    ],
)
def test_addresses_are_read_in_one_way(text: str, target: Target) -> None:
    assert parse_target(text) == target


def test_the_host_header_names_a_port_only_where_it_is_unusual() -> None:
    assert parse_target("https://good.example:443/").authority == "good.example"
    assert parse_target("https://[2606:2800::1]:8443/").authority == "[2606:2800::1]:8443"


@pytest.mark.parametrize("host", ["good.example", "localhost", "good.example.localhost", "metadata"])
@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["10.0.0.1", "93.184.215.14"], ["::ffff:93.184.215.14"],
        ["2606:2800:21f::1", "::1"], ["fe80::1%eth0"], ["64:ff9b::5db8:d70e"], ["169.254.169.254"], ["nonsense"],
    ],
)  # fmt: skip
def test_all_answers_of_the_name_servers_count(host: str, answers: list[str]) -> None:
    outbound = Outbound(resolve=lambda _host, port: [(one, port) for one in answers], refusal_seconds=0)
    with pytest.raises(LeadsNowhere):
        outbound.endpoints_of(parse_target(f"https://{host}/"))


def test_what_has_no_address_leads_nowhere() -> None:
    with pytest.raises(LeadsNowhere):
        Outbound(resolve=lambda _host, _port: [], refusal_seconds=0).endpoints_of(parse_target("https://good.example/"))


def test_named_networks_are_let_through_and_nothing_beside_them() -> None:
    inner = Outbound(networks=parse_networks("10.20.0.0/16, fd00:20::/32"), resolve=nowhere)
    for good in ("http://10.20.3.4:8080/hook", "https://[fd00:20::1]:9000/"):
        assert len(inner.endpoints_of(parse_target(good))) == 1
    for bad in ("http://10.21.0.1/", "https://127.0.0.1/", "http://[fd00:21::1]/", "https://93.184.215.14:8080/"):
        with pytest.raises(NotAllowed):
            inner.endpoints_of(parse_target(bad))
    both = Outbound(
        networks=parse_networks("10.20.0.0/16"),
        resolve=lambda _host, port: [("10.20.0.1", port), ("10.21.0.1", port)],
        refusal_seconds=0,
    )
    with pytest.raises(LeadsNowhere):
        both.endpoints_of(parse_target("https://half.example/"))


@pytest.mark.parametrize("text", ["10.20.0.1/16", "all", "10.0.0.0/33", "10.0.0.0/8;11.0.0.0/8"])
def test_what_is_no_network_is_named(text: str) -> None:
    with pytest.raises(NetworksUnreadable, match="is no network"):
        parse_networks(text)


@given(st.ip_addresses(v=4))
def test_whatever_carries_an_ipv4_address_is_not_public(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    carriers = (0, 0xFFFF << 32, 0x64FF9B << 96, 0x64FF9B0001 << 80, 0x2002 << 112 | number << 48)
    for carrier in carriers:
        assert not is_public(ipaddress.IPv6Address(carrier | number))


@given(st.ip_addresses())
def test_what_is_public_is_global_unicast(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_public(address):
        assert address.is_global
        odd = (address.is_multicast, address.is_private, address.is_reserved, address.is_loopback)
        assert not any(odd)
