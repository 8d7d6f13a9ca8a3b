"""The page of the desk: what its script reads, and the plain form for who has none."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import flask

from remixhub.domain.musical_key import parse_key
from remixhub.domain.states import IngestState
from remixhub.domain.stems.packs import frames_at
from remixhub.domain.stems.roles import family
from remixhub.domain.times import rfc3339
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import MixDraft, Stem
from remixhub.services.mixes.desk import MixDesk
from remixhub.services.mixes.sharing import token_of


def desk_page(desk: MixDesk, plain: str, *, share_token: str | None = None, **shown: Any) -> str:
    """`plain` is the template for who has no script, and `shown` what it is rendered with."""
    work = desk.pack.work
    return flask.render_template(
        "mixes/desk.html",
        work=work,
        stems=desk.pack.stems,
        may_remix=desk.may_remix,
        desk=desk_json(desk, share_token),
        by=desk.shared.by if desk.shared else None,
        kept=desk.kept,
        plain=plain,
        share_token=share_token,
        **shown,
    )


def desk_json(desk: MixDesk, share_token: str | None = None) -> dict[str, Any]:
    """What the desk's script starts from."""
    pack, work = desk.pack, desk.pack.work
    key = parse_key(desk.music.key) if desk.music.key else None
    here = flask.request.full_path.rstrip("?")
    copy = None if share_token is None else flask.url_for("web.shared_mixes.copy", share_token=share_token)
    return {
        "draft": None if desk.draft is None else _draft(desk, desk.draft),
        "title": desk.title,
        "spec": desk.spec,
        "pack": {
            "id": pack.id,
            "work_id": work.id,
            "title": work.title,
            "artist": work.account.display_name,
            "work_url": flask.url_for("web.works.show", work_id=work.id),
            "rate_hz": desk.rate_hz,
            "tempo_bpm": desk.music.tempo_bpm,
            "first_beat_seconds": None,
            "key": key.short_name if key else None,
            "stems": [_stem(stem, desk.rate_hz) for stem in pack.stems],
        },
        "reference": _reference(desk),
        "may_remix": desk.may_remix,
        "is_read_only": desk.shared is not None,
        "by": desk.shared.by.display_name if desk.shared else None,
        "may_keep": current_actor().account_id is not None,
        "urls": {
            "drafts": flask.url_for("mix_drafts.create_mix_draft"),
            "page": desk.draft and flask.url_for("web.mix_drafts.show", mix_draft_id=desk.draft.id),
            "copy": copy,
            "sign_in": flask.url_for("web.accounts.sign_in") + "?" + urlencode({"next": here}),
        },
    }


def _draft(desk: MixDesk, draft: MixDraft) -> dict[str, Any]:
    token = token_of(current_parts(), draft)
    address = None if token is None else current_parts().addresses.of(f"/shared-mixes/{token}")
    return {
        "id": draft.id,
        "revision": draft.revision,
        "title": draft.title,
        "spec": desk.spec,
        "share_url": address,
        "saved_at": rfc3339(draft.saved_at),
    }


def _stem(stem: Stem, rate_hz: int) -> dict[str, Any]:
    """`frames` at the desk's rate."""
    original = stem.original
    return {
        "id": stem.id,
        "name": stem.name,
        "role": stem.role,
        "family": family(stem.role),
        "frames": frames_at(rate_hz, original.duration_frames or 0, original.sample_rate_hz or rate_hz),
        "channels": original.channels,
        "gain_db": stem.gain_db,
        "peaks": flask.url_for("web.media.stem_file", stem_id=stem.id, kind="peaks"),
        "sound": flask.url_for("web.media.stem_file", stem_id=stem.id, kind="mixer"),
        "index": flask.url_for("web.media.stem_file", stem_id=stem.id, kind="mixer-index"),
    }


def _reference(desk: MixDesk) -> dict[str, Any] | None:
    piece = desk.reference
    if piece is None or piece.state is not IngestState.READY:
        return None
    address = flask.url_for("web.media.work_file", work_id=desk.pack.work_id, kind="preview")
    return {"address": address, "lufs": piece.integrated_lufs}
