"""Settings of the service, read once from the environment and frozen.

Each variable is `REMIXHUB_` + the field's name in capitals. A secret may also come from a file: append `_FILE` and give
its path. Every missing or wrong variable is reported together, by name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from remixhub.domain.networks import NetworksUnreadable, parse_networks

_PREFIX = "REMIXHUB_"
_MAIL_ADDRESS = re.compile(r"[^\x00-\x20\x7f\"(),:;<>@\[\\\]]{1,64}@[^\x00-\x20\x7f\"(),:;<>@\[\\\]]{1,255}")
_SCHEMES = {"database_url": ("sqlite", "postgresql+psycopg"), "redis_url": ("redis", "rediss", "unix")}
_MAIL_SCHEMES = ("smtp", "smtps", PLAIN_SMTP := "smtp+plain", FOLDER := "folder")


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SandboxRequirement(StrEnum):
    """The least protection around media decoders with which workers start. All take the best that there is."""

    BEST = "best"
    """Landlock in production, whatever there is in development."""
    RLIMITS = "rlimits"
    LANDLOCK = "landlock"
    BUBBLEWRAP = "bubblewrap"


class SettingsError(Exception):
    """Lists every faulty variable."""


@dataclass(frozen=True)
class Settings:
    database_url: str
    redis_url: str = field(repr=False)
    s3_endpoint_url: str
    s3_access_key_id: str
    s3_secret_access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    """Signs cursors and keys the hashes of addresses; at least 32 characters."""
    public_url: str
    """Where people reach the service, such as `https://stems.example`, without a path; unsafe requests of other origins
    are refused."""
    environment: Environment = Environment.PRODUCTION
    s3_public_url: str = ""
    """Where browsers reach the object storage; the endpoint itself when empty."""
    retired_secret_keys: str = field(default="", repr=False)
    """Former secret keys, separated by commas: receipts that they signed still count. They sign nothing new."""
    s3_region: str = "us-east-1"
    s3_bucket: str = "remixhub"
    backup_s3_endpoint_url: str = ""
    """Of the S3 that `backup s3://bucket/prefix` writes to; this and the next three: the hub's own when empty."""
    backup_s3_region: str = ""
    backup_s3_access_key_id: str = ""
    backup_s3_secret_access_key: str = field(default="", repr=False)
    work_dir: Path = Path("/tmp/remixhub")  # noqa: S108  the compose file mounts a tmpfs or volume here
    """Scratch space of the workers."""
    sandbox_level: SandboxRequirement = SandboxRequirement.BEST
    queue_name: str = "remixhub"
    smtp_url: str = field(default="", repr=False)
    """Where mail goes out, such as `smtp://user:password@mail.example:587`, or by `smtps://`; `smtp+plain://` alone may
    do without TLS. `folder:///path` keeps mail as files, in development. Without it nothing is sent."""
    mail_from: str = "remixhub@localhost"
    """An address, or `Name <address>`; what cannot be delivered comes back to it."""
    security_contact: str = ""
    """For `/.well-known/security.txt`: `mailto:security@stems.example`, or an https address."""
    upload_limit_bytes: int = 2 * 1024**3
    upload_part_bytes: int = 16 * 1024**2
    upload_lifetime_seconds: int = 24 * 3600
    sweep_grace_seconds: int = 24 * 3600
    """What nothing uses stays this long; longer than any job and any presigned URL."""
    quota_bytes: int = 50 * 1024**3
    """What an account may store, unless its own row says otherwise."""
    stems_limit: int = 200
    """Stems in a pack."""
    duration_limit_seconds: int = 2 * 3600
    presign_seconds: int = 900
    session_idle_seconds: int = 14 * 24 * 3600
    session_lifetime_seconds: int = 90 * 24 * 3600
    login_attempts: int = 5
    """Wrong passwords in a row, of one device or of one address at one name, before delays begin; ten times as many of
    all strangers at one name, and of one address at all names."""
    audit_address_days: int = 180
    """How long the audit trail holds network addresses."""
    audit_observation_days: int = 400
    """How long it holds failed sign-ins, refusals and limits that were reached; changes stay for ever."""
    limit_requests: int = 600
    """Requests a minute, by each token, account or stranger's address; this and the next ones: 0 counts none."""
    limit_transfers: int = 3000
    """Of addresses of media and of upload parts, in place of the others."""
    limit_searches: int = 120
    limit_exports: int = 60
    """Archives, exports and renders ordered."""
    limit_credentials: int = 60
    """Whatever takes a password or a mailed link, by address."""
    keep_pages_seconds: int = 1
    """How long what anybody may see is kept ready while nothing is written; 0 keeps nothing."""
    body_limit_bytes: int = 1024**2
    """JSON bodies; audio never passes through here."""
    job_lease_seconds: int = 60
    job_attempts: int = 5
    job_backoff_seconds: int = 5
    """Doubles with each attempt, and with each trouble of the hub's that a job waits out, up to ten minutes."""
    worker_memory_bytes: int = 0
    """What one work-horse may use; 0 leaves it to the limit of its container, if that has one."""
    worker_grace_seconds: int = 20
    """How long a stopping worker may finish its job before it gives the lease back."""
    beat_stale_seconds: int = 60
    """A scheduler or worker that is silent for this long counts as missing."""
    web_threads: int = 4
    """Of each web process. Half of them may wait for the database's locks."""
    orders_at_once: int = 8
    """Archives and sessions that an account, or a visitor's network, may have in the making; 0: any number."""
    bundle_limit_bytes: int = 10 * 1024**3
    """Of a bundle that is made on demand; the command line writes larger ones. 0: none is."""
    bundle_bytes_a_day: int = 50 * 1024**3
    """Of bundles that are made within a day for an account, or a visitor's network. 0: any number."""
    processing_seconds_a_day: int = 4 * 3600
    """CPU time that an account's uploads and mixes may take a day; what is beyond waits for the next. 0: no limit."""
    hook_networks: str = ""
    """Inner networks to which webhooks may go, such as `10.20.0.0/16,fd00:20::/32`; none when empty."""
    trusted_proxies: int = 0
    """How many reverse proxies in front set X-Forwarded-For."""
    log_level: str = "INFO"

    def __post_init__(self) -> None:
        """As browsers write an origin: in lower case, without a slash at the end."""
        object.__setattr__(self, "public_url", self.public_url.rstrip("/").lower())

    @property
    def receipt_secrets(self) -> tuple[str, ...]:
        """The present one first."""
        return self.secret_key, *(one.strip() for one in self.retired_secret_keys.split(",") if one.strip())

    @property
    def is_production(self) -> bool:
        return self.environment is Environment.PRODUCTION

    @property
    def least_sandbox_level(self) -> SandboxRequirement:
        if self.sandbox_level is not SandboxRequirement.BEST:
            return self.sandbox_level
        return SandboxRequirement.LANDLOCK if self.is_production else SandboxRequirement.RLIMITS

    @property
    def sends_mail(self) -> bool:
        return bool(self.smtp_url)

    @property
    def mail_folder(self) -> Path | None:
        """Where mail is kept instead of being sent."""
        server = urlsplit(self.smtp_url)
        return Path(server.path) if server.scheme == FOLDER else None

    @property
    def secure_cookies(self) -> bool:
        return urlsplit(self.public_url).scheme == "https"

    @property
    def browser_s3_url(self) -> str:
        return self.s3_public_url or self.s3_endpoint_url

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Raises SettingsError naming every variable that is missing or unreadable."""
        values: dict[str, Any] = {}
        faults: list[str] = []
        kinds = get_type_hints(cls)
        for setting in fields(cls):
            name = _PREFIX + setting.name.upper()
            try:
                text = _read(environ, name)
                if text is None:
                    if setting.default is MISSING:
                        faults.append(f"{name} is missing")
                    continue
                values[setting.name] = kinds[setting.name](text)
            except (ValueError, OSError) as exc:
                faults.append(f"{name}: {exc}")
        if not faults:
            settings = cls(**values)
            faults = settings._faults()
            if not faults:
                return settings
        raise SettingsError("The configuration is not usable:\n  " + "\n  ".join(faults))

    def to_env(self) -> dict[str, str]:
        """The variables from which another process reads the same settings; holds the secrets."""
        return {_PREFIX + setting.name.upper(): str(getattr(self, setting.name)) for setting in fields(self)}

    def _faults(self) -> list[str]:
        faults = []
        if len(self.secret_key) < 32:
            faults.append(f"{_PREFIX}SECRET_KEY needs at least 32 characters")
        if any(len(secret) < 32 for secret in self.receipt_secrets[1:]):
            faults.append(f"{_PREFIX}RETIRED_SECRET_KEYS has one of less than 32 characters")
        if self.security_contact and not self.security_contact.startswith(("mailto:", "https://", "tel:")):
            faults.append(f"{_PREFIX}SECURITY_CONTACT must begin with mailto:, https:// or tel:")
        unreadable = [name for name in ("public_url", "s3_endpoint_url") if not _is_web_address(getattr(self, name))]
        if unreadable:
            return faults + [f"{_PREFIX}{name.upper()} must be an http(s) address" for name in unreadable]
        if any(urlsplit(self.public_url)[2:]):
            faults.append(f"{_PREFIX}PUBLIC_URL must end with the host or port: the pages stand at its root")
        for name, schemes in _SCHEMES.items():
            if getattr(self, name).partition("://")[0] not in schemes:
                faults.append(f"{_PREFIX}{name.upper()} must start with {' or '.join(f'{s}://' for s in schemes)}")
        faults += self._mail_faults()
        try:
            parse_networks(self.hook_networks)
        except NetworksUnreadable as exc:
            faults.append(f"{_PREFIX}HOOK_NETWORKS: {exc}")
        numbers = (setting.name for setting in fields(self) if isinstance(getattr(self, setting.name), int))
        faults += [f"{_PREFIX}{name.upper()} must not be negative" for name in numbers if getattr(self, name) < 0]
        if self.login_attempts == 0:
            faults.append(f"{_PREFIX}LOGIN_ATTEMPTS must be at least 1")
        if self.upload_part_bytes < 5 * 1024**2:
            faults.append(f"{_PREFIX}UPLOAD_PART_BYTES must be at least 5 MiB, S3's smallest part")
        if self.is_production and not self.secure_cookies:
            host = urlsplit(self.public_url).hostname
            if host not in ("localhost", "127.0.0.1"):
                faults.append(f"{_PREFIX}PUBLIC_URL must be https in production")
        return faults

    def _mail_faults(self) -> list[str]:
        """Their words name no part of the address: it may hold a password."""
        if not self.smtp_url:
            return []
        scheme, name = self.smtp_url.partition("://")[0], f"{_PREFIX}SMTP_URL"
        if scheme not in _MAIL_SCHEMES:
            return [f"{name} must start with {' or '.join(f'{one}://' for one in _MAIL_SCHEMES)}"]
        if not _MAIL_ADDRESS.fullmatch(parseaddr(self.mail_from)[1]):
            return [f"{_PREFIX}MAIL_FROM must be an address, or Name <address>"]
        if scheme == FOLDER:
            if self.is_production:
                return [f"{name}: folder:// keeps mail as files, and is for development"]
            return [] if urlsplit(self.smtp_url).path.startswith("/") else [f"{name} must be folder:///path"]
        if not _is_server_address(self.smtp_url):
            return [f"{name} must name a server, such as smtp://mail.example:587"]
        if scheme == PLAIN_SMTP and urlsplit(self.smtp_url).password:
            return [f"{name}: no password is sent in plain text; use smtp:// or smtps://"]
        return []


def _is_server_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is no number
        return False


def _read(environ: Mapping[str, str], name: str) -> str | None:
    path = environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return environ.get(name) or None
