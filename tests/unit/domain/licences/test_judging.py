"""Licences by what they permit: every pair, every order, and the culprit that an error names."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.licences.judging import (
    HeldLicence,
    LicenceConflict,
    allowed_for_derivative,
    allowed_for_remix,
    allows,
    default_for_remix,
    is_freer,
    judge,
    licences_by_leave,
    permit,
)
from remixhub.domain.licences.terms import (
    LICENCE_PATTERN,
    OFFERED,
    Element,
    Licence,
    in_order,
    licence_url,
    obligations,
    terms_of,
    text_sha256,
)

L = Licence
# Creative Commons' compatibility chart for adapted material: rows are the source, columns what a remix may stand under.
# Rows and columns that the chart leaves out (licences without BY, Sampling) follow their legal codes.
ROWS = json.loads(Path(__file__).with_name("cc_chart.json").read_text(encoding="utf-8"))
VERSIONS = ("1.0", "2.0", "2.5", "3.0", "4.0")


def row_of(source: Licence) -> set[Licence]:
    """The chart's row, which speaks of licences without their versions, spelled out for all versions."""
    name, _, version = source.value.rpartition("-")
    name = name if name in ROWS else source.value
    if name.endswith("-sa") and version == "1.0":
        return {source}
    later = [one for one in VERSIONS if not name.endswith("-sa") or float(one) >= float(version)]
    ids = {one if one in {*Licence} else f"{one}-{number}" for one in ROWS[name] for number in later}
    return {Licence(one) for one in ids if one in {*Licence}}


CHART: dict[Licence, set[Licence]] = {source: row_of(source) for source in Licence}


def held(licences: list[Licence]) -> list[HeldLicence]:
    return [HeldLicence(f"work-{i}", licence, (f"Work {i}",)) for i, licence in enumerate(licences)]


some_sources = st.lists(st.sampled_from(Licence), min_size=1, max_size=8).map(held)


@pytest.mark.parametrize("source", Licence)
def test_each_licence_allows_what_the_chart_says(source: Licence) -> None:
    assert allowed_for_derivative(source) == CHART[source]


@pytest.mark.parametrize("first", Licence)
@pytest.mark.parametrize("second", Licence)
def test_each_pair_allows_what_both_allow(first: Licence, second: Licence) -> None:
    assert allowed_for_remix(held([first, second])) == CHART[first] & CHART[second]


def test_sharealike_cannot_be_combined_with_noncommercial() -> None:
    with pytest.raises(LicenceConflict) as refused:
        judge(None, held([L.BY_SA, L.BY_NC]))
    assert refused.value.context["licences"] == ["cc-by-sa-4.0", "cc-by-nc-4.0"]
    assert refused.value.context["path"] == ["Work 0"]
    assert refused.value.context["other_path"] == ["Work 1"]
    assert refused.value.context["remedies"] == [
        "Leave out “Work 0” or “Work 1”.",
        "Ask the artist of “Work 0” or of “Work 1” to offer it under cc-by-4.0 too.",
    ]
    far = HeldLicence("far", L.BY_NC, ("Remix", "Far"))
    with pytest.raises(LicenceConflict) as refused:
        judge(None, [*held([L.BY_SA]), far])
    assert refused.value.context["remedies"] == [
        "Leave out “Work 0” or “Remix”.",
        "Ask the artist of “Work 0” to offer it under cc-by-4.0 too.",
    ]


@pytest.mark.parametrize(
    ("today", "before", "is_so"),
    [
        (L.BY, L.BY_SA, True),
        (L.BY, Licence("cc-by-sa-3.0-de"), True),
        (L.BY, Licence("LicenseRef-contest-0123456789"), True),
        (L.CC0, L.BY, True),
        (L.BY_SA, L.BY_ND, True),
        (L.BY_NC_SA, L.BY_SA, False),
        (L.BY_SA, L.BY_SA, False),
        (Licence("cc-by-sa-3.0-de"), Licence("cc-by-sa-3.0-de"), False),
        (L.BY_NC, L.BY, False),
        (L.BY_ND, L.ALL_RIGHTS_RESERVED, False),
        (Licence("LicenseRef-contest-0123456789"), L.ALL_RIGHTS_RESERVED, True),
        (Licence("LicenseRef-contest-0123456789"), Licence("LicenseRef-contest-9876543210"), False),
    ],
)
def test_freer_is_what_allows_all_that_the_other_does_and_more(today: Licence, before: Licence, is_so: bool) -> None:
    assert is_freer(today, before) == is_so


