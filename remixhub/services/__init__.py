"""Use cases: the actor first, one transaction each.

Know no Flask and no marshmallow; take and give values and rows, raise errors of `domain`.
Import `jobs`, `models`, `storage`, `audio` and `domain`.
"""
