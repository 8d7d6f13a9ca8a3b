"""A client of any RemixHub: `Hub`, and the command `remixhub` over the same code (docs/client.md).

Knows the API and the pure rules of `remixhub.domain`, nothing of the service. Needs urllib3; the command also tqdm
and shtab: `pip install '/path/to/checkout[client]'`, or `remixhub[client]` from an index that has it.
"""

try:
    import urllib3 as _urllib3  # noqa: F401
except ModuleNotFoundError as exc:
    raise ModuleNotFoundError(
        "The client needs urllib3: pip install '/path/to/checkout[client]', or 'remixhub[client]'", name=exc.name
    ) from None

from remixhub.client.failures import ClientFailure, FileDamaged, NotSignedIn, Refused, Stopped, Unreachable
from remixhub.client.hub import Hub
from remixhub.client.pulling import Pulled
from remixhub.client.pushing import Pushed

__all__ = [
    "ClientFailure", "FileDamaged", "Hub", "NotSignedIn", "Pulled", "Pushed", "Refused", "Stopped", "Unreachable",
]  # fmt: skip
