"""Which file of a pack is its reference mix: the one that sounds like the sum of the others.

A word in the name only breaks a tie, or speaks for a file that sounds like the sum of most of the others. A pack whose
files all bear the word, as a prefix that the DAW gave them, is not a pack of mixes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from remixhub.domain.stems.naming import StemRole, guess_role

SURE_DB, LIKELY_DB = -20.0, -3.0
"""A mix as it is, and one whose mastering changed it: what the stems leave of it."""
_BETTER_DB = 3.0
"""By how much the sum has to be nearer than any one of the others is."""
_MOST_SHARE = 0.5
_WORD = re.compile(
    r"(?<![^\W_])(ref(erence)?|mix|mix[ _-]?down|(pre)?master(ed)?|full|final|stereo[ _-]?out)(?![^\W_])", re.IGNORECASE
)
_PLAIN_WORD = re.compile(
    r"(?<![^\W_])(reference|(ref|full|final|stereo)[ _-]?mix|mix|mix[ _-]?down|(pre)?master(ed)?)(?![^\W_])",
    re.IGNORECASE,
)
"""Who writes that means the mix, though the stems be those of another."""


@dataclass(frozen=True)
class SumOfOthers:
    """How far a file is the sum of others; copies of it are left out."""

    residual_db: float
    """Energy of what the others leave of it, over its own."""
    best_single_db: float
    """The same where the nearest of the others stands alone."""
    holds: tuple[str, ...]
    lacks: tuple[str, ...]
    """Audible ones that are not in it."""

    @property
    def is_sum(self) -> bool:
        return len(self.holds) >= 2 and self.residual_db < min(LIKELY_DB, self.best_single_db - _BETTER_DB)


def find_reference_mix(names: Sequence[str], heard: Mapping[str, SumOfOthers]) -> str | None:
    """`names` are all files of the pack; `heard` has those that could be compared. None: all of them are stems."""
    by_name = [name for name, bare in _own_words(names).items() if says_mix(bare)]
    sums = [name for name in names if name in heard and heard[name].is_sum]
    whole = [name for name in sums if not heard[name].lacks]
    most = [name for name in sums if name in by_name and _share(heard[name]) >= _MOST_SHARE]
    if candidates := whole or most:
        best = min(heard[name].residual_db for name in candidates)
        near = [name for name in candidates if heard[name].residual_db <= max(best + _BETTER_DB, SURE_DB)]
        return next((name for name in near if name in by_name), near[0])
    plain = [name for name in by_name if _PLAIN_WORD.search(_bare(name))]
    return plain[0] if len(plain) == 1 else None


def _own_words(names: Sequence[str]) -> dict[str, str]:
    """Each name without what all of them begin with where that bears the word, as `Mixdown - ` before each does."""
    first, last = min(names, default=""), max(names, default="")
    shared = next((place for place, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), 0)
    cut = shared if len(names) > 1 and _WORD.search(f"{first[:shared]} ") else 0
    return {name: name[cut:] for name in names}


def says_mix(name: str) -> bool:
    """A name that bears the word and tells no role beside it: `Mixdown - Kick` is a kick."""
    return _WORD.search(_bare(name)) is not None and guess_role(name) in (StemRole.OTHER, StemRole.INSTRUMENTAL)


def _bare(name: str) -> str:
    return re.sub(r"\.\w{1,5}$", "", re.split(r"[/\\]", name)[-1])


def _share(heard: SumOfOthers) -> float:
    return len(heard.holds) / max(len(heard.holds) + len(heard.lacks), 1)
