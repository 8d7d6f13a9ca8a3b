"""JSON of accounts, browser sessions and access tokens."""

from remixhub.api.accounts import accounts, sessions, tokens

BLUEPRINTS = (accounts.blueprint, sessions.blueprint, tokens.blueprint)
