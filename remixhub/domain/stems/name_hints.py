"""Tempo and key in a stem's file name, where they are written as such, and not where a name only looks like them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from remixhub.domain.musical_key import CAMELOT, CLASSICAL, MusicalKey, parse_key
from remixhub.domain.stems.roles import StemRole, role_of
from remixhub.domain.stems.words import lowered

LOWEST_TEMPO_BPM, HIGHEST_TEMPO_BPM = 40.0, 300.0
_LOWEST_BARE_BPM, _HIGHEST_BARE_BPM = 60.0, 200.0
_TEMPO = r"\d{2,3}(?:[.,]\d{1,3})?"
_BPM = re.compile(rf"(?<![\d.])({_TEMPO})[ _-]?bpm(?![a-z])|(?<![a-z])bpm[ _-]?({_TEMPO})(?!\d)", re.IGNORECASE)
_BARE_TEMPO = re.compile(r"(?<![A-Za-z0-9.])(\d{2,3})(?![A-Za-z0-9.])")
_KEY_LIKE = re.compile(rf"(?<![^\W_])(?:{CAMELOT}|{CLASSICAL})(?![^\W_]|#)")

_OPENED = re.compile(r"(?:^|[()\[\]{},;|~+]|\s[-–—]+|__)\s*$")
_CLOSED = re.compile(r"\s*(?:$|[()\[\]{},;|~+]|__|[-–—]+\s)")
_BEHIND_TEMPO = re.compile(rf"(?<![\d.])({_TEMPO})[ _-]*(?:bpm)?[ _-]*$", re.IGNORECASE)
_BEFORE_TEMPO = re.compile(rf"[ _-]*(?:bpm[ _-]*)?({_TEMPO})(?![\d.])(?:[ _-]*bpm|(?![A-Za-z]))", re.IGNORECASE)
_WORD_BEFORE = re.compile(r"([^\W\d_]+)[\s_.–—-]*$")
_WORD_AND_NUMBER = re.compile(r"(?<![^\W_])(?:take|mic|part|verse|chorus)[\s_]*\d+[\s_.–—-]*$", re.IGNORECASE)
_INTRODUCTION = re.compile(r"(?<![^\W_])(?:in|key[ _]of|key)[ _]$", re.IGNORECASE)
_NEXT_WORD = re.compile(r"[ _-]+(?:([^\W\d_]+)|\d)")
_LONGEST_SHORT = 3
_FEW = re.compile(r"[1-4][ab]", re.IGNORECASE)
"""Takes and microphones are numbered like this far more often than stems are in these keys."""
_COUNTED = frozenset(
    "take tk mic mics mike part pt verse vers strophe chorus refrain bridge section side disc disk cd vol "
    "volume version ver track trk channel chan ch input output line room scene act no nr num number nummer "
    "page layer var variation alt option idea sketch demo test pass comp edit phase pattern bar bars step "
    "group grp unit model type plan level stage seat gate row floor apartment apt flat block bus aux route "
    "highway studio session reel tape slate clip slot bank preset patch amp cab di overdub dub chapter "
    "episode ep deck cue platform flight hotel building class grade house suite cell zone sector area exit "
    "dock pier lane size format".split()
)
"""What stands before `2B` where that is a number."""


@dataclass(frozen=True)
class NameHints:
    """`spans` are the places in the name that say so."""

    tempo_bpm: float | None
    key: MusicalKey | None
    spans: tuple[tuple[int, int], ...]


def read_hints(name: str) -> NameHints:
    """`name` is a file's, without folders and suffix."""
    key, key_span = _find_key(name)
    tempo_bpm, tempo_span = _find_tempo(name, tells_key=key is not None)
    return NameHints(tempo_bpm, key, tuple(sorted(span for span in (key_span, tempo_span) if span is not None)))


def _find_tempo(name: str, *, tells_key: bool) -> tuple[float, tuple[int, int]] | tuple[None, None]:
    """A bare number counts only in a name that also tells a key, if there is but one that could be a tempo."""
    if match := _BPM.search(name):
        tempo_bpm = _number(match[1] or match[2])
        return (tempo_bpm, match.span()) if LOWEST_TEMPO_BPM <= tempo_bpm <= HIGHEST_TEMPO_BPM else (None, None)
    bare = [one for one in _BARE_TEMPO.finditer(name) if tells_key and _is_tempo(one)]
    if len(bare) != 1 or _word_before(name[: bare[0].start()]) in _COUNTED:
        return None, None
    return _number(bare[0][1]), bare[0].span()


