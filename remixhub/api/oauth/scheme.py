"""How apps act for people, as the OpenAPI document has it: OAuth 2 by authorisation code."""

from __future__ import annotations

from typing import Any

from remixhub.domain.addresses import Addresses
from remixhub.domain.states import Scope

_SCOPES = {
    Scope.READ: "See the account's works, mixes and uploads; every token has it.",
    Scope.PUBLISH: "Upload, publish and change works.",
    Scope.CONTEST: "Enter and run contests.",
    Scope.ADMIN: "Do what its account does as an operator of the hub; only operators can give it.",
}


def oauth_scheme(addresses: Addresses) -> dict[str, Any]:
    """A Security Scheme Object of OpenAPI 3.1, which wants whole addresses."""
    token = addresses.of("/oauth/token")
    return {
        "type": "oauth2",
        "description": "For apps: OAuth 2.1 with PKCE (`S256`). Programs without a browser take the device flow "
        "(RFC 8628). All of it stands at `/.well-known/oauth-authorization-server`.",
        "flows": {
            "authorizationCode": {
                "authorizationUrl": addresses.of("/oauth/authorize"),
                "tokenUrl": token,
                "refreshUrl": token,
                "scopes": {scope.value: _SCOPES[scope] for scope in Scope},
            }
        },
    }
