"""What all schemas share: strict bodies, strict numbers, times, artists, the shape of a page and of a problem."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import marshmallow as ma
from marshmallow import validate

from remixhub.api.dumping import Plan
from remixhub.domain.licences.terms import LICENCE_PATTERN, Licence
from remixhub.domain.licences.words import LicenceUnknown, licence_named
from remixhub.domain.stems.receipt_files import LONGEST
from remixhub.domain.text import NotText, written
from remixhub.domain.times import rfc3339
from remixhub.edge.idempotency import mark_answer_secret
from remixhub.services.paging import DEFAULT_LIMIT, MAX_LIMIT


class Schema(ma.Schema):
    """Unknown fields are refused."""

    class Meta:
        unknown = ma.RAISE
        ordered = True

    _plan: Plan | None = None

    def _serialize(self, obj: Any, *, many: bool = False) -> Any:
        """As the library's, which `dump` calls."""
        plan = self._plan
        if plan is None or plan.fields is not self.dump_fields:
            plan = self._plan = Plan(self)
        return [plan.dump(one) for one in obj] if many and obj is not None else plan.dump(obj)


class Integer(ma.fields.Integer):
    """A JSON number without a fraction; `"5"`, `5.5` and `true` are refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**53:
            raise ma.ValidationError("Must be a whole JSON number.")
        return value


class Number(ma.fields.Float):
    """A finite JSON number; strings and booleans are refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        try:
            if not isinstance(value, bool) and isinstance(value, int | float) and math.isfinite(value):
                return float(value)
        except OverflowError:  # a whole number beyond every float
            pass
        raise ma.ValidationError("Must be a finite JSON number.")


class Text(ma.fields.String):
    """Text as `domain.text` has it, on one line or `multiline`, trimmed."""

    def __init__(self, *, multiline: bool = False, max_length: int = 200, min_length: int = 0, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(min=min_length, max=max_length), **kwargs)
        self.multiline = multiline

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return written(str(super()._deserialize(value, attr, data, **kwargs)), multiline=self.multiline)
        except NotText as exc:
            raise ma.ValidationError(str(exc)) from exc


class Link(ma.fields.Url):
    """The address of a page, which is shown as text too."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(schemes={"http", "https"}, validate=validate.Length(max=300), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return written(str(super()._deserialize(value, attr, data, **kwargs)))
        except NotText as exc:
            raise ma.ValidationError(str(exc)) from exc


class Time(ma.fields.AwareDateTime):
    """RFC 3339 in UTC, to the millisecond, ending in `Z`; what comes in needs an offset, and more digits are cut."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dt.datetime:
        try:
            moment: dt.datetime = super()._deserialize(value, attr, data, **kwargs).astimezone(dt.UTC)
        except OverflowError as exc:  # at the ends of the calendar
            raise ma.ValidationError("Must be a time from the years 1 to 9999 in UTC.") from exc
        # rounded up, the last moment of 9999 would be one that nothing can read
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else rfc3339(value)


class Secret(ma.fields.String):
    """What gives rights to whoever reads it, such as a token or a link; an answer that shows one is never kept."""

    def __init__(self, description: str, *, allow_none: bool = False) -> None:
        super().__init__(required=True, allow_none=allow_none, metadata={"description": description, "x-secret": True})

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is not None:
            mark_answer_secret()
        return super()._serialize(value, attr, obj, **kwargs)


class LicenceField(ma.fields.String):
    """The id of a licence; whether a contest licence exists is the services' to say."""

    def __init__(self, *, metadata: Mapping[str, Any] = MappingProxyType({}), **kwargs: Any) -> None:
        super().__init__(metadata={"example": Licence.BY.value, "pattern": LICENCE_PATTERN, **metadata}, **kwargs)


class LicenceNamed(ma.fields.String):
    """A licence in any spelling that people use (`domain.licence_words`)."""

    def __init__(self, *, description: str = "", **kwargs: Any) -> None:
        described = f"{description} By its id, name or address; `GET /licences` lists ids.".strip()
        super().__init__(metadata={"example": Licence.BY.value, "description": described}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Licence:
        try:
            return licence_named(str(super()._deserialize(value, attr, data, **kwargs)))
        except LicenceUnknown as exc:
            raise ma.ValidationError(f"{exc} `GET /licences` lists them.") from exc


def receipt_field(**kwargs: Any) -> ma.fields.Field[Any]:
    """As it was downloaded: `domain.stems.receipt_files` reads it."""
    described = {"description": "The text of the file RECEIPT.json that lay with the stems"}
    return ma.fields.String(validate=validate.Length(max=LONGEST), metadata=described, **kwargs)


class ArtistSchema(Schema):
    handle = ma.fields.String(required=True)
    display_name = ma.fields.String(required=True)


class ListQuery(ma.Schema):
    """The query of every listing."""

    class Meta:
        unknown = ma.EXCLUDE

    cursor = ma.fields.String(metadata={"description": "`next` of the page before"})
    limit = ma.fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(min=1, max=MAX_LIMIT))


class ViolationSchema(Schema):
    pointer = ma.fields.String(required=True, metadata={"description": "JSON pointer into the body"})
    message = ma.fields.String(required=True)


class ProblemSchema(Schema):
    """RFC 9457 problem details."""

    type = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    code = ma.fields.String(required=True)
    detail = ma.fields.String(required=True)
    context = ma.fields.Dict()
    violations = ma.fields.List(ma.fields.Nested(ViolationSchema))


class RefusalSchema(Schema):
    """Why something could not be made, or what is odd about it; `code` is one of `docs/problems.md`."""

    code = ma.fields.String(required=True)
    detail = ma.fields.String(required=True)


class ProgressSchema(Schema):
    percent = ma.fields.Float(required=True)
    step = ma.fields.String(required=True)
