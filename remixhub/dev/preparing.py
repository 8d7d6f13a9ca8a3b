"""`python -m remixhub.dev.preparing`: what has to be there before the hub's own parts start: the schema and the bucket.

In a process of its own, so that the one that watches over the parts for weeks need not hold all that this imports.
"""

from __future__ import annotations

import sys
import time

from remixhub.config import Settings
from remixhub.dev.ports import LOOPBACK
from remixhub.models.migrate import upgrade
from remixhub.storage.s3 import ObjectStore, StorageUnavailable

_BUCKET_SECONDS = 60.0


def main() -> None:
    settings = Settings.from_env()
    upgrade(settings.database_url)
    store = ObjectStore(settings)
    origins = [settings.public_url, settings.public_url.replace(LOOPBACK, "localhost")]
    deadline = time.monotonic() + _BUCKET_SECONDS
    while True:
        try:
            return store.ensure_bucket(origins)
        except StorageUnavailable as exc:  # it answers before its volume is ready for the first bucket
            if time.monotonic() > deadline:
                sys.exit(f"The bucket cannot be made: {exc.detail}")
            time.sleep(0.05)


if __name__ == "__main__":
    main()
