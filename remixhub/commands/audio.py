"""Commands for artists, no server needed: analyze, check-pack, mix."""

from __future__ import annotations

import argparse
import codecs
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.sandbox import Sandbox, detect_sandbox
from remixhub.audio.ingest import measure
from remixhub.audio.measure.coherence.compare import measure_coherence
from remixhub.audio.measure.music import MusicEstimate, PackSource, analyze_music, analyze_pack
from remixhub.audio.mix import Output, render_mix
from remixhub.audio.read.probe import probe
from remixhub.audio.tags import Tags
from remixhub.audio.write.encode import AudioFormat
from remixhub.commands.audio_text import analysis_text, mix_text, pack_text
from remixhub.domain.errors import Malformed, NotFound, RemixHubError
from remixhub.domain.measurements import Measurements
from remixhub.domain.mix_spec import InvalidMixSpec, MixSpec, parse_mix_spec
from remixhub.domain.stems.naming import guess_roles
from remixhub.domain.stems.qc import ReferenceFigures, Severity, StemFigures, Wanted, judge_pack
from remixhub.edge.strict_json import read_json

_SUFFIXES = (".wav", ".wave", ".aif", ".aiff", ".aifc", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".m4a", ".mp4")
_FORMATS = {".wav": AudioFormat.WAV, ".flac": AudioFormat.FLAC, ".mp3": AudioFormat.MP3, ".opus": AudioFormat.OPUS}
_MIX_NAME = re.compile(
    r"reference|ref[ _-]?mix|full[ _-]?mix|final[ _-]?mix|mix[ _-]?down|^(ref|mix|master)\.", re.IGNORECASE
)
_SOFTWARE = "RemixHub"
_BAR_CELLS = 30
_LARGEST_SPEC_BYTES = 1_000_000


class FolderNotFound(NotFound):
    code = "folder_not_found"
    title = "There is no such folder"


class FileNotReadable(NotFound):
    code = "file_not_readable"
    title = "The file cannot be read"


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
    check = subparsers.add_parser("check-pack", help="find what is odd about a folder of stems")
    check.add_argument("directory", type=Path, metavar="DIR")
    check.add_argument("--mix", type=Path, metavar="FILE", help="the reference mix; else found by its name")
    check.add_argument("--min-rate", type=int, default=0, metavar="HZ", help="lowest sample rate that is wanted")
    check.add_argument("--min-bits", type=int, default=0, metavar="BITS", help="lowest bit depth that is wanted")
    check.add_argument("--json", action="store_true", help="one object")
    check.set_defaults(run=_check_pack)
    mix = subparsers.add_parser("mix", help="render a mix spec (docs/mix-spec.md)")
    mix.add_argument("spec", type=Path, metavar="SPEC.json")
    mix.add_argument("--stems", type=Path, required=True, metavar="DIR", help="where the stems' files are")
    mix.add_argument("--out", type=Path, required=True, metavar="FILE", help="wav (32-bit float), flac, mp3 or opus")
    mix.add_argument("--bits", type=int, choices=(16, 24, 32), help="wav: 16, 24, 32 (float); flac: 16, 24")
    mix.add_argument("--title", default="", help="for the file's tags")
    mix.add_argument("--artist", default="")
    mix.add_argument("--json", action="store_true", help="one object")
    mix.set_defaults(run=_mix)


