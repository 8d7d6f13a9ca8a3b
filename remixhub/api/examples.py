"""Examples of bodies and answers, composed from their schemas and the words of `example_words.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from remixhub.api.example_words import WHOLE, WORDS

_BY_FORMAT = {"date-time": WORDS["created_at"], "date": WORDS["release_by"], "url": WORDS["url"]}
_BY_TYPE: dict[str, Any] = {"boolean": True, "integer": 1, "number": 1.0, "null": None}


def add_examples(document: dict[str, Any]) -> None:
    """To every JSON body and answer that has none."""
    schemas = document["components"]["schemas"]
    operations = [one for path in document["paths"].values() for one in path.values() if isinstance(one, dict)]
    bodies = [operation["requestBody"] for operation in operations if "requestBody" in operation]
    answers = [answer for operation in operations for answer in operation["responses"].values()]
    for which, hidden in ((bodies, "readOnly"), (answers, "writeOnly")):
        for media in _without_example(which):
            media["example"] = _Composer(schemas, hidden).example_of(media["schema"])


def _without_example(bodies: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for body in bodies:
        for media_type, media in body.get("content", {}).items():
            if media_type == "application/json" and not {"example", "examples"} & set(media):
                yield media


@dataclass(frozen=True)
class _Composer:
    schemas: Mapping[str, Any]
    hidden: str
    """The mark of fields that do not go this way."""

    def example_of(self, schema: Mapping[str, Any], owner: str = "", field: str = "") -> Any:
        """A value that fits `schema`, which is that of `owner`'s `field`; both empty for a whole body."""
        names = (f"{owner}.{field}",) if "example" in schema else (f"{owner}.{field}", field)
        for name in names:
            if name in WORDS and _may_be(schema, WORDS[name]):
                return deepcopy(WORDS[name])
        if "$ref" in schema:
            named = schema["$ref"].rpartition("/")[2]
            return deepcopy(WHOLE[named]) if named in WHOLE else self.example_of(self.schemas[named], named)
        if "example" in schema:
            return schema["example"]
        if "enum" in schema:
            return next(word for word in schema["enum"] if word is not None)
        if "anyOf" in schema:
            return self.example_of(schema["anyOf"][0], owner, field)
        kinds = _kinds(schema)
        if "array" in kinds:
            return [self.example_of(schema["items"], owner)]
        if "object" in kinds or "properties" in schema:
            fields = schema.get("properties", {}).items()
            return {name: self.example_of(its, owner, name) for name, its in fields if not its.get(self.hidden)}
        return _BY_FORMAT.get(
            schema.get("format", ""), _BY_TYPE.get(next(iter(kinds), "null"), field.replace("_", " "))
        )


def _may_be(schema: Mapping[str, Any], word: Any) -> bool:
    """Whether a word that goes with a name can go with this field of that name."""
    if "enum" in schema:
        return word in schema["enum"]
    if "anyOf" in schema:
        return any(_may_be(one, word) for one in schema["anyOf"])
    kinds = _kinds(schema)
    if word is None or isinstance(word, bool):
        return ("null" if word is None else "boolean") in kinds
    if isinstance(word, list):
        return "array" in kinds and all(_may_be(schema["items"], one) for one in word)
    if isinstance(word, dict):
        return "object" in kinds or ("$ref" in schema and not kinds)
    if isinstance(word, str):
        return "string" in kinds
    return bool({"number", "integer"} & set(kinds))


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)