def either(*licences: Licence) -> HeldLicence:
    """A source that is held under any of them."""
    return HeldLicence("either", licences[0], ("Either",), ("either",), licences[1:])


def check(sources: list[HeldLicence], allowed: set[Licence], default: Licence) -> None:
    assert allowed_for_remix(sources) == allowed
    assert default_for_remix(sources) == default
    for licence in allowed:
        judge(licence, sources)
    for licence in set(L) - allowed:
        with pytest.raises(LicenceConflict):
            judge(licence, sources)


@pytest.mark.parametrize(
    ("sources", "allowed", "default"),
    [
        ([either(L.BY_NC, L.BY_SA)], CHART[L.BY_NC] | CHART[L.BY_SA], L.BY_NC),
        ([either(L.BY_NC, L.BY_SA), *held([L.BY_SA_3])], {L.BY_SA}, L.BY_SA),
        ([either(L.ALL_RIGHTS_RESERVED, L.BY)], CHART[L.BY], L.BY),
        ([either(L.BY_SA, L.BY_NC_SA), either(L.BY_NC_SA, L.BY_SA)], {L.BY_SA, L.BY_NC_SA}, L.BY_SA),
    ],
)
def test_of_several_licences_held_any_one_will_do(
    sources: list[HeldLicence], allowed: set[Licence], default: Licence
) -> None:
    check(sources, allowed, default)


def test_three_that_go_together_in_pairs_only_are_refused_with_a_pair() -> None:
    contest = Licence("LicenseRef-contest-0123456789")
    sources = [either(L.BY_SA, L.BY_NC_SA), either(L.BY_NC_SA, contest), either(contest, L.BY_SA)]
    with pytest.raises(LicenceConflict) as refused:
        judge(None, sources)
    assert refused.value.context["licences"] == ["cc-by-sa-4.0", "cc-by-nc-sa-4.0"]


@given(some_sources, st.integers(0, 7))
def test_naming_a_source_again_changes_nothing(sources: list[HeldLicence], number: int) -> None:
    again = [*sources, sources[number % len(sources)]]
    assert allowed_for_remix(again) == allowed_for_remix(sources)
    assert default_for_remix(again) == default_for_remix(sources)


@given(some_sources, some_sources)
def test_groups_of_sources_allow_what_their_parts_allow(first: list[HeldLicence], second: list[HeldLicence]) -> None:
    assert allowed_for_remix([*first, *second]) == allowed_for_remix(first) & allowed_for_remix(second)


@pytest.mark.parametrize(
    ("sources", "allowed"),
    [
        ([L.BY_SA_20, L.BY_SA_3], {L.BY_SA_3, L.BY_SA}),
        ([L.BY_SA_3, L.BY_SA, L.BY_25], {L.BY_SA}),
        ([L.BY_NC_SA_25, L.BY_NC, L.CC0], {L.BY_NC_SA_25, L.BY_NC_SA_3, L.BY_NC_SA}),
        ([L.BY_SA_3, L.BY_NC_3, L.BY], set()),
        ([L.PUBLIC_DOMAIN, L.CC0, L.BY_SA], {L.BY_SA}),
        ([L.CC0, L.BY, L.ALL_RIGHTS_RESERVED], set()),
    ],
)
def test_versions_and_three_sources(sources: list[Licence], allowed: set[Licence]) -> None:
    assert allowed_for_remix(held(sources)) == allowed


def test_the_newest_version_is_the_default() -> None:
    assert default_for_remix(held([L.BY_SA_20, L.BY_SA])) is L.BY_SA
    assert default_for_remix(held([L.BY_3, L.BY_20])) is L.BY
    assert default_for_remix(held([L.PUBLIC_DOMAIN])) is L.CC0
    assert default_for_remix(held([L.PUBLIC_DOMAIN_DEDICATION, L.BY_10])) is L.BY


