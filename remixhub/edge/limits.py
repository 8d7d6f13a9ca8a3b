"""How often one may ask: by access token, by signed-in account, or by address; told in `RateLimit` headers.

They are those of draft-ietf-httpapi-ratelimit-headers-11. Each request counts for one of the two policies for all
addresses, and for those that are stricter where it is costly. docs/limits.md says it to people.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence

import flask

from remixhub.config import Settings
from remixhub.domain.errors import RemixHubError, Throttled, Unavailable
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.quotas import WINDOW_SECONDS, Counts, Quota, Standing
from remixhub.edge.whence import network

_FREE = ("health.", "static_files.", "web.doors.manifest", "web.doors.robots", "web.doors.security")
TRANSFERS = ("web.media.", "companion.", "uploads.", "stems.get_stem_original", "web.works.download_stem")
EXPORTS = (
    "graph_exports.", "stem-packs.order_stem_pack_archive", "contest_entries.order_entry_archive",
    "contest_results.export_contest", "web.contest_host.export_entries", "mixes.create_mix", "mixes.order_mix_file",
    "mix_drafts.render_mix_draft", "web.mixes.create", "web.mix_drafts.render", "web.mix_files.order",
    "web.works.order_archive", "exports.order_stem_pack_export", "exports.order_mix_export",
    "web.exports.order_of_work", "web.exports.order_of_mix", "web.contest_host.order_entries", "bundles.",
    "web.bundles.show", "web.bundles.order",
)  # fmt: skip
SEARCHES = ("search.", "web.remixes.pick")
"""And whatever else is asked with a `q`."""
CREDENTIALS = (
    "sessions.sign_in", "accounts.sign_up", "accounts.change_password", "accounts.change_email",
    "recovery.ask_for_password_reset", "recovery.get_password_reset", "recovery.set_new_password",
    "recovery.confirm_address", "recovery.keep_address",
    "accounts.delete_account", "proof.prove_session", "accounts.send_address_verification", "accounts.verify_address",
    "web.accounts.open_session", "web.accounts.create_account", "web.recovery.ask_for_reset",
    "web.recovery.show_reset", "web.recovery.reset_password", "web.recovery.verify_address",
    "web.recovery.confirm_address", "web.recovery.keep_address",
    "web.settings.change_password", "web.settings.change_email", "web.settings.delete_account",
    "web.settings.send_verification", "web.proof.prove", "factors.confirm_code_app", "web.factors.confirm_code_app",
    "second_steps.take_second_step", "second_steps.sign_in_by_passkey", "second_steps.offer_passkey_sign_in",
    "oauth.begin_device", "web.devices.ask", "web.devices.decide",
    "second_steps.offer_second_step_passkey", "web.second_step.take_code", "web.second_step.take_recovery_code",
)  # fmt: skip
_ASK_NOBODY = (
    "licences.list_licences", "api-docs.", "api_docs.", "accounts.get_profile", "web.feeds.", "web.embeds.",
    "web.oembed.", "web.doors.", "oauth.",
)  # fmt: skip
"""Answers that are the same for all, for which nobody looks up who asks; nor shall counting them."""


class RateLimited(Throttled):
    code = "rate_limited"
    title = "Too many requests; wait a little"


def take_from_limits() -> None:
    """A `before_request`. Raises RateLimited."""
    request = flask.request
    endpoint = request.endpoint or ""
    if request.method == "OPTIONS" or endpoint.startswith(_FREE):
        return
    settings = current_parts().settings
    quotas = [quota for quota in _quotas(settings, endpoint) if quota.limit]
    standings = _counts(settings).take(quotas) if quotas else None
    if standings is None:
        return
    flask.g.standings = standings
    exceeded = [standing for standing in standings if standing.is_exceeded]
    if exceeded:
        slowest = max(exceeded, key=lambda standing: standing.seconds)
        raise RateLimited(
            f"At most {slowest.quota.limit} of these requests a minute: wait until `Retry-After` is over.",
            retry_after_seconds=slowest.seconds,
            violated_policies=[standing.quota.policy for standing in exceeded],
        )


def tell_limits(response: flask.Response) -> flask.Response:
    """An `after_request`: programs are told each time, people's browsers when it is over."""
    standings: Sequence[Standing] = flask.g.get("standings", ())
    if standings and (flask.request.path.startswith("/api/") or response.status_code == 429):
        policies = (f'"{one.quota.policy}";q={one.quota.limit};w={WINDOW_SECONDS}' for one in standings)
        response.headers["RateLimit-Policy"] = ", ".join(policies)
        response.headers["RateLimit"] = ", ".join(
            f'"{one.quota.policy}";r={one.left};t={one.seconds}' for one in standings
        )
    return response


def _quotas(settings: Settings, endpoint: str) -> Iterator[Quota]:
    who = _who(settings, endpoint)
    if endpoint.startswith(TRANSFERS):
        yield Quota("transfers", settings.limit_transfers, who)
    else:
        yield Quota("default", settings.limit_requests, who)
    if flask.request.args.get("q") or endpoint.startswith(SEARCHES):
        yield Quota("searches", settings.limit_searches, who)
    if endpoint.startswith(EXPORTS):
        yield Quota("exports", settings.limit_exports, who)
    if endpoint in CREDENTIALS:
        yield Quota("credentials", settings.limit_credentials, _address(settings))


def _who(settings: Settings, endpoint: str) -> str:
    if not endpoint or endpoint.startswith(_ASK_NOBODY):
        return _address(settings)
    try:
        actor = current_actor()
    except Unavailable:  # nor could the view find out, and it would wait for it once more
        raise
    except RemixHubError:  # what is wrong is said by the view; made-up tokens make no new quotas
        return _address(settings)
    if actor.token_id is not None:
        return f"token:{actor.token_id}"
    return _address(settings) if actor.account_id is None else f"account:{actor.account_id}"


def _address(settings: Settings) -> str:
    """A keyed hash: addresses are personal."""
    return f"address:{hmac.new(settings.secret_key.encode(), network().encode(), hashlib.sha256).hexdigest()[:32]}"


def _counts(settings: Settings) -> Counts:
    """One of a process; hubs that share a Valkey are told apart by their queues' names."""
    found: tuple[Settings, Counts] | None = flask.current_app.extensions.get("remixhub_limits")
    if found is None or found[0] is not settings:
        found = settings, Counts(settings.redis_url, f"limits:{settings.queue_name}")
        flask.current_app.extensions["remixhub_limits"] = found
    return found[1]
