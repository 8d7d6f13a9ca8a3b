"""Reading submitted forms, and showing their faults beside the fields."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

import flask

from remixhub.domain.access import ProofNeeded
from remixhub.domain.errors import (
    Conflict,
    Forbidden,
    Invalid,
    PreconditionFailed,
    RemixHubError,
    Throttled,
    TooLarge,
    Unauthenticated,
)
from remixhub.domain.text import NotText, written

FORM_ERRORS = (Conflict, Forbidden, Invalid, PreconditionFailed, Throttled, TooLarge, Unauthenticated)
"""What a form shows beside itself; everything else gets a page of its own."""


@dataclass(frozen=True)
class Faults:
    """`by_field` maps a field's name to what is wrong with it; `detail` speaks about the form as a whole."""

    detail: str = ""
    code: str = ""
    by_field: Mapping[str, str] = field(default_factory=dict)
    permissions: Sequence[Mapping[str, Any]] = ()
    """Whose leave would help, as a LicenceConflict has it."""


NO_FAULTS = Faults()
Word = TypeVar("Word", bound=StrEnum)
Read = TypeVar("Read")
Otherwise = TypeVar("Otherwise")
_WHOLE = re.compile(r"[0-9]{1,10}")
_LINK = re.compile(r"https?://[^\s<>\"]{3,290}")


def faults_of(error: RemixHubError) -> Faults:
    by_field: dict[str, str] = {}
    if isinstance(error, Invalid):
        by_field = {
            pointer.lstrip("/").removeprefix("terms/").split("/")[0]: " ".join(messages)
            for pointer, messages in error.violations.items()
        }
    outdated = "Somebody changed this in the meantime. Compare with what stands there now, then save again."
    detail = outdated if isinstance(error, PreconditionFailed) else error.detail
    permissions = error.context.get("permissions", ())
    return Faults(detail, error.code, by_field, permissions if isinstance(permissions, list) else ())


class Gathered:
    """Reads one field after the other, so that all faults are told at once."""

    def __init__(self) -> None:
        self._errors: list[Invalid] = []

    def read(self, reading: Callable[[], Read], otherwise: Otherwise) -> Read | Otherwise:
        """What `reading` returns, or `otherwise` where it raises Invalid."""
        try:
            return reading()
        except Invalid as error:
            self._errors.append(error)
            return otherwise

    def require_none(self) -> None:
        """Raises the one error, or all of them as one Invalid."""
        if len(self._errors) == 1:
            raise self._errors[0]
        if self._errors:
            violations: dict[str, list[str]] = {}
            for error in self._errors:
                for pointer, messages in error.violations.items():
                    violations.setdefault(pointer, []).extend(messages)
            raise Invalid("Something is not right yet; see the marked fields.", violations=violations)

    @property
    def details(self) -> list[str]:
        return list(dict.fromkeys(error.detail for error in self._errors))


def refused(page: str, error: RemixHubError) -> tuple[str, int, dict[str, str]]:
    """The form again, with what was typed; `page` is the rendered form. Raises ProofNeeded: that has its own page."""
    if isinstance(error, ProofNeeded):
        raise error
    flask.g.problem_code = error.code
    if isinstance(error, Throttled):
        return page, 429, {"Retry-After": str(error.retry_after_seconds)}
    return page, 422, {}


def typed(name: str) -> str:
    """A field's text without surrounding space."""
    return _sent(name).strip()


def _sent(name: str) -> str:
    """Browsers send line breaks as CR LF."""
    return flask.request.form.get(name, "").replace("\r\n", "\n")


def typed_number(name: str) -> float | None:
    """None for an empty field. Raises Invalid naming the field; a decimal comma is understood."""
    text = typed(name)
    if not text:
        return None
    try:
        number = float(text.replace(",", ".", 1))
        if not math.isfinite(number):
            raise ValueError(text)
        return number
    except ValueError as exc:
        raise Invalid("A number is needed here.", violations={f"/{name}": ["Write a number, such as 92.5."]}) from exc


def typed_word(words: type[Word], name: str, otherwise: Word | None = None) -> Word:
    """One of the words; `otherwise` stands for an empty field. Raises Invalid naming the field."""
    text = typed(name)
    if not text and otherwise is not None:
        return otherwise
    if text not in list(words):
        raise Invalid("Choose one of those listed.", violations={f"/{name}": [f"One of {', '.join(words)}."]})
    return words(text)


def typed_words(name: str) -> list[str]:
    """Comma-separated words in their order, each once."""
    return list(dict.fromkeys(word.strip() for word in typed(name).split(",") if word.strip()))


def checked(name: str, *, at_most: int, at_least: int = 0, multiline: bool = False) -> str:
    """A field's text, as `domain.text` has it, within its bounds. Raises Invalid naming the field."""
    try:
        text = written(_sent(name), multiline=multiline)
    except NotText as exc:
        raise _unfit(name, str(exc)) from exc
    if len(text) < at_least:
        raise _unfit(name, "This must not be empty.")
    if len(text) > at_most:
        raise _unfit(name, f"At most {at_most} characters; these are {len(text)}.")
    return text


def checked_lines(name: str, *, at_most: int) -> list[str]:
    """The lines of a field of at most so many characters, each a text of its own, without empty ones."""
    lines = checked(name, at_most=at_most, multiline=True).split("\n")
    try:
        return [line for line in map(written, lines) if line]
    except NotText as exc:
        raise _unfit(name, str(exc)) from exc


def _unfit(name: str, fault: str) -> Invalid:
    return Invalid("Something is not right yet; see the marked fields.", violations={f"/{name}": [fault]})


def is_link(text: str) -> bool:
    return _LINK.fullmatch(text) is not None


def checked_link(name: str) -> str:
    """The address of a page. Raises Invalid naming the field."""
    text = checked(name, at_most=300)
    if not is_link(text):
        fault = "Write a whole address, such as https://example.org/release."
        raise Invalid(fault, violations={f"/{name}": [fault]})
    return text


def typed_whole(name: str, *, at_most: int = 2**31 - 1) -> int:
    """From 0 on. Raises Invalid naming the field."""
    text = typed(name)
    if _WHOLE.fullmatch(text) is None or int(text) > at_most:
        message = f"Write a whole number{f' of at most {at_most}' if text.isdecimal() else ''}."
        raise Invalid("A whole number is needed here.", violations={f"/{name}": [message]})
    return int(text)
