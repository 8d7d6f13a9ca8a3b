"""JSON of remixes, their source links, shares and permissions."""

from remixhub.api.remixes import links, permissions, remixes, shares

BLUEPRINTS = (remixes.blueprint, links.blueprint, shares.blueprint, permissions.blueprint)
