"""The terms of a contest: what entrants sign up to, by hash, in plain words, and against what this hub proposes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from remixhub.domain.contests.judging import Normalisation, Rubric
from remixhub.domain.contests.standings import DEFAULT_TIE_BREAKS, TieBreak
from remixhub.domain.errors import Invalid
from remixhub.domain.licences.terms import Licence, short_name

LAST_DAY = dt.date(2999, 12, 31)
ENTRIES_LIMIT = 10
"""An account may enter at most so often, whatever the terms say."""
JUDGES_LIMIT = 50


class Sealing(StrEnum):
    """Who sees entries before the contest closes."""

    SEALED = "sealed"
    """The entrant alone."""
    HOST = "host"
    PUBLIC = "public"


class Exclusivity(StrEnum):
    """What the host may do with winners' remixes beside the licence."""

    NONE = "none"
    FIRST_OFFER = "first_offer"
    """Winners talk to the host first."""
    EXCLUSIVE = "exclusive"
    """Winners' remixes may be published by the host alone, until the release-by date."""


class AiRule(StrEnum):
    FORBIDDEN = "forbidden"
    DISCLOSED = "disclosed"
    ALLOWED = "allowed"


class VoteKind(StrEnum):
    NONE = "none"
    DUELS = "duels"
    SCORES = "scores"


class ContestTermsInvalid(Invalid):
    code = "contest_terms_invalid"
    title = "These terms cannot be"


