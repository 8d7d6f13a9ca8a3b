"""Reads the fields of JSON objects strictly, and collects what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from remixhub.domain.mix_spec.bounds import LONGEST_STEM_NAME, MOST_FRAMES

_Read = TypeVar("_Read")


@dataclass(frozen=True)
class Faults:
    """By JSON Pointer (RFC 6901)."""

    violations: dict[str, list[str]] = field(default_factory=dict)

    def tell(self, pointer: str, message: str) -> None:
        self.violations.setdefault(pointer, []).append(message)

    def fields(self, value: object, at: str, known: set[str]) -> Fields | None:
        if not isinstance(value, Mapping):
            self.tell(at, "must be an object")
            return None
        for name in value:
            if name not in known:
                self.tell(f"{at}/{escaped(name)}", "is not a field of the mix spec")
        return Fields(value, at, self)

    def text(self, value: object, at: str, longest: int) -> str:
        if not isinstance(value, str) or not 1 <= len(value) <= longest:
            self.tell(at, f"must be a string of 1 to {longest} characters")
        elif any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in value):
            self.tell(at, "must be Unicode text without NUL")
        else:
            return value
        return ""


@dataclass(frozen=True)
class Fields:
    """Of one object. A wrong field reads as its default; one without default as something near."""

    values: Mapping[str, object]
    at: str
    """The object's own pointer."""
    faults: Faults

    def tell(self, name: str, message: str) -> None:
        self.faults.tell(f"{self.at}/{name}", message)

    def is_wrong(self, name: str) -> bool:
        return f"{self.at}/{name}" in self.faults.violations

    def frames(self, name: str, default: int | None = 0) -> int:
        return self.whole(name, default, 0, MOST_FRAMES)

    def whole(self, name: str, default: int | None, lowest: int, highest: int) -> int:
        value = self._value(name, default)
        if value is None and name not in self.values:
            return lowest
        if isinstance(value, bool) or not isinstance(value, int):
            self.tell(name, "must be a whole number")
        elif not lowest <= value <= highest:
            self.tell(name, f"must be from {lowest} to {highest}")
        else:
            return value
        return lowest if default is None else default

    def number(self, name: str, default: float | None, lowest: float, highest: float) -> float:
        value = self._value(name, default)
        if value is None and name not in self.values:
            return lowest
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            self.tell(name, "must be a number")
        elif not lowest <= value <= highest:
            self.tell(name, f"must be from {lowest:g} to {highest:g}")
        else:
            return float(value) + 0.0  # -0.0 becomes 0.0, so that both have one canonical form
        return lowest if default is None else default

    def flag(self, name: str) -> bool:
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            self.tell(name, "must be true or false")
            return False
        return value

    def text(self, name: str, longest: int = LONGEST_STEM_NAME) -> str:
        return self.faults.text(self.values.get(name), f"{self.at}/{name}", longest)

    def section(self, name: str, known: set[str]) -> Fields | None:
        """An object that may be null, or left out."""
        value = self.values.get(name)
        return None if value is None else self.faults.fields(value, f"{self.at}/{name}", known)

    def each(
        self, name: str, known: set[str], most: int, read: Callable[[Fields], _Read], *, least: int = 0
    ) -> tuple[_Read, ...]:
        """What `read` makes of each object of a list; one that may be empty may be left out. Of a list that holds too
        much or nothing, nothing else is told.
        """
        value = self.values.get(name, None if least else ())
        if isinstance(value, str) or not isinstance(value, Sequence):
            self.tell(name, f"must be a list of {name.replace('_', ' ')}")
            return ()
        if not least <= len(value) <= most:
            bounds = f"from {least} to {most}" if least else f"at most {most}"
            self.tell(name, f"must hold {bounds} {name.replace('_', ' ')}, has {len(value)}")
            return ()
        objects = [self.faults.fields(one, f"{self.at}/{name}/{place}", known) for place, one in enumerate(value)]
        found = tuple(read(fields) for fields in objects if fields is not None)
        return found if len(found) == len(value) else ()

    def _value(self, name: str, default: float | None) -> object:
        """Complains of one without default that is left out."""
        if name not in self.values and default is None:
            self.tell(name, "is missing")
        return self.values.get(name, default)


def escaped(name: object) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")
