"""Signatures after Standard Webhooks 1.0.0 (standardwebhooks.com, `spec/standard-webhooks.md`)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

_PREFIX = "whsec_"
_SECRET_BYTES = 32
"""The standard has 24 to 64."""


def new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def headers_of(event_id: str, sent_at_seconds: int, body: bytes, signing: Iterable[str]) -> dict[str, str]:
    """`signing`: the secret, and while it is being changed the former one as well; either proves it."""
    webhook_id = f"msg_{event_id}"
    signed = f"{webhook_id}.{sent_at_seconds}.".encode() + body
    signatures = (f"v1,{base64.b64encode(_hmac(secret, signed)).decode()}" for secret in signing)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(sent_at_seconds),
        "webhook-signature": " ".join(signatures),
    }


def _hmac(secret: str, signed: bytes) -> bytes:
    return hmac.new(base64.b64decode(secret.removeprefix(_PREFIX)), signed, hashlib.sha256).digest()
