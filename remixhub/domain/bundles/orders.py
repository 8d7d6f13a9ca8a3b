"""Who ordered which bundle, as the subject of a job of at most 64 characters: not all may have the same."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from remixhub.domain.bundles.contents import BundleKind
from remixhub.domain.bundles.refusals import BundleKindUnknown

_ID_CHARACTERS = 22
_VISITOR = "."
_LETTERS = {BundleKind.WORK: "w", BundleKind.CONTEST: "c", BundleKind.COLLECTION: "o", BundleKind.LABEL: "l"}
_KINDS = {letter: kind for kind, letter in _LETTERS.items()}


@dataclass(frozen=True)
class OrderedBundle:
    kind: BundleKind
    id: str
    """32 hexadecimal digits; a label's handle, of at most 40 characters."""
    account_id: str | None

    def __str__(self) -> str:
        account = _VISITOR if self.account_id is None else _packed(self.account_id)
        return _LETTERS[self.kind] + account + (self.id if self.kind is BundleKind.LABEL else _packed(self.id))

    @classmethod
    def read(cls, subject: str) -> OrderedBundle:
        kind, rest = _KINDS[subject[0]], subject[1:]
        cut = 1 if rest.startswith(_VISITOR) else _ID_CHARACTERS
        account_id = None if cut == 1 else _unpacked(rest[:cut])
        return cls(kind, rest[cut:] if kind is BundleKind.LABEL else _unpacked(rest[cut:]), account_id)


def kind_of(word: str) -> BundleKind:
    """Raises BundleKindUnknown."""
    try:
        return BundleKind(word)
    except ValueError as exc:
        raise BundleKindUnknown(f"There are bundles of: {', '.join(BundleKind)}.") from exc


def _packed(id: str) -> str:
    return urlsafe_b64encode(bytes.fromhex(id)).decode().rstrip("=")


def _unpacked(text: str) -> str:
    return urlsafe_b64decode(text + "==").hex()
