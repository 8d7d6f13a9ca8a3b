"""JSON of accounts, browser sessions and access tokens."""

from remixhub.api.accounts import accounts, mail, proof, recovery, sessions, tokens

BLUEPRINTS = (
    accounts.blueprint,
    mail.blueprint,
    proof.blueprint,
    recovery.blueprint,
    sessions.blueprint,
    tokens.blueprint,
)
