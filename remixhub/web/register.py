"""The pages as a whole: their blueprints, filters, static files and headers."""

from __future__ import annotations

import flask

from remixhub.compose import Parts
from remixhub.web import (
    accounts,
    audit,
    bundles,
    charts,
    collections,
    comments,
    contest_licences,
    contests,
    discovery,
    doors,
    drafts,
    elsewhere,
    embeds,
    exports,
    factors,
    feeds,
    home,
    hooks,
    house,
    licences,
    lineage,
    links,
    listening,
    mail,
    media,
    mixes,
    moderation,
    notices,
    oauth,
    oembed,
    permissions,
    proof,
    receipts,
    recovery,
    remixes,
    saved_searches,
    search,
    second_step,
    settings,
    styleguide,
    suspensions,
    uploads,
    works,
)
from remixhub.web.filters import register_filters
from remixhub.web.headers import register_headers
from remixhub.web.pages import page_context
from remixhub.web.schema_org import register_schema_org
from remixhub.web.static_files import register_static_files
from remixhub.web.urls import register_urls
from remixhub.web.verdicts import register_verdict_words

_BLUEPRINTS = (
    home.blueprint,
    licences.blueprint,
    receipts.blueprint,
    discovery.blueprint,
    search.blueprint,
    saved_searches.blueprint,
    listening.blueprint,
    collections.blueprint,
    accounts.blueprint,
    recovery.blueprint,
    mail.blueprint,
    second_step.blueprint,
    settings.blueprint,
    factors.blueprint,
    hooks.blueprint,
    *oauth.BLUEPRINTS,
    proof.blueprint,
    lineage.blueprint,
    elsewhere.blueprint,
    charts.blueprint,
    contest_licences.blueprint,
    works.blueprint,
    bundles.blueprint,
    exports.blueprint,
    comments.blueprint,
    uploads.blueprint,
    *drafts.BLUEPRINTS,
    *mixes.BLUEPRINTS,
    remixes.blueprint,
    links.blueprint,
    permissions.blueprint,
    *contests.BLUEPRINTS,
    moderation.blueprint,
    audit.blueprint,
    suspensions.blueprint,
    house.blueprint,
    notices.blueprint,
    media.blueprint,
    feeds.blueprint,
    embeds.blueprint,
    oembed.blueprint,
    doors.blueprint,
    styleguide.blueprint,
)


def register_web(app: flask.Flask) -> None:
    """Expects the service's parts in `app.extensions`."""
    parts: Parts = app.extensions["remixhub"]
    app.config.update(
        SESSION_COOKIE_NAME="remixhub_flash",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=parts.settings.secure_cookies,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    pages = flask.Blueprint("web", __name__, template_folder="templates")
    pages.app_context_processor(page_context)
    for blueprint in _BLUEPRINTS:
        pages.register_blueprint(blueprint)
    app.register_blueprint(pages)
    register_filters(app)
    register_verdict_words(app)
    register_schema_org(app)
    register_urls(app)
    register_static_files(app)
    register_headers(app, parts.settings)
