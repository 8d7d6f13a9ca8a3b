"""check-pack: what is odd about a folder of stems, before anybody else hears them. No server is needed."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.sandbox import Sandbox, detect_sandbox
from remixhub.audio.halves import put_together
from remixhub.audio.measure.coherence.compare import measure_coherence
from remixhub.audio.measure.music import PackSource, analyze_pack
from remixhub.audio.measure.sums import sums_of_others
from remixhub.commands.audio_files import FileNotReadable, Progress, measured, music_found
from remixhub.commands.audio_text import pack_text
from remixhub.commands.pack_files import find_files
from remixhub.domain.errors import RemixHubError
from remixhub.domain.measurements import Measurements
from remixhub.domain.stems.naming import guess_roles
from remixhub.domain.stems.qc import ReferenceFigures, Severity, StemFigures, Wanted, judge_pack
from remixhub.domain.stems.reference_mix import find_reference_mix


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = subparsers.add_parser("check-pack", help="find what is odd about a folder of stems")
    check.add_argument("directory", type=Path, metavar="DIR", help="with its sub-folders")
    check.add_argument("--mix", type=Path, metavar="FILE", help="the reference mix; else found by how it sounds")
    check.add_argument("--min-rate", type=int, default=0, metavar="HZ", help="lowest sample rate that is wanted")
    check.add_argument("--min-bits", type=int, default=0, metavar="BITS", help="lowest bit depth that is wanted")
    check.add_argument("--strict", action="store_true", help="fail on warnings too, with exit code 1")
    check.add_argument("--json", action="store_true", help="one object")
    check.set_defaults(run=_check_pack)


def _check_pack(arguments: argparse.Namespace) -> int:
    """Exit code 1 when the pack is broken; with `--strict` also when something in it is to be warned of."""
    sandbox, progress = detect_sandbox(find_ffmpeg()), Progress()
    pack = find_files(arguments.directory)
    figures, unreadable = _measure_all(_without(pack.audio, arguments.mix), sandbox, progress)
    readable = {name: pack.audio[name] for name in figures}
    progress(1.0, "looking for the reference mix")
    with TemporaryDirectory(prefix="remixhub-pack-") as folder:
        together, split = put_together(readable, Path(folder), sandbox)
        mix_name, mix, mix_figures = _reference(arguments.mix, together, figures, sandbox)
        sounds = {name: path for name, path in together.items() if name != mix_name}
        progress(1.0, "comparing")
        coherence = measure_coherence(sounds, mix, sandbox)
        roles = guess_roles(list(sounds))
        sources = [PackSource(path, name, role) for (name, path), role in zip(sounds.items(), roles, strict=True)]
        music = music_found(analyze_pack(sources, sandbox))
    of_mix = {mix_name, *(halves.right for halves in split if halves.left == mix_name)}
    stems = [name for name in readable if name not in of_mix]
    progress.clear()
    findings = judge_pack(
        [StemFigures.from_measurements(name, figures[name], **coherence.of(name)) for name in stems],
        ReferenceFigures(
            mix_figures.sample_rate_hz, mix_figures.duration_frames, coherence.mix_lag_frames, coherence.fit
        )
        if mix_figures
        else None,
        unreadable=unreadable,
        split=[halves for halves in split if halves.left != mix_name],
        wanted=Wanted(arguments.min_rate, arguments.min_bits),
    )
    if arguments.json:
        ignored = [{"file": name, "reason": reason} for name, reason in pack.ignored.items()]
        shown = [finding.to_json() for finding in findings]
        names = [name for name in pack.audio if name in stems or name in unreadable]
        print(json.dumps({"stems": names, "reference_mix": mix_name, "ignored": ignored, **music, "findings": shown}))
    else:
        print(pack_text({name: figures[name] for name in stems}, mix_name, music, findings, pack.ignored))
    failing = (Severity.ERROR, Severity.WARNING) if arguments.strict else (Severity.ERROR,)
    return 1 if any(finding.severity in failing for finding in findings) else 0


def _without(files: Mapping[str, Path], mix: Path | None) -> dict[str, Path]:
    """Raises FileNotReadable for a mix that is no file."""
    if mix is not None and not mix.is_file():
        raise FileNotReadable(f"{mix} is no file.")
    return {name: path for name, path in files.items() if mix is None or not path.samefile(mix)}


def _reference(
    wanted: Path | None, readable: Mapping[str, Path], figures: Mapping[str, Measurements], sandbox: Sandbox
) -> tuple[str | None, Path | None, Measurements | None]:
    """The name, the file and the figures of the mix: the one that is asked for, or the one that sounds like it."""
    if wanted is not None:
        return wanted.name, wanted, measured(wanted, sandbox, lambda _share, _step: None)
    found = find_reference_mix(list(readable), sums_of_others(readable, sandbox))
    return (None, None, None) if found is None else (found, readable[found], figures[found])


def _measure_all(
    stems: Mapping[str, Path], sandbox: Sandbox, progress: Progress
) -> tuple[dict[str, Measurements], dict[str, str]]:
    """Measurements by name, and why the others could not be read."""
    figures, unreadable = dict[str, Measurements](), dict[str, str]()
    for number, (name, path) in enumerate(stems.items()):
        try:
            figures[name] = measured(path, sandbox, progress.part(number, len(stems), name))
        except RemixHubError as exc:
            unreadable[name] = f"{exc.detail} [{exc.code}]"
    return figures, unreadable
