"""Webhooks: which events there are and what they say, how they are signed, when they come again; and as Discord has it.

Pure, and of the standard library, as all of the ground floor.
"""
