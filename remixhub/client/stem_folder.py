"""A folder of stems as it is to be pushed: which files are stems and in which order, the mix, the cover, the facts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from remixhub.client.failures import FileInvalid, UsageWrong
from remixhub.client.release_file import NAME, ReleaseFile, StemWords, read_release_file
from remixhub.client.sound_headers import AUDIO_SUFFIXES, LOSSY_SUFFIXES, HeaderUnreadable, SoundHeader, read_header
from remixhub.domain.stems.naming import guess_key, guess_roles, guess_tempo_bpm, guess_titles
from remixhub.domain.stems.qc import Finding, FindingCode, ReferenceFigures, StemFigures, judge_pack
from remixhub.domain.stems.reference_mix import find_reference_mix

_MOST_FILES = 2_000
_COVERS = ("cover.jpg", "cover.jpeg", "cover.png", "cover.webp", "folder.jpg", "folder.png")
_SYSTEMS_OWN = ("thumbs.db", "desktop.ini", "icon\r", "__macosx")
_AUDIBLE_DBFS = -6.0
"""What is not measured here is taken to be well; the hub measures it."""


@dataclass(frozen=True)
class PlannedStem:
    file: str
    """Below the folder, with slashes."""
    path: Path
    name: str
    role: str
    said: StemWords
    """What release.toml says of it."""
    header: SoundHeader | None
    """None for kinds that only the hub reads."""


@dataclass(frozen=True)
class StemFolder:
    path: Path
    release: ReleaseFile
    facts: Mapping[str, Any]
    """Of release.toml, and what else is known: a title always."""
    stems: Sequence[PlannedStem]
    mix: Path | None
    cover: Path | None
    findings: Sequence[Finding]
    ignored: Mapping[str, str] = field(default_factory=dict)
    """Why each of the other files is left."""

    @property
    def unmeasured(self) -> Sequence[str]:
        """Files of which nothing is known before the hub has read them."""
        return [stem.file for stem in self.stems if stem.header is None]

    @property
    def is_remix(self) -> bool:
        return bool(self.release.sources or self.release.elsewhere_sources)


def read_folder(path: Path, **said: Any) -> StemFolder:
    """`said` goes before what release.toml says, such as `licence`; None is nothing. Raises UsageWrong, FileInvalid."""
    if not path.is_dir():
        raise UsageWrong(f"{path} is no folder.", "Name the folder in which the stems lie.")
    path = path.resolve()
    release = read_release_file(path / NAME)
    audio, ignored = _found(path, release)
    named = {one.file: one for one in release.stems}
    _require(path, named, audio, "[[stems]]")
    mix = _mix(path, release, [name for name in audio if name not in named])
    names = [*named, *(name for name in audio if name not in named and name != mix)]
    facts = _facts(path, release, said)
    roles, titles = guess_roles(names, facts["title"]), guess_titles(names, facts["title"])
    headers, unreadable = _headers([*names, *([mix] if mix else [])], audio)
    stems = [
        PlannedStem(
            name,
            audio[name],
            (said_of := named.get(name) or StemWords(name)).name or title,
            said_of.role or role.value,
            said_of,
            headers.get(name),
        )
        for name, role, title in zip(names, roles, titles, strict=True)
    ]
    findings = _judged(stems, mix, headers, unreadable)
    return StemFolder(
        path, release, facts, stems, audio[mix] if mix else None, _cover(path, release), findings, ignored
    )


def _found(path: Path, release: ReleaseFile) -> tuple[dict[str, Path], dict[str, str]]:
    """Audio by its name below the folder, in the order of names, and why the others are left."""
    audio, ignored = dict[str, Path](), dict[str, str]()
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not _is_systems_own(name))
        for file in sorted(files):
            whole = Path(folder) / file
            name = whole.relative_to(path).as_posix()
            if len(audio) + len(ignored) >= _MOST_FILES:
                raise UsageWrong(f"{path} holds more than {_MOST_FILES} files.", "Name the folder of one stem pack.")
            if _is_systems_own(file) or name == NAME:
                continue
            if any(fnmatch(name, pattern) for pattern in release.ignore):
                ignored[name] = f"{NAME} says so"
            elif whole.suffix.lower() not in AUDIO_SUFFIXES:
                ignored[name] = "it is no sound"
            else:
                audio[name] = whole
    if not audio:
        raise UsageWrong(f"There is no sound in {path}.", f"Put files such as {', '.join(AUDIO_SUFFIXES[:6])} there.")
    return dict(sorted(audio.items())), ignored


def _is_systems_own(name: str) -> bool:
    return name.startswith(".") or name.lower() in _SYSTEMS_OWN


def _require(path: Path, names: Mapping[str, object], audio: Mapping[str, Path], where: str) -> None:
    for name in names:
        if name not in audio:
            reason = "is no sound that can be sent" if (path / name).is_file() else "is not in the folder"
            raise FileInvalid(f"{NAME}: {where}", f"{name!r} {reason}.", "Mend its name, or leave it out.")


def _mix(path: Path, release: ReleaseFile, audio: Sequence[str]) -> str | None:
    """Which file is the whole piece: the one that release.toml names, or the only one that is called so."""
    if release.mix is False:
        return None
    if isinstance(release.mix, str):
        _require(path, {release.mix: None}, dict.fromkeys(audio, path), "mix")
        return release.mix
    if len(audio) == 1:
        return audio[0] if release.sources or release.elsewhere_sources else None  # a remix is all that is there
    return find_reference_mix(audio, {})


def _cover(path: Path, release: ReleaseFile) -> Path | None:
    if release.cover is None:
        lower = {one.name.lower(): one for one in path.iterdir() if one.is_file()}
        return next((lower[name] for name in _COVERS if name in lower), None)
    if not (path / release.cover).is_file():
        raise FileInvalid(f"{NAME}: cover", f"{release.cover!r} is not in the folder.")
    return path / release.cover


def _facts(path: Path, release: ReleaseFile, said: Mapping[str, Any]) -> dict[str, Any]:
    """The folder's name tells title, tempo and key where nothing else does."""
    name = f"{path.name}.wav"
    key, tempo_bpm = guess_key(name), guess_tempo_bpm(name)
    told = {
        "title": guess_titles([name])[0][:200],
        **({"tempo_bpm": tempo_bpm} if tempo_bpm else {}),
        **({"key": key.name} if key else {}),
    }
    return {**told, **release.facts, **{name: value for name, value in said.items() if value is not None}}


