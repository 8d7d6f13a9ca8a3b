"""The form of a contest: what was typed as facts, and facts as the form shows them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from remixhub.domain.contests.drafts import check_draft
from remixhub.domain.contests.judging import Normalisation
from remixhub.domain.contests.phases import Deadlines
from remixhub.domain.contests.standings import DEFAULT_TIE_BREAKS, TieBreak
from remixhub.domain.contests.terms import AiRule, ContestTerms, Exclusivity, Sealing, VoteKind, check_terms
from remixhub.domain.errors import Invalid
from remixhub.domain.times import LocalTimeUnclear, local_moment, local_text
from remixhub.models import Contest
from remixhub.web.contests.typed_rubric import shown_rubric, typed_rubric
from remixhub.web.forms import Gathered, checked, checked_lines, typed, typed_whole, typed_word

EVERYBODY_GIVES = "secret-remixer"
"""What the form has in place of a work."""
_PLACES = range(1, len(TieBreak) + 1)
_LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def typed_contest(
    gathered: Gathered, zone: ZoneInfo, *, offered: Collection[str], is_draft: bool = True
) -> dict[str, Any]:
    """What `hosting` takes, without dates and what is remixed once it is announced.

    `offered` are works that it may be about. All faults are in `gathered`, which raises them when it is asked.
    """
    read = gathered.read
    facts: dict[str, Any] = {
        "title": read(lambda: checked("title", at_least=1, at_most=120), ""),
        "brief": read(lambda: checked("brief", at_most=20_000, multiline=True), ""),
        "terms": typed_terms(gathered),
        "embargo_until": read(lambda: typed_moment("embargo_until", zone), None),
    }
    if is_draft:
        facts["release_id"] = read(lambda: _typed_release(offered), None)
        facts["is_secret_remixer"] = typed("release_id") == EVERYBODY_GIVES
        facts["deadlines"] = typed_deadlines(gathered, zone, facts["terms"])
        if facts["deadlines"].opens_at != _LONG_AGO:
            read(lambda: check_draft(facts["terms"], facts["deadlines"], facts["embargo_until"]), None)
    return facts


def typed_terms(gathered: Gathered) -> ContestTerms:
    read, proposed = gathered.read, ContestTerms()
    vote = read(lambda: typed_word(VoteKind, "vote", VoteKind.NONE), VoteKind.NONE)
    rubric = typed_rubric(gathered)
    both = bool(rubric) and vote is not VoteKind.NONE
    share = read(lambda: typed_whole("vote_share_percent"), 50) if both else 0 if rubric else 100
    terms = ContestTerms(
        text=read(lambda: checked("text", at_most=40_000, multiline=True), ""),
        prizes=tuple(read(lambda: checked_lines("prizes", at_most=15_000), [])),
        eligibility=read(lambda: checked("eligibility", at_most=1_000), ""),
        exclusivity=read(lambda: typed_word(Exclusivity, "exclusivity", proposed.exclusivity), proposed.exclusivity),
        release_by=read(_typed_release_by, None),
        ai_rule=read(lambda: typed_word(AiRule, "ai_rule", proposed.ai_rule), proposed.ai_rule),
        entries_per_account=read(lambda: typed_whole("entries_per_account"), 1),
        sealing=read(lambda: typed_word(Sealing, "sealing", proposed.sealing), proposed.sealing),
        needs_own_stems=typed("needs_own_stems") == "yes",
        rubric=tuple(rubric),
        normalisation=read(
            lambda: typed_word(Normalisation, "normalisation", proposed.normalisation), proposed.normalisation
        ),
        judges_per_entry=read(lambda: typed_whole("judges_per_entry"), None) if typed("judges_per_entry") else None,
        are_judges_named=typed("are_judges_named") != "no",
        vote=vote,
        vote_share_percent=share,
        tie_breaks=_typed_tie_breaks(gathered),
    )
    gathered.read(lambda: check_terms(terms), None)
    return terms


def typed_deadlines(gathered: Gathered, zone: ZoneInfo, terms: ContestTerms) -> Deadlines:
    """Those that the terms have a use for; what else was typed is left out."""
    names = ["opens_at", "closes_at"]
    names += ["voting_closes_at"] if terms.has_vote else []
    names += ["judging_closes_at"] if terms.has_jury else []
    read = {name: gathered.read(partial(_needed_moment, name, zone), None) for name in names}
    found = {name: moment for name, moment in read.items() if moment is not None}
    if len(found) < len(names):
        return Deadlines(_LONG_AGO, _LONG_AGO)
    return Deadlines(**found)


def typed_moment(name: str, zone: ZoneInfo) -> dt.datetime | None:
    """As typed in the label's time zone or with an offset, in UTC."""
    text = typed(name)
    if not text:
        return None
    try:
        return local_moment(text, zone)
    except LocalTimeUnclear as exc:
        raise LocalTimeUnclear(exc.detail, violations={f"/{name}": [exc.detail]}) from exc
    except (ValueError, OverflowError) as exc:
        raise Invalid("A date cannot be read.", violations={f"/{name}": ["Write it as 2027-01-31T18:00."]}) from exc


