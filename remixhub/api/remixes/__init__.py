"""JSON of remixes, their source links and shares."""

from remixhub.api.remixes import links, remixes, shares

BLUEPRINTS = (remixes.blueprint, links.blueprint, shares.blueprint)
