"""Licences: a licence is what it permits (elements by, nc, sa, nd), never its name.

The rule for adaptations follows Creative Commons' compatibility chart for adapted material: CC0 and the public domain
allow any licence, BY any that asks for attribution, NC only non-commercial ones, ND none. SA allows the same licence in
the same or a later version, as its legal code says, ported to a jurisdiction or not; that of 1.0 allows itself alone.
Sampling asks that what is made of a work is something else, and so do the licences that it allows. A contest licence
allows itself alone (`contest_licences` has what it says).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from remixhub.domain.errors import Invalid
from remixhub.domain.licences.terms import OFFERED, Element, Licence, in_order, terms_of


class LicenceConflict(Invalid):
    code = "licence_conflict"
    title = "The sources' licences do not allow this licence"


@dataclass(frozen=True)
class HeldLicence:
    """A source's licence as held when the link was declared, and the way to it: titles from the remix's source up."""

    work_id: str
    licence: Licence
    path: tuple[str, ...]
    path_ids: tuple[str, ...] = ()
    others: tuple[Licence, ...] = ()
    """Under which whoever declares the link holds the source besides; any one of all will do."""
    permitted: tuple[Licence, ...] = ()
    """Under which the artist permits the remix that is judged to be published."""

    def allows(self, derivative: Licence) -> bool:
        by_licence = any(allows(one, derivative) for one in (self.licence, *self.others))
        return by_licence or any(lets(one, derivative) for one in self.permitted)


@lru_cache(16384)
def allows(source: Licence, derivative: Licence) -> bool:
    """Whether an adaptation of a work under `source` may stand under `derivative`."""
    held, wanted = terms_of(source), terms_of(derivative)
    if not held.allows_remixes or source.is_contest:
        return source.is_contest and derivative == source
    if Element.SA in held.elements:
        return derivative == source or (wanted.elements == held.elements and wanted.version >= held.version >= 2)
    if derivative is Licence.ALL_RIGHTS_RESERVED:
        return not held.elements
    return held.elements <= wanted.elements and derivative is not Licence.PUBLIC_DOMAIN


def lets(permitted: Licence, derivative: Licence) -> bool:
    """Whether a remix permitted under `permitted` may stand under `derivative`: that itself, or what it allows."""
    return derivative == permitted or allows(permitted, derivative)


def permit(sources: Iterable[HeldLicence], wanted: Licence) -> bool:
    """Whether all of the sources allow it; also of a contest licence, which `allowed_for_remix` may not know."""
    return all(source.allows(wanted) for source in sources)


def allowed_for_derivative(licence: Licence) -> frozenset[Licence]:
    """The named licences, and `licence` itself, under which an adaptation of a work under `licence` may stand."""
    return frozenset(one for one in {*Licence, licence} if allows(licence, one))


def is_freer(licence: Licence, than: Licence) -> bool:
    """Whether it allows adaptations all that the other does and more, of the named licences and these two."""
    compared = {*Licence, licence, than}
    free, strict = ({one for one in compared if allows(source, one)} for source in (licence, than))
    return free > strict


def allowed_for_remix(sources: Iterable[HeldLicence]) -> frozenset[Licence]:
    """The named licences, and those of the `sources`, that all of the sources allow."""
    held = {dataclasses.replace(one, work_id="", path=(), path_ids=()) for one in sources}
    compared = {*Licence, *(licence for one in held for licence in (one.licence, *one.others, *one.permitted))}
    return frozenset(one for one in compared if permit(held, one))


def default_for_remix(sources: Iterable[HeldLicence]) -> Licence | None:
    """The sources' own licence that satisfies all the others, in its newest version.

    Most licences that can be combined at all form a chain (CC0, BY, then either SA or NC, NC-SA); only the last one is
    both held and allowed. Where none is, as over the public domain, or over NC and Sampling Plus, it is the one that
    asks the least; None when nothing is allowed.
    """
    listed = list(sources)
    allowed = allowed_for_remix(listed)
    first = {one.licence for one in listed if allows(one.licence, one.licence)}
    others = {licence for one in listed for licence in (*one.others, *one.permitted)}
    least = sorted(in_order(allowed), key=lambda one: len(terms_of(one).elements))[:1]
    ruling = {terms_of(one).elements for one in first & allowed or others & allowed or least}
    alike = in_order(one for one in allowed if terms_of(one).elements in ruling)
    return max(alike, key=lambda one: (one in OFFERED, terms_of(one).version), default=None)


def judge(wanted: Licence | None, sources: Sequence[HeldLicence]) -> None:
    """Raises LicenceConflict naming the path and the licence, or the pair of licences, that rule the remix out."""
    for source in sources:
        if not allowed_for_remix([source]):
            raise _conflict(
                f"{_way(source) or 'A work'} is under {source.licence}, which allows no remix to be published.",
                [source],
                [
                    f"Leave out {_called(source, 0)}.",
                    f"Ask the artist of {_called(source, -1)} for a licence that allows it.",
                ],
            )
    allowed = allowed_for_remix(sources)
    if not allowed:
        first, second = _clashing_pair(sources)
        raise _conflict(
            f"{_with_licence(first, 'A work')} and {_with_licence(second, 'a work')} cannot be combined: no licence "
            "satisfies both.",
            [first, second],
            [
                f"Leave out {_called(first, 0)} or {_called(second, 0)}.",
                *_asking([first, second], f"to offer it under {Licence.BY} too"),
            ],
        )
    if wanted is not None and not permit(sources, wanted):
        culprit = next(source for source in sources if not source.allows(wanted))
        offered = allowed & frozenset(OFFERED) or allowed
        choice = ", ".join(in_order(offered))
        raise _conflict(
            f"{_way(culprit) or 'A work'} is under {culprit.licence}, which does not allow a remix under {wanted}. "
            f"Choose one of: {choice}.",
            [culprit],
            [f"Choose one of: {choice}.", f"Leave out {_called(culprit, 0)}."],
            wanted=wanted,
            allowed=allowed,
        )


def _asking(culprits: Sequence[HeldLicence], what: str) -> list[str]:
    """Only artists of direct sources can help: further up, the links keep the licence as it was held."""
    direct = [f"of {_called(one, 0)}" for one in culprits if len(one.path) < 2]
    return [f"Ask the artist {' or '.join(direct)} {what}."] if direct else []


def licences_by_leave(held: Iterable[HeldLicence], work_id: str, wanted: Licence | None = None) -> list[Licence]:
    """Under which a remix could be published with the leave of the artist of one of the works; empty when that alone
    would not do.
    """
    rest = [one for one in held if one.work_id != work_id]
    if wanted is not None and permit(rest, wanted):
        return [wanted]
    return [one for one in OFFERED if permit(rest, one)]


def _way(source: HeldLicence) -> str:
    """Empty where licences alone are judged, and there are no works to be named."""
    return " → ".join(source.path)


def _with_licence(source: HeldLicence, nameless: str) -> str:
    return f"{_way(source)} ({source.licence})" if source.path else f"{nameless} under {source.licence}"


def _called(source: HeldLicence, place: int) -> str:
    return f"“{source.path[place]}”" if source.path else f"the work under {source.licence}"


def _conflict(
    detail: str,
    culprits: Sequence[HeldLicence],
    remedies: Sequence[str],
    *,
    wanted: Licence | None = None,
    allowed: Iterable[Licence] = (),
) -> LicenceConflict:
    conflict = LicenceConflict(
        detail,
        path=list(culprits[0].path),
        licences=[*(one.licence.value for one in culprits), *([wanted.value] if wanted else [])],
        allowed=[licence.value for licence in in_order(allowed)],
        remedies=list(remedies),
        sources=[
            {"licence": one.licence.value, "titles": list(one.path), "ids": list(one.path_ids)} for one in culprits
        ],
    )
    if len(culprits) > 1:
        conflict.context["other_path"] = list(culprits[1].path)
    return conflict


def _clashing_pair(sources: Sequence[HeldLicence]) -> tuple[HeldLicence, HeldLicence]:
    """Two sources whose allowances do not meet.

    Single licences that go together in pairs go together, so a pair always exists once each source's other licences
    are left out; with them three sources may go together in pairs only.
    """
    single = [dataclasses.replace(source, others=(), permitted=()) for source in sources]
    return next(
        (first, second)
        for listed in (sources, single)
        for i, first in enumerate(listed)
        for second in listed[i + 1 :]
        if not allowed_for_remix([first, second])
    )