@pytest.mark.parametrize("licence", Licence)
def test_every_licence_says_what_it_asks_for_and_has_an_address_of_its_own(licence: Licence) -> None:
    assert obligations(licence)
    assert len({terms_of(one).url for one in Licence}) == len(Licence)
    assert len({text_sha256(one) for one in Licence}) == len(Licence)
    says_unchanged = any("unchanged" in line or "before any use" in line for line in obligations(licence))
    assert says_unchanged == (not CHART[licence])


def test_an_original_may_stand_under_any_licence() -> None:
    assert allowed_for_remix([]) == set(Licence)


@given(some_sources, st.permutations(range(8)), st.sampled_from([*Licence, None]))
def test_the_order_of_the_sources_never_changes_the_verdict(
    sources: list[HeldLicence], order: list[int], wanted: Licence | None
) -> None:
    shuffled = [sources[i] for i in order if i < len(sources)]
    assert allowed_for_remix(shuffled) == allowed_for_remix(sources)
    assert default_for_remix(shuffled) == default_for_remix(sources)
    assert is_refused(wanted, shuffled) == is_refused(wanted, sources)


@given(some_sources, st.sampled_from(Licence))
def test_a_wish_is_refused_exactly_when_some_source_does_not_allow_it(
    sources: list[HeldLicence], wanted: Licence
) -> None:
    assert is_refused(wanted, sources) == any(wanted not in CHART[source.licence] for source in sources)


@given(some_sources, st.sampled_from([*Licence, None]))
def test_a_conflict_names_a_real_culprit(sources: list[HeldLicence], wanted: Licence | None) -> None:
    conflict = conflict_of(wanted, sources)
    if conflict is None:
        return
    facts: dict[str, Any] = conflict.context
    holders = {source.path: source.licence for source in sources}
    culprit = holders[tuple(facts["path"])]
    assert " → ".join(facts["path"]) in conflict.detail
    assert facts["licences"][0] == culprit
    if "other_path" in facts:
        other = holders[tuple(facts["other_path"])]
        assert facts["licences"] == [culprit, other]
        assert not CHART[culprit] & CHART[other]
    elif len(facts["licences"]) == 2:
        assert facts["licences"][1] == wanted
        assert wanted not in CHART[culprit]
    else:
        assert not CHART[culprit]


@given(some_sources)
def test_the_default_is_a_held_licence_that_satisfies_all_of_them(sources: list[HeldLicence]) -> None:
    default = default_for_remix(sources)
    allowed = allowed_for_remix(sources)
    assert (default is None) == (not allowed)
    if default is not None:
        assert default in allowed
        held_elements = {terms_of(source.licence).elements for source in sources}
        assert terms_of(default).elements in held_elements | {frozenset().union(*held_elements)}
        alike = {one for one in allowed if terms_of(one).elements == terms_of(default).elements}
        assert default in OFFERED or not alike & set(OFFERED)


CONTEST, CONTEST_NC = L("LicenseRef-contest-0123456789"), L("LicenseRef-contest-nc-9876543210")
GERMAN, DUTCH, GERMAN_NC = L("cc-by-sa-3.0-de"), L("cc-by-sa-3.0-nl"), L("cc-by-nc-3.0-de")
EVERY = [*Licence, CONTEST, CONTEST_NC, L("LicenseRef-contest-ffffffffff"), GERMAN, DUTCH, GERMAN_NC]


@pytest.mark.parametrize("source", EVERY)
def test_a_contest_licence_is_taken_from_sources_that_could_become_anything_and_passes_on_itself(
    source: Licence,
) -> None:
    free = {
        L.CC0, L.PUBLIC_DOMAIN, L.PUBLIC_DOMAIN_DEDICATION, L.BY, L.BY_3, L.BY_25, L.BY_20, L.BY_10
    }  # fmt: skip
    noncommercial = {L.BY_NC, L.BY_NC_3, L.BY_NC_25, L.BY_NC_20, L.BY_NC_10, L.NC_10, GERMAN_NC}
    assert allows(source, CONTEST) == (source in free | {CONTEST})
    assert allows(source, CONTEST_NC) == (source in free | noncommercial | {CONTEST_NC})
    assert {one for one in EVERY if allows(CONTEST, one)} == {CONTEST}


