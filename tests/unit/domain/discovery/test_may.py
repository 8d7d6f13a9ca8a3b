"""“May I …” by what binds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.discovery.may import May, binding_of, permits
from remixhub.domain.licences.judging import HeldLicence, allowed_for_remix
from remixhub.domain.licences.terms import Element, Licence, terms_of

CONTEST = Licence("LicenseRef-contest-0123456789")
LICENCES = st.sampled_from([*Licence, Licence("cc-by-sa-3.0-de"), Licence("cc-by-nc-2.5-es"), CONTEST])


@given(st.sets(LICENCES, min_size=1, max_size=6), st.sets(LICENCES, min_size=1, max_size=4))
def test_leaving_idle_licences_out_changes_no_verdict(licences: set[Licence], others: set[Licence]) -> None:
    def allowed(*listed: Licence) -> frozenset[Licence]:
        return allowed_for_remix(HeldLicence("", one, ()) for one in listed)

    kept = binding_of(licences)
    assert kept <= licences
    named = set(Licence)
    assert allowed(*kept) & named == allowed(*licences) & named
    assert bool(allowed(*kept, *others)) == bool(allowed(*licences, *others))
    for may in May:
        assert permits(kept | others, may) == permits(licences | others, may)


@given(st.sets(LICENCES, min_size=1, max_size=3))
def test_what_may_be_sold_may_be_remixed(licences: set[Licence]) -> None:
    assert permits(licences, May.SELL) <= permits(licences, May.REMIX)
    if any(Element.NC in terms_of(one).elements for one in licences):
        assert not permits(licences, May.SELL)


def test_contest_licences_count_for_those_who_accepted_them() -> None:
    assert not permits([CONTEST], May.REMIX)
    assert permits([CONTEST], May.REMIX, accepted=[CONTEST])
    assert permits([CONTEST, Licence.CC0], May.SELL, accepted=[CONTEST])
    assert not permits([CONTEST, Licence.BY_SA], May.REMIX, accepted=[CONTEST])
