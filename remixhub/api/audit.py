"""`/audit-entries`, and `/accounts/…/sessions` to be ended: for operators."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.operations import problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ListQuery, Schema, Time
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.accounts.ending import end_sessions_of
from remixhub.services.upkeep import audit
from remixhub.services.upkeep.audit import Filters

blueprint = Blueprint("audit", __name__, description="The audit trail, for operators")


def _filter(words: str) -> ma.fields.String:
    return ma.fields.String(validate=validate.Length(max=64), metadata={"description": words})


class AuditQuery(ListQuery):
    action = _filter("Such as `sign_in.failed`, or the noun alone: `sign_in`")
    actor = _filter("A handle, an account's id, `system` or `visitor`")
    subject = _filter("A handle, or the id of whatever it is about")
    address = _filter("A network address; of IPv6 the first 64 bits, such as `2001:db8::/64`")
    since = Time()


class AuditEntrySchema(Schema):
    id = ma.fields.Integer(required=True)
    created_at = Time(required=True)
    action = ma.fields.String(required=True)
    actor = ma.fields.String(required=True, metadata={"description": "An account's id, `system` or `visitor`"})
    actor_handle = ma.fields.String(required=True, allow_none=True)
    subject_kind = ma.fields.String(required=True)
    subject_id = ma.fields.String(required=True)
    subject_handle = ma.fields.String(required=True, allow_none=True)
    address = ma.fields.String(required=True, allow_none=True)
    count = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "How often it was observed; null for a change"}
    )
    before = ma.fields.Dict(required=True, allow_none=True)
    after = ma.fields.Dict(required=True, allow_none=True)
    request_id = ma.fields.String(required=True, allow_none=True)


class AuditPageSchema(Schema):
    entries = ma.fields.List(ma.fields.Nested(AuditEntrySchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


@blueprint.route("/audit-entries")
@blueprint.arguments(AuditQuery, location="query")
@blueprint.response(200, AuditPageSchema)
@problems(blueprint)
def list_audit_entries(query: dict[str, Any]) -> Any:
    """Who changed what, what was tried and refused, and from where; newest first. For operators."""
    filters = Filters(**{name: query.get(name) for name in ("action", "actor", "subject", "address", "since")})
    page = audit.list_entries(current_actor(), current_parts(), filters, after=position_of(query), limit=query["limit"])
    return page_body("entries", page)


class EndingSchema(Schema):
    end_tokens = ma.fields.Boolean(load_default=False, metadata={"description": "Revoke its access tokens too"})


class EndedSchema(Schema):
    session_count = ma.fields.Integer(required=True)
    token_count = ma.fields.Integer(required=True)


@blueprint.route("/accounts/<handle>/sessions", methods=["DELETE"])
@blueprint.arguments(EndingSchema)
@blueprint.response(200, EndedSchema)
@problems(blueprint, 404, 413, 415)
def end_account_sessions(body: dict[str, Any], handle: str) -> Any:
    """Sign an account out everywhere; for operators."""
    return end_sessions_of(current_actor(), current_parts(), handle, end_tokens=body["end_tokens"])
