"""The key scheme: the server chooses every key; nothing a user typed is ever part of one.

incoming/<upload id>                                  a file of one part until it is verified
uploads/<upload id>                                   a file of several parts, before and after it is verified
originals/<aa>/<sha256>/<upload id>                   a verified file of one part; without the id where it is older
renditions/<aa>/<subject digest>/<engine>/<name>      whatever was made from them
"""

from __future__ import annotations

INCOMING = "incoming/"
UPLOADS = "uploads/"
ORIGINALS = "originals/"
RENDITIONS = "renditions/"


def upload_key(upload_id: str, part_count: int) -> str:
    """A form may still store where a file of one part came in; what came in parts nobody can replace, so it stays."""
    return f"{UPLOADS if part_count > 1 else INCOMING}{upload_id}"


def original_key(sha256: str, upload_id: str) -> str:
    """Of no other upload, so that deleting what is at an old key never meets what came anew."""
    return f"{ORIGINALS}{sha256[:2]}/{sha256}/{upload_id}"


def upload_id_of(key: str) -> str:
    """Of a key of `upload_key`."""
    return key.rpartition("/")[2]


def rendition_key(subject_digest: str, engine_version: str, name: str) -> str:
    """`name` is ours, such as `preview.mp3`. Equal inputs give equal keys: a repeated job rewrites the same bytes."""
    return f"{RENDITIONS}{subject_digest[:2]}/{subject_digest}/{engine_version}/{name}"
