"""OAuth 2.1 for programs: the protocol's own endpoints, and as JSON the apps that one registered or let in."""

from remixhub.api.oauth import apps, clients, protocol

BLUEPRINTS = (clients.blueprint, apps.blueprint)

__all__ = ["BLUEPRINTS", "protocol"]
