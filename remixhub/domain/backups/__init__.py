"""Backups: what a snapshot says of itself, which are kept, what is found of stored bytes."""
