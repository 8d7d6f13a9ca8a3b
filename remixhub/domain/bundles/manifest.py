"""`bundle.json`: the values of a bundle as text, and back. Names are those of `contents`."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, fields, is_dataclass
from enum import EnumType
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from remixhub.domain.bundles.contents import FORMAT, VERSION, Bundle
from remixhub.domain.bundles.refusals import BundleUnreadable
from remixhub.domain.strict_json import NameTwice, once_each

NAME = "bundle.json"
LONGEST_BYTES = 256 * 1024**2
"""What is read of one: a thousand works of two hundred stems each stay far below."""


def dump(bundle: Bundle) -> bytes:
    """Equal values give equal bytes."""
    said = {"format": FORMAT, "version": VERSION, **asdict(bundle)}
    return (json.dumps(said, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def read(text: bytes) -> Bundle:
    """Fields that a later release has added are passed over. Raises BundleUnreadable, which says where."""
    try:
        said = json.loads(text.decode() if len(text) <= LONGEST_BYTES else "", object_pairs_hook=once_each)
    except (ValueError, RecursionError, NameTwice) as exc:
        raise BundleUnreadable(f"{NAME} is no JSON of at most {LONGEST_BYTES // 1024**2} MiB.") from exc
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise BundleUnreadable(f"{NAME} does not say that it is a {FORMAT}.")
    if said.get("version") != VERSION:
        raise BundleUnreadable(f"It is of version {said.get('version')!r}; this release reads {VERSION}.")
    return cast(Bundle, _value(Bundle, said, NAME))


def _value(kind: Any, said: Any, where: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        if said is None:
            return None
        (kind,) = (one for one in get_args(kind) if one is not type(None))
        return _value(kind, said, where)
    if origin is tuple:
        parts = _list(said, where)
        if len(parts) != len(get_args(kind)):
            raise _unfit(where)
        return tuple(_value(one, part, where) for one, part in zip(get_args(kind), parts, strict=True))
    if origin is not None and issubclass(origin, Sequence):
        (inner,) = get_args(kind)
        return tuple(_value(inner, one, f"{where}/{place}") for place, one in enumerate(_list(said, where)))
    if is_dataclass(kind):
        return _object(cast(type, kind), said, where)
    if isinstance(kind, EnumType):
        try:
            return kind(said)
        except ValueError as exc:
            raise _unfit(where) from exc
    if kind is float and type(said) is int and abs(said) < 2**53:
        return float(said)
    if type(said) is not kind:
        raise _unfit(where)
    return said


def _object(kind: type, said: Any, where: str) -> Any:
    if not isinstance(said, Mapping):
        raise _unfit(where)
    values = {}
    for name, inner, is_needed in _fields(kind):
        if name in said:
            values[name] = _value(inner, said[name], f"{where}/{name}")
        elif is_needed:
            raise BundleUnreadable(f"{where} lacks {name!r}.")
    return kind(**values)


@cache
def _fields(kind: type) -> Sequence[tuple[str, Any, bool]]:
    hints = get_type_hints(kind)
    return [(one.name, hints[one.name], one.default is MISSING) for one in fields(kind)]


def _list(said: Any, where: str) -> list[Any]:
    if not isinstance(said, list):
        raise _unfit(where)
    return said


def _unfit(where: str) -> BundleUnreadable:
    return BundleUnreadable(f"What stands at {where} is not what a bundle says there.")
