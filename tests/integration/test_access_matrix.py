"""Who may do what, route by route: a new route without a line in the table fails here.

Five ask each route: a visitor, a browser whose session was ended, the owner's access token that may only read, another
signed-in account, and at last the owner. Bodies are valid, so that nothing but the access decision stops the others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from remixhub.domain.access import SYSTEM, session_actor
from remixhub.domain.licences.permissions import PermissionState
from remixhub.domain.licences.terms import Licence
from remixhub.domain.moderation import ReportReason, SuspensionReason, SuspensionState
from remixhub.domain.states import JobKind
from remixhub.models import Account, AppGrant, Job, Notice, Permission, now
from remixhub.services.house.furnishing import furnish
from remixhub.services.house.invitations import invite
from remixhub.services.moderation.suspensions import decide_suspension, suspend
from remixhub.services.moderation.takedowns import take_down
from remixhub.services.remixes.asking import Question, ask
from tests.integration.conftest import PASSWORD, Client, Hub, unlimited
from tests.integration.lineage.catalogue import Catalogue

OK = 200
"""Any success or redirection."""


class Policy(NamedTuple):
    """The status for each who asks; None where asking would change the asker and not the owner."""

    visitor: int
    ended: int
    reader: int
    other: int | None
    owner: int = OK


PUBLIC = Policy(OK, OK, OK, OK)
READ = Policy(401, 401, OK, OK)
"""One's own things, whoever one is."""
MAKE = Policy(401, 401, 403, OK)
PASSWORD_ONLY = Policy(401, 401, 403, None)
SESSION_ONLY = Policy(401, 401, 403, OK)
SESSION_OWNER = Policy(401, 401, 403, 404)
PRIVATE_READ = Policy(401, 401, OK, 404)
PRIVATE_WRITE = Policy(401, 401, 403, 404)
DRAFT_READ = Policy(404, 404, OK, 404)
DRAFT_WRITE = Policy(404, 404, 403, 404)
DRAFT_CONTEST = Policy(401, 401, 403, 404)
PUBLISHED_WRITE = Policy(401, 401, 403, 403)
DRAFT_COMMENT = Policy(401, 401, 403, 404)
MODERATORS = Policy(401, 401, 403, 403, 403)
"""The hub's operators, whom test_moderation.py asks."""


@dataclass(frozen=True)
class Case:
    method: str
    rule: str
    policy: Policy
    on: str = ""
    """Which of the owner's things fills the rule's argument; by default that of the argument's name."""
    body: dict[str, Any] | None = None
    owner: int = OK
    """When the owner is let in, but the state stops them: the status."""
    query: str = ""


WORK = "/api/v1/works/<work_id>"
ELSEWHERE = WORK + "/elsewhere-sources/<elsewhere_id>"
PACK = "/api/v1/stem-packs/<stem_pack_id>"
BUNDLE = "/api/v1/bundles/<bundle_kind>/<bundled_id>"
STEM = "/api/v1/stems/<stem_id>"
UPLOAD = "/api/v1/uploads/<upload_id>"
MIX_DRAFT = "/api/v1/mix-drafts/<mix_draft_id>"
COMMENT = "/api/v1/comments/<comment_id>"
LABEL = "/api/v1/labels/<label>"
CONTEST = "/api/v1/contests/<contest_id>"
COLLECTION = "/api/v1/collections/<collection_id>"
HOOK = "/api/v1/hooks/<hook_id>"
CLIENT = "/api/v1/oauth-clients/<client_id>"
OUTSIDE = "https://music.example/1"
SAVED_SEARCH = "/api/v1/account/searches/<saved_search_id>"
COMPANION = "/companion/s3/multipart"
NEW_UPLOAD = {"filename": "a.wav", "size_bytes": 1000, "purpose": "stem"}


