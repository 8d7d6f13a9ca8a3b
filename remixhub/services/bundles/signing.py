"""The hub's key for bundles: Ed25519 (RFC 8032), one for each of its secrets, the present one's signs.

Whoever has a bundle checks it by the public keys, which the hub shows; those of secrets that were replaced too.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from remixhub.compose import Parts

_PURPOSE = b"remixhub bundles 1"
KEYS_PATH = "/.well-known/remixhub-keys"


class KeyUnreadable(ValueError):
    """It is no Ed25519 public key in PEM."""


@dataclass(frozen=True)
class HubKeys:
    signing: Ed25519PrivateKey
    public: Mapping[str, bytes]
    """PEM by id, the one that signs first."""

    @classmethod
    def of(cls, secrets: Sequence[str]) -> HubKeys:
        keys = [
            Ed25519PrivateKey.from_private_bytes(hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).digest())
            for secret in secrets
        ]
        return cls(keys[0], {id_of(key.public_key()): _pem(key.public_key()) for key in keys})

    @property
    def id(self) -> str:
        return next(iter(self.public))

    @property
    def pem(self) -> bytes:
        return self.public[self.id]


def hub_keys(parts: Parts) -> HubKeys:
    return HubKeys.of(parts.settings.receipt_secrets)


def key_url(parts: Parts, key_id: str) -> str:
    return parts.addresses.of(f"{KEYS_PATH}/{key_id}.pem")


def id_of(key: Ed25519PublicKey) -> str:
    """The first 16 digits of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def read_key(pem: bytes) -> Ed25519PublicKey:
    """Raises KeyUnreadable."""
    try:
        key = load_pem_public_key(pem)
    except ValueError as exc:
        raise KeyUnreadable(str(exc)) from exc
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnreadable("It is a key of another kind.")
    return key


def is_signed(key: Ed25519PublicKey, said: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, said)
    except InvalidSignature:
        return False
    return True


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
