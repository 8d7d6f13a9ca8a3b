"""A server that speaks Discord's webhooks: it refuses what breaks a limit (docs.discord.com, “Embed limits”)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.web_servers import Reply, Request

WEBHOOK_ID, TOKEN = "123456789012345678", "Ab3_-xyZ90" * 6 + "abcdefgh"
ADDRESS = f"https://discord.com/api/webhooks/{WEBHOOK_ID}/{TOKEN}"


class Discord:
    def __init__(self, bucket: int = 5) -> None:
        self.left = bucket
        """Messages that it still takes before it wants a pause."""
        self.exists = True
        self.messages: list[dict[str, Any]] = []
        self.faults: list[str] = []

    @property
    def embeds(self) -> list[dict[str, Any]]:
        return [embed for message in self.messages for embed in message["embeds"]]

    def answer(self, request: Request) -> Reply:
        path, _, query = request.path.partition("?")
        if not self.exists or path.split("/")[-2:-1] != [WEBHOOK_ID]:
            return _reply(404, {"message": "Unknown Webhook", "code": 10015})
        if not path.endswith(f"/{TOKEN}"):
            return _reply(401, {"message": "Invalid Webhook Token", "code": 50027})
        if self.left == 0:
            self.left = 5
            return _reply(
                429,
                {"message": "You are being rate limited.", "retry_after": 1.5, "global": False},
                {"Retry-After": "2", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "1.5"},
            )
        self.left -= 1
        message = json.loads(request.body)
        faults = list(faults_of(message, request))
        if faults:
            self.faults += faults
            return _reply(400, {"message": "Invalid Form Body", "code": 50035, "errors": faults})
        self.messages.append(message)
        limits = {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": str(self.left), "X-RateLimit-Reset-After": "2"}
        return _reply(200, {"id": "1"}, limits) if "wait=true" in query else Reply(204, limits, b"")


def faults_of(message: dict[str, Any], request: Request) -> Iterator[str]:
    if not request.headers["user-agent"].startswith("DiscordBot ("):
        yield "user agent"
    if set(message) - {"username", "embeds", "allowed_mentions"}:
        yield "unknown fields"
    if message["allowed_mentions"] != {"parse": []}:
        yield "it mentions"
    if not 1 <= len(message["username"]) <= 80 or "discord" in message["username"].lower():
        yield "username"
    if not 1 <= len(message["embeds"]) <= 10:
        yield "number of embeds"
    if sum(map(_letters, message["embeds"])) > 6000:
        yield "total"
    for embed in message["embeds"]:
        yield from _embed_faults(embed)


def _embed_faults(embed: dict[str, Any]) -> Iterator[str]:
    fields = embed.get("fields", [])
    bounds = [(embed["title"], 256), (embed.get("description", "x"), 4096), (embed["footer"]["text"], 2048)]
    bounds += [pair for one in fields for pair in ((one["name"], 256), (one["value"], 1024))]
    for text, limit in bounds:
        if not text.strip() or len(text) > limit:
            yield f"{len(text)} of {limit}"
    if len(fields) > 25:
        yield "fields"
    if not embed.get("url", "https://").startswith(("http://", "https://")):
        yield "url"


def _letters(embed: dict[str, Any]) -> int:
    texts = [embed["title"], embed.get("description", ""), embed["footer"]["text"]]
    texts += [text for one in embed.get("fields", []) for text in (one["name"], one["value"])]
    return sum(map(len, texts))


def _reply(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, {"Content-Type": "application/json", **(headers or {})}, json.dumps(body).encode())
