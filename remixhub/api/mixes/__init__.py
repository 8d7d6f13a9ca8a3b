"""JSON of mixes, draft mixes and shared ones."""

from remixhub.api.mixes import drafts, mixes, shared

BLUEPRINTS = (mixes.blueprint, drafts.blueprint, shared.blueprint)