def _find_key(name: str) -> tuple[MusicalKey, tuple[int, int]] | tuple[None, None]:
    unsure = []
    for match in _KEY_LIKE.finditer(lowered(name)):
        written = name[match.start() : match.end()].rstrip(" _-")
        before, after = name[: match.start()], name[match.start() + len(written) :]
        key = parse_key(written)
        if key is None or not _may_be_key(match, written):
            continue
        introduction = _INTRODUCTION.search(before)
        span = introduction.start() if introduction else len(before), len(name) - len(after)
        if _is_unmistakable(match):
            return key, span
        if _is_set_off(before, written, after):
            unsure.append((key, span))
    return unsure[0] if unsure else (None, None)


def _may_be_key(match: re.Match[str], written: str) -> bool:
    """One letter, and one syllable such as `La`, tell nothing, nor does `AM`."""
    if match["camelot"] or match["mode"] not in ("", "m"):
        return True
    if len(match["tonic"]) > 1 or match["accidental"] not in ("", "#", "b"):
        return False
    if not (written[0].isupper() or match["mode"]) or not (match["accidental"] or written[-1] == match["mode"]):
        return False
    return len(written) == 1 + len(match["accidental"]) + len(match["mode"])


def _is_unmistakable(match: re.Match[str]) -> bool:
    """No words of a title look like `F#m`, `Ebmaj` or `a-Moll`; they do like `Am`, `A minor` or `Ab`."""
    if match["camelot"] or not match["mode"]:
        return False
    if match["accidental"] or match["mode"] in ("moll", "dur"):
        return True
    return match["mode"] != "m" and len(match["tonic"]) == 1 and match["tonic"] != "a" and " " not in match[0]


def _is_set_off(before: str, written: str, after: str) -> bool:
    """Between separators or brackets, beside a tempo, at the end, or a field of a name that is joined by `_`."""
    word, are_few = _word_before(before), _FEW.fullmatch(written) is not None
    if word in _COUNTED or (word, written) == ("i", "Am") or (are_few and _WORD_AND_NUMBER.search(before)):
        return False
    opened, closed = _opens(before), _closes(after)
    behind, ahead = _BEHIND_TEMPO.search(before), _BEFORE_TEMPO.match(after)
    if written[0].islower() and len(written) <= _LONGEST_SHORT:  # `am`, `ebm`
        return any(beside is not None and "bpm" in beside[0].lower() for beside in (behind, ahead))
    if opened and closed:
        return not are_few or bool(before)
    if behind is not None and _is_tempo(behind):
        return closed or "bpm" in behind[0].lower() or after[0] in "_-" or _opens(before[: behind.start()])
    if ahead is not None and _is_tempo(ahead):
        return opened or "bpm" in ahead[0].lower() or before[-1] in "_-" or _closes(after[ahead.end() :])
    is_last = closed and (not after or after[0] in ")]}" or " " in written or _ends_in_role(before))
    return not are_few and (is_last or _is_field(before, written, after))


def _ends_in_role(before: str) -> bool:
    """`Pad` of `Pad 8A - wet`; `Apollo 11A - Kick` has none."""
    word = _word_before(before)
    return bool(word) and role_of([word]) is not StemRole.OTHER


def _is_field(before: str, written: str, after: str) -> bool:
    """Before the name of a role or a number: `8A_pad`, `Am_60`; `C minor keys` also between spaces."""
    between = " _-" if " " in written and written[0] in "BCDEFG" else "_-"
    if (before and before[-1] not in between) or after[:1] not in between:
        return False
    following = _NEXT_WORD.match(after)
    return following is not None and (following[1] is None or role_of([lowered(following[1])]) is not StemRole.OTHER)


def _opens(before: str) -> bool:
    return _OPENED.search(before) is not None


def _closes(after: str) -> bool:
    return _CLOSED.match(after) is not None


def _is_tempo(match: re.Match[str]) -> bool:
    lowest, highest = _LOWEST_BARE_BPM, _HIGHEST_BARE_BPM
    if "bpm" in match[0].lower():
        lowest, highest = LOWEST_TEMPO_BPM, HIGHEST_TEMPO_BPM
    return lowest <= _number(match[1]) <= highest


def _word_before(before: str) -> str:
    match = _WORD_BEFORE.search(before)
    return lowered(match[1]) if match else ""


def _number(written: str) -> float:
    return float(written.replace(",", "."))
