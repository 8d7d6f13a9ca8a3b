"""JSON of accounts, browser sessions and access tokens."""
