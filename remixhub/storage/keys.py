"""The key scheme: the server chooses every key; nothing a user typed is ever part of one.

incoming/<upload id>                                  an upload until it is verified
originals/<aa>/<sha256>                               bytes as uploaded, never altered
renditions/<aa>/<subject digest>/<engine>/<name>      whatever was made from them
"""

from __future__ import annotations

INCOMING = "incoming/"
ORIGINALS = "originals/"
RENDITIONS = "renditions/"


def incoming_key(upload_id: str) -> str:
    return f"{INCOMING}{upload_id}"


def original_key(sha256: str) -> str:
    return f"{ORIGINALS}{sha256[:2]}/{sha256}"


def rendition_key(subject_digest: str, engine_version: str, name: str) -> str:
    """`name` is ours, such as `preview.mp3`. Equal inputs give equal keys: a repeated job rewrites the same bytes."""
    return f"{RENDITIONS}{subject_digest[:2]}/{subject_digest}/{engine_version}/{name}"