def shown_terms(terms: ContestTerms) -> dict[str, str]:
    """As the form's fields have them."""
    breaks = [*terms.tie_breaks, *[""] * len(_PLACES)]
    return {
        **{name: str(value) for name, value in terms.dump().items() if isinstance(value, str | int)},
        "prizes": "\n".join(terms.prizes),
        **shown_rubric(terms.rubric),
        "judges_per_entry": "" if terms.judges_per_entry is None else str(terms.judges_per_entry),
        "release_by": "" if terms.release_by is None else terms.release_by.isoformat(),
        "needs_own_stems": "yes" if terms.needs_own_stems else "no",
        "are_judges_named": "yes" if terms.are_judges_named else "no",
        **{f"tie_break_{place}": str(breaks[place - 1]) for place in _PLACES},
    }


def shown_deadlines(deadlines: Deadlines, zone: ZoneInfo) -> dict[str, str]:
    return {name: "" if at is None else local_text(at, zone) for name, at in vars(deadlines).items()}


def shown_contest(contest: Contest, zone: ZoneInfo) -> dict[str, str]:
    return {
        "title": contest.title,
        "brief": contest.brief,
        "release_id": EVERYBODY_GIVES if contest.is_secret_remixer else contest.release_id or "",
        "embargo_until": "" if contest.embargo_until is None else local_text(contest.embargo_until, zone),
        "seen": str(contest.revision),
        **shown_terms(contest.parsed_terms),
        **shown_deadlines(contest.deadlines, zone),
    }


def changed_facts(contest: Contest, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What of the facts is another than the contest has; the licence is not typed."""
    terms = dataclasses.replace(facts["terms"], licence=contest.parsed_terms.licence)
    rest = {name: value for name, value in facts.items() if name not in ("terms", "deadlines")}
    rest |= vars(facts["deadlines"]) if "deadlines" in facts else {}
    changes = {name: value for name, value in rest.items() if getattr(contest, name) != value}
    if terms.dump() != contest.terms:
        changes["terms"] = terms
    return changes


def _typed_release(offered: Collection[str]) -> str | None:
    """None in a secret remixer."""
    chosen = typed("release_id")
    if chosen == EVERYBODY_GIVES:
        return None
    if chosen not in offered:
        message = "Choose one of those listed, or a secret remixer."
        raise Invalid("Say what is remixed.", violations={"/release_id": [message]})
    return chosen


def _needed_moment(name: str, zone: ZoneInfo) -> dt.datetime:
    moment = typed_moment(name, zone)
    if moment is None:
        raise Invalid("A date is missing.", violations={f"/{name}": ["Give a date and a time."]})
    return moment


def _typed_release_by() -> dt.date | None:
    text = typed("release_by")
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as exc:
        raise Invalid("This is no date.", violations={"/release_by": ["Write it as 2027-01-31."]}) from exc


def _typed_tie_breaks(gathered: Gathered) -> tuple[TieBreak, ...]:
    """In the order of their places; a form that has no such fields proposes what the hub does."""
    names = [f"tie_break_{place}" for place in _PLACES]
    if not any(typed(name) for name in names):
        return DEFAULT_TIE_BREAKS
    given = [gathered.read(partial(typed_word, TieBreak, name), None) for name in names if typed(name)]
    return tuple(one for one in given if one is not None)