def test_works_under_two_contest_licences_cannot_be_combined() -> None:
    refused = conflict_of(None, held([CONTEST, CONTEST_NC]))
    assert refused is not None
    assert "cannot be combined" in refused.detail
    assert default_for_remix(held([CONTEST_NC, L.BY_NC, L.CC0])) == CONTEST_NC
    assert default_for_remix(held([CONTEST, L.BY_NC])) is None
    assert "Publish remixes under this contest licence alone, and keep to its text." in obligations(CONTEST)


def test_ports_of_sharealike_are_one_licence_with_the_unported_and_later_ones() -> None:
    assert allowed_for_remix(held([GERMAN])) == {L.BY_SA_3, L.BY_SA, GERMAN}
    assert allowed_for_remix(held([GERMAN, DUTCH])) == {L.BY_SA_3, L.BY_SA, GERMAN, DUTCH}
    assert allowed_for_remix(held([GERMAN, L.BY_SA])) == {L.BY_SA}
    assert not allowed_for_remix(held([GERMAN, GERMAN_NC]))
    assert default_for_remix(held([GERMAN])) is L.BY_SA
    assert terms_of(GERMAN).title == "Creative Commons Attribution-ShareAlike 3.0 DE"
    assert terms_of(GERMAN).url == "https://creativecommons.org/licenses/by-sa/3.0/de/"


@pytest.mark.parametrize(
    "id",
    [
        "cc-by-sa-3.0-xx",
        "cc-by-sa-4.0-de",
        "cc-by-2.0-us",
        "cc-by-2.1",
        "cc-nc-2.0",
        "cc-sampling-plus-2.0",
        "CC-BY-4.0",
        "LicenseRef-contest-012345678",
        "LicenseRef-other-0123456789",
        "",
        7,
    ],
)
def test_other_ids_are_no_licences(id: object) -> None:
    with pytest.raises(ValueError, match="is not a valid Licence"):
        Licence(id)


any_sources = st.lists(st.sampled_from(EVERY), max_size=8).map(held)


@given(any_sources, any_sources, st.sampled_from(EVERY))
def test_the_algebra_holds_for_contest_licences_and_ports_too(
    first: list[HeldLicence], second: list[HeldLicence], wanted: Licence
) -> None:
    """Order, grouping and repetition never matter, and more sources never allow more."""
    one, other = not is_refused(wanted, first), not is_refused(wanted, second)
    assert is_refused(wanted, [*first, *second, *first]) == is_refused(wanted, [*second, *first])
    assert (not is_refused(wanted, [*first, *second])) == (one and other)


@given(some_sources)
def test_more_sources_never_allow_more(sources: list[HeldLicence]) -> None:
    assert allowed_for_remix(sources) <= allowed_for_remix(sources[1:])


@given(st.sampled_from(Licence), st.data())
def test_what_a_remix_passes_on_is_never_freer_than_its_source(source: Licence, data: st.DataObject) -> None:
    if CHART[source]:
        remix = data.draw(st.sampled_from(sorted(CHART[source])))
        assert Element.ND in terms_of(remix).elements or CHART[remix]
        assert allowed_for_derivative(remix) <= allowed_for_derivative(source)


def test_all_but_the_free_and_some_of_version_1_ask_for_attribution() -> None:
    free = {L.CC0, L.PUBLIC_DOMAIN, L.PUBLIC_DOMAIN_DEDICATION, L.ALL_RIGHTS_RESERVED}
    free |= {L.NC_10, L.NC_SA_10, L.NC_ND_10, L.ND_10, L.SA_10}
    assert {licence for licence in Licence if Element.BY not in terms_of(licence).elements} == free


TITLES = {
    L.CC0: "CC0 1.0 Universal",
    L.PUBLIC_DOMAIN: "Public Domain Mark 1.0",
    L.ALL_RIGHTS_RESERVED: "All rights reserved",
    L.BY: "Creative Commons Attribution 4.0",
    L.BY_NC_SA_25: "Creative Commons Attribution-NonCommercial-ShareAlike 2.5",
    L.BY_ND_3: "Creative Commons Attribution-NoDerivatives 3.0",
    CONTEST: "Contest licence 0123456789",
    CONTEST_NC: "Contest licence 9876543210",
}
ADDRESSES = {
    L.CC0: "https://creativecommons.org/publicdomain/zero/1.0/",
    L.PUBLIC_DOMAIN: "https://creativecommons.org/publicdomain/mark/1.0/",
    L.BY_NC_SA_25: "https://creativecommons.org/licenses/by-nc-sa/2.5/",
    CONTEST_NC: "https://hub.example/contest-licences/LicenseRef-contest-nc-9876543210",
}


