"""That what the manifest says of a file is what the signed list of checksums says, and what lies there."""

from __future__ import annotations

from remixhub.domain.bundles import checksums
from remixhub.domain.bundles.contents import Bundle
from remixhub.domain.bundles.moving import files_of
from remixhub.domain.bundles.refusals import BundleUnreadable
from remixhub.services.bundles.verifying import Opened


def check_sums(bundle: Bundle, opened: Opened) -> None:
    """Raises BundleUnreadable, which names the file."""
    with opened.open(checksums.NAME) as file:
        sums = checksums.read(file.read(checksums.LONGEST_BYTES + 1))
    for work in bundle.works:
        for one in files_of(work):
            if sums.get(one.path) != one.sha256 or opened.sizes.get(one.path) != one.size_bytes:
                said = f"“{work.title[:100]}” names {one.path[:100]!r}, which is not the file that lies there"
                raise BundleUnreadable(f"{said}: nothing of it is brought in.")
