"""A label's page: its members, its releases and its contests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests.labels import HOSTS, LabelRole, require_host
from remixhub.domain.states import Scope, WorkKind, WorkState
from remixhub.models import Label, Work
from remixhub.services.accounts.follows import is_followed
from remixhub.services.contests.labels import find_label, releases_of
from remixhub.services.contests.reading import ContestView, contests_seen
from remixhub.services.paging import Page, Position
from remixhub.services.works import works

_CONTESTS_LIMIT = 50
_OWN_WORKS = 100


@dataclass(frozen=True)
class LabelPage:
    label: Label
    role: LabelRole | None
    """The actor's."""
    releases: Page[Work]
    contests: Sequence[ContestView]
    own_releases: Sequence[Work]
    """What a host may put among the label's."""
    is_followed: bool
    """By the actor."""


def view_label_settings(actor: Actor, parts: Parts, handle: str) -> Label:
    """For its hosts. Raises LabelNotFound, LabelMembersOnly."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        label = find_label(session, handle)
        require_host(next((one.role for one in label.members if one.account_id == account_id), None))
        return label


def view_label_page(actor: Actor, parts: Parts, handle: str, *, after: Position | None, limit: int) -> LabelPage:
    """Raises LabelNotFound."""
    with parts.database.reading() as session:
        label = find_label(session, handle)
        role = next((one.role for one in label.members if one.account_id == actor.account_id), None)
        own: Sequence[Work] = ()
        if role in HOSTS:
            own = works.newest_own(session, require_account(actor, Scope.READ), limit=_OWN_WORKS)
        return LabelPage(
            label=label,
            role=role,
            releases=releases_of(session, label.id, after=after, limit=limit),
            contests=contests_seen(session, actor, label=handle, after=None, limit=_CONTESTS_LIMIT).rows,
            own_releases=[work for work in own if work.kind is WorkKind.RELEASE and work.state is WorkState.PUBLISHED],
            is_followed=is_followed(session, actor, label_id=label.id),
        )
