"""OAuth 2.1: apps that act for people. Authlib speaks the protocol; rows, consent and whose apps they are stand here.

What a token may do afterwards, `accounts/tokens.py` decides, as for personal ones.
"""
