"""What authenticators sign, checked as WebAuthn level 3 has it (py_webauthn). Imported where it is used: it is heavy.

Credentials come as the JSON that browsers write, from whoever asks: whatever the parsers stumble over is a refusal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import webauthn
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json_dict,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from remixhub.domain.addresses import RelyingParty
from remixhub.models import Passkey
from remixhub.services.accounts.challenges import LIFETIME_SECONDS


class Refused(Exception):
    """The answer does not stand; why is for the log alone."""


class Unreadable(Refused):
    """It is none at all."""


@dataclass(frozen=True)
class Registered:
    credential_id: str
    public_key: bytes
    sign_count: int
    is_verified: bool
    is_backed_up: bool
    transports: list[str]


@dataclass(frozen=True)
class Signed:
    sign_count: int
    is_backed_up: bool


def registration_options(
    party: RelyingParty, challenge: bytes, *, user: tuple[str, str, str], known: Sequence[Passkey]
) -> dict[str, Any]:
    """`user` is the account's id, handle and name; what is `known` is not made a second time."""
    account_id, handle, display_name = user
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name="RemixHub",
        user_id=account_id.encode(),
        user_name=handle,
        user_display_name=display_name,
        challenge=challenge,
        timeout=LIFETIME_SECONDS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_described(known),
    )
    return {**options_to_json_dict(options), "extensions": {"credProps": True}}


def request_options(party: RelyingParty, challenge: bytes, *, known: Sequence[Passkey], alone: bool) -> dict[str, Any]:
    """Of a passkey that signs in `alone` the authenticator has to verify its user."""
    verification = UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=LIFETIME_SECONDS * 1000,
        allow_credentials=_described(known),
        user_verification=verification,
    )
    return options_to_json_dict(options)


def challenge_of(credential: dict[str, Any]) -> bytes:
    """The challenge that was answered. Raises Unreadable, and Refused for an answer from inside another site's page."""
    try:
        said = parse_client_data_json(base64url_to_bytes(credential["response"]["clientDataJSON"]))
    except Exception as exc:  # a stranger's bytes in a foreign parser
        raise Unreadable("no client data") from exc
    if said.cross_origin:
        raise Refused("cross-origin")
    return bytes(said.challenge)


def signer_of(credential: dict[str, Any]) -> tuple[str, str | None]:
    """Which passkey is said to have signed, and for whose account, where that is told. Raises Unreadable."""
    try:
        parsed = parse_authentication_credential_json(credential)
        user = parsed.response.user_handle
        return bytes_to_base64url(parsed.raw_id), None if user is None else bytes(user).decode("ascii")
    except Exception as exc:  # a stranger's bytes in a foreign parser
        raise Unreadable("no credential") from exc


def check_registration(party: RelyingParty, challenge: bytes, credential: dict[str, Any]) -> Registered:
    """Raises Refused."""
    try:
        parsed = parse_registration_credential_json(credential)
        checked = webauthn.verify_registration_response(
            credential=parsed, expected_challenge=challenge, expected_rp_id=party.id, expected_origin=party.origin
        )
    except Exception as exc:  # a stranger's bytes in a foreign parser
        raise Refused(str(exc)) from exc
    return Registered(
        credential_id=bytes_to_base64url(checked.credential_id),
        public_key=checked.credential_public_key,
        sign_count=checked.sign_count,
        is_verified=checked.user_verified,
        is_backed_up=checked.credential_backed_up,
        transports=[one.value for one in parsed.response.transports or ()],
    )


def check_signature(
    party: RelyingParty, challenge: bytes, credential: dict[str, Any], *, public_key: bytes, alone: bool
) -> Signed:
    """The counter is the caller's to judge: only what was signed may raise an alarm. Raises Refused."""
    try:
        checked = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=alone,
        )
    except Exception as exc:  # a stranger's bytes in a foreign parser
        raise Refused(str(exc)) from exc
    return Signed(sign_count=checked.new_sign_count, is_backed_up=checked.credential_backed_up)


def _described(known: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(one.credential_id),
            transports=[AuthenticatorTransport(word) for word in one.transports],
        )
        for one in known
    ]
