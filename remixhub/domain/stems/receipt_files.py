"""Receipts as files, for whoever has no account: JSON that the hub signs, and knows again when it is presented.

A file says which stems the hub offered under which licence, and since when. It bears no name: a public licence is
offered to everybody who receives the stems, and so the file counts for whoever has it. The signature is an HMAC-SHA256
over all else in it, as compact JSON with sorted names in UTF-8; how the file is laid out does not matter.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from remixhub.domain.errors import Invalid
from remixhub.domain.licences.terms import Licence, licence_url
from remixhub.domain.strict_json import NameTwice, once_each
from remixhub.domain.times import rfc3339

FORMAT, VERSION = "remixhub-receipt", 1
LONGEST = 100_000
"""Characters: about twice those of a receipt for 200 stems."""
_PURPOSE = b"remixhub receipts 1"


class ReceiptUnreadable(Invalid):
    code = "receipt_unreadable"
    title = "This is no receipt"


class ReceiptOfAnotherHub(Invalid):
    code = "receipt_of_another_hub"
    title = "The receipt is of another hub"


class ReceiptKeyUnknown(Invalid):
    code = "receipt_key_unknown"
    title = "The key of the receipt is not kept any more"


class ReceiptForged(Invalid):
    code = "receipt_forged"
    title = "The receipt was changed"


class ReceiptOfAnotherWork(Invalid):
    code = "receipt_of_another_work"
    title = "The receipt is for another work"


@dataclass(frozen=True)
class ReceiptKeys:
    """By their ids. The first one signs; the others are of secrets that were replaced, and only check."""

    by_id: Mapping[str, bytes]

    @classmethod
    def of(cls, secrets: Sequence[str]) -> ReceiptKeys:
        keys = [hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).digest() for secret in secrets]
        return cls({hashlib.sha256(key).hexdigest()[:8]: key for key in keys})

    @property
    def signing(self) -> tuple[str, bytes]:
        return next(iter(self.by_id.items()))


@dataclass(frozen=True)
class OfferedPack:
    """What the hub offers to whoever takes the stems."""

    hub: str
    work_id: str
    title: str
    artist: str
    url: str
    licence: Licence
    licence_sha256: str
    stem_pack_id: str
    version: int
    digest: str
    offered_since: dt.datetime
    stems: Sequence[tuple[str, str]]
    """Name and SHA-256."""


@dataclass(frozen=True)
class ReceiptFile:
    """What a file that the hub signed says."""

    work_id: str
    title: str
    stem_pack_id: str
    licence: Licence
    licence_sha256: str
    sha256: str
    """Over what is signed, and the signature."""


def signed(pack: OfferedPack, keys: ReceiptKeys) -> str:
    """The text of the file; the same for the same pack, licence and key."""
    key_id, key = keys.signing
    said = {
        "format": FORMAT,
        "version": VERSION,
        "hub": pack.hub,
        "work": {"id": pack.work_id, "title": pack.title, "artist": pack.artist, "url": pack.url},
        "licence": {
            "id": pack.licence.value, "url": licence_url(pack.licence, pack.url), "sha256": pack.licence_sha256,
        },
        "stem_pack": {"id": pack.stem_pack_id, "version": pack.version, "digest": pack.digest},
        "stems": [{"name": name, "sha256": sha256} for name, sha256 in pack.stems],
        "offered_since": rfc3339(pack.offered_since),
        "key": key_id,
    }  # fmt: skip
    return json.dumps({**said, "signature": _signature(said, key)}, ensure_ascii=False, indent=2) + "\n"


def read(text: str, keys: ReceiptKeys, hub: str, pointer: str) -> ReceiptFile:
    """`pointer` is where in the request the text stands.

    Raises ReceiptUnreadable, ReceiptOfAnotherHub, ReceiptKeyUnknown and ReceiptForged.
    """
    said = _parsed(text, pointer)
    signature, key_id = said.pop("signature", None), said.get("key")
    key = keys.by_id.get(key_id) if isinstance(key_id, str) else None
    if key is None and said.get("hub") != hub:
        raise ReceiptOfAnotherHub(
            "Another hub signed it, which this one cannot check. Remix the work there.", **_at(pointer)
        )
    if key is None:
        raise ReceiptKeyUnknown(
            "It was signed with a key that this hub replaced and does not keep. Ask the hub's operator.", **_at(pointer)
        )
    try:
        is_ours = isinstance(signature, str) and hmac.compare_digest(_signature(said, key), signature)
    except (ValueError, TypeError):  # text that is not UTF-8, or no ASCII in the signature
        is_ours = False
    if not is_ours:
        raise ReceiptForged("Its signature is not of what it says. Give the file as it was downloaded.", **_at(pointer))
    return ReceiptFile(
        work_id=said["work"]["id"],
        title=said["work"]["title"],
        stem_pack_id=said["stem_pack"]["id"],
        licence=Licence(said["licence"]["id"]),
        licence_sha256=said["licence"]["sha256"],
        sha256=hashlib.sha256(_canonical({**said, "signature": signature})).hexdigest(),
    )


def _parsed(text: str, pointer: str) -> dict[str, Any]:
    try:
        said = json.loads(text.removeprefix("\ufeff") if len(text) <= LONGEST else "", object_pairs_hook=once_each)
    except (ValueError, RecursionError, NameTwice):
        said = None
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise ReceiptUnreadable("Give the whole text of the file RECEIPT.json that lay with the stems.", **_at(pointer))
    if said.get("version") != VERSION:
        raise ReceiptUnreadable(f"It is of a version that this hub does not know; it knows {VERSION}.", **_at(pointer))
    return said


def _signature(said: Mapping[str, Any], key: bytes) -> str:
    return hmac.new(key, _canonical(said), hashlib.sha256).hexdigest()


def _canonical(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _at(pointer: str) -> dict[str, Any]:
    return {"pointer": pointer, "violations": {pointer: ["Not a receipt that counts here."]}}
