"""Where a ballot comes from, as far as a contest may know it."""

from __future__ import annotations

import flask

from remixhub.edge.actor import current_parts
from remixhub.services.contests import voting
from remixhub.services.contests.voting import Whence


def whence_of(contest_id: str) -> Whence:
    request = flask.request
    return voting.whence(current_parts(), contest_id, request.remote_addr or "", request.user_agent.string)
