"""What mail servers say when they do not take a letter (RFC 5321, 3463), and whether that is about the address."""

from __future__ import annotations

import re
from dataclasses import dataclass

from remixhub.domain.text import kept_of

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_ABOUT_THE_ADDRESS = frozenset({(1, 0), (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1), (4, 4)})
"""Bad mailbox, bad system, bad syntax, moved, null MX, mailbox disabled, no route to its host."""
_FULL = 552


@dataclass(frozen=True)
class Answer:
    code: int
    """Of three digits; 0 where a report says only the enhanced one."""
    text: str
    at_recipient: bool = False
    """Said to RCPT TO, not to the letter as a whole."""

    @property
    def is_final(self) -> bool:
        found = self._enhanced
        return self.code >= 500 or (self.code == 0 and found is not None and found[0] == 5)

    @property
    def is_about_address(self) -> bool:
        """Nothing that is sent there will arrive; not so what is full, or refuses us or our words."""
        found = self._enhanced
        if not self.is_final or self.code == _FULL:
            return False
        if found is not None:
            return found[1:] in _ABOUT_THE_ADDRESS
        return self.at_recipient

    @property
    def said(self) -> str:
        """For the row and for people: somebody else's server wrote it."""
        return " ".join(kept_of(f"{self.code or ''} {self.text}", instead=" ").split())[:500]

    @property
    def _enhanced(self) -> tuple[int, int, int] | None:
        found = _ENHANCED.search(self.text)
        return None if found is None else (int(found[1]), int(found[2]), int(found[3]))
