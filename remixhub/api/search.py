"""`/search`: works, stems, artists, labels and contests, found by text and by what they are."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.contests.contests import ContestSchema, contest_body
from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ArtistSchema, ListQuery, Schema, Text
from remixhub.api.works import WorkCardSchema, card
from remixhub.domain.discovery.asked import TEXT_LENGTH_LIMIT, Facets, Order, StemsAsked, WorksAsked
from remixhub.domain.discovery.may import May
from remixhub.domain.discovery.music import TempoRange
from remixhub.domain.discovery.written import LONGEST_SECONDS, LUFS, NAME_LIMIT, YEARS
from remixhub.domain.musical_key import LONGEST_NOTATION, parse_key
from remixhub.domain.states import WorkKind
from remixhub.domain.stems.roles import StemRole
from remixhub.domain.work_facts import TEMPO_BPM
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Label
from remixhub.services.discovery.search import asking, suggesting
from remixhub.services.discovery.search.asking import Found, StemFound, WorkFound

blueprint = Blueprint("search", __name__, description="Finding works, stems, artists, labels and contests")

_SUGGESTED = 10
_OVERVIEW_OF_EACH = 5
_ID = validate.Length(min=1, max=64)
_TEMPO = validate.Range(*TEMPO_BPM)
_SECONDS = validate.Range(min=0, max=LONGEST_SECONDS)
_LUFS = validate.Range(*LUFS)
_YEAR = validate.Range(*YEARS)


class KeyNamed(ma.fields.String):
    """A key in any notation that people use."""

    def __init__(self) -> None:
        super().__init__(
            validate=validate.Length(max=LONGEST_NOTATION),
            metadata={"description": "`A minor`, `Am`, `8A`, `8m`, `a-Moll`", "example": "8A"},
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        named = str(super()._deserialize(value, attr, data, **kwargs))
        if parse_key(named) is None:
            raise ma.ValidationError("No key that can be read: write `A minor`, `Am` or `8A`.")
        return named


def _flag(described: str) -> ma.fields.Boolean:
    return ma.fields.Boolean(load_default=False, metadata={"description": described})


def _text(described: str, **kwargs: Any) -> ma.fields.Field[Any]:
    return Text(max_length=TEXT_LENGTH_LIMIT, metadata={"description": described, "example": "rain"}, **kwargs)


class SearchQuery(ListQuery):
    q = _text("Words of titles, names and tags; the last one may go on, unless a space follows it", load_default="")
    with_count = _flag("Also how many there are in all")


class FacetsQuery(SearchQuery):
    order = ma.fields.Enum(
        Order, by_value=True, load_default=Order.RELEVANCE,
        metadata={"description": "`relevance`: title matches, then the rest, each by remixes; or `newest`"},
    )  # fmt: skip
    min_tempo_bpm = ma.fields.Float(validate=_TEMPO, metadata={"description": "As said, else as heard in the stems"})
    max_tempo_bpm = ma.fields.Float(validate=_TEMPO)
    with_half_and_double = _flag("Of the tempo: 62 and 248 for 124")
    key = KeyNamed()
    mixes_with_key = KeyNamed()
    mixes_with = ma.fields.String(
        validate=_ID, metadata={"description": "A work's id: in its key, a fifth up or down, or the relative key"}
    )
    may = ma.fields.Enum(
        May, by_value=True,
        metadata={"description": "What its licence and those above it let one do: publish a remix, or sell it"},
    )  # fmt: skip
    combines_with = ma.fields.String(
        validate=_ID, metadata={"description": "A work's id: what may be used in one remix with it"}
    )
    min_seconds = ma.fields.Float(validate=_SECONDS, metadata={"description": "Of its length"})
    max_seconds = ma.fields.Float(validate=_SECONDS)


class WorksSearchQuery(FacetsQuery):
    kind = ma.fields.Enum(WorkKind, by_value=True)
    role = ma.fields.Enum(StemRole, by_value=True, metadata={"description": "It has such a stem"})
    has_stems = ma.fields.Boolean()
    min_year = ma.fields.Integer(validate=_YEAR, metadata={"description": "Of its publication here"})
    max_year = ma.fields.Integer(validate=_YEAR)
    label = ma.fields.String(validate=validate.Length(max=NAME_LIMIT), metadata={"description": "A label's handle"})
    tag = ma.fields.String(validate=validate.Length(max=NAME_LIMIT))
    in_open_contest = _flag("What a contest that takes entries is about")


class StemsSearchQuery(FacetsQuery):
    role = ma.fields.Enum(StemRole, by_value=True)
    min_lufs = ma.fields.Float(validate=_LUFS, metadata={"description": "Integrated loudness"})
    max_lufs = ma.fields.Float(validate=_LUFS)


class SuggestionsQuery(ma.Schema):
    class Meta:
        unknown = ma.EXCLUDE

    q = _text("What was typed so far", required=True)


class OverviewQuery(ma.Schema):
    class Meta:
        unknown = ma.EXCLUDE

    q = _text("Words of titles, names and tags", required=True)


class WorkFoundSchema(Schema):
    work = ma.fields.Nested(WorkCardSchema, required=True)
    tempo_bpm = ma.fields.Float(required=True, allow_none=True, metadata={"description": "As said, else as heard"})
    is_tempo_detected = ma.fields.Boolean(required=True, metadata={"description": "Heard, and not said"})
    key = ma.fields.String(required=True, allow_none=True, metadata={"description": "As said, else as heard"})
    is_key_detected = ma.fields.Boolean(required=True)
    length_seconds = ma.fields.Integer(required=True, allow_none=True)


class StemFoundSchema(Schema):
    stem_id = ma.fields.String(required=True)
    stem_pack_id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    role = ma.fields.Enum(StemRole, by_value=True, required=True)
    work = ma.fields.Nested(WorkCardSchema, required=True)
    tempo_bpm = ma.fields.Float(required=True, allow_none=True, metadata={"description": "Of the work, said or heard"})
    key = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Of the work; null where the role carries no notes, which goes with every key"},
    )
    loudness_lufs = ma.fields.Float(required=True, allow_none=True)
    length_seconds = ma.fields.Integer(required=True, allow_none=True)


class LabelFoundSchema(Schema):
    handle = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class _FoundSchema(Schema):
    next = ma.fields.String(required=True, allow_none=True)
    count = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "Of all pages, if asked for; 1001 is 1,000 and more"}
    )
    did_you_mean = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "What was looked for, where nothing is spelt like `q`"}
    )


class WorksFoundSchema(_FoundSchema):
    works = ma.fields.List(ma.fields.Nested(WorkFoundSchema), required=True)


class StemsFoundSchema(_FoundSchema):
    stems = ma.fields.List(ma.fields.Nested(StemFoundSchema), required=True)


class ArtistsFoundSchema(_FoundSchema):
    artists = ma.fields.List(ma.fields.Nested(ArtistSchema), required=True)


class LabelsFoundSchema(_FoundSchema):
    labels = ma.fields.List(ma.fields.Nested(LabelFoundSchema), required=True)


class ContestsFoundSchema(_FoundSchema):
    contests = ma.fields.List(ma.fields.Nested(ContestSchema), required=True)


class SuggestionSchema(Schema):
    kind = ma.fields.String(
        required=True, validate=validate.OneOf([*suggesting.KINDS]), metadata={"description": "`word` completes `q`"}
    )
    text = ma.fields.String(required=True)
    id = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Of a work or contest; handle of an artist or label"}
    )


class SuggestionsSchema(Schema):
    suggestions = ma.fields.List(ma.fields.Nested(SuggestionSchema), required=True)


class OverviewSchema(Schema):
    works = ma.fields.List(ma.fields.Nested(WorkFoundSchema), required=True)
    stems = ma.fields.List(ma.fields.Nested(StemFoundSchema), required=True)
    artists = ma.fields.List(ma.fields.Nested(ArtistSchema), required=True)
    labels = ma.fields.List(ma.fields.Nested(LabelFoundSchema), required=True)
    contests = ma.fields.List(ma.fields.Nested(ContestSchema), required=True)
    did_you_mean = ma.fields.String(required=True, allow_none=True)


@blueprint.route("/search")
@blueprint.arguments(OverviewQuery, location="query")
@blueprint.response(200, OverviewSchema)
@for_visitors(blueprint)
@problems(blueprint)
def search_everything(query: dict[str, Any]) -> Any:
    """The best few of each kind."""
    found = asking.search_everything(current_actor(), current_parts(), query["q"], limit=_OVERVIEW_OF_EACH)
    return {
        "works": [work_body(one) for one in found.works.page.rows],
        "stems": [stem_body(one) for one in found.stems.page.rows],
        "artists": found.artists.page.rows,
        "labels": found.labels.page.rows,
        "contests": [contest_body(one) for one in found.contests.page.rows],
        "did_you_mean": found.works.did_you_mean,
    }


@blueprint.route("/search/works")
@blueprint.arguments(WorksSearchQuery, location="query")
@blueprint.response(200, WorksFoundSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def search_works(query: dict[str, Any]) -> Any:
    """Published works, by text and by what they are."""
    asked = works_asked(query)
    found = asking.search_works(current_actor(), current_parts(), asked, **_page_of(query))
    return _body("works", found, work_body)


@blueprint.route("/search/stems")
@blueprint.arguments(StemsSearchQuery, location="query")
@blueprint.response(200, StemsFoundSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def search_stems(query: dict[str, Any]) -> Any:
    """Stems of the newest packs of published works. Those without notes, such as drums, go with every key."""
    asked = stems_asked(query)
    found = asking.search_stems(current_actor(), current_parts(), asked, **_page_of(query))
    return _body("stems", found, stem_body)


@blueprint.route("/search/artists")
@blueprint.arguments(SearchQuery, location="query")
@blueprint.response(200, ArtistsFoundSchema)
@for_visitors(blueprint)
@problems(blueprint)
def search_artists(query: dict[str, Any]) -> Any:
    """Artists by name or handle, those that others remixed most first."""
    found = asking.search_artists(current_actor(), current_parts(), query["q"], **_page_of(query))
    return _body("artists", found, lambda one: one)


@blueprint.route("/search/labels")
@blueprint.arguments(SearchQuery, location="query")
@blueprint.response(200, LabelsFoundSchema)
@for_visitors(blueprint)
@problems(blueprint)
def search_labels(query: dict[str, Any]) -> Any:
    """Labels by name or handle."""
    found: Found[Label] = asking.search_labels(current_actor(), current_parts(), query["q"], **_page_of(query))
    return _body("labels", found, lambda one: one)


@blueprint.route("/search/contests")
@blueprint.arguments(SearchQuery, location="query")
@blueprint.response(200, ContestsFoundSchema)
@for_visitors(blueprint)
@problems(blueprint)
def search_contests(query: dict[str, Any]) -> Any:
    """Announced contests, by title, label and brief."""
    found = asking.search_contests(current_actor(), current_parts(), query["q"], **_page_of(query))
    return _body("contests", found, contest_body)


@blueprint.route("/search/suggestions")
@blueprint.arguments(SuggestionsQuery, location="query")
@blueprint.response(200, SuggestionsSchema)
@for_visitors(blueprint)
@problems(blueprint)
def suggest_searches(query: dict[str, Any]) -> Any:
    """While one types: words that complete the last one, then titles and names."""
    found = suggesting.suggest(current_actor(), current_parts(), query["q"], limit=_SUGGESTED)
    return {"suggestions": found}


def works_asked(query: dict[str, Any]) -> WorksAsked:
    role = query.get("role")
    return WorksAsked(
        query["q"], _facets(query), kind=query.get("kind"), roles=(role,) if role else (),
        has_stems=query.get("has_stems"), min_year=query.get("min_year"), max_year=query.get("max_year"),
        label=query.get("label"), tag=query.get("tag"), in_open_contest=query["in_open_contest"],
        order=query["order"],
    )  # fmt: skip


def stems_asked(query: dict[str, Any]) -> StemsAsked:
    role = query.get("role")
    lufs = {name: query.get(name) for name in ("min_lufs", "max_lufs")}
    return StemsAsked(query["q"], _facets(query), (role,) if role else (), order=query["order"], **lufs)


def _facets(query: dict[str, Any]) -> Facets:
    tempo = None
    if "min_tempo_bpm" in query or "max_tempo_bpm" in query:
        tempo = TempoRange(query.get("min_tempo_bpm"), query.get("max_tempo_bpm"), query["with_half_and_double"])
    return Facets(
        tempo, parse_key(query.get("key", "")), parse_key(query.get("mixes_with_key", "")),
        query.get("mixes_with"), query.get("may"),
        query.get("combines_with"), query.get("min_seconds"), query.get("max_seconds"),
    )  # fmt: skip


def _page_of(query: dict[str, Any]) -> dict[str, Any]:
    return {"after": position_of(query), "limit": query["limit"], "counted": query["with_count"]}


def _body(name: str, found: Found[Any], shown: Any) -> Any:
    body, status, headers = page_body(name, found.page.map(shown))
    return {**body, "count": found.count, "did_you_mean": found.did_you_mean}, status, headers


def work_body(one: WorkFound) -> dict[str, Any]:
    heard = {"tempo_bpm": one.tempo_bpm, "key": one.key, "length_seconds": one.length_seconds}
    detected = {"is_tempo_detected": one.is_tempo_detected, "is_key_detected": one.is_key_detected}
    return {"work": card(one.work), **heard, **detected}


def stem_body(one: StemFound) -> dict[str, Any]:
    stem = {"stem_id": one.stem.id, "stem_pack_id": one.stem.stem_pack_id, "name": one.stem.name}
    heard = {"tempo_bpm": one.tempo_bpm, "key": one.key, "loudness_lufs": one.loudness_lufs}
    return {
        **stem, **heard, "role": StemRole(one.stem.role), "work": card(one.work), "length_seconds": one.length_seconds,
    }  # fmt: skip
