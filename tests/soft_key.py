"""An authenticator in software: answers the options of passkeys as a browser would, well or with one thing wrong."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

ORIGIN = "http://localhost"


@dataclass
class SoftKey:
    origin: str = ORIGIN
    rp_id: str = "localhost"
    verifies: bool = True
    """Asks its user for a finger or a number."""
    is_discoverable: bool = True
    counts: bool = True
    sign_count: int = 0
    cross_origin: bool = False
    user: str = ""
    id: bytes = field(default_factory=lambda: os.urandom(32))
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """As `navigator.credentials.create(…).toJSON()`."""
        self.user = options["user"]["id"]
        numbers = self.private.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + encode_cbor(cose)
        statement = {"fmt": "none", "attStmt": {}, "authData": self._facts(0x40) + attested}
        response = {
            "clientDataJSON": self._said("webauthn.create", options["challenge"]),
            "attestationObject": bytes_to_base64url(encode_cbor(statement)),
            "transports": ["internal"],
        }
        extensions = {"credProps": {"rk": self.is_discoverable}}
        return {**self._named(), "response": response, "clientExtensionResults": extensions}

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """As `navigator.credentials.get(…).toJSON()`."""
        self.sign_count += self.counts
        said, facts = self._said("webauthn.get", options["challenge"]), self._facts(0)
        raw = base64url_to_bytes(said)
        signature = self.private.sign(facts + hashlib.sha256(raw).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": said,
            "authenticatorData": bytes_to_base64url(facts),
            "signature": bytes_to_base64url(signature),
            "userHandle": self.user if self.is_discoverable else None,
        }
        return {**self._named(), "response": response, "clientExtensionResults": {}}

    def but(self, **changes: Any) -> SoftKey:
        return replace(self, **changes)

    def _named(self) -> dict[str, Any]:
        name = bytes_to_base64url(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "authenticatorAttachment": "platform"}

    def _said(self, kind: str, challenge: str) -> str:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin}
        return bytes_to_base64url(json.dumps(said).encode())

    def _facts(self, flags: int) -> bytes:
        flags |= 0x01 | (0x04 if self.verifies else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", flags, self.sign_count)
