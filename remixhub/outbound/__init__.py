"""Requests to addresses that users name: to the public internet alone, whatever the address or its name servers say.

Addresses, networks and answers as values; it knows neither rows nor Flask, and nothing of what is sent.
Imports `domain`, `config` and `transactions` only.
"""
