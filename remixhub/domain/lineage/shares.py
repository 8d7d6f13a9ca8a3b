"""Credit splits: what part of a work's proceeds its ancestors' artists may claim, in basis points of the whole.

An artist states, generation by generation, the share that derivatives owe: `[2000, 500]` is 20 % of each remix and 5 %
of each remix of a remix. A link keeps what its source stated when it was declared, so a later statement never reaches
works that stand already; a work that is cited on several ways claims once, by the nearest.

Claims are taken as stated while they leave something. Together above the whole, they are cut in proportion, and the
maker keeps nothing. Every division is by largest remainders (Hamilton's method), the earlier line first among equals,
so that the parts always add up to the whole exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from remixhub.domain.errors import Invalid

WHOLE = 10_000
"""Basis points: 10,000 are 100 %."""
GENERATIONS_LIMIT = 8


class SharesInvalid(Invalid):
    code = "shares_invalid"
    title = "These shares cannot be used"


@dataclass(frozen=True)
class Claim:
    """Of one ancestor. `people` split it: names with basis points of the claim; the artist has what they leave."""

    work_id: str
    title: str
    artist: str
    generation: int
    """By how few links it is away; 0 for the work itself."""
    basis_points: int
    people: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Share:
    work_id: str
    title: str
    name: str
    generation: int
    basis_points: int
    """Of the whole."""


def settle(maker: Claim, claims: Sequence[Claim]) -> list[Share]:
    """Who gets what of the maker's work, the maker first, then `claims` in their order; adds up to WHOLE.

    Those who get nothing are left out, but for the maker.
    """
    asked = [one.basis_points for one in claims]
    granted = asked if sum(asked) <= WHOLE else apportion(WHOLE, asked)
    shares = _split(maker, WHOLE - sum(granted))
    for claim, basis_points in zip(claims, granted, strict=True):
        shares += _split(claim, basis_points)
    return [one for one in shares if one.basis_points or (one.work_id == maker.work_id and one.name == maker.artist)]


def apportion(whole: int, weights: Sequence[int]) -> list[int]:
    """`whole` in parts as the weights, by largest remainders; the weights are not all zero."""
    total = sum(weights)
    parts = [whole * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(whole * weights[i] % total))
    for i in by_remainder[: whole - sum(parts)]:
        parts[i] += 1
    return parts


def _split(claim: Claim, basis_points: int) -> list[Share]:
    left = WHOLE - sum(weight for _, weight in claim.people)
    names = [(claim.artist, left), *claim.people]
    parts = apportion(basis_points, [weight for _, weight in names])
    return [
        Share(claim.work_id, claim.title, name, claim.generation, part)
        for (name, _), part in zip(names, parts, strict=True)
    ]


def clean_inherited_shares(percents: Iterable[float]) -> list[int]:
    """Basis points by generation, without zeros at the end. Raises SharesInvalid."""
    listed = list(percents)
    if len(listed) > GENERATIONS_LIMIT:
        message = f"At most {GENERATIONS_LIMIT} generations; these are {len(listed)}."
        raise SharesInvalid(message, violations={"/inherited_shares": ["Too many."]})
    shares = [_basis_points(one, f"/inherited_shares/{i}") for i, one in enumerate(listed)]
    while shares and shares[-1] == 0:
        shares.pop()
    return shares


def check_split(credits: Sequence[Mapping[str, Any]]) -> None:
    """The shares that credit lines may carry leave the artist no less than nothing. Raises SharesInvalid."""
    split = sum(_basis_points(line.get("share_percent") or 0, f"/credits/{i}") for i, line in enumerate(credits))
    if split > WHOLE:
        message = f"The credited people's shares add up to {split / 100:g} %; they may be 100 % at most."
        raise SharesInvalid(message, violations={"/credits": ["Shares of more than 100 %."]})


def people_of(credits: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, int], ...]:
    """Who of a work's credits has a share in its claim."""
    return tuple((line["name"], round(line["share_percent"] * 100)) for line in credits if line.get("share_percent"))


def _basis_points(percent: float, pointer: str) -> int:
    if not 0 <= percent <= 100 or abs(round(percent * 100) - percent * 100) > 1e-6:
        message = "From 0 to 100, with two decimals at most."
        raise SharesInvalid(f"{percent:g} at {pointer} is no share in percent.", violations={pointer: [message]})
    return round(percent * 100)
