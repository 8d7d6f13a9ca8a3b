"""JSON of reports, takedowns, suspensions and notices."""

from remixhub.api.moderation import notices, reports, suspensions, takedowns

BLUEPRINTS = (reports.blueprint, takedowns.blueprint, suspensions.blueprint, notices.blueprint)
