"""Why a stem pack cannot be had or mixed as asked."""

from __future__ import annotations

from remixhub.domain.errors import Conflict, NotFound


class StemPackNotFound(NotFound):
    code = "stem_pack_not_found"
    title = "There is no such stem pack"


class StemPackNotFrozen(Conflict):
    code = "stem_pack_not_published"
    title = "The stem pack is not published yet"


class StemPackGone(Conflict):
    code = "stem_pack_withdrawn"
    title = "The work of this stem pack was withdrawn"
