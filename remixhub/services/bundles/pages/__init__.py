"""The pages of a bundle: they open from `file://` without a server, read and play without script, and ask no network.

Values in, bytes out: neither rows nor storage. Equal bundles give equal pages.
"""

from remixhub.services.bundles.pages.writing import written as written
