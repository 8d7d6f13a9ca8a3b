"""The composition root: settings in, the service's parts out. Used by app, workers and command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.sandbox import Caps, Sandbox, detect_sandbox
from remixhub.config import Settings
from remixhub.domain.addresses import Addresses
from remixhub.domain.networks import parse_networks
from remixhub.jobs.carrier import Carrier
from remixhub.models import Database
from remixhub.models.house import KeptHouse
from remixhub.outbound.posting import Outbound
from remixhub.storage.s3 import ObjectStore


@dataclass(frozen=True)
class Parts:
    """What services work with. Nothing connects before it is used."""

    settings: Settings
    database: Database
    store: ObjectStore
    carrier: Carrier
    outbound: Outbound = field(default_factory=Outbound)
    """To addresses that users name."""

    @property
    def addresses(self) -> Addresses:
        return Addresses(self.settings.public_url)

    @cached_property
    def sandbox(self) -> Sandbox:
        """Where hostile media is decoded; found out on first use, since only workers and `doctor` need it."""
        return detect_sandbox(find_ffmpeg(), Caps(longest_seconds=self.settings.duration_limit_seconds))

    @property
    def house(self) -> KeptHouse:
        return self.database.house

    def after_fork(self) -> None:
        """In a process that was forked after these were built. S3's clients connect when they are used, and are kept:
        to make one takes 30 ms and 10 MB.
        """
        self.database.after_fork()
        self.carrier.after_fork()

    def close(self) -> None:
        self.database.dispose()
        self.carrier.close()


def build_parts(settings: Settings, *, web_threads: int = 0) -> Parts:
    """`web_threads`: of a web process, which keeps half of them free of waiting for the database's locks, and half of
    waiting for the storage.
    """
    half = max(web_threads // 2, 1) if web_threads else None
    database = Database.connect(
        settings.database_url,
        pool_size=max(web_threads, 5),
        most_writers=half,
        notes_transactions=not settings.is_production,
        sends_mail=settings.sends_mail,
    )
    return Parts(
        settings=settings,
        database=database,
        store=ObjectStore(settings, most_waiting=half),
        carrier=Carrier(settings.redis_url, settings.queue_name),
        outbound=Outbound(parse_networks(settings.hook_networks), allows_plain=not settings.is_production),
    )
