"""Whether the house asks for a second factor that an account has not: found out with who asks, by no statement more."""

from __future__ import annotations

from remixhub.compose import Parts
from remixhub.domain.access import OwedFactor
from remixhub.services.house.reading import house


def owed_factor(parts: Parts, *, has_second_factor: bool) -> OwedFactor | None:
    """None for who has one, and where the house asks nobody."""
    if has_second_factor:
        return None
    rules = house(parts)
    owed = OwedFactor(rules.operators_need_second_factor, rules.label_owners_need_second_factor)
    return owed if owed.as_operator or owed.as_owner else None
