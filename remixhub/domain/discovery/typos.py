"""Words that were mistyped: by one letter too many, too few or wrong, or by two that changed places.

Both the words that there are and the word that was typed are stored and looked up with each letter left out once
(SymSpell's way): whatever is one such mistake away shares one of these forms.
"""

from __future__ import annotations

from collections.abc import Set

SHORTEST = 3
"""Shorter words are one letter away from too many."""
_HEAD, _WHOLE = 4, 9
_OF_HEAD = "~"


def stored_forms(word: str) -> Set[str]:
    """Under which a word is found that is, or begins like, what somebody typed. Empty for words that are too short."""
    if len(word) < SHORTEST:
        return frozenset()
    return _left_out(word[:_WHOLE]) | {form + _OF_HEAD for form in _left_out(word[:_HEAD])}


def forms_of_word(typed: str) -> Set[str]:
    """Of stored forms, those of words that `typed` may stand for."""
    return _left_out(typed[:_WHOLE]) if len(typed) >= SHORTEST else frozenset()


def forms_of_beginning(typed: str) -> Set[str]:
    """The same where only the beginning was typed. Mistakes are sought once it has as many letters as a head."""
    return {form + _OF_HEAD for form in _left_out(typed[:_HEAD])} if len(typed) >= _HEAD else frozenset()


def _left_out(word: str) -> frozenset[str]:
    return frozenset({word, *(word[:n] + word[n + 1 :] for n in range(len(word)))})


def is_near(typed: str, word: str) -> bool:
    """Whether they are the same but for one mistake."""
    return _distance(typed, word) <= 1


def is_near_beginning(typed: str, word: str) -> bool:
    """Whether the word begins with what was typed, but for one mistake."""
    return any(is_near(typed, word[:length]) for length in range(len(typed) - 1, len(typed) + 2) if length <= len(word))


def _distance(one: str, other: str) -> int:
    """0, 1, or 2 for anything farther (optimal string alignment)."""
    if one == other:
        return 0
    if abs(len(one) - len(other)) > 1:
        return 2
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    if a[1:] == b[1:] or a[1:] == b or a == b[1:]:
        return 1
    return 1 if a[:2] == b[1::-1] and a[2:] == b[2:] else 2
