"""Pages of mixes: the desk, the plain form beside it, drafts, shared mixes, what was rendered."""

from remixhub.web.mixes import drafts, files, mixes, shared

BLUEPRINTS = (mixes.blueprint, drafts.blueprint, shared.blueprint, files.blueprint)
