"""`python -m remixhub.client`: the command `remixhub`, from a checkout."""

import sys

from remixhub.client.cli import main

if __name__ == "__main__":
    sys.exit(main())
