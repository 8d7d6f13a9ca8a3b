"""JSON of reports, takedowns and notices."""

from remixhub.api.moderation import notices, reports, takedowns

BLUEPRINTS = (reports.blueprint, takedowns.blueprint, notices.blueprint)
