"""What API and pages share of a request: who asks, its id and log line, cursors.

Knows Flask; imports `services` and `domain`.
Nothing here decides who may do what: that is `domain.access`.
"""
