"""JSON of remixes, their source links, shares and permissions."""

from remixhub.api.remixes import elsewhere, handbacks, links, permissions, remixes, shares

BLUEPRINTS = (
    remixes.blueprint,
    links.blueprint,
    elsewhere.blueprint,
    handbacks.blueprint,
    shares.blueprint,
    permissions.blueprint,
)