def test_terms_are_read_from_the_id() -> None:
    assert {one: terms_of(one).title for one in TITLES} == TITLES
    assert {one: licence_url(one, "https://hub.example/works/1") for one in ADDRESSES} == ADDRESSES
    versions = [terms_of(one).version for one in (L.BY, L.BY_25, GERMAN, CONTEST, L.CC0, L.PUBLIC_DOMAIN)]
    assert versions == [4.0, 2.5, 3.0, 1.0, 1.0, 1.0]
    assert terms_of(CONTEST).elements == {Element.BY}
    assert terms_of(CONTEST_NC).elements == {Element.BY, Element.NC}
    assert terms_of(L.ALL_RIGHTS_RESERVED).elements == {Element.ND}
    assert [terms_of(one).allows_remixes for one in (L.BY, L.BY_ND, L.ALL_RIGHTS_RESERVED)] == [True, False, False]


def test_licences_with_open_ids_are_their_ids() -> None:
    assert [str(CONTEST), CONTEST.value, CONTEST.name] == ["LicenseRef-contest-0123456789"] * 3
    assert f"{GERMAN}" == "cc-by-sa-3.0-de"
    assert [one.is_contest for one in (CONTEST, CONTEST_NC, GERMAN, L.BY)] == [True, True, False, False]


def test_what_a_link_keeps_fixes_the_text() -> None:
    kept = b"cc-by-4.0\nhttps://creativecommons.org/licenses/by/4.0/\n"
    assert text_sha256(L.BY) == hashlib.sha256(kept).hexdigest()


def test_each_element_has_its_obligation() -> None:
    def asked(*licences: Licence) -> list[int]:
        return [len(obligations(one)) for one in licences]

    assert obligations(L.CC0) == obligations(L.PUBLIC_DOMAIN)
    assert "what you like" in obligations(L.CC0)[0]
    assert asked(L.BY, L.BY_NC, L.BY_SA, L.BY_ND, L.BY_NC_SA, CONTEST, CONTEST_NC) == [1, 2, 2, 2, 3, 2, 3]
    name, commercially, alike = obligations(L.BY_NC_SA)
    assert obligations(L.BY_NC) == [name, commercially]
    assert obligations(L.BY_SA) == [name, alike]
    assert obligations(L.ALL_RIGHTS_RESERVED) == ["Ask the artist before any use."]


def test_licences_stand_in_the_order_of_what_is_offered_then_ports_and_contests() -> None:
    assert in_order([CONTEST, GERMAN, L.BY_3, L.BY, L.CC0, L.BY]) == [L.CC0, L.BY, L.BY_3, CONTEST, GERMAN]
    assert in_order([]) == []


def far(licence: Licence, *path: str) -> HeldLicence:
    return HeldLicence(path[-1], licence, path, tuple(f"id {one}" for one in path))


def test_a_source_that_allows_no_remix_is_named_with_what_can_be_done() -> None:
    refused = conflict_of(L.BY, [far(L.CC0, "Free"), far(L.BY_ND, "Mine", "Theirs")])
    assert refused is not None
    assert refused.detail == "Mine → Theirs is under cc-by-nd-4.0, which allows no remix to be published."
    assert refused.context == {
        "path": ["Mine", "Theirs"],
        "licences": ["cc-by-nd-4.0"],
        "allowed": [],
        "remedies": ["Leave out “Mine”.", "Ask the artist of “Theirs” for a licence that allows it."],
        "sources": [{"licence": "cc-by-nd-4.0", "titles": ["Mine", "Theirs"], "ids": ["id Mine", "id Theirs"]}],
    }


