"""Licences by any spelling that leaves nothing open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.licences import creative_commons
from remixhub.domain.licences.terms import Licence, licence_url, short_name, terms_of
from remixhub.domain.licences.words import LicenceUnknown, licence_named

PORTS = ["cc-by-sa-3.0-de", "cc-by-sa-2.0-uk", "cc-by-2.1-jp", "cc-by-nc-sa-2.5-scotland", "cc-by-nc-nd-1.0-fi"]
PORTS += ["cc-nc-nd-2.0-jp", "cc-by-3.0-igo", "cc-sampling-1.0-br", "cc-nc-sampling-plus-1.0-tw", "cc-sa-1.0-nl"]
EVERY = [*Licence, *map(Licence, PORTS)]


@pytest.mark.parametrize(
    ("spelling", "id"),
    [
        ("CC BY 4.0", "cc-by-4.0"),
        ("cc-by-4.0", "cc-by-4.0"),
        ("CC-BY-4.0", "cc-by-4.0"),
        ("CC0", "cc0-1.0"),
        ("CC0-1.0", "cc0-1.0"),
        ("CC BY-SA 3.0 DE", "cc-by-sa-3.0-de"),
        ("https://creativecommons.org/licenses/by-sa/3.0/de/deed.de", "cc-by-sa-3.0-de"),
        ("http://creativecommons.org/licenses/by/4.0", "cc-by-4.0"),
        ("cc-by-sa-2.0-de", "cc-by-sa-2.0-de"),
        ("https://creativecommons.org/licenses/sampling+/1.0/", "cc-sampling-plus-1.0"),
        ("http://www.creativecommons.org/licenses/nc-sampling+/1.0/legalcode", "cc-nc-sampling-plus-1.0"),
        ("https://creativecommons.org/licenses/sampling%2B/1.0/br/deed.pt_BR", "cc-sampling-plus-1.0-br"),
        ("creativecommons.org/licenses/by-nd-nc/1.0", "cc-by-nc-nd-1.0"),
        ("https://creativecommons.org/licenses/by-nc-nd/1.0/", "cc-by-nc-nd-1.0"),
        ("https://creativecommons.org/licenses/by/4.0/legalcode.de#s2", "cc-by-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/?ref=chooser-v1", "cc-by-4.0"),
        ("HTTPS://CreativeCommons.org/Licenses/BY/4.0/DEED.zh-hans", "cc-by-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/deed.fr", "cc0-1.0"),
        ("http://creativecommons.org/publicdomain/mark/1.0", "pdm-1.0"),
        ("http://creativecommons.org/licenses/publicdomain/", "cc-pddc"),
        ("//creativecommons.org/licenses/by-nc/3.0/us/", "cc-by-nc-3.0-us"),
        ("https://spdx.org/licenses/CC-BY-SA-4.0.html", "cc-by-sa-4.0"),
        ("CC-BY-SA-2.1-JP", "cc-by-sa-2.1-jp"),
        ("CC-PDDC", "cc-pddc"),
        ("CC-PDM-1.0", "pdm-1.0"),
        ("CC_BY_NC_SA_2.5", "cc-by-nc-sa-2.5"),
        ("BY-NC 4.0", "cc-by-nc-4.0"),
        ("cc by 4", "cc-by-4.0"),
        ("CC BY v3.0", "cc-by-3.0"),
        ("Attribution 4.0 International (CC BY 4.0)", "cc-by-4.0"),
        ("Attribution-NonCommercial-ShareAlike 3.0 Unported", "cc-by-nc-sa-3.0"),
        ("Creative Commons Attribution-ShareAlike 3.0 Germany (CC BY-SA 3.0 DE)", "cc-by-sa-3.0-de"),
        ("Attribution Noncommercial (3.0)", "cc-by-nc-3.0"),
        ("Creative Commons Attribution-Non Commercial-No Derivs 2.0 UK: England & Wales", "cc-by-nc-nd-2.0-uk"),
        ("Creative Commons 0", "cc0-1.0"),
        ("CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", "cc0-1.0"),
        ("Creative Commons Zero", "cc0-1.0"),
        ("CC Zero 1.0", "cc0-1.0"),
        ("Sampling+", "cc-sampling-plus-1.0"),
        ("Sampling+ 1.0", "cc-sampling-plus-1.0"),
        ("CC NC-Sampling+ 1.0", "cc-nc-sampling-plus-1.0"),
        ("NonCommercial Sampling Plus 1.0", "cc-nc-sampling-plus-1.0"),
        ("nc-sampling+", "cc-nc-sampling-plus-1.0"),
        ("Sampling Plus (1.0)", "cc-sampling-plus-1.0"),
        ("cc-nc-sampling-plus-1.0", "cc-nc-sampling-plus-1.0"),
        ("Sampling 1.0", "cc-sampling-1.0"),
        ("CC BY–SA 4.0", "cc-by-sa-4.0"),
        ("ＣＣ ＢＹ ４.０", "cc-by-4.0"),
        ("All rights reserved", "all-rights-reserved"),
        ("© All Rights Reserved", "all-rights-reserved"),
        ("Public Domain Mark 1.0", "pdm-1.0"),
        ("CC SA 1.0", "cc-sa-1.0"),
        ("CC ND-NC 1.0", "cc-nc-nd-1.0"),
        ("CC BY-ND-NC 1.0", "cc-by-nc-nd-1.0"),
        ("LicenseRef-contest-0123456789", "LicenseRef-contest-0123456789"),
        ("CC BY-NC-SA 2.5 Scotland", "cc-by-nc-sa-2.5-scotland"),
    ],
)
def test_what_people_write_is_understood(spelling: str, id: str) -> None:
    assert licence_named(spelling) == id


@pytest.mark.parametrize(
    "spelling",
    [
        "licenses/by/4.0",
        "CC BY",
        "Attribution",
        "CC BY 5.0",
        "CC BY 2.0 US",
        "CC BY 4.0 DE",
        "CC BY-ND-SA 4.0",
        "BY-SA or GPL",
        "CC BY 4.0 (CC BY-SA 4.0)",
        "CC BY 4.0 CC BY 3.0",
        "public domain",
        "https://creativecommons.org/licenses/by/",
        "https://evil.example/creativecommons.org/licenses/by/4.0/",
        "https://creativecommons.org.evil.example/licenses/by/4.0/",
        "MIT",
        "GFDL 1.3",
        "4.0",
        "CC",
        "",
        "CC BY 4.0+",
        "https://creativecommons.org/licenses/GPL/2.0/",
        "https://creativecommons.org/licenses/by/4.0/x/y/z",
        "x" * 301,
    ],
)
def test_what_leaves_something_open_is_refused(spelling: str) -> None:
    with pytest.raises(LicenceUnknown):
        licence_named(spelling)


@pytest.mark.parametrize(
    ("spelling", "said"),
    [
        ("CC BY-SA", "which version is meant: `CC BY-SA 4.0`, `CC BY-SA 3.0`"),
        ("Attribution Noncommercial", "`CC BY-NC 4.0`"),
        ("CC BY 4.0 DE", "there is no CC BY 4.0 for “de”"),
        ("public domain", "`CC0 1.0` where the artist waived all rights"),
        ("MIT", "such as `cc-by-4.0`, `CC BY 4.0` or `https://creativecommons.org/licenses/by/4.0/`"),
    ],
)
def test_a_refusal_says_what_is_missing(spelling: str, said: str) -> None:
    with pytest.raises(LicenceUnknown) as refused:
        licence_named(spelling)
    assert said in str(refused.value)


@pytest.mark.parametrize("licence", EVERY)
def test_every_licence_is_known_by_its_id_its_name_its_title_and_its_address(licence: Licence) -> None:
    spelled = [licence, licence.upper(), licence.replace("-", " "), short_name(licence), terms_of(licence).title]
    if "wikipedia" not in terms_of(licence).url:
        url = licence_url(licence, "")
        spelled += [url, url.removesuffix("/"), url.replace("https://", "http://"), url.upper()]
        tails = ("deed.en", "deed.pt_BR", "legalcode", "legalcode.zh-hans", "deed.fr/", "?x=y#z")
        spelled += [url + tail for tail in tails]
        spelled += [url.replace("https://", "https://www."), url.replace("https://", ""), url.replace("+", "%2B")]
    assert {one: licence_named(one) for one in spelled} == dict.fromkeys(spelled, licence)


words = st.sampled_from("cc by nc sa nd 4.0 3.0 de - ( ) sampling plus + 0 https:// /".split())


@given(st.text(max_size=60) | st.lists(words, max_size=8).map(" ".join))
def test_no_spelling_breaks_it_or_changes_what_it_names(text: str) -> None:
    try:
        licence = licence_named(text)
    except LicenceUnknown:
        return
    assert licence_named(f" {licence_url(licence, '') if 'wiki' not in terms_of(licence).url else licence} ") == licence


def test_there_are_as_many_licences_as_creative_commons_lists() -> None:
    """Without a port: the six in five versions, and those of version 1.0."""
    letters = (
        "by by-sa by-nc by-nc-sa by-nd by-nc-nd nc nc-sa nc-nd nd sa sampling sampling-plus nc-sampling-plus".split()
    )
    generic = [one for name in letters for one in creative_commons.versions_of(name)]
    assert len(generic) == 6 * 5 + 5 + 3
    named = {one for one in Licence if creative_commons.code_of(one)}
    assert len(named) == len(generic)
