"""What is brought in, by whom, and as whose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from remixhub.compose import Parts
from remixhub.domain.access import Actor, OperatorOnly
from remixhub.domain.bundles.contents import Bundle, BundledWork
from remixhub.domain.bundles.moving import hub_of
from remixhub.domain.bundles.refusals import BundleUnreadable
from remixhub.domain.states import Scope
from remixhub.models import BroughtHub
from remixhub.services.accounts.accounts import AccountNotFound, find_profile
from remixhub.services.bundles.bringing.sums import read_checked
from remixhub.services.bundles.verifying import Opened, Signature, Verified


@dataclass(frozen=True)
class Errand:
    operator: Actor
    bundle: Bundle
    hub_url: str
    """In one way of all in which it may be written."""
    opened: Opened
    signature: Signature
    key_id: str | None
    own: Mapping[str, str]
    """Accounts of this hub, by id, for artists there: by the last step of their page's address, or where they have no
    page by their name.
    """
    may_be_new: bool
    """The hub has renewed its key."""
    tell: Callable[[str], None]

    @property
    def is_checked(self) -> bool:
        """That it is of that hub."""
        return self.signature is Signature.KNOWN

    def actor_for(self, account_id: str, handle: str) -> Actor:
        scopes = frozenset({Scope.READ, Scope.PUBLISH})
        return Actor(account_id, scopes, handle=handle, brought_by=self.operator.account_id)

    def own_account(self, work: BundledWork) -> str | None:
        """Names are free there: whoever has a page is known by it alone."""
        if work.artist_url:
            return self.own.get(work.artist_url.rstrip("/").rpartition("/")[2].removeprefix("@"))
        return self.own.get(work.artist)


def begin_errand(
    parts: Parts,
    opened: Opened,
    found: Verified,
    *,
    operator: str,
    own: Mapping[str, str],
    unchecked: bool = False,
    new_key: bool = False,
    tell: Callable[[str], None] = lambda _path: None,
) -> Errand:
    """`operator` and the values of `own` are handles; `tell` is told which file is sent. Nothing is written.

    Raises AccountNotFound, OperatorOnly, and BundleUnreadable for a bundle that is not whole, or wrongly signed, or,
    unless `unchecked`, by a key that was not given: anybody can write one in the name of a hub and its artists. Nor by
    another key than that hub's bundles were before, unless `new_key`: a trusted hub speaks for itself alone.
    """
    if not found.is_whole or found.signature is Signature.WRONG:
        faults = [*found.changed, *found.missing, *found.extra]
        said = f"{len(faults)} of its files are not as they were signed, such as {faults[0]!r}" if faults else (
            "Its signature is not by the key that it names"
        )  # fmt: skip
        raise BundleUnreadable(f"{said}: nothing of it is brought in.")
    if found.signature is not Signature.KNOWN and not unchecked:
        raise BundleUnreadable(signed_by_none(found.hub_url))
    bundle = read_checked(opened, found)
    hub_url, is_known = hub_of(bundle), found.signature is Signature.KNOWN
    with parts.database.reading() as session:
        acting = find_profile(session, operator)
        accounts = {name: find_profile(session, handle) for name, handle in own.items()}
        gone = [one.handle for one in (acting, *accounts.values()) if one.deleted_at is not None]
        if gone:
            raise AccountNotFound(f"@{gone[0]} was deleted.")
        if is_known:
            require_key(session.get(BroughtHub, hub_url), hub_url, found.key_id, may_be_new=new_key)
    if not acting.is_operator:
        raise OperatorOnly(f"@{acting.handle} is no operator of this hub (make-operator).")
    actor = Actor(acting.id, frozenset(Scope), is_operator=True, handle=acting.handle)
    return Errand(
        operator=actor, bundle=bundle, hub_url=hub_url, opened=opened, signature=found.signature, key_id=found.key_id,
        own={name: one.id for name, one in accounts.items()}, may_be_new=new_key, tell=tell,
    )  # fmt: skip


def signed_by_none(hub_url: str) -> str:
    """What there is to do where no key was given that a bundle is signed by."""
    return (
        f"Nothing says that it is of {hub_url[:100]}: give that hub's key by --key, fetched from the hub itself; or "
        "bring it in with --unchecked, if you know where you have it from."
    )


def require_key(known: BroughtHub | None, hub_url: str, key_id: str | None, *, may_be_new: bool) -> None:
    """Raises BundleUnreadable."""
    if known is not None and known.key_id != key_id and not may_be_new:
        raise BundleUnreadable(
            f"It says that it is of {hub_url[:100]}, whose bundles here are signed by the key {known.key_id}; this one "
            f"is by {key_id}. If that hub has renewed its key, which its own pages say, repeat it with --new-key."
        )
