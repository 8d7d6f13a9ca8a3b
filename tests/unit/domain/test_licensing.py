"""Licences by what they permit: every pair, every order, and the culprit that an error names."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.licensing import (
    TERMS,
    Element,
    HeldLicence,
    Licence,
    LicenceConflict,
    allowed_for_derivative,
    allowed_for_remix,
    default_for_remix,
    judge,
)

L = Licence
# Creative Commons' compatibility chart for adapted material: rows are the source, columns what a remix may stand under.
CHART: dict[Licence, set[Licence]] = {
    L.CC0: set(Licence),
    L.BY: {L.BY, L.BY_SA, L.BY_NC, L.BY_NC_SA, L.BY_ND, L.BY_NC_ND},
    L.BY_SA: {L.BY_SA},
    L.BY_NC: {L.BY_NC, L.BY_NC_SA, L.BY_NC_ND},
    L.BY_NC_SA: {L.BY_NC_SA},
    L.BY_ND: set(),
    L.BY_NC_ND: set(),
}


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
        assert default in {source.licence for source in sources}


@given(some_sources)
def test_more_sources_never_allow_more(sources: list[HeldLicence]) -> None:
    assert allowed_for_remix(sources) <= allowed_for_remix(sources[1:])


@given(st.sampled_from(Licence), st.data())
def test_what_a_remix_passes_on_is_never_freer_than_its_source(source: Licence, data: st.DataObject) -> None:
    if CHART[source]:
        remix = data.draw(st.sampled_from(sorted(CHART[source])))
        assert allowed_for_derivative(remix) <= allowed_for_derivative(source)


def test_every_licence_but_cc0_asks_for_attribution() -> None:
    assert {licence for licence in Licence if Element.BY not in TERMS[licence].elements} == {L.CC0}


def is_refused(wanted: Licence | None, sources: list[HeldLicence]) -> bool:
    return conflict_of(wanted, sources) is not None


def conflict_of(wanted: Licence | None, sources: list[HeldLicence]) -> LicenceConflict | None:
    try:
        judge(wanted, sources)
    except LicenceConflict as conflict:
        return conflict
    return None
