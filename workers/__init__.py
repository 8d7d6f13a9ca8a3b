"""What runs in the background: the RQ entry point, the job functions and the schedule.

A job function takes ids, calls one service and is at most eight lines.
Imports `remixhub`; `remixhub` never imports it.
"""
