"""Why a work in its present state cannot be changed, mixed or cited as asked."""

from __future__ import annotations

from remixhub.domain.errors import Conflict


class WorkWithdrawn(Conflict):
    code = "work_withdrawn"
    title = "The work was withdrawn"


class WorkPublished(Conflict):
    code = "work_published"
    title = "The work is published already"


class WorkEntered(Conflict):
    code = "work_entered"
    title = "The work is entered in a contest"


class WorkNotPublished(Conflict):
    code = "work_not_published"
    title = "The work is not published yet"
