"""What lies beside a session for people: how to open it, how to credit, what the licence says."""

from __future__ import annotations

from collections.abc import Sequence

from remixhub.domain.exports.session import DawSession, Sound, one_line

MIDI_FILE, LABELS_FILE = "Tempo map.mid", "Labels.txt"

DAWPROJECT = (
    "Open the .dawproject file itself: Bitwig Studio, Studio One, Cubase, Nuendo and others read it.",
    "Stems follow when you change the tempo. If your program does not move them, set its tempo before you open it.",
)
REAPER = (
    "Unpack the whole ZIP, which holds one folder, then open the .rpp file in it with REAPER.",
    "The sound lies in the folder audio beside it; keep the two together.",
)
AUDACITY = (
    "Unpack the ZIP. In Audacity: File, Import, Audio, and choose all files of the folder audio.",
    f"Then File, Import, Labels, and choose {LABELS_FILE}: it has the markers and, where a tempo is stated, the bars.",
    "Set the gain of each strip as listed below; Audacity has no file to read it from.",
)
_TO_WARP = (
    "Unpack the ZIP, which holds one folder, to where it stays: Live plays the files from where they lie.",
    "Settings, Record/Warp/Launch: turn “Auto-Warp Long Samples” off. Otherwise Live guesses a tempo for every file.",
    "{tempo}",
    "Drag all files of the folder audio into the Arrangement at 1.1.1. Hold Ctrl (Windows) or Cmd (Mac) while you let"
    " go: each file gets a lane of its own.",
    "They all start at the same zero, so they fit without Warp. To change the tempo, choose all clips, turn Warp on,"
    " set Seg. BPM to the tempo above, and take Beats for drums and Complex Pro for the rest.",
    "Set the gain of each lane as listed below.",
    f"Logic, FL Studio, Pro Tools: open {MIDI_FILE} first, which sets tempo, key and markers; then import the files"
    " at the start of bar 1.",
)


def ableton(session: DawSession) -> Sequence[str]:
    tempo = f"Set the tempo to {session.tempo_bpm:g} BPM, or drag {MIDI_FILE} in and let Live take tempo and signature."
    if session.spec.grid is None:
        tempo = "Its artist states no tempo: leave Warp off, or warp one stem with a beat by hand and copy its markers."
    return [line.format(tempo=tempo) for line in _TO_WARP]


def read_me(session: DawSession, how_to_open: Sequence[str]) -> str:
    heading = f"{session.title} – {session.artist}"
    whose = f"A mix by {session.mixed_by} of the stems of" if session.mixed_by else "The stems of"
    lines = [heading, "=" * len(heading), "", f"{whose} {session.permalink}", ""]
    lines += [
        f"Tempo    {f'{session.tempo_bpm:g} BPM' if session.spec.grid else 'not stated'}",
        f"Key      {session.key or 'not stated'}",
        f"Licence  {session.licence}, {session.licence_url}",
        f"Sound    WAV, {session.rate_hz} Hz, from the same zero",
    ]
    lines += ["", "HOW TO OPEN IT", "", *(f"{place}. {line}" for place, line in enumerate(how_to_open, 1))]
    lines += ["", "STEMS", "", *(_sound_line(session, sound) for sound in session.sounds)]
    lines += ["", "HOW TO CREDIT", "", "Paste this beside what you make of it; CREDITS.txt has all that it stands on:"]
    lines += ["", session.credit, "", "LICENSE.txt says what you may do."]
    lines += ["Keep RECEIPT.json: it proves under which licence you have these stems, also when they are closed later."]
    return "\n".join(lines) + "\n"


def _sound_line(session: DawSession, sound: Sound) -> str:
    own = [lane for lane in session.spec.lanes if lane.stem == sound.stem]
    gains = ", ".join(dict.fromkeys(f"{lane.gain_db:+.2f} dB" for lane in own))
    width = "mono" if sound.channels == 1 else "stereo"
    depth = "" if sound.bit_depth == 24 else ", 32-bit float as it exceeds full scale"
    return f"{sound.file}  {one_line(sound.name)} ({sound.role.replace('_', ' ')}, {width}{depth}): {gains}"
