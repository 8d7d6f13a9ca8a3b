"""Background jobs: the `jobs` table is the truth, RQ the carrier, Redis a doorbell that may be lost.

A worker claims a row by one UPDATE that returns a fence, keeps the lease by heartbeat, commits only under its fence.
Imports `models` and `domain`; never `services` or `workers` (jobs are named by dotted path).
"""
