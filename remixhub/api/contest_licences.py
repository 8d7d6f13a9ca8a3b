"""`/contest-licences`: what a host lets remixers do, for all to read; written once, accepted by entrants."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import LicenceField, ListQuery, Schema, Text, Time
from remixhub.domain.licences.contest_licences import TEXT_LIMIT, TITLE_LIMIT, ContestLicenceTerms, Remixers, Sharing
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import ContestLicence
from remixhub.services.licences import contest_licences
from remixhub.services.licences.contest_licences import ContestLicenceView

blueprint = Blueprint("contest_licences", __name__, description="Contest licences and their acceptances")


class NewContestLicenceSchema(Schema):
    title = Text(required=True, min_length=1, max_length=TITLE_LIMIT)
    text = Text(required=True, multiline=True, min_length=1, max_length=TEXT_LIMIT)
    remixers = ma.fields.Enum(Remixers, by_value=True, load_default=Remixers.ENTRANTS)
    sharing = ma.fields.Enum(Sharing, by_value=True, load_default=Sharing.HERE)
    is_non_commercial = ma.fields.Boolean(load_default=True, truthy={True}, falsy={False})
    expires_at = Time(load_default=None, allow_none=True)


class ContestLicenceSchema(Schema):
    id = LicenceField(required=True, metadata={"description": "An SPDX LicenseRef"})
    title = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    text_sha256 = ma.fields.String(required=True, metadata={"description": "Over all that the licence says"})
    remixers = ma.fields.Enum(Remixers, by_value=True, required=True)
    sharing = ma.fields.Enum(Sharing, by_value=True, required=True)
    is_non_commercial = ma.fields.Boolean(required=True)
    expires_at = Time(required=True, allow_none=True)
    in_plain_words = ma.fields.List(ma.fields.String(), required=True)
    author = ma.fields.String(required=True, metadata={"description": "Handle"})
    created_at = Time(required=True)


class ReadContestLicenceSchema(ContestLicenceSchema):
    accepted_at = Time(required=True, allow_none=True, metadata={"description": "By whoever asks"})


class ContestLicencePageSchema(Schema):
    contest_licences = ma.fields.List(ma.fields.Nested(ContestLicenceSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class AcceptanceSchema(Schema):
    text_sha256 = ma.fields.String(
        required=True, validate=validate.Length(equal=64), metadata={"description": "Of the text that was read"}
    )


@blueprint.route("/contest-licences", methods=["POST"])
@blueprint.arguments(NewContestLicenceSchema)
@blueprint.response(201, ReadContestLicenceSchema)
@problems(blueprint, 413, 415)
def create_contest_licence(body: dict[str, Any]) -> Any:
    """Write a contest licence; it never changes. The same terms again give the same licence."""
    row = contest_licences.create_contest_licence(current_actor(), current_parts(), ContestLicenceTerms(**body))
    location = flask.url_for("contest_licences.get_contest_licence", contest_licence_id=row.id)
    return _read(ContestLicenceView(row, None)), 201, {"Location": location}


@blueprint.route("/account/contest-licences")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, ContestLicencePageSchema)
@problems(blueprint)
def list_contest_licences(query: dict[str, Any]) -> Any:
    """Those that one wrote, newest first."""
    page = contest_licences.list_own_contest_licences(
        current_actor(), current_parts(), after=position_of(query), limit=query["limit"]
    )
    return page_body("contest_licences", page.map(_shown))


@blueprint.route("/contest-licences/<contest_licence_id>")
@blueprint.response(200, ReadContestLicenceSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_contest_licence(contest_licence_id: str) -> Any:
    """A contest licence with its text."""
    return _read(contest_licences.get_contest_licence(current_actor(), current_parts(), contest_licence_id))


@blueprint.route("/contest-licences/<contest_licence_id>/acceptances", methods=["POST"])
@blueprint.arguments(AcceptanceSchema)
@blueprint.response(200, ReadContestLicenceSchema)
@problems(blueprint, 404, 413, 415)
def accept_contest_licence(body: dict[str, Any], contest_licence_id: str) -> Any:
    """Accept the text that was read, named by its digest; the answer is the receipt."""
    view = contest_licences.accept(current_actor(), current_parts(), contest_licence_id, sha256=body["text_sha256"])
    return _read(view)


def _read(view: ContestLicenceView) -> dict[str, Any]:
    return {**_shown(view.row), "accepted_at": view.accepted_at}


def _shown(row: ContestLicence) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "text": row.text,
        "text_sha256": row.text_sha256,
        "remixers": row.remixers,
        "sharing": row.sharing,
        "is_non_commercial": row.is_non_commercial,
        "expires_at": row.expires_at,
        "in_plain_words": row.terms.in_plain_words(),
        "author": row.account.handle,
        "created_at": row.created_at,
    }
