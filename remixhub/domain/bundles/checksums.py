"""`SHA256SUMS`, as `sha256sum -c` of GNU and BusyBox and `shasum -a 256 -c` read it; the hub's signature is over it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from remixhub.domain.bundles.refusals import BundleUnreadable

NAME, SIGNATURE_NAME, KEY_NAME = "SHA256SUMS", "SHA256SUMS.sig", "hub-key.pem"
LONGEST_BYTES = 64 * 1024**2
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def written(sums: Iterable[tuple[str, str]]) -> bytes:
    """Of (path, SHA-256); paths hold neither line breaks nor backslashes."""
    return "".join(f"{sha256}  {path}\n" for path, sha256 in sums).encode()


def read(text: bytes) -> Mapping[str, str]:
    """SHA-256 by path. Raises BundleUnreadable."""
    try:
        lines = text.decode().removesuffix("\n").split("\n") if len(text) <= LONGEST_BYTES else None
    except UnicodeDecodeError:
        lines = None
    if lines is None:
        raise BundleUnreadable(f"{NAME} is no text in UTF-8 of at most {LONGEST_BYTES // 1024**2} MiB.")
    sums: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line)
        if found is None or found[2] in sums:
            raise BundleUnreadable(f"Line {number} of {NAME} is no checksum, or of a file that has one already.")
        sums[found[2]] = found[1]
    return sums
