"""Following, the feed of it, and the house's picks: their forms, and whom and what one follows."""

from __future__ import annotations

import flask
from markupsafe import Markup

from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.accounts import follows
from remixhub.services.discovery.feed import list_feed
from remixhub.services.works import picks
from remixhub.web.forms import checked, typed
from remixhub.web.pages import (
    CARDS_LIMIT,
    LINES_LIMIT,
    asked_position,
    local_address,
    next_cursor,
    require_sign_in,
    see,
)

blueprint = flask.Blueprint("discovery", __name__)


@blueprint.get("/my/follows")
def list_follows() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    listing = "page:follows"
    page = follows.list_follows(current_actor(), current_parts(), after=asked_position(listing), limit=LINES_LIMIT)
    return flask.render_template("discovery/follows.html", follows=page.rows, next_cursor=next_cursor(page, listing))


@blueprint.get("/feed")
def show_feed() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    listing = "page:feed"
    page = list_feed(current_actor(), current_parts(), after=asked_position(listing), limit=CARDS_LIMIT)
    return flask.render_template("discovery/feed.html", entries=page.rows, next_cursor=next_cursor(page, listing))


@blueprint.post("/@<handle>/follow")
def follow_artist(handle: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    follows.follow_artist(current_actor(), current_parts(), handle)
    return _back(flask.url_for("web.accounts.profile", handle=handle))


@blueprint.post("/@<handle>/unfollow")
def unfollow_artist(handle: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    follows.unfollow_artist(current_actor(), current_parts(), handle)
    return _back(flask.url_for("web.accounts.profile", handle=handle))


@blueprint.post("/labels/<label>/follow")
def follow_label(label: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    follows.follow_label(current_actor(), current_parts(), label)
    return _back(flask.url_for("web.labels.show", label=label))


@blueprint.post("/labels/<label>/unfollow")
def unfollow_label(label: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    follows.unfollow_label(current_actor(), current_parts(), label)
    return _back(flask.url_for("web.labels.show", label=label))


@blueprint.post("/works/<work_id>/follow")
def follow_work(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    follows.follow_work(current_actor(), current_parts(), work_id)
    return _back(flask.url_for("web.works.show", work_id=work_id))


@blueprint.post("/works/<work_id>/unfollow")
def unfollow_work(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    follows.unfollow_work(current_actor(), current_parts(), work_id)
    return _back(flask.url_for("web.works.show", work_id=work_id))


@blueprint.post("/tags/follow")
def follow_tag() -> flask.typing.ResponseReturnValue:
    """The tag is a field, since it may have a slash."""
    require_sign_in()
    followed = follows.follow_tag(current_actor(), current_parts(), typed("tag"))
    return _back(flask.url_for("web.home.show", tag=followed.key))


@blueprint.post("/tags/unfollow")
def unfollow_tag() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    tag = follows.unfollow_tag(current_actor(), current_parts(), typed("tag"))
    return _back(flask.url_for("web.home.show", tag=tag))


@blueprint.post("/my/follows/<follow_id>/end")
def unfollow(follow_id: str) -> flask.typing.ResponseReturnValue:
    """From the list, where the next page offers to take it back."""
    require_sign_in()
    ended = follows.unfollow(current_actor(), current_parts(), follow_id)
    flask.flash(Markup(flask.render_template("discovery/unfollowed.html", ended=ended)))  # noqa: S704  escaped there
    return see("web.discovery.list_follows")


@blueprint.post("/works/<work_id>/pick")
def pick_work(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    picks.pick_work(current_actor(), current_parts(), work_id, checked("note", at_most=280))
    flask.flash("It stands in front of the hub now.")
    return see("web.works.show", work_id=work_id)


@blueprint.post("/works/<work_id>/pick/drop")
def drop_pick(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    picks.drop_pick(current_actor(), current_parts(), work_id)
    flask.flash("It is no pick of the house any more.")
    return see("web.home.show")


def _back(otherwise: str) -> flask.typing.ResponseReturnValue:
    return flask.redirect(local_address(typed("next"), otherwise), 303)
