"""What the draft editor shows: the whole page, and the pieces of it that change while workers work."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import flask
from werkzeug.datastructures import MultiDict

from remixhub.domain.licences.terms import OFFERED, Licence, in_order
from remixhub.domain.states import IngestState, SourceKind, WorkKind, WorkState
from remixhub.domain.stems.naming import StemRole
from remixhub.domain.stems.qc import Severity, fit_together
from remixhub.domain.times import rfc3339
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import ContestLicence, Stem, StemPack, Work
from remixhub.services.remixes import draft_editor
from remixhub.services.remixes.draft_editor import Draft, DraftEditor
from remixhub.services.remixes.handing_back import HandedBack
from remixhub.services.remixes.keeping import credit_line, stamp_of_stem, stamp_of_work
from remixhub.services.remixes.suggestions import Suggestions, suggest
from remixhub.services.works.whole_piece import WholePiece
from remixhub.web.drafts.elsewhere_rows import Outside, elsewhere_rows, new_elsewhere
from remixhub.web.drafts.source_rows import Amended, source_rows
from remixhub.web.drafts.spans import longest_seconds
from remixhub.web.drafts.steps import steps
from remixhub.web.drafts.typed import Outcome
from remixhub.web.forms import NO_FAULTS, Faults
from remixhub.web.pages import see


@dataclass(frozen=True)
class LicenceChoice:
    licence: Licence
    allowed: bool


@dataclass(frozen=True)
class Check:
    """One thing that has to be there before publishing."""

    words: str
    done: bool


def render(
    work_id: str, faults: Faults = NO_FAULTS, *, amended: Amended | None = None, outside: Outside | None = None
) -> str:
    editor = draft_editor.open_editor(current_actor(), current_parts(), work_id)
    return _rendered(editor, None, faults, amended, outside)


def render_refused(work_id: str, faults: Faults) -> str:
    """With what was typed, over what stands there now: saving once more is then deliberate."""
    editor = draft_editor.open_editor(current_actor(), current_parts(), work_id)
    return _rendered(editor, flask.request.form, faults)


def answer(outcome: Outcome, work_id: str, fragment: str) -> flask.typing.ResponseReturnValue:
    """Once something was done by the way: the page as it is then, or what could not be kept."""
    if outcome.faults is not None:
        return render_refused(work_id, outcome.faults), 422
    return see("web.drafts.edit", fragment, work_id=work_id)


def kept_json(work_id: str, outcome: Outcome) -> dict[str, Any]:
    """`outdated` names the stamps of what was edited elsewhere; `stamps` has all as they are now."""
    draft = _draft(work_id)
    stems = draft.pack.stems if draft.pack else []
    outdated = [f"seen-{stem_id}" for stem_id in outcome.kept.stems_outdated]
    faults = dict(outcome.by_field)
    if outcome.refused is not None:
        faults["licence"] = outcome.refused.detail
    return {
        "kept_at": rfc3339(dt.datetime.now(dt.UTC)),
        "stamps": {"seen": stamp_of_work(draft.work), **{f"seen-{stem.id}": stamp_of_stem(stem) for stem in stems}},
        "faults": faults,
        "outdated": [*(["seen"] if outcome.kept.words_outdated else []), *outdated],
        "is_news": outcome.kept.is_news,
    }


def render_pulse(work_id: str, *, waiting: set[str], seen: str) -> str:
    """`waiting` names the stems, and `mix`, that the browser still shows as being worked on; `seen` is the stamp of
    the verdicts that it shows: they are left alone unless they changed, since somebody may be using them.
    """
    context = _context(_draft(work_id))
    settled = [
        stem
        for stem in context["stems"]
        if stem.id in waiting and stem.original.ingest_state is not IngestState.PENDING
    ]
    mix: WholePiece | None = context["mix"]
    mix_settled = "mix" in waiting and (mix is None or mix.state is not IngestState.PENDING)
    return flask.render_template(
        "drafts/pulse_answer.html",
        settled=settled,
        mix_settled=mix_settled,
        is_news=seen != context["stamp"],
        **context,
    )


def render_stems(work_id: str, stem_ids: Sequence[str]) -> str:
    """Their rows, in the order of the pack."""
    context = _context(_draft(work_id))
    stems = [stem for stem in context["stems"] if stem.id in stem_ids]
    return "".join(flask.render_template("drafts/stem.html", stem=stem, **context) for stem in stems)


def render_piece(work_id: str, piece: str) -> str:
    """`piece` is `mix` or `cover`."""
    return flask.render_template(f"drafts/{piece}.html", **_context(_draft(work_id)))


def render_handback(found: HandedBack, work_id: str) -> str:
    return flask.render_template("drafts/handback.html", handed_back=found, **_context(_draft(work_id)))


def licence_choices(
    own: Sequence[ContestLicence], allowed: frozenset[Licence], present: Licence = Licence.BY
) -> Sequence[LicenceChoice]:
    """What is offered to everybody, the contest licences that the actor wrote or the sources bring, and the present."""
    brought = [one for one in in_order(allowed) if one.is_contest]
    listed = dict.fromkeys([*OFFERED, *brought, *(one.id for one in own), present])
    # a contest licence of one's own may stand wherever BY, or BY-NC if it is non-commercial, may
    like = {one.id: Licence.BY_NC if one.is_non_commercial else Licence.BY for one in own}
    return [LicenceChoice(one, one in allowed or like.get(one) in allowed) for one in listed]


def _draft(work_id: str) -> Draft:
    return draft_editor.find_draft(current_actor(), current_parts(), work_id)


def render_verdict(work_id: str, wanted: Licence) -> str:
    """What the sources of a draft say to a licence, as one chooses."""
    work, verdict = draft_editor.view_verdict(current_actor(), current_parts(), work_id, wanted)
    return flask.render_template("drafts/verdict.html", work=work, verdict=verdict, wanted=wanted, offered=OFFERED)


def _rendered(
    editor: DraftEditor,
    typed: Mapping[str, Any] | None,
    faults: Faults,
    amended: Amended | None = None,
    outside: Outside | None = None,
) -> str:
    work = editor.draft.work
    return flask.render_template(
        "drafts/edit.html",
        faults=faults,
        licences=licence_choices(editor.own_licences, frozenset(editor.verdict.allowed), work.licence),
        verdict=editor.verdict if editor.draft.has_sources else None,
        wanted=work.licence,
        offered=OFFERED,
        own_mixes=editor.own_mixes,
        split=editor.split if work.sources else None,
        sources=work.sources,
        rows=source_rows(editor, amended),
        elsewhere=elsewhere_rows(editor, outside),
        new_elsewhere=new_elsewhere(outside),
        refused=editor.draft.refused,
        source_kinds=list(SourceKind),
        permissions=editor.permissions,
        contests=editor.contests,
        handed_back=editor.handed_back,
        credit_rows=_credit_rows(work, typed),
        **{**_context(editor.draft), "values": {**_values_of(work), **(typed or {})}, "is_typed": bool(typed)},
    )


def _context(draft: Draft) -> dict[str, Any]:
    work, pack = draft.work, draft.pack
    stems: Sequence[Stem] = pack.stems if pack else ()
    checks = checks_of(draft)
    suggestions = suggest(work, pack)
    findings = (pack.findings if pack else None) or []
    return {
        "work": work,
        "delayed": draft.delay,
        "is_draft": work.state is WorkState.DRAFT,
        "form_id": "draft" if work.state is WorkState.DRAFT else "version",
        "values": {},
        "pack": pack,
        "stems": stems,
        "stem_names": {stem.id: stem.name for stem in stems},
        "work_stamp": stamp_of_work(work),
        "stem_stamps": {stem.id: stamp_of_stem(stem) for stem in stems},
        "stem_before": {stem.id: before.id for before, stem in pairwise(stems)},
        "findings_of": {stem.id: [one for one in findings if one["stem"] == stem.id] for stem in stems},
        "suggestions": suggestions,
        "span": longest_seconds(stems),
        "mix": draft.whole,
        "roles": list(StemRole),
        "limit_bytes": current_parts().settings.upload_limit_bytes,
        "is_working": draft.is_working,
        "checks": checks,
        "steps": steps(draft, suggestions, all(check.done for check in checks)),
        "stamp": _stamp(work, pack, checks, suggestions),
    }


def checks_of(draft: Draft) -> Sequence[Check]:
    work, pack, mix = draft.work, draft.pack, draft.whole
    stems = pack.stems if pack else []
    all_ready = bool(stems) and all(stem.original.ingest_state is IngestState.READY for stem in stems)
    findings = pack.findings if pack else None
    broken = findings is None or any(finding["severity"] == Severity.ERROR for finding in findings)
    doubtful = findings is not None and not broken and not fit_together(findings)
    about_fit = "The stems were checked; they may not fit together" if doubtful else "The stems fit together"
    about_stems = [Check("All stems are ready to play", all_ready), Check(about_fit, all_ready and not broken)]
    if work.kind is WorkKind.RELEASE or work.state is not WorkState.DRAFT:
        return [Check("At least one stem", bool(stems)), *about_stems]
    refused = [f"“{title}”" for title in draft.refused]
    return [
        Check("At least one source", draft.has_sources),
        *([Check(f"Not refused any more, or left out: {', '.join(refused)}", False)] if refused else []),
        Check("Audio that is ready to play", mix is not None and mix.state is IngestState.READY),
        *(about_stems if stems else []),
    ]


def _stamp(work: Work, pack: StemPack | None, checks: Sequence[Check], suggestions: Suggestions) -> str:
    suggested = [suggestions.tempo_bpm, suggestions.key, sorted(suggestions.names.items())]
    public = [work.title, work.licence, len(pack.stems) if pack else 0, work.playable_digest]
    verdicts = [pack.findings if pack else None, [check.done for check in checks], suggested, public]
    return hashlib.sha256(json.dumps(verdicts).encode()).hexdigest()[:16]


def _values_of(work: Work) -> dict[str, Any]:
    return {
        "title": work.title,
        "description": work.description,
        "tempo_bpm": "" if work.tempo_bpm is None else f"{work.tempo_bpm:.10g}",
        "key": work.key or "",
        "tags": ", ".join(work.tags),
        "credits": "\n".join(credit_line(line) for line in work.credits),
        "inherited_shares": ", ".join(f"{one / 100:g}" for one in work.inherited_shares),
        "licence": work.licence,
    }


def _credit_rows(work: Work, typed: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
    """As fields have them; also such as could not be read."""
    if isinstance(typed, MultiDict) and "credit_name" in typed:
        columns = [typed.getlist(name) for name in ("credit_name", "credit_role", "credit_share")]
        return [{"name": name, "role": role, "share": share} for name, role, share in zip(*columns, strict=False)]
    return [
        {
            "name": one["name"],
            "role": one["role"],
            "share": f"{one['share_percent']:g}" if "share_percent" in one else "",
        }
        for one in work.credits
    ]
