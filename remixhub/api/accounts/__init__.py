"""JSON of accounts, browser sessions and access tokens."""

from remixhub.api.accounts import accounts, factors, mail, proof, recovery, second_step, sessions, tokens

BLUEPRINTS = (
    accounts.blueprint,
    factors.blueprint,
    mail.blueprint,
    proof.blueprint,
    recovery.blueprint,
    second_step.blueprint,
    sessions.blueprint,
    tokens.blueprint,
)
