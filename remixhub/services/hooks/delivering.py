"""The job of a webhook: sends what is due to it, one after the other, and orders its next turn.

At least once: between the answer and our commit lies a moment in which a worker may die, and then the event goes again,
under its `webhook-id`. No transaction is open while somebody else's server thinks; one that lets us wait is left alone
for a while by the webhooks of the same scope, and those of others are not kept waiting for it.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.hooks import discord
from remixhub.domain.hooks.payloads import body_of
from remixhub.domain.hooks.schedule import DISABLED_AFTER_SECONDS, Judged, Verdict, judge, pause_seconds
from remixhub.domain.hooks.signing import headers_of
from remixhub.domain.hooks.words import DeliveryState, HookKind, HookState
from remixhub.domain.moderation import NoticeKind
from remixhub.domain.text import kept_of
from remixhub.domain.times import rfc3339
from remixhub.jobs.lease import Lease
from remixhub.models import Hook, HookDelivery, SlowHost, now
from remixhub.models.upsert import insert
from remixhub.outbound.posting import LeadsNowhere, NotReached
from remixhub.outbound.targets import Target, TargetUnfit, parse_target
from remixhub.services import journal, notices
from remixhub.services.accounts.sealing import unseal
from remixhub.services.events import IS_HEARD, order_for
from remixhub.services.hooks.hooks import disable
from remixhub.services.hooks.minding import minders

log = structlog.get_logger()

_TURN_SECONDS = 10.0
"""After that others have their turn."""
_ANSWER_LENGTH = 500
_QUIET_SECONDS, _LONGEST_QUIET_SECONDS = 60, 1800
_RESTING_SECONDS = 3600
_GONE = "It was not sent: its work was withdrawn or taken down."
_LOST_SECRET = "This hub cannot read its secret any more, since its own secret key was changed."  # noqa: S105


@dataclass(frozen=True)
class Due:
    hook: Hook
    deliveries: Sequence[HookDelivery]
    """What goes together: one event, or several in one message to Discord."""
    at: dt.datetime
    signs_old: bool
    """The former secret signs too."""


@dataclass(frozen=True)
class Outcome:
    judged: Judged
    taken: int
    """Of the deliveries, from the first on."""
    duration_ms: int | None
    status: int | None = None
    answer: str = ""
    is_slow: bool = False
    is_sent: bool = True
    """Or it says nothing of who would have received it."""


def deliver_hook(parts: Parts, lease: Lease) -> None:
    """A job. Raises OutboundUnavailable, which is waited out."""
    until = time.monotonic() + _TURN_SECONDS
    while time.monotonic() < until:
        due = _due(parts, lease.subject_id)
        if due is None:
            break
        outcome = _sent(parts, due)
        with lease.writing() as session:
            _note(session, due, outcome)
        log.info("hook", hook_id=due.hook.id, verdict=outcome.judged.verdict, status=outcome.status)
    with lease.committing() as session:
        _order_next(session, lease.subject_id)


def _due(parts: Parts, hook_id: str) -> Due | None:
    """None when nothing may be sent now."""
    pending = sa.select(HookDelivery).where(
        HookDelivery.hook_id == hook_id, HookDelivery.state == DeliveryState.PENDING, HookDelivery.next_at <= now()
    )
    with parts.database.reading() as session:
        found = session.execute(
            sa.select(Hook, now(), (Hook.old_secret_until > now()).label("signs_old")).where(
                Hook.id == hook_id,
                Hook.state == HookState.ACTIVE,
                IS_HEARD,
                sa.or_(Hook.wait_until.is_(None), Hook.wait_until <= now()),
            )
        ).one_or_none()
        if found is None:
            return None
        hook, moment, signs_old = found
        quiet = sa.select(SlowHost.host).where(_lets_wait(hook), SlowHost.quiet_until > now())
        if session.scalar(quiet) is not None:
            return None
        most = discord.MOST_EMBEDS if hook.kind is HookKind.DISCORD else 1
        order = (HookDelivery.created_at, HookDelivery.id)
        deliveries = session.scalars(pending.order_by(*order).limit(most)).all()
    return Due(hook, deliveries, moment, bool(signs_old)) if deliveries else None


def _sent(parts: Parts, due: Due) -> Outcome:
    gone = sum(1 for _ in itertools.takewhile(lambda one: one.event.gone_at is not None, due.deliveries))
    if gone:
        return Outcome(Judged(Verdict.REFUSED, _GONE), gone, None, is_sent=False)
    secret = unseal(parts.settings, due.hook.secret_sealed, due.hook.id)
    if secret is None:
        advice = "Renew it." if due.hook.kind is HookKind.WEBHOOK else "Paste the channel's address again."
        return Outcome(Judged(Verdict.GONE, f"{_LOST_SECRET} {advice}"), len(due.deliveries), None)
    is_discord = due.hook.kind is HookKind.DISCORD
    try:
        target, body, headers, taken = _message(parts, due, secret) if is_discord else _request(parts, due, secret)
    except TargetUnfit as exc:  # it was kept when the rules were less strict
        return Outcome(Judged(Verdict.GONE, str(exc)), len(due.deliveries), None)
    started = time.monotonic()
    try:
        answer = parts.outbound.post(target, body, {"Content-Type": "application/json", **headers})
    except LeadsNowhere as exc:  # how long that took tells which name servers said so
        return Outcome(Judged(Verdict.AGAIN, exc.detail), taken, None, is_slow=exc.is_slow)
    except NotReached as exc:
        return Outcome(Judged(Verdict.AGAIN, exc.detail), taken, _ms_since(started), is_slow=exc.is_slow)
    judged = judge(due.hook.kind, answer.status, answer.headers, now_seconds=due.at.timestamp())
    text = kept_of(answer.body.decode(errors="replace"), instead=" ")[:_ANSWER_LENGTH]
    return Outcome(judged, taken, _ms_since(started), answer.status, text)


def _request(parts: Parts, due: Due, secret: str) -> tuple[Target, bytes, dict[str, str], int]:
    event = due.deliveries[0].event
    body = body_of(event.kind, event.created_at, event.facts)
    old = due.hook.old_secret_sealed if due.signs_old else None
    former = unseal(parts.settings, old, due.hook.id) if old else None
    headers = headers_of(event.id, int(due.at.timestamp()), body, [secret, former] if former else [secret])
    return parse_target(due.hook.address), body, {**headers, "User-Agent": "RemixHub"}, 1


def _message(parts: Parts, due: Due, address: str) -> tuple[Target, bytes, dict[str, str], int]:
    events = [one.event for one in itertools.takewhile(lambda one: one.event.gone_at is None, due.deliveries)]
    told = [discord.Told(event.kind, rfc3339(event.created_at), event.facts) for event in events]
    message, taken = discord.message_of(told, hub=parts.house.now().name)
    agent = f"DiscordBot ({parts.settings.public_url}, 1)"  # as Discord asks it of all clients
    body = json.dumps(message, ensure_ascii=False).encode()
    return parse_target(f"{address}?wait=true"), body, {"User-Agent": agent}, taken


def _note(session: Session, due: Due, outcome: Outcome) -> None:
    """What came of it, in the log and for the webhook as a whole."""
    judged = outcome.judged
    # not FOR UPDATE: who publishes holds the key, and waits for the job that is held here
    lock = {"key_share": True, "of": Hook}
    hook = session.get(Hook, due.hook.id, populate_existing=True, with_for_update=lock)
    if hook is None:
        return  # deleted meanwhile, and its log with it
    for one in due.deliveries[: outcome.taken]:
        state, next_at = _what_now(one, judged)
        values = {
            "state": state, "attempts": HookDelivery.attempts + 1, "tried_at": now(), "status": outcome.status,
            "duration_ms": outcome.duration_ms, "answer": outcome.answer, "error": judged.error,
        }  # fmt: skip
        if next_at is not None:
            values["next_at"] = next_at
        still = sa.and_(HookDelivery.id == one.id, HookDelivery.state == DeliveryState.PENDING)
        session.execute(
            sa.update(HookDelivery).where(still).values(values).execution_options(synchronize_session=False)
        )
    if not outcome.is_sent:
        return
    wait = {"wait_until": now(judged.wait_seconds) if judged.wait_seconds else None}
    own = sa.update(Hook).where(Hook.id == hook.id).execution_options(synchronize_session=False)
    if judged.verdict is Verdict.DELIVERED:
        session.execute(own.values(failing_since=None, delivered_at=now(), **wait))
        session.execute(sa.delete(SlowHost).where(_lets_wait(hook)))
        return
    session.execute(own.values(failing_since=sa.func.coalesce(Hook.failing_since, now()), **wait))
    if outcome.is_slow:
        _leave_alone(session, hook)
    _disable_if_due(session, hook, judged)


def _what_now(one: HookDelivery, judged: Judged) -> tuple[DeliveryState, sa.ColumnElement[dt.datetime] | None]:
    if judged.verdict is Verdict.DELIVERED:
        return DeliveryState.DELIVERED, None
    pause = pause_seconds(one.attempts + 1, judged.wait_seconds) if judged.verdict is Verdict.AGAIN else None
    return (DeliveryState.FAILED, None) if pause is None else (DeliveryState.PENDING, now(pause))


def _leave_alone(session: Session, hook: Hook) -> None:
    """For a minute, and twice as long each time that it lets one of the same scope wait again."""
    row = {"scope_id": hook.scope_id, "host": _host(hook), "times": 1, "quiet_until": now(_QUIET_SECONDS)}
    first = insert(session, SlowHost).values(row)
    steps = [(SlowHost.times == times, now(_QUIET_SECONDS * 2**times)) for times in range(1, 5)]
    longer = sa.case(*steps, else_=now(_LONGEST_QUIET_SECONDS))
    session.execute(
        first.on_conflict_do_update(
            index_elements=[SlowHost.scope_id, SlowHost.host],
            set_={"times": SlowHost.times + 1, "quiet_until": longer},
        )
    )


def _disable_if_due(session: Session, hook: Hook, judged: Judged) -> None:
    long_ago = Hook.failing_since < now(-DISABLED_AFTER_SECONDS)
    is_long = session.scalar(sa.select(Hook.id).where(Hook.id == hook.id, long_ago)) is not None
    if hook.state is not HookState.ACTIVE or not (is_long or judged.verdict is Verdict.GONE):
        return
    session.refresh(hook)
    reason = judged.error if judged.verdict is Verdict.GONE else f"Nothing has arrived for five days. {judged.error}"
    disable(session, hook, reason)
    session.flush()
    from_here = {"state": HookState.DISABLED.value, "reason": reason}
    journal.record(session, SYSTEM, "hook.disabled", "hook", hook.id, after=from_here)
    text = f"{reason} Mend it there, then turn it on again and send what failed once more."
    title = f"The webhook “{hook.name}” is turned off"
    notices.send(session, minders(session, hook), NoticeKind.HOOK, ("hook", hook.id), title, text)


def _order_next(session: Session, hook_id: str) -> None:
    """When something is due again and may be sent; while it rests that is looked at each hour."""
    hook = session.get(Hook, hook_id, populate_existing=True)
    if hook is None or hook.state is not HookState.ACTIVE:
        return
    pending = sa.and_(HookDelivery.hook_id == hook_id, HookDelivery.state == DeliveryState.PENDING)
    next_at, quiet_until, moment, rests = session.execute(
        sa.select(
            sa.select(sa.func.min(HookDelivery.next_at)).where(pending).scalar_subquery(),
            sa.select(SlowHost.quiet_until).where(_lets_wait(hook)).scalar_subquery(),
            now(),
            sa.select(sa.not_(IS_HEARD)).where(Hook.id == hook_id).scalar_subquery(),
        )
    ).one()
    if next_at is None:
        return
    times = [one for one in (next_at, quiet_until, hook.wait_until) if one is not None]
    seconds = max(0.0, (max(times) - moment).total_seconds())
    order_for(session, hook, after_seconds=max(seconds, _RESTING_SECONDS) if rests else seconds)


def _lets_wait(hook: Hook) -> sa.ColumnElement[bool]:
    return sa.and_(SlowHost.scope_id == hook.scope_id, SlowHost.host == _host(hook))


def _host(hook: Hook) -> str:
    try:
        return parse_target(hook.address.rstrip("…")).authority
    except TargetUnfit:  # the rules were stricter since
        return hook.address[:300]


def _ms_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