def cases(stage: Stage) -> list[Case]:
    """In an order in which each finds what it needs; what takes things away stands last."""
    sources = {"sources": [{"source_id": stage.ids["release"]}]}
    lane = {"stem": stage.ids["frozen_stem"]}
    elsewhere = {"address": "https://music.example/2", "title": "Rain", "artist": "Ines", "licence": "cc-by-4.0"}
    itself = {"source_id": stage.ids["release"], "note": "It is."}
    links = (
        ("/links", itself), ("/link-claims", itself), ("/links/<source_id>/dispute", {"note": "It is not."}),
        ("/links/<source_id>/decision", {"uphold": True, "note": "It is."}),
    )  # fmt: skip
    public = (
        "",
        "/stem-packs",
        "/lineage",
        "/lineage-drawing",
        "/ancestors",
        "/descendants",
        "/sources",
        "/credits",
        "/credits/<credit_format>",
        "/allowed-licences",
        "/remixes",
        "/roots",
        "/ancestry",
        "/neighbourhood",
        "/link-events",
        "/elsewhere-sources",
        "/elsewhere-events",
        "/shares",
    )
    pairs = {"/common-ancestors": "with", "/path": "to"}
    return [
        Case("GET", "/api/v1/docs", PUBLIC),
        Case("GET", "/api/v1/openapi.json", PUBLIC),
        Case("GET", "/api/v1/licences", PUBLIC),
        Case("GET", "/api/v1/works", PUBLIC),
        Case("GET", "/api/v1/accounts/<handle>", PUBLIC),
        *(Case("GET", WORK + rest, PUBLIC, on="release") for rest in public),
        *(Case("GET", WORK + rest, DRAFT_READ, on="draft") for rest in public),
        *(Case("GET", WORK + rest, PUBLIC, on="release", query=f"?{name}={stage.ids['release']}")
          for rest, name in pairs.items()),
        *(Case("GET", WORK + rest, DRAFT_READ, on="draft", query=f"?{name}={stage.ids['release']}")
          for rest, name in pairs.items()),
        *(Case("GET", WORK + rest, DRAFT_READ, on="release", query=f"?{name}={stage.ids['draft']}")
          for rest, name in pairs.items()),
        Case("GET", "/api/v1/charts/most-remixed", PUBLIC),
        *(Case("GET", f"/api/v1/search/{kind}", PUBLIC, query="?q=song")
          for kind in ("works", "stems", "artists", "labels", "contests", "suggestions")),
        Case("GET", "/api/v1/search", PUBLIC, query="?q=song"),
        Case("GET", "/api/v1/account/searches", READ),
        Case("POST", "/api/v1/account/searches", MAKE, body={"searched": "works", "words": {"q": "song"}}),
        Case("GET", SAVED_SEARCH, PRIVATE_READ),
        Case("PATCH", SAVED_SEARCH, PRIVATE_WRITE, body={"name": "Songs"}),
        Case("DELETE", SAVED_SEARCH, PRIVATE_WRITE),
        Case("GET", "/api/v1/graph-exports/<format>", PUBLIC),
        Case("GET", WORK + "/lineage-exports/<format>", PUBLIC, on="release"),
        Case("GET", WORK + "/lineage-exports/<format>", DRAFT_READ, on="draft"),
        Case("GET", "/api/v1/accounts/<handle>/influence", PUBLIC),
        Case("GET", PACK, PUBLIC, on="frozen_pack"),
        Case("GET", PACK, DRAFT_READ, on="draft_pack"),
        *(Case(method, PACK + "/archive", PUBLIC, on="frozen_pack") for method in ("GET", "POST")),
        Case("PATCH", PACK, PUBLISHED_WRITE, on="frozen_pack", body={"families": {stage.ids["frozen_stem"]: "low"}}),
        Case("GET", PACK + "/archive", DRAFT_READ._replace(reader=409, owner=409), on="draft_pack"),
        Case("POST", PACK + "/exports/<export_format>", PUBLIC, on="frozen_pack"),
        *(Case("GET", PACK + rest, PUBLIC, on="frozen_pack") for rest in ("/exports", "/exports/<export_format>")),
        *(Case("GET", PACK + rest, DRAFT_READ._replace(reader=409, owner=409), on="draft_pack")
          for rest in ("/exports", "/exports/<export_format>")),
        *(Case(method, BUNDLE, PUBLIC, on="release") for method in ("GET", "POST")),
        Case("GET", BUNDLE, DRAFT_READ._replace(reader=409, owner=409), on="draft"),
        Case("GET", PACK + "/receipt", PUBLIC, on="frozen_pack"),
        Case("GET", PACK + "/receipt", DRAFT_READ._replace(reader=409, owner=409), on="draft_pack"),
        Case("GET", STEM + "/similar", PUBLIC, on="frozen_stem"),
        Case("GET", STEM + "/similar", DRAFT_READ, on="draft_stem"),
        Case("GET", STEM + "/original", PUBLIC, on="frozen_stem"),
        Case("GET", STEM + "/original", DRAFT_READ, on="draft_stem"),
        Case("GET", "/api/v1/account", READ),
        Case("GET", "/api/v1/account/works", READ),
        Case("GET", "/api/v1/mixes", READ),
        Case("GET", "/api/v1/mix-drafts", READ),
        Case("GET", "/api/v1/link-claims", READ),
        Case("GET", "/api/v1/permissions", READ),
        Case("GET", "/api/v1/permissions/<permission_id>", DRAFT_READ, on="asked_by_me"),
        Case("GET", "/api/v1/permissions/<permission_id>", PUBLIC, on="used_by_all"),
        Case("POST", "/api/v1/permissions", MAKE,
             body={"work_id": stage.ids["closed"], "licence": "cc-by-4.0", "remix_title": "New"}),
        Case("POST", "/api/v1/permissions/<permission_id>/withdrawal", PRIVATE_WRITE, on="asked_by_me"),
        Case("POST", "/api/v1/permissions/<permission_id>/answer", PRIVATE_WRITE, on="asked_of_me",
             body={"answer": "decline"}),
        Case("POST", "/api/v1/permissions/<permission_id>/revocation", PRIVATE_WRITE, on="asked_of_me", owner=409),
        Case("GET", "/api/v1/receipts", READ),
        Case("GET", "/api/v1/receipts/<receipt_id>", PRIVATE_READ._replace(reader=404), owner=404),
        Case("POST", "/api/v1/licence-checks", PUBLIC, body={"sources": [stage.ids["release"]]}),
        Case("POST", "/api/v1/share-simulations", PUBLIC, body={"sources": [stage.ids["release"]]}),
        Case("POST", "/api/v1/contest-licences", MAKE, body={"title": "New", "text": "Remix it."}),
        Case("GET", "/api/v1/account/contest-licences", READ),
        Case("GET", "/api/v1/contest-licences/<contest_licence_id>", PUBLIC),
        Case("POST", "/api/v1/contest-licences/<contest_licence_id>/acceptances", MAKE,
             body={"text_sha256": stage.ids["text_sha256"]}),
        Case("POST", "/api/v1/account/address-verification", MAKE._replace(other=409), owner=409),
        Case("POST", "/api/v1/address-verifications/<verification_token>", Policy(422, 422, 422, 422), owner=422),
        Case("POST", "/api/v1/password-resets", Policy(409, 409, 409, 409), body={"login": "owner"}, owner=409),
        Case("GET", "/api/v1/password-resets/<reset_token>", Policy(422, 422, 422, 422), owner=422),
        Case("POST", "/api/v1/password-resets/<reset_token>", Policy(422, 422, 422, 422),
             body={"new_password": PASSWORD}, owner=422),
        Case("POST", "/api/v1/address-confirmations/<address_token>", Policy(422, 422, 422, 422), owner=422),
        Case("POST", "/api/v1/address-reversals/<address_token>", Policy(422, 422, 422, 422), owner=422),
        Case("GET", "/api/v1/account/mail-topics", READ),
        Case("POST", "/api/v1/account/mail-topics/<topic>/wish", MAKE),
        Case("DELETE", "/api/v1/account/mail-topics/<topic>/wish", MAKE),
        Case("POST", "/api/v1/account/mail-topics/<topic>/rhythm", MAKE, body={"rhythm": "weekly"}),
        Case("POST", "/api/v1/account/far-remixes/wish", MAKE),
        Case("DELETE", "/api/v1/account/far-remixes/wish", MAKE),
        Case("POST", "/api/v1/labels", MAKE._replace(other=409), body={"handle": "owned", "name": "Mine"}, owner=409),
        Case("GET", "/api/v1/account/labels", READ),
        Case("GET", "/api/v1/account/follows", READ),
        Case("POST", "/api/v1/accounts/<handle>/follow", MAKE, owner=409),
        Case("DELETE", "/api/v1/accounts/<handle>/follow", MAKE),
        Case("POST", LABEL + "/follow", MAKE),
        Case("POST", WORK + "/follow", MAKE, on="release", owner=409),
        Case("DELETE", WORK + "/follow", MAKE, on="release"),
        Case("POST", "/api/v1/account/tag-follows", MAKE, body={"tag": "dub"}),
        Case("DELETE", "/api/v1/account/follows/<follow_id>", PRIVATE_WRITE._replace(other=404), owner=404),
        Case("GET", "/api/v1/feed", READ),
        Case("GET", COLLECTION, PUBLIC),
        Case("GET", COLLECTION, DRAFT_READ, on="own_collection"),
        Case("POST", "/api/v1/collections", MAKE, body={"title": "New"}),
        Case("GET", "/api/v1/account/collections", READ),
        Case("GET", "/api/v1/accounts/<handle>/collections", PUBLIC),
        Case("PATCH", COLLECTION, PUBLISHED_WRITE, body={"title": "Taken"}),
        Case("POST", COLLECTION + "/works", PUBLISHED_WRITE, body={"work_id": stage.ids["release"]}, owner=409),
        Case("PATCH", COLLECTION + "/works/<work_id>", PUBLISHED_WRITE, on="release", body={"note": "x"}),
        Case("PUT", COLLECTION + "/order", PUBLISHED_WRITE, body={"work_ids": []}, owner=409),
        Case("DELETE", COLLECTION + "/works/<work_id>", PUBLISHED_WRITE, on="release"),
        Case("POST", COLLECTION + "/reports", MAKE, body={"reason": "offensive"}),
        Case("DELETE", COLLECTION, PUBLISHED_WRITE),
        Case("POST", WORK + "/like", MAKE, on="release", owner=409),
        Case("DELETE", WORK + "/like", MAKE, on="release"),
        Case("GET", "/api/v1/account/likes", READ),
        Case("POST", WORK + "/plays", PUBLIC, on="release"),
        Case("POST", "/api/v1/plays", Policy(422, 422, 422, 422), body={"play_token": "x"}, owner=422),
        Case("DELETE", LABEL + "/follow", MAKE),
        Case("GET", WORK + "/comments", PUBLIC, on="release"),
        Case("GET", WORK + "/comments", DRAFT_READ, on="draft"),
        Case("POST", WORK + "/comments", MAKE, on="release", body={"text": "It is."}),
        Case("POST", WORK + "/comments", DRAFT_COMMENT, on="draft", body={"text": "It is."}, owner=409),
        Case("GET", COMMENT, PUBLIC),
        Case("GET", COMMENT + "/answers", PUBLIC),
        Case("GET", COMMENT + "/revisions", PUBLIC),
        Case("PATCH", COMMENT, PUBLISHED_WRITE, body={"text": "It was."}),
        Case("GET", "/api/v1/account/blocks", READ),
        Case("POST", "/api/v1/accounts/<handle>/block", MAKE, owner=409),
        Case("DELETE", "/api/v1/accounts/<handle>/block", MAKE),
        Case("GET", "/api/v1/picks", PUBLIC),
        Case("POST", WORK + "/pick", MODERATORS, on="release", body={"note": "Dig it."}),
        Case("DELETE", WORK + "/pick", MODERATORS, on="release"),
        Case("GET", LABEL, PUBLIC),
        Case("GET", LABEL + "/releases", PUBLIC),
        Case("PATCH", LABEL, PUBLISHED_WRITE, body={"description": "Taken"}),
        Case("POST", LABEL + "/invitations", PUBLISHED_WRITE, body={"role": "judge"}),
        Case("GET", "/api/v1/label-invitations/<invitation_token>", PUBLIC),
        Case("POST", LABEL + "/releases", PUBLISHED_WRITE, body={"work_id": stage.ids["release"]}),
        Case("GET", "/api/v1/contests", PUBLIC),
        Case("POST", "/api/v1/contests", PUBLISHED_WRITE, body=stage.contest_body("owned")),
        Case("GET", CONTEST, PUBLIC, on="open_contest"),
        Case("GET", CONTEST, DRAFT_READ, on="draft_contest"),
        Case("PATCH", CONTEST, PUBLISHED_WRITE, on="open_contest", body={"brief": "Taken"}),
        Case("PATCH", CONTEST, DRAFT_CONTEST, on="draft_contest", body={"brief": "Taken"}),
        Case("GET", CONTEST + "/announcement", Policy(401, 401, OK, 403), on="open_contest"),
        Case("GET", CONTEST + "/announcement", PRIVATE_READ, on="draft_contest"),
        Case("POST", CONTEST + "/announcement", PUBLISHED_WRITE, on="open_contest", owner=409),
        Case("POST", CONTEST + "/extensions", PUBLISHED_WRITE, on="open_contest", body={"note": "x"}, owner=422),
        Case("POST", CONTEST + "/announcements", PUBLISHED_WRITE, on="open_contest", body={"text": "News"}),
        Case("POST", CONTEST + "/judge-requests", PUBLISHED_WRITE, on="open_contest", body={"handle": "third"}),
        Case("GET", CONTEST + "/judge-request", Policy(401, 401, 404, 404, 404), on="open_contest"),
        Case("POST", CONTEST + "/judge-request/answer", Policy(401, 401, 403, 404, 404), on="open_contest",
             body={"accepts": True}),
        Case("POST", CONTEST + "/judges", PUBLISHED_WRITE, on="open_contest", body={"handle": "nobody"}, owner=422),
        Case("POST", CONTEST + "/judges/<handle>/removal", PUBLISHED_WRITE, on="open_contest",
             body={"reason": "Left."}, owner=404),
        Case("PUT", CONTEST + "/sign-up", MAKE._replace(other=409), on="open_contest",
             body={"work_id": stage.ids["release"]}, owner=409),
        Case("GET", CONTEST + "/sign-up", Policy(401, 401, 404, 404), on="open_contest", owner=404),
        Case("DELETE", CONTEST + "/sign-up", MAKE._replace(other=409), on="open_contest", owner=409),
        Case("POST", CONTEST + "/deal", PUBLISHED_WRITE, on="open_contest", owner=409),
        Case("POST", CONTEST + "/entries", MAKE._replace(other=409), on="open_contest",
             body={"work_id": stage.ids["release"]}, owner=409),
        Case("GET", CONTEST + "/entries", PUBLIC, on="open_contest"),
        Case("PUT", CONTEST + "/releases/<entry_id>", PUBLISHED_WRITE, on="open_contest",
             body={"url": "https://example.org/"}, owner=409),
        *(Case(method, CONTEST + "/entries-archive", Policy(401, 401, OK, 403), on="open_contest")
          for method in ("GET", "POST")),
        Case("GET", CONTEST + "/my-entries", READ, on="open_contest"),
        Case("GET", CONTEST + "/my-receipts", READ, on="open_contest"),
        Case("GET", "/api/v1/entry-receipts/<entry_receipt_id>", PRIVATE_READ),
        Case("DELETE", "/api/v1/entries/<entry_id>", PRIVATE_WRITE, owner=404),
        Case("POST", "/api/v1/entries/<entry_id>/ruling", PRIVATE_WRITE, body={"is_out": True, "reason": "x"},
             owner=404),
        Case("GET", CONTEST + "/desk", Policy(401, 401, 403, 403), on="open_contest", owner=403),
        Case("PUT", CONTEST + "/scores/<entry_id>", PUBLISHED_WRITE, on="open_contest", body={"scores": {}}, owner=403),
        Case("PUT", CONTEST + "/conflicts/<entry_id>", PUBLISHED_WRITE, on="open_contest", body={"reason": "x"},
             owner=403),
        Case("GET", CONTEST + "/judging-progress", Policy(401, 401, OK, 403), on="open_contest"),
        Case("POST", CONTEST + "/judge-reminders", PUBLISHED_WRITE, on="open_contest", owner=409),
        Case("POST", CONTEST + "/rulings", PUBLISHED_WRITE, on="open_contest",
             body={"entry_ids": ["x"], "ruling": "unplaced", "reason": "x"}, owner=409),
        Case("POST", CONTEST + "/hearings", MAKE._replace(other=409), on="open_contest",
             body={"entry_id": stage.ids["entry_id"]}, owner=409),
        Case("GET", CONTEST + "/duel", MAKE._replace(other=409), on="open_contest", owner=409),
        Case("POST", CONTEST + "/duels", MAKE._replace(other=409), on="open_contest",
             body={"favoured": "a", "against": "b"}, owner=409),
        Case("POST", CONTEST + "/entry-scores", MAKE._replace(other=409), on="open_contest",
             body={"entry_id": "a", "score": 5}, owner=409),
        Case("GET", CONTEST + "/flags", Policy(401, 401, OK, 403), on="open_contest"),
        Case("POST", CONTEST + "/screenings", PUBLISHED_WRITE, on="open_contest"),
        Case("POST", CONTEST + "/ballot-reviews", PUBLISHED_WRITE, on="open_contest",
             body={"ballot_ids": ["a"], "is_excluded": True, "reason": "x"}, owner=404),
        Case("POST", CONTEST + "/decision", PUBLISHED_WRITE, on="open_contest", owner=409),
        Case("GET", CONTEST + "/result", Policy(409, 409, 409, 409), on="open_contest", owner=409),
        Case("GET", CONTEST + "/export", Policy(409, 409, 409, 409), on="open_contest", owner=409),
        Case("POST", CONTEST + "/cancellation", PUBLISHED_WRITE, on="open_contest", body={"note": "x"}),
        Case("PUT", LABEL + "/members/<account_id>", PUBLISHED_WRITE, body={"role": "owner"}),
        Case("DELETE", LABEL + "/members/<account_id>", PUBLISHED_WRITE, owner=409),
        Case("POST", "/api/v1/label-invitations/<invitation_token>/acceptance", MAKE, owner=404),
        Case("GET", "/api/v1/uploads", READ),
        Case("GET", "/api/v1/mixes/<mix_id>", PRIVATE_READ),
        Case("GET", "/api/v1/mixes/<mix_id>/exports", PRIVATE_READ),
        *(Case(method, "/api/v1/mixes/<mix_id>/exports/<export_format>", PRIVATE_READ) for method in ("GET", "POST")),
        Case("GET", MIX_DRAFT, PRIVATE_READ),
        Case("GET", MIX_DRAFT + "/revisions", PRIVATE_READ),
        Case("GET", MIX_DRAFT + "/revisions/<revision>", PRIVATE_READ),
        Case("PUT", MIX_DRAFT, PRIVATE_WRITE, body={"spec": {"version": 1, "lanes": [lane]}, "title": "Saved"}),
        Case("POST", MIX_DRAFT + "/share", PRIVATE_WRITE),
        Case("GET", "/api/v1/shared-mixes/<share_token>", PUBLIC),
        Case("POST", "/api/v1/shared-mixes/<share_token>/copy", MAKE),
        Case("POST", MIX_DRAFT + "/render", PRIVATE_WRITE),
        Case("GET", "/api/v1/jobs/<job_id>", PRIVATE_READ),
        Case("GET", UPLOAD, PRIVATE_READ),
        Case("GET", COMPANION + "/<upload_id>", PRIVATE_READ),
        Case("GET", "/api/v1/sessions", SESSION_ONLY),
        Case("GET", "/api/v1/tokens", SESSION_ONLY),
        Case("GET", "/api/v1/acting-apps", SESSION_ONLY),
        Case("GET", "/api/v1/oauth-clients", SESSION_ONLY),
        Case("POST", "/api/v1/oauth-clients", SESSION_ONLY,
             body={"name": "Bot", "scopes": ["read"], "uses_devices": True}),
        Case("GET", CLIENT, SESSION_OWNER),
        Case("PATCH", CLIENT, SESSION_OWNER, body={"name": "Robot"}),
        Case("POST", CLIENT + "/secret", SESSION_OWNER),
        Case("POST", "/api/v1/accounts", PUBLIC, body=None),
        Case("POST", "/api/v1/tokens", SESSION_ONLY, body={"name": "new", "scopes": ["read"]}),
        Case("POST", "/api/v1/account/proof", SESSION_ONLY, body={"password": PASSWORD}),
        Case("POST", "/api/v1/account/proof/passkey-options", SESSION_ONLY),
        Case("GET", "/api/v1/account/factors", SESSION_ONLY),
        Case("POST", "/api/v1/account/passkey-options", SESSION_ONLY),
        Case("POST", "/api/v1/account/passkeys", SESSION_ONLY._replace(other=422), owner=422,
             body={"name": "Phone", "passkey": {}}),
        Case("POST", "/api/v1/account/passkeys/<passkey_id>/name", SESSION_OWNER, body={"name": "Laptop"}, owner=404),
        Case("DELETE", "/api/v1/account/passkeys/<passkey_id>", SESSION_OWNER, owner=404),
        Case("POST", "/api/v1/account/recovery-codes", SESSION_ONLY._replace(other=409), owner=409),
        Case("POST", "/api/v1/account/code-app", SESSION_ONLY),
        Case("POST", "/api/v1/account/code-app/confirmation", SESSION_ONLY._replace(other=401), owner=401,
             body={"code": "000000"}),
        Case("DELETE", "/api/v1/account/code-app", SESSION_ONLY._replace(other=409), owner=409),
        Case("DELETE", "/api/v1/account/password", SESSION_ONLY._replace(other=409), owner=409),
        Case("POST", "/api/v1/sessions/passkey-options", PUBLIC),
        Case("POST", "/api/v1/sessions/passkey", Policy(422, 422, 422, 422), owner=422, body={"passkey": {}}),
        Case("POST", "/api/v1/sessions/second-step/passkey-options", Policy(422, 422, 422, 422), owner=422,
             body={"second_step": "x" * 101}),
        Case("POST", "/api/v1/sessions/second-step", Policy(422, 422, 422, 422), owner=422, body={}),
        Case("PATCH", "/api/v1/account", MAKE, body={"bio": "I play."}),
        Case("POST", "/api/v1/releases", MAKE, body={"title": "New", "licence": "cc-by-4.0"}),
        Case("POST", "/api/v1/remixes", MAKE, body={"title": "New", **sources}),
        Case("POST", "/api/v1/uploads", MAKE, body=NEW_UPLOAD),
        Case("POST", "/api/v1/mixes", MAKE,
             body={"stem_pack_id": stage.ids["frozen_pack"], "spec": {"version": 1, "lanes": [{**lane, "pan": 0.5}]}}),
        Case("POST", "/api/v1/mix-drafts", MAKE,
             body={"stem_pack_id": stage.ids["frozen_pack"], "spec": {"version": 1, "lanes": [lane]}}),
        Case("POST", COMPANION, MAKE,
             body={"filename": "a.wav", "metadata": {"purpose": "stem", "size_bytes": 1000}}),
        Case("GET", "/api/v1/account/reports", READ),
        Case("GET", "/api/v1/account/notices", READ),
        Case("GET", "/api/v1/takedowns/<takedown_id>", PRIVATE_READ),
        Case("POST", "/api/v1/reports", MAKE, body={"work_id": stage.ids["release"], "reason": "offensive"}),
        Case("POST", COMMENT + "/reports", MAKE, body={"fault": "spam"}),
        Case("DELETE", COMMENT, PUBLISHED_WRITE),
        Case("POST", "/api/v1/account/notices/<notice_id>/read", PRIVATE_WRITE),
        Case("POST", "/api/v1/takedowns/<takedown_id>/appeal", PRIVATE_WRITE, body={"note": "It is mine."}),
        Case("GET", "/api/v1/reports", MODERATORS),
        Case("POST", "/api/v1/reports/<report_id>/decision", MODERATORS, body={"outcome": "upheld"}),
        Case("GET", "/api/v1/audit-entries", MODERATORS),
        Case("DELETE", "/api/v1/accounts/<handle>/sessions", MODERATORS, body={}),
        Case("GET", WORK + "/takedown-reach", MODERATORS, on="release"),
        Case("POST", "/api/v1/takedowns", MODERATORS,
             body={"work_ids": [stage.ids["release"]], "reason": "infringement"}),
        Case("GET", "/api/v1/takedowns", MODERATORS),
        Case("POST", "/api/v1/takedowns/<takedown_id>/decision", MODERATORS, body={"outcome": "restored"}),
        Case("GET", "/api/v1/house", PUBLIC),
        Case("PATCH", "/api/v1/house", MODERATORS, body={"name": "Mine"}),
        Case("POST", "/api/v1/account/rules-acceptance", READ, body={"rules_revision": 1}),
        Case("POST", "/api/v1/invitations", MODERATORS),
        Case("GET", "/api/v1/invitations", READ),
        Case("DELETE", "/api/v1/invitations/<invitation_id>", PRIVATE_WRITE),
        Case("POST", "/api/v1/hooks", MAKE,
             body={"name": "Mine", "address": "https://93.184.215.14/hook", "events": ["work.published"]}),
        Case("GET", "/api/v1/hooks", READ),
        Case("GET", HOOK, PRIVATE_READ),
        Case("PATCH", HOOK, PRIVATE_WRITE, body={"name": "Ours"}),
        Case("POST", HOOK + "/takeover", PRIVATE_WRITE),
        Case("POST", HOOK + "/secret", PRIVATE_WRITE),
        Case("POST", HOOK + "/tests", PRIVATE_WRITE),
        Case("GET", HOOK + "/deliveries", PRIVATE_READ),
        Case("POST", HOOK + "/deliveries/<delivery_id>/resend", PRIVATE_WRITE),
        Case("POST", HOOK + "/resend-failed", PRIVATE_WRITE, body={"since": "2026-01-01T00:00:00Z"}),
        Case("DELETE", HOOK, PRIVATE_WRITE),
        Case("POST", "/api/v1/suspensions", MODERATORS, body={"handle": "third", "reason": "spam"}),
        Case("GET", "/api/v1/suspensions", MODERATORS),
        Case("GET", "/api/v1/suspensions/<suspension_id>", PRIVATE_READ),
        Case("POST", "/api/v1/suspensions/<suspension_id>/appeal", PRIVATE_WRITE, body={"note": "No."}, owner=409),
        Case("POST", "/api/v1/suspensions/<suspension_id>/decision", MODERATORS, body={"outcome": "lifted"}),
        Case("POST", UPLOAD + "/parts", PRIVATE_WRITE, body={"part_numbers": [1]}),
        Case("GET", COMPANION + "/<upload_id>/<int:number>", PRIVATE_WRITE),
        Case("GET", "/companion/s3/params", PRIVATE_WRITE, query=f"?metadata[upload_id]={stage.ids['upload_id']}"),
        Case("POST", UPLOAD + "/complete", PRIVATE_WRITE, owner=409),
        Case("POST", COMPANION + "/<upload_id>/complete", PRIVATE_WRITE, owner=409),
        Case("PATCH", WORK, DRAFT_WRITE, on="draft", body={"title": "Taken"}),
        Case("PATCH", WORK, PUBLISHED_WRITE, on="release", body={"title": "Taken"}),
        Case("POST", WORK + "/stems", DRAFT_WRITE, on="draft", body={"upload_id": "u"}, owner=404),
        Case("POST", WORK + "/stems", PUBLISHED_WRITE, on="release", body={"upload_id": "u"}, owner=404),
        Case("PATCH", STEM, DRAFT_WRITE, on="draft_stem", body={"name": "Taken"}),
        Case("PATCH", STEM, PUBLISHED_WRITE, on="frozen_stem", body={"name": "Taken"}, owner=409),
        Case("PUT", WORK + "/mix", DRAFT_WRITE, on="draft", body={"upload_id": "u"}, owner=404),
        Case("PUT", WORK + "/mix", PUBLISHED_WRITE, on="release", body={"upload_id": "u"}, owner=409),
        Case("DELETE", WORK + "/mix", DRAFT_WRITE, on="draft"),
        Case("DELETE", WORK + "/mix", PUBLISHED_WRITE, on="release", owner=409),
        Case("PUT", WORK + "/cover", DRAFT_WRITE, on="draft", body={"upload_id": "u"}, owner=404),
        Case("PUT", WORK + "/cover", PUBLISHED_WRITE, on="release", body={"upload_id": "u"}, owner=404),
        Case("DELETE", WORK + "/cover", DRAFT_WRITE, on="draft"),
        Case("DELETE", WORK + "/cover", PUBLISHED_WRITE, on="release"),
        Case("GET", WORK + "/handback", DRAFT_READ, on="remix"),
        Case("POST", WORK + "/handback", DRAFT_WRITE, on="remix", body={"upload_id": "x"}, owner=404),
        *(Case("POST", f"{WORK}/handback/<source_id>/{act}", DRAFT_WRITE, on="remix", owner=404)
          for act in ("take", "refuse")),
        Case("PUT", WORK + "/sources", DRAFT_WRITE, on="remix", body=sources),
        Case("PUT", WORK + "/sources", PUBLISHED_WRITE, on="release", body=sources, owner=409),
        Case("GET", ELSEWHERE, PUBLIC, on="remix_published"),
        Case("GET", ELSEWHERE, DRAFT_READ, on="remix"),
        Case("GET", "/api/v1/elsewhere-sources/<elsewhere_id>", PUBLIC),
        Case("POST", WORK + "/elsewhere-sources", DRAFT_WRITE, on="remix", body=elsewhere),
        Case("POST", WORK + "/elsewhere-sources", PUBLISHED_WRITE, on="release", body=elsewhere, owner=409),
        Case("PATCH", ELSEWHERE, DRAFT_WRITE, on="remix", body={"title": "Taken"}),
        Case("PATCH", ELSEWHERE, PUBLISHED_WRITE, on="remix_published", body={"title": "Taken"}, owner=409),
        Case("POST", ELSEWHERE + "/dispute", DRAFT_WRITE, on="remix", body={"note": "No."}, owner=404),
        Case("POST", ELSEWHERE + "/dispute", PUBLISHED_WRITE, on="remix_published", body={"note": "No."}),
        Case("POST", ELSEWHERE + "/decision", MODERATORS, on="remix_published", body={"uphold": True, "note": "Yes."}),
        Case("DELETE", ELSEWHERE, PUBLISHED_WRITE, on="remix_published", owner=409),
        Case("DELETE", ELSEWHERE, DRAFT_WRITE, on="remix"),
        *(Case("POST", WORK + rest, DRAFT_WRITE, on="draft", body=body, owner=409) for rest, body in links),
        *(Case("POST", WORK + rest, PUBLISHED_WRITE, on="release", body=body, owner=422) for rest, body in links[:2]),
        *(Case("POST", WORK + rest, PRIVATE_WRITE, on="release", body=body, owner=404) for rest, body in links[2:]),
        Case("POST", "/api/v1/link-claims/<claim_id>/answer", PRIVATE_WRITE, body={"accept": True}, owner=404),
        Case("POST", WORK + "/publish", DRAFT_WRITE, on="draft", owner=409),
        Case("POST", WORK + "/publish", PUBLISHED_WRITE, on="release"),
        Case("POST", PACK + "/publish", DRAFT_WRITE, on="draft_pack", body={}, owner=409),
        Case("POST", PACK + "/publish", PUBLISHED_WRITE, on="frozen_pack", body={}),
        Case("POST", WORK + "/stem-packs", DRAFT_WRITE, on="draft", owner=409),
        Case("POST", WORK + "/stem-packs", PUBLISHED_WRITE, on="release"),
        Case("DELETE", STEM, PUBLISHED_WRITE, on="frozen_stem", owner=409),
        Case("DELETE", STEM, DRAFT_WRITE, on="draft_stem"),
        Case("DELETE", PACK, PUBLISHED_WRITE, on="frozen_pack", owner=409),
        Case("DELETE", PACK, DRAFT_WRITE, on="draft_pack", owner=409),
        Case("POST", WORK + "/withdraw", DRAFT_WRITE, on="draft", owner=409),
        Case("POST", WORK + "/withdraw", PUBLISHED_WRITE, on="release"),
        Case("DELETE", WORK, PUBLISHED_WRITE, on="release", owner=409),
        Case("DELETE", WORK, DRAFT_WRITE, on="draft"),
        Case("DELETE", MIX_DRAFT + "/share", PRIVATE_WRITE),
        Case("DELETE", MIX_DRAFT, PRIVATE_WRITE),
        Case("POST", "/api/v1/mixes/<mix_id>/files", PRIVATE_WRITE, body={"format": "wav"}, owner=409),
        Case("DELETE", "/api/v1/mixes/<mix_id>", PRIVATE_WRITE),
        Case("DELETE", UPLOAD, PRIVATE_WRITE),
        Case("DELETE", COMPANION + "/<upload_id>", PRIVATE_WRITE),
        Case("DELETE", "/api/v1/tokens/<token_id>", SESSION_OWNER),
        Case("DELETE", "/api/v1/acting-apps/<client_id>", SESSION_OWNER),
        Case("DELETE", CLIENT, SESSION_OWNER),
        Case("DELETE", "/api/v1/sessions/<session_id>", SESSION_OWNER),
        Case("POST", "/api/v1/sessions", PUBLIC, body={"login": "owner", "password": PASSWORD}),
        Case("DELETE", "/api/v1/sessions/current", Policy(OK, OK, OK, None)),
        Case("PUT", "/api/v1/account/email", PASSWORD_ONLY,
             body={"password": PASSWORD, "email": "moved@example.org"}),
        Case("PUT", "/api/v1/account/password", PASSWORD_ONLY,
             body={"current_password": PASSWORD, "new_password": PASSWORD}),
        Case("DELETE", "/api/v1/account", PASSWORD_ONLY, body={"password": PASSWORD}),
    ]  # fmt: skip


