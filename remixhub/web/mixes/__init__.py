"""Pages of mixes: the desk, the plain form beside it, what was rendered."""

from remixhub.web.mixes import files, mixes

BLUEPRINTS = (mixes.blueprint, files.blueprint)
