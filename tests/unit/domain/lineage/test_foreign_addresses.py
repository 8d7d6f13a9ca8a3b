"""Addresses of works elsewhere: two that name the same page are one node, and what is no address is refused."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.lineage.foreign_addresses import (
    ElsewhereAddressInvalid,
    is_node_id,
    node_id,
    normalised,
    work_here,
)
from remixhub.domain.lineage.sites import SITES, site_of

HUB = "https://hub.example"
WORK = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("given", "right"),
    [
        ("HTTPS://Music.Example/a", "https://music.example/a"),
        ("https://music.example", "https://music.example/"),
        ("https://music.example:443/a#part", "https://music.example/a"),
        ("http://music.example:80/a", "http://music.example/a"),
        ("https://music.example:8443/a", "https://music.example:8443/a"),
        ("  https://music.example./a/../b/./c \n", "https://music.example/b/c"),
        ("https://music.example/%7eines/%c3%a4?q=%2f&x", "https://music.example/~ines/%C3%A4?q=%2F&x"),
        ("https://music.example/ä?q=ö", "https://music.example/%C3%A4?q=%C3%B6"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://[2001:DB8:0::1]/a", "https://[2001:db8::1]/a"),
        ("http://www.Freesound.org:80/people/ines/sounds/1/", "https://freesound.org/people/ines/sounds/1/"),
        ("https://m.soundcloud.com/ines/rain", "https://soundcloud.com/ines/rain"),
        ("https://www.music.example/a", "https://www.music.example/a"),
        ("https://music.example/100%", "https://music.example/100%25"),
    ],
)
def test_addresses_of_one_page_are_one_text(given: str, right: str) -> None:
    assert normalised(given) == right
    assert normalised(right) == right


@pytest.mark.parametrize(
    "given",
    [
        "", "freesound.org/s/1", "ftp://music.example/a", "javascript:alert(1)", "https://", "https:///a",
        "https://ines:secret@music.example/", "https://@music.example/", "https://localhost/a", "https://a..example/",
        "https://-a.example/", "https://music.example:99999/", "https://music.example/a b", "https://music.example\\a",
        "https://[::1", "https://[::zz]/", "https://straße.example/",
        "https://music.example/" + "a" * 1000, 'https://music.example/"onmouseover', "data:text/html,x",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(ElsewhereAddressInvalid) as refused:
        normalised(given)
    assert refused.value.violations["/address"]


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), max_size=40)


@given(st.sampled_from(["https", "HTTP"]), st.sampled_from(["a.example", "Www.FREESOUND.org", "ü.example"]), TEXT, TEXT)
def test_normalising_is_done_once(scheme: str, host: str, path: str, query: str) -> None:
    try:
        address = normalised(f"{scheme}://{host}/{path}?{query}")
    except ElsewhereAddressInvalid:
        return
    assert normalised(address) == address
    assert re.fullmatch(r"https?://[a-z0-9.\-]+/[!-~]*", address), "plain ASCII, without a space or a quote"
    assert not set(address) & set('"<>\\^`{|}#')


@given(st.text(max_size=60))
def test_nothing_typed_does_anything_but_pass_or_be_refused(text: str) -> None:
    with suppress(ElsewhereAddressInvalid):
        assert normalised(text).startswith(("http://", "https://"))
    work_here(text, HUB)


def test_a_node_is_no_work() -> None:
    assert is_node_id(node_id("https://music.example/"))
    assert not is_node_id(WORK)


@pytest.mark.parametrize(
    ("given", "hub", "found"),
    [
        (f"https://hub.example/works/{WORK}", HUB, WORK),
        (f"http://HUB.example:80/works/{WORK}/lineage?x#y", HUB, WORK),
        (f"https://hub.example/api/v1/works/{WORK}", HUB, WORK),
        ("https://hub.example/about", HUB, ""),
        (f"https://other.example/works/{WORK}", HUB, None),
        (f"https://hub.example:8443/works/{WORK}", HUB, None),
        (f"http://localhost:8000/works/{WORK}", "http://localhost:8000", WORK),
        ("https://[", HUB, None),
    ],
)
def test_an_address_of_this_hub_is_known(given: str, hub: str, found: str | None) -> None:
    assert work_here(given, hub) == found


def test_a_site_is_called_as_people_call_it() -> None:
    assert site_of("https://freesound.org/s/1/") == "Freesound"
    assert site_of("https://ines.bandcamp.com/track/rain") == "Bandcamp"
    assert site_of("https://notbandcamp.com/a") == "notbandcamp.com"
    assert site_of("https://xn--bcher-kva.example/a") == "xn--bcher-kva.example"
    assert site_of(f"https://other.example/works/{WORK}") == "RemixHub at other.example"
    assert all(site_of(f"https://{host}/") == name for host, name in SITES.items())
