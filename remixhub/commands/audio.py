"""Commands for artists, no server needed: analyze, mix."""

from __future__ import annotations

import argparse
import codecs
import json
import sys
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.sandbox import Sandbox, detect_sandbox
from remixhub.audio.measure.music import analyze_music
from remixhub.audio.mix import Mixdown, Output, render_mix
from remixhub.audio.read.probe import probe
from remixhub.audio.tags import Tags
from remixhub.audio.write.encode import AudioFormat
from remixhub.commands.audio_files import Progress, audio_files, measured, music_found
from remixhub.commands.audio_text import analysis_text, mix_text
from remixhub.domain.errors import Malformed, RemixHubError
from remixhub.domain.mix_spec import InvalidMixSpec, MixSpec, MixStemMissing, parse_mix_spec
from remixhub.domain.strict_json import read_json

_FORMATS = {".wav": AudioFormat.WAV, ".flac": AudioFormat.FLAC, ".mp3": AudioFormat.MP3, ".opus": AudioFormat.OPUS}
_SOFTWARE = "RemixHub"
_LARGEST_SPEC_BYTES = 10_000_000
"""Ten times what a hub keeps, for files that are indented."""


class SpecUnreadable(Malformed):
    code = "mix_spec_unreadable"
    title = "The mix spec cannot be read"


class OutputRefused(Malformed):
    code = "output_refused"
    title = "This output cannot be written"


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    analyze = subparsers.add_parser("analyze", help="measure audio files: format, loudness, peaks, tempo, key")
    analyze.add_argument("files", nargs="+", type=Path, metavar="FILE")
    analyze.add_argument("--json", action="store_true", help="one object a line")
    analyze.set_defaults(run=_analyze)
    mix = subparsers.add_parser("mix", help="render a mix spec (docs/mix-spec.md)")
    mix.add_argument("spec", type=Path, metavar="SPEC.json")
    mix.add_argument("--stems", type=Path, required=True, metavar="DIR", help="where the stems' files are")
    mix.add_argument("--out", type=Path, required=True, metavar="FILE", help="wav (32-bit float), flac, mp3 or opus")
    mix.add_argument("--bits", type=int, choices=(16, 24, 32), help="wav: 16, 24, 32 (float); flac: 16, 24")
    mix.add_argument("--title", default="", help="for the file's tags")
    mix.add_argument("--artist", default="")
    mix.add_argument("--json", action="store_true", help="one object")
    mix.set_defaults(run=_mix)


def _analyze(arguments: argparse.Namespace) -> int:
    sandbox, progress, failed = detect_sandbox(find_ffmpeg()), Progress(), False
    for number, path in enumerate(arguments.files):
        try:
            found = _analysis(path, sandbox, progress.part(number, len(arguments.files), path.name))
        except RemixHubError as exc:
            failed = True
            found = {"file": str(path), "error": {"code": exc.code, "detail": exc.detail}}
        progress.clear()
        print(json.dumps(found) if arguments.json else analysis_text(found), flush=True)
    return 1 if failed else 0


def _analysis(path: Path, sandbox: Sandbox, on_progress: Callable[[float, str], None]) -> dict[str, Any]:
    figures = asdict(measured(path, sandbox, on_progress))
    tags, warnings = figures.pop("tags"), figures.pop("warnings")
    music = music_found(analyze_music(path, sandbox))
    return {"file": str(path), **figures, **music, "tags": tags, "warnings": warnings}


def _mix(arguments: argparse.Namespace) -> int:
    spec = _read_spec(arguments.spec)
    stems = _stems_of(spec, arguments.stems)
    out, progress = _output(arguments, stems), Progress()
    partial = out.path.with_name(f".{out.path.name}.part")
    try:
        mixdown = render_mix(
            spec, stems, [replace(out, path=partial)], detect_sandbox(find_ffmpeg()), on_progress=progress
        )
        partial.replace(out.path)
    except OSError as exc:
        raise OutputRefused(f"{out.path} cannot be written: {exc.strerror or exc}.") from exc
    finally:
        partial.unlink(missing_ok=True)
        progress.clear()
    mixdown = _named(mixdown, stems)
    print(json.dumps({"file": str(out.path), **asdict(mixdown)}) if arguments.json else mix_text(out.path, mixdown))
    return 0


