"""Accounts: signing up and in, profiles, tokens, verified addresses."""
