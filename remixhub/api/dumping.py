"""What marshmallow's `dump` gives, by plans that are made once a schema: listings dump a thousand values.

A field is taken over only where it hands out a value as it is; all others do it themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

import marshmallow as ma

_PLAIN: Mapping[type[Any], type[Any]] = {
    ma.fields.String: str,
    ma.fields.Integer: int,
    ma.fields.Float: float,
    ma.fields.Boolean: bool,
}
_Convert = Callable[[Any, str, Any], Any]
"""Of the value, the attribute's name and what holds it."""


class Plan:
    """Of a schema as its fields are now."""

    def __init__(self, schema: ma.Schema) -> None:
        self.fields = schema.dump_fields
        self._accessor = schema.get_attribute
        self._steps = [_step(name, field) for name, field in self.fields.items()]

    def dump(self, shown: Any) -> dict[str, Any]:
        dumped: dict[str, Any] = {}
        is_dict, has_keys = type(shown) is dict, hasattr(type(shown), "__getitem__")
        for key, name, field, convert in self._steps:
            value = ma.missing
            if convert is not None and is_dict:
                value = shown.get(name, ma.missing)
            elif convert is not None and not has_keys:
                value = getattr(shown, name, ma.missing)
            if value is not ma.missing:
                dumped[key] = convert(value, name, shown)  # type: ignore[misc]
                continue
            value = field.serialize(name, shown, accessor=self._accessor)
            if value is not ma.missing:
                dumped[key] = value
        return dumped


def _step(name: str, field: ma.fields.Field[Any]) -> tuple[str, str, ma.fields.Field[Any], _Convert | None]:
    key = name if field.data_key is None else field.data_key
    is_plain = field.attribute is None and field._CHECK_ATTRIBUTE and "." not in name
    return key, name, field, _convert(field) if is_plain else None


def _convert(field: Any) -> _Convert:
    kind, serialize = type(field), field._serialize
    if kind is ma.fields.List:
        inner = _convert(field.inner)
        return lambda value, name, shown: None if value is None else [inner(one, name, shown) for one in value]
    if kind is ma.fields.Enum and field.by_value is True:
        # words; what else an enumeration may hold, the field knows
        return lambda value, name, shown: (
            value.value if isinstance(value, Enum) and type(value.value) is str else serialize(value, name, shown)
        )
    if kind in _PLAIN and not getattr(field, "as_string", False):
        plain = _PLAIN[kind]
        return lambda value, name, shown: value if type(value) is plain else serialize(value, name, shown)
    return serialize  # type: ignore[no-any-return]