def test_two_sources_that_clash_are_named_both() -> None:
    refused = conflict_of(None, [far(L.CC0, "Free"), far(L.BY_SA, "A", "B"), far(L.BY_NC, "C", "D")])
    assert refused is not None
    assert refused.detail == (
        "A → B (cc-by-sa-4.0) and C → D (cc-by-nc-4.0) cannot be combined: no licence satisfies both."
    )
    assert refused.context == {
        "path": ["A", "B"],
        "other_path": ["C", "D"],
        "licences": ["cc-by-sa-4.0", "cc-by-nc-4.0"],
        "allowed": [],
        "remedies": ["Leave out “A” or “C”."],
        "sources": [
            {"licence": "cc-by-sa-4.0", "titles": ["A", "B"], "ids": ["id A", "id B"]},
            {"licence": "cc-by-nc-4.0", "titles": ["C", "D"], "ids": ["id C", "id D"]},
        ],
    }


def test_the_first_pair_that_clashes_is_named() -> None:
    refused = conflict_of(None, [far(L.BY_SA, "A"), far(L.BY_NC, "B"), far(L.BY_NC, "C")])
    assert refused is not None
    assert (refused.context["path"], refused.context["other_path"]) == (["A"], ["B"])


@given(some_sources)
def test_what_is_both_held_and_allowed_permits_the_same(sources: list[HeldLicence]) -> None:
    ruling = {source.licence for source in sources} & allowed_for_remix(sources)
    assert len({terms_of(one).elements for one in ruling}) <= 1


def test_a_wish_that_a_source_does_not_allow_is_answered_with_what_it_allows() -> None:
    refused = conflict_of(L.CC0, [far(L.CC0, "Free"), far(L.BY_NC_SA, "A", "B")])
    assert refused is not None
    assert refused.detail == (
        "A → B is under cc-by-nc-sa-4.0, which does not allow a remix under cc0-1.0. Choose one of: cc-by-nc-sa-4.0."
    )
    assert refused.context == {
        "path": ["A", "B"],
        "licences": ["cc-by-nc-sa-4.0", "cc0-1.0"],
        "allowed": ["cc-by-nc-sa-4.0"],
        "remedies": ["Choose one of: cc-by-nc-sa-4.0.", "Leave out “A”."],
        "sources": [{"licence": "cc-by-nc-sa-4.0", "titles": ["A", "B"], "ids": ["id A", "id B"]}],
    }
    several = conflict_of(L.CC0, [far(L.BY, "A")])
    assert several is not None
    offered = [one.value for one in OFFERED if Element.BY in terms_of(one).elements]
    assert several.context["allowed"] == [one.value for one in in_order(CHART[L.BY])], "all that would be taken"
    assert several.context["remedies"][0] == f"Choose one of: {', '.join(offered)}."
    only_itself = conflict_of(L.BY, [far(CONTEST, "A")])
    assert only_itself is not None
    assert only_itself.context["allowed"] == [CONTEST]


def test_a_contest_licence_is_judged_by_the_wish_though_the_named_ones_do_not_know_it() -> None:
    judge(CONTEST, [far(L.BY, "A"), far(L.CC0, "B")])
    assert permit([far(L.BY, "A")], CONTEST)
    assert not permit([far(L.BY, "A"), far(L.BY_SA, "B")], CONTEST)


def is_refused(wanted: Licence | None, sources: list[HeldLicence]) -> bool:
    return conflict_of(wanted, sources) is not None


def conflict_of(wanted: Licence | None, sources: list[HeldLicence]) -> LicenceConflict | None:
    try:
        judge(wanted, sources)
    except LicenceConflict as conflict:
        return conflict
    return None


def test_sharealike_of_version_1_knows_no_later_version() -> None:
    for source in (L.BY_SA_10, L.BY_NC_SA_10, L.SA_10, L("cc-by-sa-1.0-fi")):
        assert allowed_for_remix(held([source])) == {source}
        assert default_for_remix(held([source])) is source
        assert any(line.endswith("under this licence.") for line in obligations(source))
    assert conflict_of(L.BY_SA, held([L.BY_SA_10])) is not None
    assert not allowed_for_remix(held([L.BY_SA_10, L.BY_SA_20]))


