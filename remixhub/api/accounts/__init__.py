"""JSON of accounts, browser sessions and access tokens."""

from remixhub.api.accounts import accounts, proof, sessions, tokens

BLUEPRINTS = (accounts.blueprint, proof.blueprint, sessions.blueprint, tokens.blueprint)