@dataclass
class Stage:
    """An owner with one of each thing."""

    hub: Hub
    ids: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    strangers: Iterator[int] = field(default_factory=lambda: iter(range(100)))
    owner: Client = field(init=False)

    def build(self) -> Stage:
        owner, other = self.hub.browser("owner"), self.hub.browser("other")
        ended = self._signed_in()
        for session in owner.get("/sessions").get_json()["sessions"]:
            owner.delete(f"/sessions/{session['id']}")
        self.owner = owner = self._signed_in()
        token = owner.post("/tokens", {"name": "reader", "scopes": ["read"]}).get_json()
        reader = Client(self.hub.app.test_client(use_cookies=False), self.hub.parts, "owner")
        reader.headers["Authorization"] = f"Bearer {token['token']}"
        self.clients = {"visitor": self.hub.visitor(), "ended": ended, "reader": reader, "other": other}
        spare = owner.post("/tokens", {"name": "spare", "scopes": ["read"]}).get_json()
        (session,) = owner.get("/sessions").get_json()["sessions"]
        self.owner = self._signed_in()
        self.ids |= {"handle": "owner", "token_id": spare["id"], "session_id": session["id"], "number": "1"}
        self.ids["format"] = "graphml"
        self.ids["export_format"] = "dawproject"
        self.ids["bundle_kind"] = "work"
        self.ids["passkey_id"] = "none"
        self._add_works()
        commented = owner.post(f"/works/{self.ids['release']}/comments", {"text": "Out now."})
        self.ids["comment_id"] = commented.get_json()["id"]
        kept = owner.post("/account/searches", {"searched": "works", "words": {"q": "song"}})
        self.ids["saved_search_id"] = kept.get_json()["id"]
        begun = [owner.post("/collections", {"title": "Set", "visibility": one}) for one in ("public", "private")]
        self.ids["collection_id"], self.ids["own_collection"] = (one.get_json()["id"] for one in begun)
        owner.post(f"/collections/{self.ids['collection_id']}/works", {"work_id": self.ids["release"]})
        self._add_contests(owner)
        self.ids["remix"] = owner.post(
            "/remixes",
            {
                "title": "Mine",
                "sources": [{"source_id": self.ids["release"]}],
                "elsewhere_sources": [
                    {"address": OUTSIDE, "title": "Rain", "artist": "Ines", "licence": "cc-by-4.0"},
                ],
            },
        ).get_json()["id"]
        catalogue = Catalogue(self.hub.parts)
        self.ids["remix_published"] = catalogue.work("Remixed", [self.ids["release"]], by="owner")
        self.ids["elsewhere_id"] = catalogue.elsewhere(self.ids["remix_published"], OUTSIDE)
        self.ids |= {"source_id": self.ids["release"], "claim_id": "none", "receipt_id": "none", "credit_format": "md"}
        self._add_permissions(owner)
        self._add_house()
        self._add_hook(owner)
        self._add_app(owner)
        self.ids["upload_id"] = owner.post("/uploads", NEW_UPLOAD).get_json()["id"]
        spec = {"version": 1, "lanes": [{"stem": self.ids["frozen_stem"]}]}
        mix = owner.post("/mixes", {"stem_pack_id": self.ids["frozen_pack"], "spec": spec})
        self.ids["mix_id"] = mix.get_json()["id"]
        draft = owner.post("/mix-drafts", {"stem_pack_id": self.ids["frozen_pack"], "spec": spec}).get_json()["id"]
        shared = owner.post(f"/mix-drafts/{draft}/share").get_json()["share_url"]
        self.ids |= {"mix_draft_id": draft, "revision": "1", "share_token": shared.rpartition("/")[2]}
        self.ids["job_id"] = next(job.id for job in self.hub.rows(Job) if job.kind is JobKind.RENDER_MIXDOWN)
        licence = owner.post("/contest-licences", {"title": "Contest", "text": "Remix it."}).get_json()
        self.ids |= {"contest_licence_id": licence["id"], "text_sha256": licence["text_sha256"]}
        return self

    def ask(self, who: str, case: Case) -> int:
        client = self.clients[who] if who != "owner" else self._signed_in() if "/session" in case.rule else self.owner
        address = self.address_of(case)
        body = case.body
        if case.rule == "/api/v1/accounts":
            handle = f"stranger-{next(self.strangers)}"
            body = {"handle": handle, "email": f"{handle}@example.org", "password": PASSWORD}
        if (case.method, case.rule) == ("POST", "/api/v1/sessions"):
            client = self.hub.visitor()  # signing in would make everybody the owner
        kwargs: dict[str, Any] = {} if case.method == "GET" else {"json": {} if body is None else body}
        if case.method in ("PUT", "PATCH", "DELETE"):
            kwargs["headers"] = {"If-Match": f'"{self._revision(case, who)}"'}
        with client.send(case.method, address + case.query, **kwargs) as answer:
            return answer.status_code

    def address_of(self, case: Case) -> str:
        address = case.rule
        if case.on == "own_collection":
            address = address.replace("<collection_id>", self.ids[case.on])
        for name in ("work_id", "stem_pack_id", "stem_id", "contest_id", "permission_id", "bundled_id"):
            address = address.replace(f"<{name}>", self.ids.get(case.on, ""))
        for name, value in self.ids.items():
            address = address.replace(f"<{name}>", value).replace(f"<int:{name}>", value)
        return address

    def contest_body(self, label: str) -> dict[str, Any]:
        hours = [(dt.datetime.now(dt.UTC) + dt.timedelta(hours=hour)).isoformat() for hour in (0, 1, 2)]
        rubric = [{"key": "idea", "title": "Idea", "weight": 1, "max_score": 10}]
        return {
            "label": label, "title": "Remix it", "release_id": self.ids["release"], "opens_at": hours[0],
            "closes_at": hours[1], "judging_closes_at": hours[2], "terms": {"rubric": rubric, "sealing": "public"},
        }  # fmt: skip

    def _add_contests(self, owner: Client) -> None:
        made = owner.post("/labels", {"handle": "owned", "name": "Owned"}).get_json()
        self.ids |= {"label": "owned", "account_id": made["members"][0]["account_id"]}
        for name in ("draft_contest", "open_contest"):
            self.ids[name] = owner.post("/contests", self.contest_body("owned")).get_json()["id"]
        path = f"/contests/{self.ids['open_contest']}"
        owner.post(f"{path}/judges", {"handle": "owner"})
        assert owner.post(f"{path}/announcement").status_code == 200
        owner.post(f"{path}/judges/owner/removal", {"reason": "The matrix has its own judges."})
        invitation = owner.post("/labels/owned/invitations", {"role": "owner"}).get_json()
        refused = owner.post(f"/contests/{self.ids['open_contest']}/entries", {"work_id": self.ids["release"]})
        self.ids |= {"invitation_token": invitation["token"], "verification_token": "none", "entry_id": "none"}
        self.ids |= {"reset_token": "none", "address_token": "none", "topic": "contests"}
        self.ids["entry_receipt_id"] = refused.get_json()["context"]["receipt_id"]

    def _add_house(self) -> None:
        """A suspension that is over, and an invitation from when everybody might invite."""
        parts = self.hub.parts
        made = suspend(SYSTEM, parts, handle="owner", reason=SuspensionReason.RULES)
        decide_suspension(SYSTEM, parts, made.id, outcome=SuspensionState.LIFTED)
        furnish(SYSTEM, parts, {"invitations_each": 1}, revision=None)
        row, _ = invite(session_actor(made.account_id, "owner", is_operator=False), parts)
        furnish(SYSTEM, parts, {"invitations_each": 0}, revision=None)
        self.ids |= {"suspension_id": made.id, "invitation_id": row.id}

    def _add_app(self, owner: Client) -> None:
        body = {"name": "Site", "redirects": ["https://site.example/"], "scopes": ["read"], "is_confidential": True}
        self.ids["client_id"] = client_id = self.owner.post("/oauth-clients", body).get_json()["id"]
        with self.hub.parts.database.writing() as session:
            account_id = session.scalars(sa.select(Account.id).where(Account.handle == "owner")).one()
            facts = {"name": "Site", "scopes": ["read"], "taken_at": now(), "expires_at": now(3600)}
            session.add(AppGrant(account_id=account_id, client_id=client_id, **facts))

    def _add_hook(self, owner: Client) -> None:
        body = {"name": "Mine", "address": "https://93.184.215.14/hook", "events": ["work.published"]}
        hook_id = owner.post("/hooks", body).get_json()["id"]
        sent = owner.post(f"/hooks/{hook_id}/tests").get_json()
        self.ids |= {"hook_id": hook_id, "delivery_id": sent["id"]}

    def _add_permissions(self, owner: Client) -> None:
        catalogue = Catalogue(self.hub.parts)
        self.ids["closed"] = catalogue.work("Closed", by="third", licence=Licence.BY_ND)
        mine = catalogue.work("Mine alone", by="owner", licence=Licence.BY_ND)
        third = session_actor(catalogue.account("third"), "third", is_operator=False)
        self.ids["asked_of_me"] = ask(third, self.hub.parts, Question(mine, Licence.BY, remix_title="Theirs")).id
        used = catalogue.work("Used", by="owner", licence=Licence.BY_ND)
        self.ids["used_by_all"] = ask(third, self.hub.parts, Question(used, Licence.BY, remix_title="Theirs")).id
        with self.hub.parts.database.writing() as session:
            session.get_one(Permission, self.ids["used_by_all"]).state = PermissionState.USED
        asked = owner.post(
            "/permissions", {"work_id": self.ids["closed"], "licence": "cc-by-4.0", "remix_title": "Mine"}
        )
        self.ids["asked_by_me"] = asked.get_json()["id"]

    def _revision(self, case: Case, who: str) -> int:
        if case.rule.startswith(LABEL):
            return self.owner.revision_of("/labels/owned")
        if case.rule.startswith(COLLECTION):
            return self.owner.revision_of(f"/collections/{self.ids['collection_id']}")
        if case.rule == CLIENT:
            return self.owner.revision_of(f"/oauth-clients/{self.ids['client_id']}")
        if case.rule == HOOK:
            return self.owner.revision_of(f"/hooks/{self.ids['hook_id']}")
        if case.on in ("draft_contest", "open_contest"):
            return self.owner.revision_of(f"/contests/{self.ids[case.on]}")
        if case.on in ("draft", "release", "remix", "remix_published"):
            return self.owner.revision_of(f"/works/{self.ids[case.on]}")
        if case.on in ("draft_stem", "frozen_stem") or case.rule == MIX_DRAFT:
            return 1
        asker = self.clients["other"] if who == "other" else self.owner
        return int(asker.get("/account").get_json()["revision"])

    def _signed_in(self) -> Client:
        client = self.hub.visitor()
        assert client.post("/sessions", {"login": "owner", "password": PASSWORD}).status_code == 201
        return client

    def _add_works(self) -> None:
        catalogue = Catalogue(self.hub.parts)
        original = catalogue.original()
        self.ids["release"], self.ids["draft"] = catalogue.work("Out", by="owner"), catalogue.draft("In", by="owner")
        for work, name in (("release", "frozen"), ("draft", "draft")):
            pack, (stem,) = catalogue.pack(self.ids[work], [original], frozen=name == "frozen")
            self.ids |= {f"{name}_pack": pack, f"{name}_stem": stem}
        gone = catalogue.work("Gone", by="owner")
        takedown, _ = take_down(SYSTEM, self.hub.parts, work_ids=[gone], reason=ReportReason.OFFENSIVE)
        (notice,) = self.hub.rows(Notice)
        self.ids |= {"takedown_id": takedown.id, "notice_id": notice.id, "report_id": "r"}


@pytest.fixture
def stage(hub: Hub) -> Stage:
    unlimited(hub)  # hundreds of requests in a minute
    return Stage(hub).build()


def test_each_route_lets_in_whom_the_table_says(stage: Stage) -> None:
    wrong = []
    for case in cases(stage):
        for who in ("visitor", "ended", "reader", "other", "owner"):
            expected = getattr(case.policy, who)
            if who == "owner" and case.owner != OK:
                expected = case.owner
            if expected is None:
                continue
            status = stage.ask(who, case)
            if (OK if status < 400 else status) != expected:
                wrong.append(f"{case.method} {case.rule} ({case.on}) by {who}: {status}, not {expected}")
    assert not wrong, "\n".join(wrong)


def test_the_table_has_every_route_and_no_other(stage: Stage) -> None:
    routes = {
        (method, rule.rule)
        for rule in stage.hub.app.url_map.iter_rules()
        if rule.rule.startswith(("/api/", "/companion/"))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(case.method, case.rule) for case in cases(stage)} == routes


def test_the_operators_addresses_need_nobody_to_sign_in(hub: Hub) -> None:
    for address in ("/healthz", "/readyz", "/metrics"):
        assert hub.visitor().http.get(address).status_code == 200