def test_ports_of_2_allow_what_their_version_does() -> None:
    german, japanese = L("cc-by-sa-2.0-de"), L("cc-by-sa-2.1-jp")
    assert allowed_for_remix(held([german])) == {german, L.BY_SA_20, L.BY_SA_25, L.BY_SA_3, L.BY_SA}
    assert allowed_for_remix(held([german, japanese])) == {japanese, L.BY_SA_25, L.BY_SA_3, L.BY_SA}
    assert allowed_for_remix(held([L("cc-by-2.5-scotland")])) == CHART[L.BY] | {L("cc-by-2.5-scotland")}
    assert not allowed_for_remix(held([L("cc-by-nd-2.0-uk")]))


def test_what_is_sampled_stays_under_licences_that_ask_for_the_same() -> None:
    """By the legal codes: transformed, and no advertising; also for money under Sampling Plus, never under NC."""
    plus = {L.SAMPLING_PLUS, L.SAMPLING, L.NC_SAMPLING_PLUS}
    assert allowed_for_remix(held([L.SAMPLING_PLUS])) == plus
    assert allowed_for_remix(held([L.SAMPLING_PLUS, L.BY_3, L.CC0])) == plus
    assert allowed_for_remix(held([L.SAMPLING_PLUS, L.BY_NC_3])) == {L.NC_SAMPLING_PLUS}
    assert default_for_remix(held([L.SAMPLING_PLUS, L.BY])) is L.SAMPLING_PLUS
    assert default_for_remix(held([L.SAMPLING_PLUS, L.BY_NC_3])) is L.NC_SAMPLING_PLUS
    assert not allowed_for_remix(held([L.SAMPLING_PLUS, L.BY_SA]))
    assert terms_of(L.SAMPLING_PLUS).allows_remixes
    whole = {one: [line for line in obligations(one) if "whole" in line] for one in plus}
    assert whole[L.SAMPLING] == ["Do not share it whole."]
    assert whole[L.SAMPLING_PLUS] == ["Share it whole only without money."]
    assert "Do not use it commercially." in obligations(L.NC_SAMPLING_PLUS)


@given(st.sampled_from([*EVERY, L("cc-by-nc-sa-2.5-scotland"), L("cc-nc-nd-2.0-jp"), L("cc-sampling-plus-1.0-de")]))
def test_the_pattern_takes_every_id(licence: Licence) -> None:
    assert re.fullmatch(LICENCE_PATTERN, licence)
    assert len(licence) <= 32, "as long as the columns are"


def permitted(licence: Licence, *permissions: Licence) -> HeldLicence:
    """A source that its artist permits to use under any of the `permissions`."""
    return HeldLicence("permitted", licence, ("Permitted",), ("permitted",), permitted=permissions)


@pytest.mark.parametrize(
    ("sources", "allowed", "default"),
    [
        ([permitted(L.BY_ND, L.BY)], {L.BY} | CHART[L.BY], L.BY),
        ([permitted(L.ALL_RIGHTS_RESERVED, L.BY_NC_ND)], {L.BY_NC_ND}, L.BY_NC_ND),
        ([permitted(L.BY_NC, L.BY_SA), *held([L.BY_SA])], {L.BY_SA}, L.BY_SA),
        ([permitted(L.BY_ND, L.BY), *held([L.BY_NC])], CHART[L.BY_NC], L.BY_NC),
    ],
)
def test_what_is_permitted_may_stand_as_it_was_permitted(
    sources: list[HeldLicence], allowed: set[Licence], default: Licence
) -> None:
    check(sources, allowed, default)


def test_leave_helps_when_all_the_others_allow_it() -> None:
    closed, alike, free = (
        HeldLicence(name, licence, (name,), (name,))
        for name, licence in (("closed", L.BY_ND), ("alike", L.BY_SA), ("free", L.BY))
    )
    assert licences_by_leave([closed, free], "closed") == [L.BY, L.BY_SA, L.BY_NC, L.BY_NC_SA, L.BY_ND, L.BY_NC_ND]
    assert licences_by_leave([closed, alike], "closed") == [L.BY_SA]
    assert licences_by_leave([closed, alike], "alike") == []
    assert licences_by_leave([closed, free], "closed", L.BY_NC) == [L.BY_NC]
