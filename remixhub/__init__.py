"""RemixHub: share stems, remix them, and always know what came from what."""

import os

# Before numpy is imported. Our matrices are small: more threads wait for each other, and workers have a core each.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.2.0.dev0"
