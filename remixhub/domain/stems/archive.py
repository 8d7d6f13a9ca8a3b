"""What lies beside the stems in the ZIP of a pack: texts about them, the receipt and the manifest; all from values."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from remixhub.domain.filenames import archive_name, download_name
from remixhub.domain.licences import creative_commons
from remixhub.domain.licences.judging import allowed_for_derivative
from remixhub.domain.licences.terms import OFFERED, Element, Licence, licence_url, obligations, terms_of
from remixhub.domain.media import Container

_FORMAT, _VERSION = "remixhub-stem-pack", 1
_ENDINGS = {Container.MP4: ".m4a"}

_GRANTS = {
    None: "You may copy, share, adapt and remix the music, also for money.",
    Element.NC: "You may copy, share, adapt and remix the music, but not for money.",
    Element.ND: "You may copy and share the music unchanged, also for money; remixes of it may not be published.",
}
_NC_ND = "You may copy and share the music unchanged, but not for money; remixes of it may not be published."
_BY = "You have to name the artist, link to the work and the licence, and say what you changed."
_NO_CREDIT = "Naming the artist is a courtesy."
_CC0 = "The artist has waived all rights as far as the law allows; naming the artist is a courtesy."
_PDM = "It is free of known copyright; naming the artist is a courtesy."
_SA = "What you make of it has to be under the same licence."


@dataclass(frozen=True)
class ArchivedStem:
    id: str
    name: str
    role: str
    gain_db: float
    container: str
    sha256: str
    size_bytes: int
    sample_rate_hz: int
    channels: int
    bit_depth: int | None
    duration_frames: int | None
    integrated_lufs: float | None
    true_peak_dbtp: float | None


@dataclass(frozen=True)
class ArchivedPack:
    """A published pack, with its work as it is credited now."""

    work_id: str
    title: str
    artist: str
    url: str
    licence: Licence
    tempo_bpm: float | None
    key: str | None
    version: int
    digest: str
    note: str
    credits: Sequence[tuple[str, str]]
    """The work's own, as (name, role)."""
    receipt: str
    """The signed text of `receipt_files`."""
    sources_text: str
    """A line for each work that this one was made from, ready to paste; empty for an original."""
    stems: Sequence[ArchivedStem]


def stem_file_names(pack: ArchivedPack) -> list[str]:
    """One for each stem, in order: safe on every system, and told apart by their numbers."""
    return [stem_file_name(position, stem.name, stem.container) for position, stem in enumerate(pack.stems, 1)]


def stem_file_name(position: int, name: str, container: str) -> str:
    """`position` counts from 1."""
    return archive_name(position, name, _ENDINGS.get(Container(container), f".{container}"))


def archive_file_name(pack: ArchivedPack) -> str:
    """What the download is called: `Artist - Title (stems v2).zip`."""
    return download_name(f"{pack.artist} - {pack.title}", f" (stems v{pack.version}).zip")


def texts(pack: ArchivedPack) -> dict[str, bytes]:
    """The files beside the stems, by name, in their order in the archive."""
    written = {
        "README.txt": readme_text(pack),
        "LICENSE.txt": licence_text(pack.licence, pack.title, pack.artist, pack.url),
        "RECEIPT.json": pack.receipt,
        "manifest.json": json.dumps(manifest(pack), ensure_ascii=False, indent=2) + "\n",
    }
    return {name: text.encode() for name, text in written.items()}


def archive_digest(pack: ArchivedPack) -> str:
    """SHA-256 that names the archive: its texts hold the digests of all stems, so they stand for every byte of it."""
    digest = hashlib.sha256(b"zip 1\n")
    for name, body in texts(pack).items():
        digest.update(f"{name} {len(body)}\n".encode() + body)
    return digest.hexdigest()


