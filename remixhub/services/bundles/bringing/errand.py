"""What is brought in, by whom, and as whose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from remixhub.compose import Parts
from remixhub.domain.access import Actor, OperatorOnly
from remixhub.domain.bundles import manifest
from remixhub.domain.bundles.contents import Bundle, BundledWork
from remixhub.domain.bundles.refusals import BundleUnreadable
from remixhub.domain.states import Scope
from remixhub.services.accounts.accounts import AccountNotFound, find_profile
from remixhub.services.bundles.bringing.sums import check_sums
from remixhub.services.bundles.verifying import Opened, Signature, Verified


@dataclass(frozen=True)
class Errand:
    operator: Actor
    bundle: Bundle
    opened: Opened
    signature: Signature
    own: Mapping[str, str]
    """Accounts of this hub, by id, for artists there: by the last step of their page's address, or by their name."""
    tell: Callable[[str], None]

    def actor_for(self, account_id: str, handle: str) -> Actor:
        scopes = frozenset({Scope.READ, Scope.PUBLISH})
        return Actor(account_id, scopes, handle=handle, brought_by=self.operator.account_id)

    def own_account(self, work: BundledWork) -> str | None:
        return self.own.get(work.artist_url.rstrip("/").rpartition("/")[2].removeprefix("@")) or self.own.get(
            work.artist
        )


def read_manifest(opened: Opened) -> Bundle:
    """Raises BundleUnreadable."""
    if not 0 <= opened.sizes.get(manifest.NAME, -1) <= manifest.LONGEST_BYTES:
        raise BundleUnreadable(f"There is no {manifest.NAME} in it, or a longer one than is read.")
    with opened.open(manifest.NAME) as file:
        return manifest.read(file.read(manifest.LONGEST_BYTES + 1))


def begin_errand(
    parts: Parts,
    bundle: Bundle,
    opened: Opened,
    found: Verified,
    *,
    operator: str,
    own: Mapping[str, str],
    unchecked: bool = False,
    tell: Callable[[str], None] = lambda _path: None,
) -> Errand:
    """`operator` and the values of `own` are handles; `tell` is told which file is sent. Nothing is written.

    Raises AccountNotFound, OperatorOnly, and BundleUnreadable for a bundle that is not whole, or wrongly signed, or,
    unless `unchecked`, by a key that was not given: anybody can write one in the name of a hub and its artists.
    """
    if not found.is_whole or found.signature is Signature.WRONG:
        faults = [*found.changed, *found.missing, *found.extra]
        said = f"{len(faults)} of its files are not as they were signed, such as {faults[0]!r}" if faults else (
            "Its signature is not by the key that it names"
        )  # fmt: skip
        raise BundleUnreadable(f"{said}: nothing of it is brought in.")
    if found.signature is not Signature.KNOWN and not unchecked:
        raise BundleUnreadable(
            f"Nothing says that it is of {bundle.hub_url[:100]}: give that hub's key by --key, fetched from the hub "
            "itself; or bring it in with --unchecked, if you know where you have it from."
        )
    check_sums(bundle, opened)
    with parts.database.reading() as session:
        acting = find_profile(session, operator)
        accounts = {name: find_profile(session, handle) for name, handle in own.items()}
        gone = [one.handle for one in (acting, *accounts.values()) if one.deleted_at is not None]
        if gone:
            raise AccountNotFound(f"@{gone[0]} was deleted.")
    if not acting.is_operator:
        raise OperatorOnly(f"@{acting.handle} is no operator of this hub (make-operator).")
    actor = Actor(acting.id, frozenset(Scope), is_operator=True, handle=acting.handle)
    return Errand(actor, bundle, opened, found.signature, {name: one.id for name, one in accounts.items()}, tell)
