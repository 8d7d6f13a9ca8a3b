"""Feeds as values, and their two ways of being written: Atom (RFC 4287, RFC 5005) and JSON Feed 1.1.

Who makes a feed says what is in it once; every writer says all of it that its format has a place for.
"""