@dataclass(frozen=True)
class ContestTerms:
    text: str = ""
    """What the host wants to say beside the fields."""
    prizes: tuple[str, ...] = ()
    licence: Licence | None = None
    """Of what is remixed, as it is at the first entry; None in a secret remixer."""
    eligibility: str = ""
    """Empty: everybody with an account."""
    exclusivity: Exclusivity = Exclusivity.NONE
    release_by: dt.date | None = None
    """Whatever exclusivity there is ends here by itself, unless the host has released the remix."""
    ai_rule: AiRule = AiRule.DISCLOSED
    entries_per_account: int = 1
    sealing: Sealing = Sealing.SEALED
    needs_own_stems: bool = False
    rubric: tuple[dict[str, Any], ...] = ()
    """As `judging.Rubric.dump`; empty when there is no jury."""
    normalisation: Normalisation = Normalisation.Z_SCORE
    judges_per_entry: int | None = None
    """How many have to score an entry before there is a decision; None: all who are not excused."""
    are_judges_named: bool = True
    vote: VoteKind = VoteKind.NONE
    vote_share_percent: int = 0
    tie_breaks: tuple[TieBreak, ...] = DEFAULT_TIE_BREAKS

    @property
    def has_jury(self) -> bool:
        return bool(self.rubric)

    @property
    def has_vote(self) -> bool:
        return self.vote is not VoteKind.NONE

    def dump(self) -> dict[str, Any]:
        """JSON-able, as it is hashed, stored and exported."""
        facts = asdict(self)
        if self.licence is None:  # terms that were frozen before they held it keep their hash
            del facts["licence"]
        if self.judges_per_entry is None:
            del facts["judges_per_entry"]
        facts["release_by"] = None if self.release_by is None else self.release_by.isoformat()
        return {name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()}

    @classmethod
    def parse(cls, facts: dict[str, Any]) -> ContestTerms:
        """From `dump`. Raises RubricInvalid, ContestTermsInvalid."""
        terms = cls(
            **{
                **facts,
                "prizes": tuple(facts["prizes"]),
                "licence": Licence(facts["licence"]) if facts.get("licence") else None,
                "exclusivity": Exclusivity(facts["exclusivity"]),
                "release_by": None if facts["release_by"] is None else dt.date.fromisoformat(facts["release_by"]),
                "ai_rule": AiRule(facts["ai_rule"]),
                "sealing": Sealing(facts["sealing"]),
                "rubric": tuple(facts["rubric"]),
                "normalisation": Normalisation(facts["normalisation"]),
                "vote": VoteKind(facts["vote"]),
                "tie_breaks": tuple(TieBreak(one) for one in facts["tie_breaks"]),
            }
        )
        check_terms(terms)
        return terms

    def sha256(self) -> str:
        """Over the compact JSON of `dump` with sorted names, in UTF-8."""
        written = json.dumps(self.dump(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(written.encode()).hexdigest()

    def parsed_rubric(self) -> Rubric:
        return Rubric.parse(list(self.rubric))


def check_terms(terms: ContestTerms) -> None:
    """Raises RubricInvalid, ContestTermsInvalid."""
    if terms.has_jury:
        terms.parsed_rubric()
    faults: dict[str, list[str]] = {}
    if not terms.has_jury and not terms.has_vote:
        faults["/rubric"] = ["Somebody has to decide: give a rubric for judges, or a vote."]
    if not 1 <= terms.entries_per_account <= ENTRIES_LIMIT:
        faults["/entries_per_account"] = [f"From 1 to {ENTRIES_LIMIT}."]
    share = terms.vote_share_percent
    if terms.has_jury and terms.has_vote and not 1 <= share <= 99:
        faults["/vote_share_percent"] = ["From 1 to 99, when judges and the community decide together."]
    if not (terms.has_jury and terms.has_vote) and share != (100 if terms.has_vote else 0):
        faults["/vote_share_percent"] = ["100 when the community decides alone, 0 without a vote."]
    if terms.judges_per_entry is not None and not terms.has_jury:
        faults["/judges_per_entry"] = ["Leave it out: there are no judges."]
    elif terms.judges_per_entry is not None and not 1 <= terms.judges_per_entry <= JUDGES_LIMIT:
        faults["/judges_per_entry"] = [f"From 1 to {JUDGES_LIMIT}; left out, it is all who are not excused."]
    if terms.exclusivity is Exclusivity.EXCLUSIVE and terms.release_by is None:
        faults["/release_by"] = ["Say until when: exclusivity ends by itself on that day."]
    if terms.release_by is not None and terms.release_by > LAST_DAY:
        faults["/release_by"] = [f"{LAST_DAY} at the latest."]
    if len(set(terms.tie_breaks)) < len(terms.tie_breaks):
        faults["/tie_breaks"] = ["Name each once."]
    if faults:
        raise ContestTermsInvalid("Mend the terms as listed.", violations=faults)


def in_plain_words(terms: ContestTerms) -> list[str]:
    """What it means for an entrant, one thing a sentence."""
    entries = "once" if terms.entries_per_account == 1 else f"up to {terms.entries_per_account} times"
    said = [
        f"You may enter {entries}. {terms.eligibility or 'Everybody with an account may take part.'}",
        _SEALING[terms.sealing],
        _EXCLUSIVITY[terms.exclusivity].format(day=f"{terms.release_by:%d %B %Y}" if terms.release_by else ""),
        _AI[terms.ai_rule],
    ]
    if terms.licence is not None:
        said.append(
            f"What you remix is under {short_name(terms.licence)}, and your remix under a licence that suits it."
        )
    if terms.release_by is not None and terms.exclusivity is not Exclusivity.EXCLUSIVE:
        day = f"{terms.release_by:%d %B %Y} (UTC)"
        said.append(f"What is not released by the end of {day} is free of the host's claims by itself.")
    if terms.needs_own_stems:
        said.append("Your entry needs stems of its own.")
    if terms.has_jury and terms.has_vote:
        share = terms.vote_share_percent
        said.append(f"Judges decide {100 - share} % of the result, the community's {terms.vote} {share} %.")
    else:
        said.append("Judges decide." if terms.has_jury else f"The community decides by {terms.vote}.")
    if terms.has_jury:
        named = "with their names" if terms.are_judges_named else "without their names"
        blind = "Judges hear entries without names" + ("" if terms.sealing is Sealing.SEALED else _KNOWABLE)
        said.append(f"{blind}; their score sheets are published {named}.")
        said.append(_covered(terms))
    if terms.tie_breaks:
        said.append(f"Ties are broken by {', then '.join(_TIE_BREAKS[one] for one in terms.tie_breaks)}.")
    said.append("You keep all rights in your remix beside what its licence and these terms say.")
    return said


@dataclass(frozen=True)
class Difference:
    field: str
    proposed: Any
    here: Any


def differences(terms: ContestTerms) -> list[Difference]:
    """From what this hub proposes; prizes, the rubric and who decides are each contest's own."""
    proposed, here = ContestTerms().dump(), terms.dump()
    own = {"licence", "prizes", "rubric", "vote", "vote_share_percent"}
    return [
        Difference(name, proposed.get(name), here[name])
        for name in here
        if name not in own and here[name] != proposed.get(name)
    ]


def _covered(terms: ContestTerms) -> str:
    count = terms.judges_per_entry
    who = "every judge who is not too near to it" if count is None else f"at least {count} judges"
    who = "at least one judge" if count == 1 else who
    alone = ", that the community alone places it" if terms.has_vote else ""
    return (
        f"There is no decision before each entry is scored by {who}. Where sheets do not come, the host rules with a "
        f"public reason that fewer are enough{alone} or that it is not placed; no entry gets 0 for it."
    )


_KNOWABLE = ", though who wants to can know them"
_SEALING = {
    Sealing.SEALED: "Enter a draft, and nobody but you sees whose it is until all ballots are in.",
    Sealing.HOST: "Enter a draft, and nobody but you and the host sees whose it is until all ballots are in.",
    Sealing.PUBLIC: "Everybody sees your entry at once.",
}
_EXCLUSIVITY = {
    Exclusivity.NONE: "Winning gives the host no further rights in your remix.",
    Exclusivity.FIRST_OFFER: "If you win, you talk to the host first about a release; you may say no.",
    Exclusivity.EXCLUSIVE: "If you win, the host alone may release your remix until the end of {day} (UTC); then all "
    "rights come back to you by themselves, unless it was released.",
}
_AI = {
    AiRule.FORBIDDEN: "Nothing in your remix may be made by generative AI.",
    AiRule.DISCLOSED: "Say so if generative AI made something in your remix.",
    AiRule.ALLOWED: "Generative AI may be used.",
}
_TIE_BREAKS = {
    TieBreak.JURY: "the jury's points",
    TieBreak.VOTES: "the community's votes",
    TieBreak.EARLIEST: "who entered first",
    TieBreak.LOT: "a lot that nobody can steer",
}