def manifest(pack: ArchivedPack) -> dict[str, Any]:
    terms = terms_of(pack.licence)
    return {
        "format": _FORMAT,
        "version": _VERSION,
        "work": {
            "id": pack.work_id,
            "title": pack.title,
            "artist": pack.artist,
            "url": pack.url,
            "licence": {"id": pack.licence.value, "title": terms.title, "url": licence_url(pack.licence, pack.url)},
            "tempo_bpm": pack.tempo_bpm,
            "key": pack.key,
            "credits": [{"name": name, "role": role} for name, role in pack.credits],
        },
        "stem_pack": {"version": pack.version, "digest": pack.digest, "note": pack.note},
        "stems": [
            {"file": file, **dataclasses.asdict(stem)}
            for file, stem in zip(stem_file_names(pack), pack.stems, strict=True)
        ],
    }


def readme_text(pack: ArchivedPack) -> str:
    terms = terms_of(pack.licence)
    heading = f"{pack.title} – {pack.artist}"
    lines = [heading, "=" * len(heading), "", f"Stem pack, version {pack.version}, from {pack.url}"]
    if pack.note:
        lines += ["", *pack.note.splitlines()]
    lines += ["", f"Tempo    {f'{pack.tempo_bpm:g} BPM' if pack.tempo_bpm else 'not stated'}"]
    lines += [f"Key      {pack.key or 'not stated'}", f"Licence  {terms.title}, {licence_url(pack.licence, pack.url)}"]
    lines += ["", "STEMS", "All start at the same zero: put them at the start of your project and they fit.", ""]
    lines += [_stem_line(file, stem) for file, stem in zip(stem_file_names(pack), pack.stems, strict=True)]
    if pack.credits:
        lines += ["", "CREDITS", "", *(f"{name}, {role}" if role else name for name, role in pack.credits)]
    lines += ["", "HOW TO CREDIT", *_how_to_credit(pack)]
    lines += ["", "manifest.json holds the SHA-256 of every stem. LICENSE.txt says what you may do."]
    lines += ["Keep RECEIPT.json: it proves under which licence you have these stems, also when they are closed later."]
    return "\n".join(lines) + "\n"


def licence_text(licence: Licence, title: str, artist: str, page_url: str) -> str:
    """A summary that points to the licence; the licence itself is what counts."""
    terms = terms_of(licence)
    elements = terms.elements
    nc, nd = Element.NC in elements, Element.ND in elements
    says = [_NC_ND if nc and nd else _GRANTS[Element.ND if nd else Element.NC if nc else None]]
    free = _PDM if licence is Licence.PUBLIC_DOMAIN else _CC0
    says.append(_BY if Element.BY in elements else _NO_CREDIT if elements else free)
    if Element.SA in elements:
        says.append(_SA)
    if licence is Licence.ALL_RIGHTS_RESERVED or licence.is_contest or Element.SAMPLING in elements:
        says = obligations(licence)
    has_legal_code = licence is Licence.CC0 or creative_commons.code_of(licence) is not None
    onward = sorted(allowed_for_derivative(licence) & {*OFFERED, licence})
    remixes = f"A remix may be published under: {', '.join(onward)}." if onward else "No remix may be published."
    return "\n".join(
        [
            f"“{title}” by {artist} is under the licence",
            f"{terms.title}",
            licence_url(licence, page_url) + ("legalcode" if has_legal_code else ""),
            "",
            "In short (the licence itself is what counts):",
            *(f"- {line}" for line in says),
            "",
            remixes,
            "",
        ]
    )


def _stem_line(file: str, stem: ArchivedStem) -> str:
    depth = f", {stem.bit_depth} bit" if stem.bit_depth else ""
    gain = f", play at {stem.gain_db:+g} dB" if stem.gain_db else ""
    return f"{file}  ({stem.role.replace('_', ' ')}, {stem.sample_rate_hz} Hz{depth}{gain})"


def credit_line(pack: ArchivedPack) -> str:
    """For the work itself, ready to paste."""
    terms = terms_of(pack.licence)
    return f"“{pack.title}” by {pack.artist} – {pack.url} – {terms.title}, {licence_url(pack.licence, pack.url)}"


def _how_to_credit(pack: ArchivedPack) -> list[str]:
    if not pack.sources_text:
        return ["Paste this beside what you make of it:", "", credit_line(pack)]
    return ["Paste these lines beside what you make of it:", "", credit_line(pack), *pack.sources_text.splitlines()]
