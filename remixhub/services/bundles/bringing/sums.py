"""That what is read of a bundle is what was checked: its list, its manifest, and what this says of each file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from remixhub.domain.bundles import checksums, manifest
from remixhub.domain.bundles.contents import Bundle
from remixhub.domain.bundles.moving import files_of
from remixhub.domain.bundles.refusals import BundleUnreadable
from remixhub.services.bundles.verifying import Opened, Verified, read_whole


def read_checked(opened: Opened, found: Verified) -> Bundle:
    """The bundle of which `found` was found out. Raises BundleUnreadable, also when it was changed since."""
    text = read_whole(opened, manifest.NAME, manifest.LONGEST_BYTES)
    if text is None:
        raise BundleUnreadable(f"There is no {manifest.NAME} in it, or a longer one than is read.")
    listed = read_whole(opened, checksums.NAME, checksums.LONGEST_BYTES) or b""
    if _sha256(listed) != found.list_sha256 or checksums.read(listed).get(manifest.NAME) != _sha256(text):
        raise BundleUnreadable("It was changed since it was checked: nothing of it is brought in.")
    bundle = manifest.read(text)
    _check_files(bundle, opened, checksums.read(listed))
    return bundle


def _check_files(bundle: Bundle, opened: Opened, sums: Mapping[str, str]) -> None:
    """Raises BundleUnreadable, which names the file."""
    for work in bundle.works:
        for one in files_of(work):
            if sums.get(one.path) != one.sha256 or opened.sizes.get(one.path) != one.size_bytes:
                said = f"“{work.title[:100]}” names {one.path[:100]!r}, which is not the file that lies there"
                raise BundleUnreadable(f"{said}: nothing of it is brought in.")


def _sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
