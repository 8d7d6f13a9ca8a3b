"""Secrets that the hub has to know again, encrypted where they lie: AES-256-GCM under a key made from the secret key.

A copy of the database alone tells none of them. `REMIXHUB_RETIRED_SECRET_KEYS` open what they sealed, and seal nothing.
"""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from remixhub.config import Settings

_NONCE_BYTES = 12


def seal(settings: Settings, secret: str, account_id: str) -> str:
    """Opens for this account's id alone, so that nobody puts it into another row."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _cipher(settings.secret_key).encrypt(nonce, secret.encode(), account_id.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(settings: Settings, sealed: str, account_id: str) -> str | None:
    """None when neither the present secret key nor a retired one opens it."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
    except binascii.Error:
        return None
    for secret_key in settings.receipt_secrets:
        try:
            opened = _cipher(secret_key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], account_id.encode())
        except (InvalidTag, ValueError):
            continue
        return opened.decode()
    return None


def _cipher(secret_key: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"remixhub: secrets of apps for codes")
    return AESGCM(derived.derive(secret_key.encode()))
