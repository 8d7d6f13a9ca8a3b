"""“May I …”: which works may be remixed, sold as a remix, or combined, by all licences that bind remixes of them.

What binds is the same for very many works, so it is judged once for each such class and not once for each work.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum

from remixhub.domain.licences.judging import HeldLicence, allowed_for_remix, is_freer
from remixhub.domain.licences.terms import Element, Licence, terms_of

Binding = frozenset[Licence]
"""The licences that a remix of a work has to satisfy, all of them."""


class May(StrEnum):
    REMIX = "remix"
    """Publish a remix of it."""
    SELL = "sell"
    """Sell a remix of it: publish it under a licence that lets it be used commercially."""


def binding_of(licences: Iterable[Licence]) -> Binding:
    """Without those that forbid nothing which another one allows."""
    every = set(licences)
    return frozenset(one for one in every if not any(is_freer(one, than) for than in every))


def permits(binding: Collection[Licence], may: May, *, accepted: Collection[Licence] = ()) -> bool:
    """Contest licences count for whoever `accepted` them; nobody else remixes under them."""
    allowed = allowed_for_remix(HeldLicence("", licence, ()) for licence in binding)
    open_to = [one for one in allowed if not one.is_contest or one in accepted]
    if may is May.REMIX:
        return bool(open_to)
    return any(Element.NC not in terms_of(one).elements for one in open_to)
