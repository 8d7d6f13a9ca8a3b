"""Receipts: what one says, and the digest by which a source link names it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from dataclasses import dataclass

from remixhub.domain.licences.terms import Licence
from remixhub.domain.times import rfc3339


@dataclass(frozen=True)
class ReceiptTerms:
    id: str
    work_id: str
    stem_pack_id: str
    stem_id: str
    """Empty for the whole pack."""
    licence: Licence
    licence_sha256: str
    taken_at: dt.datetime

    def sha256(self) -> str:
        """Over the compact JSON object of all seven, with sorted names, in UTF-8; the time as RFC 3339 has it."""
        said = {**dataclasses.asdict(self), "licence": self.licence.value, "taken_at": rfc3339(self.taken_at)}
        return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
