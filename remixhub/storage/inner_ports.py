"""What closes SeaweedFS' inner ports: its servers, and the `weed` program, talk to each other only with these files.

S3 asks for keys, but the ports behind it (filer, master, volumes) ask nobody for anything: whoever reaches them lists,
reads and writes all objects and makes S3 keys. `weed` reads `security.toml` in the folder that it runs in.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import secrets
from pathlib import Path

SETTINGS = "security.toml"
_IDENTITY = "identity.pem"
_BEGIN, _NEVER = dt.datetime(2020, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59)  # RFC 5280 4.1.2.5: it does not expire
_JWTS = ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read")
_SERVERS = ("volume", "master", "filer", "s3", "admin", "worker", "client")


def close_inner_ports(folder: Path) -> None:
    """Makes the files once, readable by their owner only. The settings come last: without them all is made anew."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / SETTINGS).exists():
        _write(folder / _IDENTITY, _identity())
        _write(folder / SETTINGS, _settings().encode())


def _settings() -> str:
    sections = [f'[{name}]\nkey = "{secrets.token_hex(32)}"\n' for name in _JWTS]
    sections.append(f'[grpc]\nca = "{_IDENTITY}"\n')
    sections += [f'[grpc.{name}]\ncert = "{_IDENTITY}"\nkey = "{_IDENTITY}"\n' for name in _SERVERS]
    return "\n".join(sections)


def _identity() -> bytes:
    """A key and a certificate that signs itself: to whom it is the only authority, nobody else is let in."""
    # at most once in a hub's life
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "RemixHub storage")])
    hosts = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))]
    purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), _BEGIN, _NEVER)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    kept = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(pem) + kept


def _write(path: Path, text: bytes) -> None:
    """All of it or nothing, also when the power fails."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
