"""Whether every entry was scored by as many judges as the terms ask, and what a host may rule where one was not.

No entry gets a mark from sheets that did not come: until each is scored by enough judges, or ruled on with a public
reason, there is no decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from remixhub.domain.errors import Conflict


class Ruling(StrEnum):
    """How an entry is placed that too few judges scored."""

    FEWER_JUDGES = "fewer_judges"
    """By the sheets that it has."""
    COMMUNITY = "community"
    """By the community alone: see `standings.lent`. For one without any sheet."""
    UNPLACED = "unplaced"
    """Not at all: listed without a rank. For one without any sheet."""


class JuryIncomplete(Conflict):
    code = "jury_incomplete"
    title = "Entries lack score sheets"


class RulingNotPossible(Conflict):
    code = "ruling_not_possible"
    title = "This cannot be ruled"


@dataclass(frozen=True)
class Coverage:
    """Of one entry."""

    scored: int
    """Judges whose sheet counts."""
    needed: int
    ruling: Ruling | None = None
    """The last one that was given."""

    @property
    def is_complete(self) -> bool:
        return self.scored >= self.needed

    @property
    def in_force(self) -> Ruling | None:
        """A ruling holds as long as sheets are missing, and never sets one aside that came."""
        if self.is_complete or self.ruling is None:
            return None
        return self.ruling if (self.scored > 0) is (self.ruling is Ruling.FEWER_JUDGES) else None

    @property
    def is_settled(self) -> bool:
        return self.is_complete or self.in_force is not None


def needed(judges_per_entry: int | None, due: int) -> int:
    """`due` is the number of judges who are not excused; an entry for which all are is judged by nobody yet."""
    return judges_per_entry if judges_per_entry is not None else max(1, due)


def coverages(
    judges_per_entry: int | None,
    entries: Iterable[str],
    due: Mapping[str, Collection[str]],
    sheets: Mapping[str, Collection[str]],
    rulings: Mapping[str, Ruling],
) -> dict[str, Coverage]:
    """`due` and `sheets` are entries by judge; what nobody expected of a judge does not count."""
    found = {}
    for entry in sorted(entries):
        asked = [judge for judge, some in due.items() if entry in some]
        scored = sum(entry in sheets.get(judge, ()) for judge in asked)
        found[entry] = Coverage(scored, needed(judges_per_entry, len(asked)), rulings.get(entry))
    return found


def require_settled(found: Mapping[str, Coverage]) -> None:
    """Raises JuryIncomplete with the entries that lack sheets."""
    lacking = {entry: one for entry, one in found.items() if not one.is_settled}
    if lacking:
        count = "One entry lacks" if len(lacking) == 1 else f"{len(lacking)} entries lack"
        listed = [{"entry_id": id, "scored": one.scored, "needed": one.needed} for id, one in lacking.items()]
        raise JuryIncomplete(f"{count} score sheets: give the judges more time, or rule on it.", entries=listed)


def require_ruling(one: Coverage, ruling: Ruling, *, has_vote: bool) -> None:
    """Raises RulingNotPossible, saying why."""
    if one.is_complete:
        raise RulingNotPossible("Enough judges scored it: it is placed by their sheets.")
    if ruling is Ruling.COMMUNITY and not has_vote:
        raise RulingNotPossible("The community does not vote in this contest.")
    if ruling is Ruling.FEWER_JUDGES and not one.scored:
        raise RulingNotPossible("No judge scored it: there is no sheet to place it by.")
    if ruling is not Ruling.FEWER_JUDGES and one.scored:
        raise RulingNotPossible("A judge scored it, and that sheet counts: rule that fewer judges are enough.")
