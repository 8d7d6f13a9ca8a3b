"""JSON over HTTP: flask-smorest blueprints and marshmallow schemas under `/api/v1`.

Each view parses, calls one service and dumps; rules live below.
Imports `services` and `domain`; errors become RFC 9457 problems in `problems.py`.
"""
