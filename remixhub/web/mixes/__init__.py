"""Pages of mixes: the desk, the plain form beside it, what was rendered."""

from remixhub.web.mixes import mixes

BLUEPRINTS = (mixes.blueprint,)
