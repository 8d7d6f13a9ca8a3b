"""Why a bundle is not made, or what is no bundle."""

from __future__ import annotations

from remixhub.domain.errors import Conflict, Invalid, NotFound, TooLarge


class BundleEmpty(Conflict):
    code = "bundle_empty"
    title = "There is nothing to take along"
    is_verdict = True


class BundleTooLarge(TooLarge):
    code = "bundle_too_large"
    title = "The bundle would be too large"


class BundleKindUnknown(NotFound):
    code = "bundle_kind_unknown"
    title = "There are no bundles of this kind"


class BundleExists(Conflict):
    code = "bundle_exists"
    title = "Something is there already"


class DiskFull(Conflict):
    code = "disk_full"
    title = "The disk is full"


class BundleUnreadable(Invalid):
    code = "bundle_unreadable"
    title = "This is no bundle that can be read"