class Progress:
    """A bar on standard error while that is a terminal; nothing in a pipe."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._line = ""

    def __call__(self, fraction: float, step: str) -> None:
        filled = round(fraction * _BAR_CELLS)
        line = f"{'━' * filled:{_BAR_CELLS}} {fraction:4.0%}  {step}"
        if self._shown and line != self._line:
            self._line = line
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def part(self, number: int, count: int, step: str) -> Callable[[float, str], None]:
        """The progress of one file among several."""
        return lambda fraction, _: self((number + fraction) / count, step)


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
    measured = _measure(path, sandbox, on_progress)
    figures = asdict(measured)
    tags, warnings = figures.pop("tags"), figures.pop("warnings")
    return {"file": str(path), **figures, **_music(analyze_music(path, sandbox)), "tags": tags, "warnings": warnings}


def _measure(path: Path, sandbox: Sandbox, on_progress: Callable[[float, str], None]) -> Measurements:
    """Raises FileNotReadable, and the classes of `domain.media`."""
    try:
        if not path.is_file():
            raise FileNotReadable(f"{path} is no file.")
        return measure(path, sandbox, on_progress=on_progress)
    except OSError as exc:
        raise FileNotReadable(f"{path} cannot be read: {exc.strerror or exc}.") from exc


def _music(found: MusicEstimate) -> dict[str, Any]:
    return {
        "tempo_bpm": found.tempo_bpm,
        "tempo_confidence": found.tempo_confidence,
        "tempo_alternatives": found.tempo_alternatives,
        "tempo_origin": found.tempo_origin,
        "key": found.key_name,
        "camelot": found.camelot,
        "key_confidence": found.key_confidence,
        "key_alternatives": [key.name for key in found.key_alternatives],
        "key_origin": found.key_origin,
    }


def _check_pack(arguments: argparse.Namespace) -> int:
    sandbox, progress = detect_sandbox(find_ffmpeg()), Progress()
    mix, stems = _pack_files(arguments.directory, arguments.mix)
    mix_name = mix.name if mix else None
    measured, unreadable = _measure_all(stems, sandbox, progress)
    mix_measured = _measure(mix, sandbox, progress.part(0, 1, mix.name)) if mix else None
    readable = {name: path for name, path in stems.items() if name in measured}
    progress(1.0, "comparing")
    coherence = measure_coherence(readable, mix, sandbox)
    roles = guess_roles(list(readable))
    sources = [PackSource(path, name, role) for (name, path), role in zip(readable.items(), roles, strict=True)]
    music = _music(analyze_pack(sources, sandbox))
    progress.clear()
    findings = judge_pack(
        [StemFigures.from_measurements(name, figures, **coherence.of(name)) for name, figures in measured.items()],
        ReferenceFigures(
            mix_measured.sample_rate_hz, mix_measured.duration_frames, coherence.mix_lag_frames, coherence.fit
        )
        if mix_measured
        else None,
        unreadable=unreadable,
        wanted=Wanted(arguments.min_rate, arguments.min_bits),
    )
    if arguments.json:
        shown = [finding.to_json() for finding in findings]
        print(json.dumps({"stems": list(stems), "reference_mix": mix_name, **music, "findings": shown}))
    else:
        print(pack_text(measured, mix_name, music, findings))
    return 1 if any(finding.severity is Severity.ERROR for finding in findings) else 0


def _pack_files(directory: Path, mix: Path | None) -> tuple[Path | None, dict[str, Path]]:
    """The reference mix, and the stems by file name in the order of names."""
    files = _audio_files(directory)
    if mix is None:
        mix = next((path for name, path in files.items() if _MIX_NAME.search(name)), None)
    elif not mix.is_file():
        raise FileNotReadable(f"{mix} is no file.")
    return mix, {name: path for name, path in files.items() if mix is None or not path.samefile(mix)}


def _audio_files(directory: Path) -> dict[str, Path]:
    if not directory.is_dir():
        raise FolderNotFound(f"{directory} is no folder.")
    found = sorted(path for path in directory.iterdir() if path.is_file() and not path.name.startswith("."))
    return {path.name: path for path in found if path.suffix.lower() in _SUFFIXES}


def _measure_all(
    stems: Mapping[str, Path], sandbox: Sandbox, progress: Progress
) -> tuple[dict[str, Measurements], dict[str, str]]:
    """Measurements by name, and why the others could not be read."""
    measured, unreadable = dict[str, Measurements](), dict[str, str]()
    for number, (name, path) in enumerate(stems.items()):
        try:
            measured[name] = _measure(path, sandbox, progress.part(number, len(stems), name))
        except RemixHubError as exc:
            unreadable[name] = f"{exc.detail} [{exc.code}]"
    return measured, unreadable


def _mix(arguments: argparse.Namespace) -> int:
    spec = _read_spec(arguments.spec)
    stems = _stems_of(spec, _audio_files(arguments.stems))
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


def _stems_of(spec: MixSpec, files: Mapping[str, Path]) -> dict[str, Path]:
    """Those that the spec names; file systems and editors spell one name in NFC or in NFD."""
    spelled = {unicodedata.normalize("NFC", name): path for name, path in files.items()}
    named = {
        lane.stem: files.get(lane.stem) or spelled.get(unicodedata.normalize("NFC", lane.stem)) for lane in spec.lanes
    }
    return {name: path for name, path in named.items() if path is not None}


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