def _read_spec(path: Path) -> MixSpec:
    """Raises SpecUnreadable, InvalidMixSpec."""
    try:
        text = path.read_bytes()[: _LARGEST_SPEC_BYTES + 1]
        if len(text) > _LARGEST_SPEC_BYTES:
            raise SpecUnreadable(f"{path} is larger than any mix spec.")
        return parse_mix_spec(read_json(text.removeprefix(codecs.BOM_UTF8)))
    except OSError as exc:
        raise SpecUnreadable(f"{path} cannot be read: {exc.strerror or exc}.") from exc
    except RecursionError as exc:
        raise SpecUnreadable(f"{path} is nested deeper than any mix spec.") from exc
    except Malformed as exc:
        raise SpecUnreadable(f"{path}: {exc.detail}") from exc
    except InvalidMixSpec as exc:
        for pointer, messages in exc.violations.items():
            print(f"{pointer or '/'}: {'; '.join(messages)}", file=sys.stderr)
        raise


def _stems_of(spec: MixSpec, folder: Path) -> dict[str, Path]:
    """By their names in the spec first, as files of a stem pack are named. Raises MixStemMissing, FolderNotFound."""
    files = audio_files(folder)
    # File systems and editors spell one name in NFC or in NFD.
    spelled = {unicodedata.normalize("NFC", name): path for name, path in files.items()}
    stems, missing = {}, []
    for stem in dict.fromkeys(lane.stem for lane in spec.lanes):
        names = [name for name in (spec.stems.get(stem), stem) if name is not None]
        found = [files.get(name) or spelled.get(unicodedata.normalize("NFC", name)) for name in names]
        path = next((path for path in found if path is not None), None)
        if path is None:
            missing.append(names[0])
        else:
            stems[stem] = path
    if missing:
        raise MixStemMissing(f"{folder} has no audio file of the name {', nor '.join(missing)}.")
    return stems


def _named(mixdown: Mixdown, stems: Mapping[str, Path]) -> Mixdown:
    """Its warnings speak of files."""
    warnings = []
    for warning in mixdown.warnings:
        for stem, path in stems.items():
            warning = replace(warning, detail=warning.detail.replace(stem, path.name))
        warnings.append(warning)
    return replace(mixdown, warnings=tuple(warnings))


def _output(arguments: argparse.Namespace, stems: Mapping[str, Path]) -> Output:
    path: Path = arguments.out
    format = _FORMATS.get(path.suffix.lower())
    if format is None:
        raise OutputRefused(f"{path.name} names no known format; use {', '.join(_FORMATS)}.")
    depths = {AudioFormat.WAV: (16, 24, 32), AudioFormat.FLAC: (16, 24)}.get(format, ())
    if arguments.bits is not None and arguments.bits not in depths:
        raise OutputRefused(f"{format} cannot be written with {arguments.bits} bits.")
    if path.exists():
        _require_replaceable(path, arguments.stems, stems)
    tags = Tags(title=arguments.title, artist=arguments.artist, software=_SOFTWARE)
    return Output(path, format, tags, bit_depth=arguments.bits)


def _require_replaceable(path: Path, folder: Path, stems: Mapping[str, Path]) -> None:
    """A stem is not overwritten: none that the spec names, and in the stems' folder nothing but an earlier mix."""
    if any(path.samefile(stem) for stem in stems.values()):
        raise OutputRefused(f"{path} is one of the stems that the spec names; write the mix elsewhere.")
    if path.parent.samefile(folder) and not _is_own_mix(path):
        raise OutputRefused(f"{path} is no mix that RemixHub wrote, so it may be a stem; write the mix elsewhere.")


def _is_own_mix(path: Path) -> bool:
    try:
        return probe(path, detect_sandbox(find_ffmpeg())).tags.get("software") == _SOFTWARE
    except RemixHubError:
        return False
