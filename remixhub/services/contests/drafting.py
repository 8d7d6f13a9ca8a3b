"""The form in which a contest is drafted and edited: the works it may be about, and what it holds now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests.labels import require_host
from remixhub.domain.licences.terms import terms_of
from remixhub.domain.states import Scope, WorkState
from remixhub.models import Label, LabelMember, LabelRelease, Work
from remixhub.services.contests.holding import database_time
from remixhub.services.contests.labels import find_label
from remixhub.services.contests.reading import ContestView, find_view

_OFFERED_WORKS = 200


@dataclass(frozen=True)
class ContestForm:
    label: Label
    works: Sequence[Work]
    """Published, remixable, and by members of the label or among its releases: the newest first."""
    moment: dt.datetime
    view: ContestView | None = None
    """Of the contest that is edited."""


def view_contest_form(actor: Actor, parts: Parts, label: str) -> ContestForm:
    """For a new contest. Raises LabelNotFound, LabelMembersOnly."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        host = find_label(session, label)
        require_host(next((one.role for one in host.members if one.account_id == account_id), None))
        return ContestForm(host, _offered(session, host.id), database_time(session))


def view_edit_form(actor: Actor, parts: Parts, contest_id: str) -> ContestForm:
    """Raises ContestNotFound, LabelMembersOnly."""
    require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        view = find_view(session, actor, contest_id)
        require_host(view.role)
        return ContestForm(view.contest.label, _offered(session, view.contest.label_id), view.moment, view)


def of_label(label_id: str) -> sa.ColumnElement[bool]:
    """Works by members of the label, and its releases: what its contests may be about."""
    members = sa.select(LabelMember.account_id).where(LabelMember.label_id == label_id)
    releases = sa.select(LabelRelease.work_id).where(LabelRelease.label_id == label_id)
    return sa.or_(Work.account_id.in_(members), Work.id.in_(releases))


def _offered(session: Session, label_id: str) -> list[Work]:
    query = (
        sa.select(Work)
        .where(Work.state == WorkState.PUBLISHED, of_label(label_id))
        .order_by(Work.published_at.desc(), Work.id.desc())
        .limit(_OFFERED_WORKS)
    )
    return [work for work in session.scalars(query) if terms_of(work.licence).allows_remixes]
