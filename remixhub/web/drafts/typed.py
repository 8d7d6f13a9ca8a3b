"""Reading the editor's one form: all that is wrong is found at once, and what is right is kept all the same.

Each of the page's keys sends the whole form, to its own address: so nothing typed is lost by pressing another one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import flask

from remixhub.domain.errors import Invalid, PreconditionFailed
from remixhub.domain.licences.terms import Licence
from remixhub.domain.licences.words import LicenceUnknown, licence_named
from remixhub.domain.mix_spec import HIGHEST_GAIN_DB, LOWEST_GAIN_DB
from remixhub.domain.musical_key import LONGEST_NOTATION
from remixhub.domain.stems.naming import StemRole
from remixhub.domain.text import NotText, written
from remixhub.domain.work_facts import clean_facts
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.remixes.keeping import Kept, Typed, keep_typed
from remixhub.services.stems.stems import NAME_LENGTH_LIMIT
from remixhub.web.forms import (
    FORM_ERRORS,
    Faults,
    checked,
    checked_lines,
    faults_of,
    typed,
    typed_number,
    typed_word,
    typed_words,
)

_CREDITS_LIMIT = 100
_CREDIT_LENGTH_LIMIT = 120
_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d+)?)\s*%?")
OUTDATED = "This was changed elsewhere in the meantime."


@dataclass
class Outcome:
    """What came of keeping what was typed."""

    kept: Kept = field(default_factory=Kept)
    by_field: dict[str, str] = field(default_factory=dict)
    refused: Faults | None = None
    """What the licence was refused for."""

    @property
    def faults(self) -> Faults | None:
        """None where all was kept."""
        if self.kept.words_outdated:
            return faults_of(PreconditionFailed(OUTDATED))
        if self.kept.stems_outdated:
            detail = "A stem was changed elsewhere in the meantime. Compare, then go on."
            return Faults(detail, PreconditionFailed.code, self.by_field)
        if self.refused is not None:
            return self.refused
        if self.by_field:
            return Faults("Something is not right yet; see the marked fields.", Invalid.code, self.by_field)
        return None


def keep(work_id: str) -> Outcome:
    """Keeps what the form holds, as far as it holds anything. Raises what `keep_typed` raises of access and state."""
    form = flask.request.form
    outcome = Outcome()
    words = Typed(_read_words(outcome.by_field), typed("seen")) if "seen" in form else None
    stems = {name.removeprefix("seen-"): name for name in form if name.startswith("seen-")}
    read = {id: Typed(_read_stem(id, outcome.by_field), typed(name)) for id, name in stems.items()}
    if words is None and not read:
        return outcome
    actor, parts = current_actor(), current_parts()
    try:
        outcome.kept = keep_typed(actor, parts, work_id, words, read)
    except FORM_ERRORS as error:  # the licence: the words are kept without it
        if words is None or "licence" not in words.changes:
            raise
        outcome.refused = faults_of(error)
        without = {name: said for name, said in words.changes.items() if name != "licence"}
        outcome.kept = keep_typed(actor, parts, work_id, Typed(without, words.seen), read)
    return outcome


def read_licence() -> Licence:
    """Raises Invalid naming the field."""
    named = typed("other_licence") or typed("licence")
    try:
        return licence_named(named)
    except LicenceUnknown as exc:
        fault = str(exc) if named else "Choose a licence."
        raise Invalid("Choose a licence.", violations={"/licence": [fault]}) from exc


def _read_words(faults: dict[str, str]) -> dict[str, Any]:
    readers: Mapping[str, Callable[[], Any]] = {
        "title": lambda: checked("title", at_least=1, at_most=200),
        "description": lambda: checked("description", at_most=5000, multiline=True),
        "tempo_bpm": lambda: typed_number("tempo_bpm"),
        "key": lambda: checked("key", at_most=LONGEST_NOTATION) or None,
        "tags": lambda: typed_words("tags"),
        "credits": _read_credits,
        "inherited_shares": _read_shares,
        "licence": read_licence,
    }
    return _read(readers, faults, check=lambda name, said: clean_facts({name: said}))


def _read_stem(stem_id: str, faults: dict[str, str]) -> dict[str, Any]:
    """A role as it was guessed when the page was shown was chosen by nobody."""
    readers: dict[str, Callable[[], Any]] = {
        "name": lambda: checked(f"name-{stem_id}", at_least=1, at_most=NAME_LENGTH_LIMIT),
        "gain_db": lambda: _read_gain_db(f"gain_db-{stem_id}"),
    }
    if typed(f"role-{stem_id}") != typed(f"guessed_role-{stem_id}"):
        readers["role"] = lambda: typed_word(StemRole, f"role-{stem_id}")
    return _read(readers, faults, suffix=f"-{stem_id}")


def _read(
    readers: Mapping[str, Callable[[], Any]],
    faults: dict[str, str],
    *,
    check: Callable[[str, Any], Any] = lambda _name, _said: None,
    suffix: str = "",
) -> dict[str, Any]:
    found = {}
    for name, read in readers.items():
        try:
            said = read()
            check(name, said)
        except Invalid as error:
            faults[name + suffix] = " ".join(faults_of(error).by_field.values()) or error.detail
        else:
            found[name] = said
    return found


def _read_gain_db(name: str) -> float:
    gain_db = typed_number(name) or 0.0
    if not LOWEST_GAIN_DB <= gain_db <= HIGHEST_GAIN_DB:
        fault = f"The gain goes from {LOWEST_GAIN_DB:g} to +{HIGHEST_GAIN_DB:g} dB."
        raise Invalid(fault, violations={f"/{name}": [fault]})
    return gain_db


def _read_shares() -> list[float]:
    try:
        return [float(word.rstrip("% ")) for word in typed("inherited_shares").split(",") if word.strip()]
    except ValueError as exc:
        message = "Write percents, separated by commas, such as 20, 5."
        raise Invalid("The shares cannot be read.", violations={"/inherited_shares": [message]}) from exc


def _read_credits() -> list[dict[str, Any]]:
    """Rows of fields, or one text."""
    form = flask.request.form
    if "credit_name" in form:
        rows = zip(form.getlist("credit_name"), form.getlist("credit_role"), form.getlist("credit_share"), strict=False)
        return [_credit(name, role, share) for name, role, share in rows if name.strip() or role.strip()]
    return _written_credits()


def _credit(name: str, role: str, share: str) -> dict[str, Any]:
    try:
        line: dict[str, Any] = {"name": written(name), "role": written(role)}
    except NotText as exc:
        raise _unread(str(exc)) from exc
    if not line["name"]:
        raise _unread(f"Who did “{line['role']}”?")
    if len(line["name"]) > _CREDIT_LENGTH_LIMIT or len(line["role"]) > _CREDIT_LENGTH_LIMIT:
        raise _unread(f"At most {_CREDIT_LENGTH_LIMIT} characters for a name and a role.")
    if share.strip():
        percent = _PERCENT.fullmatch(share.strip())
        if percent is None:
            raise _unread(f"Write the share of {line['name']} in percent, such as 20.")
        line["share_percent"] = float(percent[1].replace(",", "."))
    return line


def _written_credits() -> list[dict[str, Any]]:
    """One a line: `name, role`, or `name, role, 20 %`."""
    credits: list[dict[str, Any]] = []
    for line in checked_lines("credits", at_most=10_000)[: _CREDITS_LIMIT + 1]:
        name, _, role = (part.strip() for part in line.partition(","))
        share = re.fullmatch(r"(.*?),?\s*(\d{1,3}(?:\.\d+)?)\s*%", role)
        role, percent = share.groups() if share else (role, None)
        credits.append({"name": name, "role": role, **({"share_percent": float(percent)} if percent else {})})
    if len(credits) > _CREDITS_LIMIT or any(not line["name"] or len(line["name"]) > 120 for line in credits):
        raise _unread("One a line: a name, a comma, a role.")
    return credits


def _unread(fault: str) -> Invalid:
    return Invalid("The credits cannot be read.", violations={"/credits": [fault]})
