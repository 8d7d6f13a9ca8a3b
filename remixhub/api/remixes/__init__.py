"""JSON of remixes, their source links, shares and permissions."""

from remixhub.api.remixes import elsewhere, links, permissions, remixes, shares

BLUEPRINTS = (remixes.blueprint, links.blueprint, elsewhere.blueprint, shares.blueprint, permissions.blueprint)