def _headers(names: Sequence[str], audio: Mapping[str, Path]) -> tuple[dict[str, SoundHeader], dict[str, str]]:
    headers, unreadable = dict[str, SoundHeader](), dict[str, str]()
    for name in names:
        try:
            header = read_header(audio[name])
        except (HeaderUnreadable, OSError) as exc:
            unreadable[name] = exc.strerror or "It cannot be read." if isinstance(exc, OSError) else str(exc)
            continue
        if header is not None:
            headers[name] = header
    return headers, unreadable


def _judged(
    stems: Sequence[PlannedStem], mix: str | None, headers: Mapping[str, SoundHeader], unreadable: Mapping[str, str]
) -> Sequence[Finding]:
    """What the rules of stem QC say of rates and lengths; of levels nothing is known here."""
    known = [
        StemFigures(
            name=stem.file,
            sample_rate_hz=stem.header.sample_rate_hz,
            duration_frames=stem.header.duration_frames,
            bit_depth=None if stem.path.suffix.lower() in LOSSY_SUFFIXES else stem.header.bit_depth,
            sample_peak_dbfs=_AUDIBLE_DBFS,
            true_peak_dbtp=_AUDIBLE_DBFS,
            clipping_runs=0,
            dc_offset=0.0,
            pcm_sha256=stem.file,
        )
        for stem in stems
        if stem.header is not None
    ]
    if not known and not unreadable:
        return ()
    header = headers.get(mix) if mix else None
    reference = ReferenceFigures(header.sample_rate_hz, header.duration_frames) if header else None
    findings = judge_pack(known, reference, unreadable=unreadable)
    return [one for one in findings if known or one.code is not FindingCode.NO_STEMS]
