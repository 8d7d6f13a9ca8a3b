"""What a suspended account may do beside reading: this, and nothing that is not listed here.

Every request but a safe one is asked about, so a new route is closed to suspended accounts until somebody opens it.
"""

from __future__ import annotations

import flask

from remixhub.domain.access import require_not_suspended
from remixhub.domain.errors import RemixHubError
from remixhub.edge.actor import current_actor

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
STAYS_OPEN = frozenset(
    # coming and going, and keeping others out of one's account
    "web.accounts.open_session web.accounts.sign_out web.settings.end_session web.settings.change_password "
    "web.settings.change_email web.settings.send_verification web.recovery.verify_address web.settings.revoke_token "
    "web.recovery.ask_for_reset web.recovery.reset_password web.recovery.confirm_address web.recovery.keep_address "
    "recovery.ask_for_password_reset recovery.set_new_password recovery.confirm_address recovery.keep_address "
    "web.mail.save web.mail.unsubscribe mail.wish_mail mail.decline_mail mail.choose_mail_rhythm "
    "web.proof.prove sessions.sign_in sessions.sign_out sessions.end_session accounts.change_password "
    "accounts.change_email accounts.send_address_verification accounts.verify_address tokens.revoke_token "
    "proof.prove_session proof.offer_proof_passkey web.apps.stop acting_apps.stop_acting_app "
    # apps speak of themselves there, and people's part is looked at by whoever asks for it
    "oauth.exchange oauth.begin_device oauth.revoke oauth.introspect "
    "web.second_step.take_code web.second_step.take_recovery_code second_steps.offer_second_step_passkey "
    "second_steps.take_second_step second_steps.offer_passkey_sign_in second_steps.sign_in_by_passkey "
    "web.factors.rename_passkey web.factors.remove_passkey web.factors.begin_code_app web.factors.confirm_code_app "
    "web.factors.remove_code_app web.factors.renew_recovery_codes web.factors.drop_password factors.offer_passkey "
    "factors.add_passkey factors.rename_passkey factors.remove_passkey factors.begin_code_app "
    "factors.confirm_code_app factors.remove_code_app factors.renew_recovery_codes factors.drop_password "
    # reading, answering and leaving
    "web.notices.read web.notices.read_all notices.read_notice web.moderation.appeal takedowns.appeal_takedown "
    "web.suspensions.appeal suspensions.appeal_suspension web.house.read_rules house.accept_rules "
    "web.settings.delete_account accounts.delete_account "
    # taking what is one's own, and questions that write nothing
    "web.works.order_archive web.exports.order_of_work web.exports.order_of_mix "
    "bundles.order_bundle web.bundles.order "
    "stem-packs.order_stem_pack_archive exports.order_stem_pack_export exports.order_mix_export "
    "licences.check_licences shares.simulate_shares".split()
)
"""Endpoints."""
WRITES_BY_GET = frozenset({"companion.form_params", "web.contest_ballots.vote", "ballots.get_duel"})
"""An upload's form is signed, a duel is offered."""


def refuse_suspended() -> None:
    """A `before_request`. Who asks with a token that is not good is told so by the view, if it matters there."""
    request = flask.request
    is_safe = request.method in _SAFE_METHODS and request.endpoint not in WRITES_BY_GET
    if is_safe or request.endpoint is None or request.endpoint in STAYS_OPEN:
        return
    try:
        actor = current_actor()
    except RemixHubError:
        return
    require_not_suspended(actor)
