"""What the hub says of itself to apps (RFC 8414)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE

from remixhub.compose import Parts
from remixhub.domain.states import Scope
from remixhub.services.oauth.server import AUTH_METHODS


def describe(parts: Parts) -> dict[str, Any]:
    """The issuer is the hub's own address, and so is what begins all others."""
    of = parts.addresses.of
    methods = list(AUTH_METHODS)
    return dict(
        AuthorizationServerMetadata(
            issuer=parts.settings.public_url,
            authorization_endpoint=of("/oauth/authorize"),
            token_endpoint=of("/oauth/token"),
            device_authorization_endpoint=of("/oauth/device-authorization"),
            revocation_endpoint=of("/oauth/revoke"),
            introspection_endpoint=of("/oauth/introspect"),
            scopes_supported=[scope.value for scope in Scope],
            response_types_supported=["code"],
            response_modes_supported=["query"],
            grant_types_supported=["authorization_code", "refresh_token", DEVICE_CODE_GRANT_TYPE],
            code_challenge_methods_supported=["S256"],
            token_endpoint_auth_methods_supported=methods,
            revocation_endpoint_auth_methods_supported=methods,
            introspection_endpoint_auth_methods_supported=methods,
            authorization_response_iss_parameter_supported=True,
            service_documentation=of("/api/v1/docs"),
        )
    )
