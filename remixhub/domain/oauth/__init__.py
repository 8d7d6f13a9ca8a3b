"""OAuth 2.1: apps that act for people. Which addresses answers go to, how codes look that people type, for how long.

Rules only; the protocol itself is Authlib's, in `services/oauth`.
"""
