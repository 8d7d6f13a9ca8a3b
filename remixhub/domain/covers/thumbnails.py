"""Small squares of the covers that artists upload: how large, how heavy at most, and what they are filed under."""

from __future__ import annotations

import hashlib

from remixhub.domain.states import RenditionKind

SIDES_PIXELS = {
    RenditionKind.THUMBNAIL_192: 192,
    RenditionKind.THUMBNAIL_384: 384,
    RenditionKind.THUMBNAIL_768: 768,
}
MOST_BYTES = {192: 6_000, 384: 14_000, 768: 48_000}
"""What a frame on another site weighs leaves so much for the one of 384."""
_RECIPE = 1
"""To be raised, with a migration that sets `printed_revision` to 0, whenever the same cover gives others."""


def thumbnails_digest(cover_digest: str) -> str:
    return hashlib.sha256(f"thumbnails {_RECIPE} of {cover_digest}".encode()).hexdigest()
