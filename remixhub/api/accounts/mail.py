"""`/account/mail-topics`: what comes by mail."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from remixhub.api.operations import problems
from remixhub.api.schemas import Schema
from remixhub.domain.errors import NotFound
from remixhub.domain.letters import TOPIC_WORDS, MailTopic, Rhythm
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.mail import wishes

blueprint = Blueprint("mail", __name__, description="What comes by mail")


class MailTopicSchema(Schema):
    topic = ma.fields.Enum(MailTopic, by_value=True, required=True)
    description = ma.fields.String(required=True)
    is_wished = ma.fields.Boolean(required=True)
    rhythm = ma.fields.Enum(
        Rhythm,
        by_value=True,
        required=True,
        metadata={"description": "`daily` and `weekly` come together, at 07:00 UTC, weekly on Mondays"},
    )


class RhythmChoiceSchema(Schema):
    rhythm = ma.fields.Enum(Rhythm, by_value=True, required=True)


class MailTopicListSchema(Schema):
    topics = ma.fields.List(ma.fields.Nested(MailTopicSchema), required=True)


@blueprint.route("/account/mail-topics")
@blueprint.response(200, MailTopicListSchema)
@problems(blueprint)
def list_mail_topics() -> Any:
    """What may come by mail beside mail about the account's security, and whether it is wished."""
    rhythms = wishes.view_mail(current_actor(), current_parts()).rhythms
    return {
        "topics": [
            {
                "topic": topic,
                "description": words,
                "is_wished": rhythms[topic] is not Rhythm.NEVER,
                "rhythm": rhythms[topic],
            }
            for topic, words in TOPIC_WORDS.items()
        ]
    }


@blueprint.route("/account/mail-topics/<topic>/rhythm", methods=["POST"])
@blueprint.arguments(RhythmChoiceSchema)
@blueprint.response(204)
@problems(blueprint, 404, 413, 415)
def choose_mail_rhythm(body: dict[str, Any], topic: str) -> None:
    """Have it by mail at once, in a letter a day or a week, or never; safe to repeat."""
    wishes.choose(current_actor(), current_parts(), {_named(topic): body["rhythm"]})


@blueprint.route("/account/far-remixes/wish", methods=["POST"])
@blueprint.response(204)
@problems(blueprint)
def wish_far_remixes() -> None:
    """Be told of remixes of remixes of one's works, and of works that one follows; safe to repeat."""
    wishes.choose(current_actor(), current_parts(), {}, far_remixes=True)


@blueprint.route("/account/far-remixes/wish", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint)
def decline_far_remixes() -> None:
    """Be told of direct remixes alone; safe to repeat."""
    wishes.choose(current_actor(), current_parts(), {}, far_remixes=False)


@blueprint.route("/account/mail-topics/<topic>/wish", methods=["POST"])
@blueprint.response(204)
@problems(blueprint, 404)
def wish_mail(topic: str) -> None:
    """Have it by mail; safe to repeat."""
    wishes.wish(current_actor(), current_parts(), _named(topic), is_wished=True)


@blueprint.route("/account/mail-topics/<topic>/wish", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404)
def decline_mail(topic: str) -> None:
    """Have it by mail no more; safe to repeat."""
    wishes.wish(current_actor(), current_parts(), _named(topic), is_wished=False)


def _named(topic: str) -> MailTopic:
    if topic not in list(MailTopic):
        raise NotFound(f"There is no topic {topic!r}; there are {', '.join(MailTopic)}.", what="topic")
    return MailTopic(topic)
