"""The bodies of the API. Written by `scripts/client-api` from the OpenAPI document; do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Acceptance(TypedDict):
    text_sha256: str  # Of the text that was read


class Account(TypedDict):
    handle: str
    display_name: str
    bio: str
    links: list[str]
    created_at: str
    deleted_at: str | None
    id: str
    comment_policy: Literal["open", "closed", "hidden"]  # Of works that say nothing of their own
    email: str | None
    email_verified_at: str | None
    address_bounced_at: str | None  # Since when nothing arrives at the address
    pending_email: str | None  # What the address becomes once it is confirmed; a link was sent there
    is_operator: bool
    stored_bytes: int
    accepted_rules: int | None  # Which revision of the rules it has accepted
    revision: int


class ActingApp(TypedDict):
    client_id: str
    name: str  # As it was read when leave was given
    homepage: str  # Empty: it names none
    owner: str | None  # Handle of who registered it; null: the hub's own
    scopes: list[str]
    grant_count: int  # How often it was let in, and still is
    allowed_at: str
    last_used_at: str | None


class ActingAppList(TypedDict):
    apps: list[ActingApp]


class Affected(TypedDict):
    kind: Literal["descendants", "mixdown_remixes", "mixes", "stems", "archives", "entries", "downloads"]
    count: int  # Of all, also of those not listed
    accounts_count: int | None
    works: list[Reached]


class AllowedLicences(TypedDict):
    for_work: list[str]  # Under what the work itself may stand, by its sources and all their ancestors
    for_remixes: list[str]  # Under what a remix of the work may stand; empty when none may be published


class Ancestry(TypedDict):
    generation: int  # Links away by the shortest way
    paths: int  # The number of distinct ways over links, exactly; at most 9007199254740991
    has_more_paths: bool  # There are more ways than the largest number that JSON keeps exactly
    id: str
    kind: Literal["release", "remix"]
    state: Literal["draft", "published", "withdrawn", "taken_down"]
    title: str
    artist: Artist
    licence: str
    remix_count: int
    descendant_count: int
    published_at: str | None


class AncestryPage(TypedDict):
    works: list[Ancestry]
    next: str | None


class Announcement(TypedDict):
    id: str
    text: str
    created_at: str


class AnonymousEntry(TypedDict):
    id: str
    preview_url: str
    gain_db: float  # Makes all entries equally loud
    duration_seconds: float | None


class Answer(TypedDict):
    accept: bool
    note: NotRequired[str]


class AnswerPage(TypedDict):
    comments: list[Comment]
    next: str | None


class AppCode(TypedDict):
    code: str


class Appeal(TypedDict):
    note: str


class Archive(TypedDict):
    state: Literal["absent", "building", "ready", "failed"]
    progress: Progress
    url: str | None
    size_bytes: int | None
    failure: str | None


class Arrival(TypedDict):
    handle: str
    arrived_at: str


class ArrivedPart(TypedDict):
    number: int
    size_bytes: int


class Artist(TypedDict):
    handle: str
    display_name: str


class ArtistsFound(TypedDict):
    next: str | None
    count: int | None  # Of all pages, if asked for; 1001 is 1,000 and more
    did_you_mean: str | None  # What was looked for, where nothing is spelt like `q`
    artists: list[Artist]


class AuditEntry(TypedDict):
    id: int
    created_at: str
    action: str
    actor: str  # An account's id, `system` or `visitor`
    actor_handle: str | None
    subject_kind: str
    subject_id: str
    subject_handle: str | None
    address: str | None
    count: int | None  # How often it was observed; null for a change
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None


class AuditPage(TypedDict):
    entries: list[AuditEntry]
    next: str | None


class BallotReview(TypedDict):
    ballot_ids: list[str]
    is_excluded: bool
    reason: str


class Beat(TypedDict):
    entry_id: str


class BegunMixDraft(TypedDict):
    id: str
    revision: int
    title: str
    stem_pack_id: str
    work_id: str  # The work whose stems are mixed
    is_shared: bool  # Whoever has its link may see it
    mix_id: str | None  # The mix as it was rendered last, or goes on from
    created_at: str
    saved_at: str
    spec: dict[str, Any]  # With every field spelled out
    share_url: str | None  # Null: it is not shared yet
    is_silent: bool


class BegunPlay(TypedDict):
    play_token: str | None  # To be given back when it was heard; null where a play does not count
    heard_after_seconds: int


class Block(TypedDict):
    handle: str
    display_name: str
    created_at: str


class BlockPage(TypedDict):
    blocks: list[Block]
    next: str | None


class Bundle(TypedDict):
    state: Literal["absent", "building", "ready", "failed"]
    progress: Progress
    url: str | None
    size_bytes: int | None
    failure: str | None
    expected_bytes: int  # Without pages and what is printed
    work_count: int
    withheld: list[Withheld]  # Works that come without their stems
    is_too_large: bool  # This hub does not make it on demand


class Cancellation(TypedDict):
    note: str


class CastBallot(TypedDict):
    id: str
    favoured_id: str
    against_id: str | None
    score: float | None
    cast_at: str


class ChartPage(TypedDict):
    works: list[Charted]
    next: str | None


class Charted(TypedDict):
    id: str
    kind: Literal["release", "remix"]
    state: Literal["draft", "published", "withdrawn", "taken_down"]
    title: str
    artist: Artist
    licence: str
    remix_count: int
    descendant_count: int
    published_at: str | None
    remixes: int  # Published within the window


class Citing(TypedDict):
    work: WorkCard
    source: ElsewhereSource  # As it declares it


class Claim(TypedDict):
    id: str
    derivative_id: str
    derivative_title: str
    source_id: str
    source_title: str
    kind: Literal["remix", "sample", "mashup", "cover", "edit", "translation"]
    note: str
    state: Literal["open", "accepted", "refused"]
    created_at: str
    decided_at: str | None


class Claims(TypedDict):
    claims: list[Claim]


class CodeApp(TypedDict):
    secret: str  # In base32, for typing into the app
    uri: str  # The same as `otpauth://…`, for a square code


class CollectedWork(TypedDict):
    work: WorkCard
    note: str


class Collection(TypedDict):
    id: str
    title: str
    text: str
    visibility: Literal["public", "unlisted", "private"]
    owner: Artist
    revision: int
    created_at: str
    works: list[CollectedWork]  # In order; what was withdrawn since stands as a tombstone


class CollectionFacts(TypedDict):
    title: NotRequired[str]
    text: NotRequired[str]
    visibility: NotRequired[
        Literal["public", "unlisted", "private"]
    ]  # `public`: on one's page; `unlisted`: by its address; `private`: for oneself


class CollectionLine(TypedDict):
    id: str
    title: str
    text: str
    visibility: Literal["public", "unlisted", "private"]
    owner: Artist
    revision: int
    created_at: str


class CollectionPage(TypedDict):
    collections: list[CollectionLine]
    next: str | None


class Comment(TypedDict):
    id: str
    work_id: str
    author: Artist | None  # Null once it is gone
    thread_id: str | None  # The comment that the thread began with; null for it
    answers: str | None  # Which one it answers
    at_seconds: float | None
    text: str  # Empty once it is gone
    mentions: list[str]  # Handles in it that are accounts
    state: Literal["shown", "deleted", "removed", "taken_down"]
    revision: int
    created_at: str
    edited_at: str | None


class CommentRevision(TypedDict):
    revision: int
    text: str
    written_at: str


class CommentRevisionPage(TypedDict):
    revisions: list[CommentRevision]
    next: str | None


class CommentText(TypedDict):
    text: str  # Plain text; `@handle` tells that account


class CommonAncestor(TypedDict):
    id: str
    kind: Literal["release", "remix"]
    state: Literal["draft", "published", "withdrawn", "taken_down"]
    title: str
    artist: Artist
    licence: str
    remix_count: int
    descendant_count: int
    published_at: str | None
    descent: Descent  # Of the work
    other_descent: Descent  # Of the work that `with` names


class CommonAncestorPage(TypedDict):
    works: list[CommonAncestor]
    next: str | None


class Conflict(TypedDict):
    detail: str
    sources: list[Culprit]  # One work, or two that clash
    remedies: list[str]  # What would make it possible
    permissions: list[WayToLeave]  # Whose leave could be asked for


class ConflictDeclaration(TypedDict):
    reason: str


class ConflictOfInterest(TypedDict):
    entry_id: str
    reason: str


class Contest(TypedDict):
    id: str
    label: str  # Handle
    label_name: str
    time_zone: str  # The label's; all dates are in UTC
    title: str
    brief: str
    release_id: str | None
    phase: Literal[
        "draft", "announced", "open", "voting", "judging", "voting_and_judging", "counting", "decided", "cancelled"
    ]
    now: str  # The clock that decides deadlines; after a 304, `Date`
    opens_at: str
    closes_at: str
    voting_closes_at: str | None
    judging_closes_at: str | None
    embargo_until: str | None
    terms: dict[str, Any]
    terms_sha256: str
    terms_frozen_at: str | None
    terms_in_plain_words: list[str]
    terms_differences: list[Difference]  # From what this hub proposes
    entry_count: int
    is_secret_remixer: bool
    seed_commitment: str  # SHA-256 of the seed that is published with the result
    log_length: int
    log_head: str
    announcements: list[Announcement]
    cancel_note: str
    my_role: str | None
    am_judge: bool
    revision: int
    decided_at: str | None


class ContestFacts(TypedDict):
    opens_at: NotRequired[str]
    closes_at: NotRequired[str]
    voting_closes_at: NotRequired[str | None]
    judging_closes_at: NotRequired[str | None]
    title: NotRequired[str]
    brief: NotRequired[str]
    release_id: NotRequired[str | None]
    embargo_until: NotRequired[str | None]
    terms: NotRequired[Terms]


class ContestFinding(TypedDict):
    code: str
    severity: Literal["error", "warning"]
    advice: str


class ContestLicence(TypedDict):
    id: str  # An SPDX LicenseRef
    title: str
    text: str
    text_sha256: str  # Over all that the licence says
    remixers: Literal["entrants", "anyone"]
    sharing: Literal["here", "anywhere"]
    is_non_commercial: bool
    expires_at: str | None
    in_plain_words: list[str]
    author: str  # Handle
    created_at: str


class ContestLicencePage(TypedDict):
    contest_licences: list[ContestLicence]
    next: str | None


class ContestPage(TypedDict):
    contests: list[Contest]
    next: str | None


class ContestReadiness(TypedDict):
    is_ready: bool  # Whether it is a draft without errors
    findings: list[ContestFinding]


class ContestSignUp(TypedDict):
    work_id: str
    dealt_work_id: str | None  # What one is to remix; null before the deal


class ContestsFound(TypedDict):
    next: str | None
    count: int | None  # Of all pages, if asked for; 1001 is 1,000 and more
    did_you_mean: str | None  # What was looked for, where nothing is spelt like `q`
    contests: list[Contest]


class CoverChoice(TypedDict):
    upload_id: str


class Credit(TypedDict):
    work_id: str  # Of the work; of the node, for a source from elsewhere
    title: str
    artist: str
    role: str
    licence: str
    held_by: HeldBy | None  # Null: it was offered under its licence
    elsewhere: ElsewhereSeen | None  # Null for a work of this hub
    url: str
    used_as: list[Literal["remix", "sample", "mashup", "cover", "edit", "translation"]]


class CreditLine(TypedDict):
    name: str
    role: NotRequired[str]
    share_percent: NotRequired[float | None]  # Of what the work's artist gets


class CreditPage(TypedDict):
    credits: list[Credit]
    text: str  # The credits of this page, a line a work, ready to paste
    next: str | None


class Criterion(TypedDict):
    key: str
    title: str
    weight: int
    max_score: int


class Culprit(TypedDict):
    licence: str  # As held when cited
    titles: list[str]  # The way up to it
    ids: list[str]  # The same works


class Deal(TypedDict):
    participants: int


class Decision(TypedDict):
    outcome: Literal["open", "upheld", "dismissed"]  # `upheld` or `dismissed`
    note: NotRequired[str]


class DeclaredLeave(TypedDict):
    licence: str
    words: str | None  # For the remixer and operators: a letter is private
    given_on: str


class Deletion(TypedDict):
    password: NotRequired[str | None]  # May be left out while the session's proof is fresh; see `POST /account/proof`
    works: NotRequired[Literal["keep", "withdraw"]]  # What becomes of published works: they stay, or become tombstones.


class Descent(TypedDict):
    generation: int  # Links away by the shortest way
    paths: int  # The number of distinct ways over links, exactly; at most 9007199254740991
    has_more_paths: bool  # There are more ways than the largest number that JSON keeps exactly


class Desk(TypedDict):
    rubric: list[dict[str, Any]]
    entries: list[DeskEntry]
    conflicts: list[ConflictOfInterest]
    is_open: bool


class DeskEntry(TypedDict):
    id: str
    preview_url: str
    gain_db: float  # Makes all entries equally loud
    duration_seconds: float | None
    number: int  # In one's own order
    scores: dict[str, Any] | None
    note: str


class Difference(TypedDict):
    field: str
    proposed: Any
    here: Any


class DrawnCitation(TypedDict):
    derivative_id: str
    kind: Literal["remix", "sample", "mashup", "cover", "edit", "translation"]
    state: Literal["standing", "disputed"]
    bends: list[float]


class DrawnElsewhere(TypedDict):
    id: str
    title: str
    artist: str
    site: str
    address: str
    licence: str
    licence_name: str
    marks: list[Literal["share-alike", "no-sale", "no-remixes", "own-terms"]]
    label: str
    line: str  # The site and a code of the licence
    column: int
    row: float
    hidden_remixes: int  # Published works that cite it and are not shown
    citations: list[DrawnCitation]


class DrawnLink(TypedDict):
    source_id: str
    derivative_id: str
    kind: Literal["remix", "sample", "mashup", "cover", "edit", "translation"]
    state: Literal["standing", "disputed"]
    bends: list[float]  # The rows at which it passes the columns between; none for a straight line


class DrawnWork(TypedDict):
    id: str
    title: str
    artist: str
    licence: str
    licence_name: str
    marks: list[Literal["share-alike", "no-sale", "no-remixes", "own-terms"]]  # What the licence asks
    state: Literal["draft", "published", "withdrawn", "taken_down"]
    label: str  # The title, cut to the width of a box
    line: str  # The artist and a code of the licence, cut alike
    generation: int  # Links away from its farthest root
    column: int
    row: float  # Of its middle; 1 apart in a column, at least
    hidden_sources: int  # Its sources that are not shown
    hidden_remixes: int  # Its remixes that are not shown


class Duel(TypedDict):
    left: AnonymousEntry | None
    right: AnonymousEntry | None
    answered: int


class DuelAnswer(TypedDict):
    favoured: str
    against: str


class ElsewhereCitation(TypedDict):
    derivative_id: str
    kind: Literal["remix", "sample", "mashup", "cover", "edit", "translation"]
    state: Literal["standing", "disputed"]
    title: str  # As this work declares it
    licence: str  # As this work declares it


class ElsewhereEvent(TypedDict):
    id: str
    derivative_id: str
    source_id: str
    title: str
    act: Literal["added", "claimed", "accepted", "refused", "disputed", "upheld", "removed"]
    by: Artist
    note: str
    created_at: str


class ElsewhereEvents(TypedDict):
    events: list[ElsewhereEvent]


class ElsewhereFacts(TypedDict):
    address: NotRequired[str]
    title: NotRequired[str]
    artist: NotRequired[str]
    licence: NotRequired[str]
    seen_on: NotRequired[str]  # When it was seen so; today if left out
    kind: NotRequired[Literal["remix", "sample", "mashup", "cover", "edit", "translation"]]
    note: NotRequired[str]
    starts_seconds: NotRequired[float | None]
    ends_seconds: NotRequired[float | None]
    leave: NotRequired[Leave | None]  # Of the artist, where the licence does not allow it


class ElsewhereNode(TypedDict):
    id: str  # The SHA-256 of its address
    address: str
    site: str
    title: str
    artist: str
    licence: str
    citations: list[ElsewhereCitation]  # By works among the nodes


class ElsewhereNodePage(TypedDict):
    site: str
    seen_on: str
    leave_on: str | None  # When its artist gave leave, if that was needed
    id: str
    address: str
    title: str
    artist: str
    licence: str  # As declared by the remixer; nobody here has checked it
    citing: list[Citing]
    next: str | None


class ElsewhereSeen(TypedDict):
    site: str
    seen_on: str
    leave_on: str | None  # When its artist gave leave, if that was needed


class ElsewhereSource(TypedDict):
    id: str  # Of the node: the SHA-256 of the address, the same for all who cite it
    derivative_id: str
    address: str
    site: str  # What people call it, by the address
    title: str
    artist: str
    licence: str  # As declared by the remixer; nobody here has checked it
    seen_on: str
    kind: Literal["remix", "sample", "mashup", "cover", "edit", "translation"]
    link_state: Literal["standing", "disputed"]
    is_wanted: bool  # Named by a draft whose licences do not go with it: not cited yet
    note: str
    starts_seconds: float | None
    ends_seconds: float | None
    leave: DeclaredLeave | None  # As declared by the remixer; nobody here has checked it
    declared_at: str


class ElsewhereSources(TypedDict):
    elsewhere_sources: list[ElsewhereSource]


class EmailEdit(TypedDict):
    password: NotRequired[str | None]  # May be left out while the session's proof is fresh; see `POST /account/proof`
    email: str


class Ended(TypedDict):
    session_count: int
    token_count: int


class EndedToken(TypedDict):
    id: str
    name: str
    created_at: str
    last_used_at: str | None


class Ending(TypedDict):
    end_tokens: NotRequired[bool]  # Revoke its access tokens too


class Entry(TypedDict):
    id: str
    contest_id: str
    work_id: str
    title: str
    artist: Artist
    state: Literal["counted", "withdrawn", "replaced", "ruled_out"]
    reason: str
    audio_sha256: str
    submitted_at: str


class EntryPage(TypedDict):
    entries: list[Entry]
    next: str | None


class EntryScore(TypedDict):
    entry_id: str
    score: float


class ExportOffer(TypedDict):
    format: Literal["dawproject", "reaper", "ableton", "audacity", "stems", "stems_alac"]
    name: str
    opens_in: str  # Programs that open it, for people
    expected_bytes: int  # About how large it comes to be


class ExportOfferList(TypedDict):
    exports: list[ExportOffer]


class Extension(TypedDict):
    closes_at: NotRequired[str]
    voting_closes_at: NotRequired[str]
    judging_closes_at: NotRequired[str]
    note: str


class Factors(TypedDict):
    has_password: bool
    has_second_factor: bool
    passkeys: list[Passkey]
    code_app_since: str | None
    recovery_codes_left: int


class FeedEntry(TypedDict):
    work: WorkCard
    reasons: list[Followed]  # The follows by which it is there


class FeedPage(TypedDict):
    entries: list[FeedEntry]
    next: str | None


class Finding(TypedDict):
    code: str
    severity: str
    stem: str | None  # The stem's id
    file: str | None
    figure: float | None
    unit: str | None
    advice: str
    at_seconds: NotRequired[float | None]  # Where it is heard: in the stem, or without one in the reference mix


class Flag(TypedDict):
    id: str
    cast_at: str
    handle: str
    reasons: list[Literal["burst", "shared_origin", "shared_device", "same_target_ring"]]
    words: str
    state: Literal["counted", "excluded"]
    review_note: str


class Flags(TypedDict):
    screened_at: str | None  # Null before the first time
    ballots_since: int  # Cast afterwards
    is_underway: bool
    flags: list[Flag]


class Follow(TypedDict):
    kind: Literal["artist", "label", "work", "tag"]
    artist: str | None  # Handle, of an account
    label: str | None  # Handle, of a label
    work_id: str | None  # Remixes of it are told
    tag: str | None
    name: str
    id: str
    created_at: str


class FollowPage(TypedDict):
    follows: list[Follow]
    next: str | None


class Followed(TypedDict):
    kind: Literal["artist", "label", "work", "tag"]
    artist: str | None  # Handle, of an account
    label: str | None  # Handle, of a label
    work_id: str | None  # Remixes of it are told
    tag: str | None
    name: str


class GivenScores(TypedDict):
    scores: dict[str, Any]  # A number for each criterion's key, in halves
    note: NotRequired[str]
    entry_id: str
    updated_at: str


class GrantUse(TypedDict):
    source_id: str
    licence: str  # Under which the source is remixed
    offered: str | None  # By its artist today; null when it was withdrawn
    held_by: HeldBy | None  # Null: it was offered under its licence
    detail: str  # Which licence is used, and why


class Handback(TypedDict):
    filename: str | None  # Null where none came back
    sound_count: int  # Files of sound that are heard in it
    known_count: int  # Of them those that are stems here
    unrecognised: list[str]  # Names of others; 50 at most
    read_at: str | None
    proposals: list[SourceProposal]  # That nobody has answered; nothing is cited until one is taken
    refusal: Refusal | None  # Why what was taken just now is not cited yet; the draft keeps it as wanted


class Handle(TypedDict):
    handle: str


class HeardPlay(TypedDict):
    play_token: str


class Hearing(TypedDict):
    entry_id: str
    heard_ms: int


class HeldBy(TypedDict):
    kind: Literal["receipt", "permission"]
    id: str
    sha256: str  # Over all that the grant says
    granted_at: str


class Hook(TypedDict):
    id: str
    kind: Literal["webhook", "discord"]
    scope: Literal["account", "label", "hub"]
    label: str | None
    name: str
    made_by: str  # Handle of who made it, or took it over
    rest: Literal["suspended", "no_owner", "no_operator"] | None
    address: str  # Of a Discord channel's without what gives rights
    events: list[str]
    state: Literal["active", "paused", "disabled"]
    disabled_reason: str  # Why the hub turned it off, and what to do; else empty
    failing_since: str | None  # Since when nothing arrived
    delivered_at: str | None  # When something arrived last
    old_secret_until: str | None  # Until then the former secret signs as well
    created_at: str
    revision: int


class HookDelivery(TypedDict):
    id: str
    webhook_id: str  # The same each time that it is sent
    type: str
    data: dict[str, Any]  # What it says
    state: Literal["pending", "delivered", "failed"]
    attempts: int
    next_at: str | None  # Of the next attempt, if there is one
    tried_at: str | None
    status: int | None  # Of the last answer
    duration_ms: int | None
    answer: str  # How the last answer began
    error: str  # What was wrong with it, and what to do
    created_at: str


class HookDeliveryPage(TypedDict):
    deliveries: list[HookDelivery]
    next: str | None


class HookEdit(TypedDict):
    name: NotRequired[str]
    address: NotRequired[str]  # An https address, or that of a Discord channel's webhook
    events: NotRequired[
        list[
            Literal[
                "work.published",
                "work.remixed",
                "work.taken_down",
                "work.restored",
                "label.release_added",
                "contest.phase_changed",
                "contest.extended",
                "contest.decided",
                "entry.received",
                "hook.test",
            ]
        ]
    ]
    is_active: NotRequired[bool]  # Turns it off, or on again


class HookList(TypedDict):
    hooks: list[Hook]


class House(TypedDict):
    name: str
    contact: str
    imprint: str
    rules: str
    rules_revision: int  # To be sent as `accepted_rules` by who signs up where there are rules
    sign_up: Literal["open", "invitation", "closed"]
    invitations_each: int
    operators_need_second_factor: bool
    label_owners_need_second_factor: bool
    revision: int


class HouseEdit(TypedDict):
    name: NotRequired[str]
    contact: NotRequired[str]
    imprint: NotRequired[str]  # Markdown
    rules: NotRequired[str]  # Markdown
    sign_up: NotRequired[Literal["open", "invitation", "closed"]]
    invitations_each: NotRequired[int]  # How many people every account may invite; operators need no leave
    operators_need_second_factor: NotRequired[bool]
    label_owners_need_second_factor: NotRequired[bool]


class HubInvitation(TypedDict):
    id: str
    note: str
    invited_by: str | None  # Handle; null: the hub
    uses: int
    uses_limit: int
    created_at: str
    expires_at: str
    revoked_at: str | None
    arrivals: list[Arrival]


class HubInvitationPage(TypedDict):
    invitations: list[HubInvitation]
    next: str | None


class Influence(TypedDict):
    handle: str
    works: int
    remixes_by_others: int  # Works of others that cite one of these directly, each once
    remixers: int  # The accounts that made them
    descendants: int  # Works any number of links below, each once, by whomever
    descendants_by_others: int
    is_capped: bool  # There are more descendants than were counted


class Job(TypedDict):
    id: str
    kind: Literal[
        "verify_upload",
        "ingest_stem",
        "prepare_stem",
        "review_stem_pack",
        "render_mixdown",
        "build_archive",
        "sweep",
        "settle_lineage",
        "settle_link",
        "build_entry_archive",
        "tend_contest",
        "screen_ballots",
        "print_cover",
        "encode_wav",
        "encode_mp3",
        "encode_opus",
        "send_letter",
        "check_fixity",
        "measure_sound",
        "index_search",
        "match_search",
        "send_digest",
        "deliver_hook",
        "export_session",
        "build_bundle",
    ]
    state: Literal["pending", "leased", "done", "dead"]
    progress: Progress
    attempts: int
    error: Refusal | None  # What is wrong with the subject itself.
    delay: Refusal | None
    created_at: str
    finished_at: str | None


class JudgeAnswer(TypedDict):
    accepts: bool


class JudgeProgress(TypedDict):
    handle: str
    due: int
    scored: int
    absence: Literal["deleted", "suspended"] | None  # Why no further sheet comes from them; null where one may


class JudgeRequest(TypedDict):
    contest_id: str
    title: str
    label: str  # Handle
    closes_at: str
    judging_closes_at: str | None
    is_accepted: bool | None  # Null until answered
    asked_at: str


class JudgeRequested(TypedDict):
    is_judge: bool  # Whether they judge at once


class JudgesReminded(TypedDict):
    judges: int  # How many have entries to score and were told


class JudgingProgress(TypedDict):
    judges: list[JudgeProgress]
    lacking: int  # Entries that too few judges scored
    unsettled: int  # Of these, without a ruling: nothing is decided before
    entries: list[LackingEntry] | None  # Those that lack sheets; null as long as they are sealed for the host


class Label(TypedDict):
    id: str
    handle: str
    name: str
    description: str
    time_zone: str
    members: list[Member]
    revision: int
    created_at: str


class LabelFacts(TypedDict):
    name: NotRequired[str]
    description: NotRequired[str]
    time_zone: NotRequired[str]  # An IANA name; dates are shown in it


class LabelFound(TypedDict):
    handle: str
    name: str


class LabelInvitation(TypedDict):
    role: Literal["owner", "manager", "judge"]
    label: str  # Handle
    expires_at: str


class LabelRelease(TypedDict):
    work_id: str


class LabelRole(TypedDict):
    role: Literal["owner", "manager", "judge"]


class LabelsFound(TypedDict):
    next: str | None
    count: int | None  # Of all pages, if asked for; 1001 is 1,000 and more
    did_you_mean: str | None  # What was looked for, where nothing is spelt like `q`
    labels: list[LabelFound]


class LackingEntry(TypedDict):
    entry_id: str
    title: str
    artist: str
    scored: int  # Judges whose sheet is there
    needed: int
    missing: list[str]  # Handles of judges who have to score it
    excused: list[str]  # Handles of judges who are too near to it
    ruling: Literal["fewer_judges", "community", "unplaced"] | None
    reason: str  # Of the ruling


class Leave(TypedDict):
    licence: str
    words: str
    given_on: str


class Licence(TypedDict):
    id: str
    title: str
    url: str
    is_offered: bool  # Whether new works choose it
    elements: list[Literal["by", "nc", "sa", "nd", "sampling"]]
    allowed_for_remixes: list[str]  # Under what a remix may stand; empty when none may be published


class LicenceCheck(TypedDict):
    sources: list[str]  # Ids of the works to be remixed
    licence: NotRequired[str | None]  # The one wished for. By its id, name or address; `GET /licences` lists ids.
    receipts: NotRequired[list[str]]  # Receipts that you hold as files; those of your account count by themselves


class Licences(TypedDict):
    licences: list[Licence]


class Like(TypedDict):
    like_count: int


class Lineage(TypedDict):
    focus_id: str
    nodes: list[LineageNode]
    links: list[LineageLink]
    more_ancestors: bool
    more_descendants: bool
    elsewhere: list[ElsewhereNode]


class LineageDrawing(TypedDict):
    focus_id: str
    shown: int  # The work, its ancestors and descendants here
    total: int  # Of those that there are
    is_counted_out: bool  # False: there are more than `total`
    beside: int  # Further works here, neighbours of those opened
    opened: list[str]
    heads: list[str]  # The columns' generations, from left to right
    rows: float  # The height, in rows
    works: list[DrawnWork]  # From the left, from above
    links: list[DrawnLink]
    elsewhere: list[DrawnElsewhere]  # Sources that are not on this hub, in a column of their own on the left


class LineageLink(TypedDict):
    derivative_id: str
    source_id: str
    kind: Literal["remix", "sample", "mashup", "cover", "edit", "translation"]
    state: Literal["standing", "disputed"]
    licence: str  # The source's, as held when it was cited
    held_by: HeldBy | None  # Null: it was offered under its licence


class LineageNode(TypedDict):
    id: str
    kind: Literal["release", "remix"]
    state: Literal["draft", "published", "withdrawn", "taken_down"]
    title: str
    artist: Artist
    licence: str
    remix_count: int
    descendant_count: int
    published_at: str | None
    generation: int  # Links away from the work: negative for ancestors


class LinkDecision(TypedDict):
    uphold: bool  # False removes the link
    note: str


class LinkEvent(TypedDict):
    id: str
    derivative_id: str
    source_id: str
    act: Literal["added", "claimed", "accepted", "refused", "disputed", "upheld", "removed"]
    by: Artist
    note: str
    created_at: str


class LinkEventPage(TypedDict):
    events: list[LinkEvent]
    next: str | None


class MadeAppeal(TypedDict):
    handle: str
    note: str
    created_at: str


class MadeHook(TypedDict):
    id: str
    kind: Literal["webhook", "discord"]
    scope: Literal["account", "label", "hub"]
    label: str | None
    name: str
    made_by: str  # Handle of who made it, or took it over
    rest: Literal["suspended", "no_owner", "no_operator"] | None
    address: str  # Of a Discord channel's without what gives rights
    events: list[str]
    state: Literal["active", "paused", "disabled"]
    disabled_reason: str  # Why the hub turned it off, and what to do; else empty
    failing_since: str | None  # Since when nothing arrived
    delivered_at: str | None  # When something arrived last
    old_secret_until: str | None  # Until then the former secret signs as well
    created_at: str
    revision: int
    secret: str | None  # Signs what is sent; shown this once. Null for Discord


class MadeHubInvitation(TypedDict):
    id: str
    note: str
    invited_by: str | None  # Handle; null: the hub
    uses: int
    uses_limit: int
    created_at: str
    expires_at: str
    revoked_at: str | None
    arrivals: list[Arrival]
    link: str  # Shown this once


class MadeOAuthClient(TypedDict):
    id: str  # Its `client_id`, which is public
    name: str
    homepage: str | None
    redirects: list[str]
    scopes: list[str]
    is_confidential: bool
    uses_devices: bool
    created_at: str
    revision: int
    secret: str | None  # Its `client_secret`; shown this once. Null for a public app


class MailTopic(TypedDict):
    topic: Literal["remixes", "comments", "searches", "contests", "judging", "permissions", "moderation", "hooks"]
    description: str
    is_wished: bool
    rhythm: Literal[
        "at_once", "daily", "weekly", "never"
    ]  # `daily` and `weekly` come together, at 07:00 UTC, weekly on Mondays


class MailTopicList(TypedDict):
    topics: list[MailTopic]


class Member(TypedDict):
    account_id: str
    artist: Artist
    role: Literal["owner", "manager", "judge"]
    joined_at: str


class Membership(TypedDict):
    role: Literal["owner", "manager", "judge"]
    label: str  # Handle
    name: str


class Memberships(TypedDict):
    memberships: list[Membership]


class Mix(TypedDict):
    id: str
    title: str
    stem_pack_id: str
    work_id: str  # The work whose stems are mixed
    spec: dict[str, Any]  # With every field spelled out
    state: Literal["pending", "ready", "refused"]
    progress: Progress
    refusal: Refusal | None
    sample_rate_hz: int
    duration_frames: int | None
    integrated_lufs: float | None
    true_peak_dbtp: float | None
    warnings: list[Refusal]
    opening_url: str | None
    preview_url: str | None
    peaks_url: str | None
    mixdown_url: str | None  # The full-quality render, as a download
    files: list[MixFile]  # The formats that it is offered in
    created_at: str


class MixChoice(TypedDict):
    upload_id: NotRequired[str]
    mix_id: NotRequired[str]  # For remixes: one's own mix


class MixDraft(TypedDict):
    id: str
    revision: int
    title: str
    stem_pack_id: str
    work_id: str  # The work whose stems are mixed
    is_shared: bool  # Whoever has its link may see it
    mix_id: str | None  # The mix as it was rendered last, or goes on from
    created_at: str
    saved_at: str
    spec: dict[str, Any]  # With every field spelled out
    share_url: str | None  # The page for whoever has this link, while it is shared
    is_silent: bool


class MixDraftEdit(TypedDict):
    spec: dict[str, Any]  # A mix spec (docs/mix-spec.md); `stem` is the id of a stem of the pack
    title: NotRequired[str]  # As it was, when left out


class MixDraftLine(TypedDict):
    id: str
    revision: int
    title: str
    stem_pack_id: str
    work_id: str  # The work whose stems are mixed
    is_shared: bool  # Whoever has its link may see it
    mix_id: str | None  # The mix as it was rendered last, or goes on from
    created_at: str
    saved_at: str


class MixDraftPage(TypedDict):
    mix_drafts: list[MixDraftLine]
    next: str | None


class MixFile(TypedDict):
    format: Literal["mp3", "opus", "flac", "wav"]
    state: Literal["ready", "making", "absent", "failed"]
    percent: float
    url: str | None  # As a download
    size_bytes: int | None
    failure: str | None


class MixPage(TypedDict):
    mixes: list[Mix]
    next: str | None


class MixRevision(TypedDict):
    revision: int
    size_bytes: int
    saved_at: str
    spec: dict[str, Any]  # With every field spelled out


class MixRevisionLine(TypedDict):
    revision: int
    size_bytes: int
    saved_at: str


class MixRevisionPage(TypedDict):
    revisions: list[MixRevisionLine]
    next: str | None


class MixShare(TypedDict):
    share_url: str  # The page for whoever has this link


class NamedWork(TypedDict):
    id: str
    title: str
    state: Literal["draft", "published", "withdrawn", "taken_down"]
    state_before: Literal["draft", "published", "withdrawn", "taken_down"]
    artist: Artist


class Neighbour(TypedDict):
    id: str
    kind: Literal["release", "remix"]
    state: Literal["draft", "published", "withdrawn", "taken_down"]
    title: str
    artist: Artist
    licence: str
    remix_count: int
    descendant_count: int
    published_at: str | None
    hops: int  # Links away from the work, in either direction
    hidden_sources: int  # Its sources that are not shown
    hidden_remixes: int  # Its remixes that are not shown


class Neighbourhood(TypedDict):
    focus_id: str
    nodes: list[Neighbour]
    links: list[LineageLink]
    elsewhere: list[
        OutsideNeighbour
    ]  # Sources from elsewhere among them, with their links: works are near by these too
    left_out: int  # What of the hop `cut_at_hop` found no place within `limit`
    cut_at_hop: int | None  # Hops behind this one were not looked at


class NewAnnouncement(TypedDict):
    text: str


class NewClaim(TypedDict):
    source_id: str
    kind: NotRequired[Literal["remix", "sample", "mashup", "cover", "edit", "translation"]]
    note: str


class NewCollectedWork(TypedDict):
    work_id: str
    note: NotRequired[str]


class NewCollection(TypedDict):
    title: str
    text: NotRequired[str]
    visibility: NotRequired[Literal["public", "unlisted", "private"]]


class NewCollectionReport(TypedDict):
    reason: Literal["infringement", "missing_credit", "wrong_licence", "offensive"]
    note: NotRequired[str]


class NewComment(TypedDict):
    text: str  # Plain text; `@handle` tells that account
    at_seconds: NotRequired[float | None]  # The moment of the work that it is about
    answers: NotRequired[str | None]  # The comment that it answers; an answer to an answer joins its thread


class NewCommentReport(TypedDict):
    fault: Literal["harassment", "spam", "offensive", "infringement"]
    note: NotRequired[str]


class NewContest(TypedDict):
    opens_at: str
    closes_at: str
    voting_closes_at: NotRequired[str | None]
    judging_closes_at: NotRequired[str | None]
    title: str
    brief: NotRequired[str]
    release_id: NotRequired[str | None]
    embargo_until: NotRequired[str | None]
    terms: Terms
    label: str  # The host's handle
    is_secret_remixer: NotRequired[bool]


class NewContestLicence(TypedDict):
    title: str
    text: str
    remixers: NotRequired[Literal["entrants", "anyone"]]
    sharing: NotRequired[Literal["here", "anywhere"]]
    is_non_commercial: NotRequired[bool]
    expires_at: NotRequired[str | None]


class NewElsewhere(TypedDict):
    address: str
    title: str
    artist: str
    licence: str
    seen_on: NotRequired[str]  # When it was seen so; today if left out
    kind: NotRequired[Literal["remix", "sample", "mashup", "cover", "edit", "translation"]]
    note: NotRequired[str]
    starts_seconds: NotRequired[float | None]
    ends_seconds: NotRequired[float | None]
    leave: NotRequired[Leave | None]  # Of the artist, where the licence does not allow it


class NewEntry(TypedDict):
    work_id: str
    note: NotRequired[str]  # For the host
    replaces: NotRequired[str | None]  # An entry of one's own that gives its place


class NewHandback(TypedDict):
    upload_id: str  # A verified upload with the purpose `session`: a DAWproject


class NewHook(TypedDict):
    kind: NotRequired[Literal["webhook", "discord"]]
    scope: NotRequired[
        Literal["account", "label", "hub"]
    ]  # Whose events: of one's own works, of a label that one owns, or to operators all
    label: NotRequired[str | None]  # Handle, for `label`
    name: str
    address: str  # An https address, or that of a Discord channel's webhook
    events: list[
        Literal[
            "work.published",
            "work.remixed",
            "work.taken_down",
            "work.restored",
            "label.release_added",
            "contest.phase_changed",
            "contest.extended",
            "contest.decided",
            "entry.received",
            "hook.test",
        ]
    ]  # What it is told of; docs/webhooks.md has an example of each


class NewHubInvitation(TypedDict):
    uses: NotRequired[int]
    days: NotRequired[int]
    note: NotRequired[str]  # For whom; seen by you and the operators


class NewLabel(TypedDict):
    name: str
    description: NotRequired[str]
    time_zone: NotRequired[str]  # An IANA name; dates are shown in it
    handle: str


class NewLabelInvitation(TypedDict):
    role: Literal["owner", "manager", "judge"]
    label: str  # Handle
    expires_at: str
    token: str  # Shown this once; whoever has it may join
    url: str  # The same as a link


class NewMix(TypedDict):
    stem_pack_id: str
    spec: dict[str, Any]  # A mix spec (docs/mix-spec.md); `stem` is the id of a stem of the pack
    title: NotRequired[str]


class NewMixDraft(TypedDict):
    stem_pack_id: str
    spec: dict[str, Any]  # A mix spec (docs/mix-spec.md); `stem` is the id of a stem of the pack
    title: NotRequired[str]


class NewMixFile(TypedDict):
    format: Literal["mp3", "opus", "flac", "wav"]


class NewOAuthClient(TypedDict):
    name: str
    homepage: NotRequired[str | None]
    redirects: NotRequired[list[str]]  # Where answers go: https, 127.0.0.1 with any port, or a scheme of one's own
    scopes: list[Literal["read", "publish", "contest", "admin"]]  # The most it may ask for
    is_confidential: NotRequired[bool]  # It runs on a server and can keep a secret; never changes
    uses_devices: NotRequired[bool]  # It may ask by a code that is typed on another device


class NewPasskey(TypedDict):
    name: str
    passkey: dict[str, Any]  # What `navigator.credentials` gave, by its `toJSON()`


class NewPassword(TypedDict):
    new_password: str
    end_tokens: NotRequired[list[str]]  # Ids of the account's access tokens to revoke as well


class NewPick(TypedDict):
    note: NotRequired[str]  # Why, in a sentence


class NewRelease(TypedDict):
    title: str
    description: NotRequired[str]
    licence: str  # By its id, name or address; `GET /licences` lists ids.
    tempo_bpm: NotRequired[float | None]
    key: NotRequired[str | None]  # `A minor`, `Am`, `8A`, `8m`, `a-Moll`, `La mineur`; answered as `A minor`
    tags: NotRequired[list[str]]
    credits: NotRequired[list[CreditLine]]
    inherited_shares: NotRequired[
        list[float]
    ]  # What derivatives owe, in percent: of a remix, of a remix of a remix, and so on


class NewRemix(TypedDict):
    sources: list[NewSource]
    licence: NotRequired[str]
    title: str
    description: NotRequired[str]
    tempo_bpm: NotRequired[float | None]
    key: NotRequired[str | None]  # `A minor`, `Am`, `8A`, `8m`, `a-Moll`, `La mineur`; answered as `A minor`
    tags: NotRequired[list[str]]
    credits: NotRequired[list[CreditLine]]
    inherited_shares: NotRequired[
        list[float]
    ]  # What derivatives owe, in percent: of a remix, of a remix of a remix, and so on
    elsewhere_sources: NotRequired[
        list[NewElsewhere]
    ]  # Works that are not on this hub; with one of them `sources` may be empty
    mix_id: NotRequired[str]  # One's own mix, whose audio is taken over
    upload_id: NotRequired[str]  # A verified upload for a remix


class NewReport(TypedDict):
    work_id: str
    reason: Literal["infringement", "missing_credit", "wrong_licence", "offensive"]
    note: NotRequired[str]


class NewRulings(TypedDict):
    entry_ids: list[str]
    ruling: Literal["fewer_judges", "community", "unplaced"]
    reason: str  # Public: it stands in the result


class NewSavedSearch(TypedDict):
    searched: Literal["works", "stems"]
    words: dict[str, str]  # Parameters of `/search/works` or `/search/stems`
    name: NotRequired[str]  # Without one, by its words
    tells: NotRequired[bool]


class NewSource(TypedDict):
    source_id: str
    kind: NotRequired[Literal["remix", "sample", "mashup", "cover", "edit", "translation"]]
    stems: NotRequired[list[str]]
    note: NotRequired[str]
    starts_seconds: NotRequired[float | None]
    ends_seconds: NotRequired[float | None]
    receipt: NotRequired[str]  # The text of the file RECEIPT.json that lay with the stems


class NewStem(TypedDict):
    name: NotRequired[str]
    role: NotRequired[
        Literal[
            "kick",
            "snare",
            "hihat",
            "percussion",
            "drums",
            "bass",
            "lead_vocals",
            "backing_vocals",
            "lead",
            "keys",
            "guitar",
            "strings",
            "pad",
            "synth",
            "sample",
            "fx",
            "instrumental",
            "other",
        ]
    ]
    gain_db: NotRequired[float]  # Suggested by the artist
    position: NotRequired[int]  # From 1
    upload_id: str


class NewSuspension(TypedDict):
    handle: str
    reason: Literal["infringement", "harassment", "spam", "impersonation", "unfair_contest", "taken_over", "rules"]
    note: NotRequired[str]  # Told to the account
    ends_at: NotRequired[str | None]  # Null: until it is lifted
    take_down_works: NotRequired[
        Literal["infringement", "missing_credit", "wrong_licence", "offensive"] | None
    ]  # Its published works are taken down for this reason too; null: they stay


class NewTagFollow(TypedDict):
    tag: str


class NewTakedown(TypedDict):
    work_ids: list[str]  # Exactly these; nothing follows from the lineage
    reason: Literal["infringement", "missing_credit", "wrong_licence", "offensive"]
    note: NotRequired[str]
    report_id: NotRequired[str | None]


class NewToken(TypedDict):
    id: str
    name: str
    scopes: list[str]
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    token: str  # Shown this once


class Node(TypedDict):
    id: str
    kind: Literal["release", "remix"]
    state: Literal["draft", "published", "withdrawn", "taken_down"]
    title: str
    artist: Artist
    licence: str
    remix_count: int
    descendant_count: int
    published_at: str | None


class NodePage(TypedDict):
    works: list[Node]
    next: str | None


class Note(TypedDict):
    note: str  # The reason, for all to read


class Notice(TypedDict):
    id: str
    kind: Literal[
        "work_taken_down",
        "source_taken_down",
        "takedown_kept",
        "takedown_restored",
        "source_restored",
        "report_decided",
        "contest",
        "permission",
        "judge_request",
        "account_suspended",
        "suspension_decided",
        "remixed",
        "comment",
        "saved_search",
        "hook",
    ]
    subject_kind: str  # `takedown`, `report`, `contest`, `work`, `comment` or `permission`
    subject_id: str
    title: str
    text: str
    created_at: str
    read_at: str | None


class NoticePage(TypedDict):
    notices: list[Notice]
    unread_count: int
    next: str | None


class OAuthClient(TypedDict):
    id: str  # Its `client_id`, which is public
    name: str
    homepage: str | None
    redirects: list[str]
    scopes: list[str]
    is_confidential: bool
    uses_devices: bool
    created_at: str
    revision: int


class OAuthClientEdit(TypedDict):
    name: NotRequired[str]
    homepage: NotRequired[str | None]
    redirects: NotRequired[list[str]]  # Where answers go: https, 127.0.0.1 with any port, or a scheme of one's own
    scopes: NotRequired[list[Literal["read", "publish", "contest", "admin"]]]  # The most it may ask for
    uses_devices: NotRequired[bool]


class OAuthClientList(TypedDict):
    clients: list[OAuthClient]


class Options(TypedDict):
    options: dict[str, Any]  # For `PublicKeyCredential.parse…OptionsFromJSON`


class Order(TypedDict):
    work_ids: list[str]  # All that it holds, once each


class OutsideNeighbour(TypedDict):
    id: str  # The SHA-256 of its address
    address: str
    site: str
    title: str
    artist: str
    licence: str
    citations: list[ElsewhereCitation]  # By works among the nodes
    hops: int  # Links away from the work, in either direction
    hidden_remixes: int  # Published works that cite it and are not shown


class Overview(TypedDict):
    works: list[WorkFound]
    stems: list[StemFound]
    artists: list[Artist]
    labels: list[LabelFound]
    contests: list[Contest]
    did_you_mean: str | None


class OwnEntries(TypedDict):
    entries: list[Entry]


class PartNumbers(TypedDict):
    part_numbers: list[int]


class PartUrl(TypedDict):
    number: int
    url: str  # Whoever has it may store the part
    size_bytes: int


class PartUrls(TypedDict):
    parts: list[PartUrl]
    expires_in_seconds: int


class Passkey(TypedDict):
    id: str
    name: str
    signs_in_alone: bool  # Else it is a second step only: it does not ask who uses it
    is_backed_up: bool  # It is on more than one device
    created_at: str
    last_used_at: str | None


class PasskeyName(TypedDict):
    name: str


class PasskeySignIn(TypedDict):
    passkey: dict[str, Any]  # What `navigator.credentials` gave, by its `toJSON()`


class PasswordEdit(TypedDict):
    current_password: NotRequired[
        str | None
    ]  # May be left out while the session's proof is fresh; see `POST /account/proof`
    new_password: str
    end_tokens: NotRequired[list[str]]


class PasswordReset(TypedDict):
    handle: str
    tokens: list[EndedToken]


class Path(TypedDict):
    length: int | None  # In links; null when no path was found
    gave_up: bool  # The search reached its bounds; there may be a path
    steps: list[str]  # The ids on the way, in order, of `nodes` and of `elsewhere`
    nodes: list[Node]
    links: list[LineageLink]
    elsewhere: list[ElsewhereNode]  # Sources from elsewhere on the way, with their links


class Permission(TypedDict):
    id: str
    state: Literal["asked", "granted", "used", "relicensed", "declined", "withdrawn", "revoked", "lapsed"]
    asked_by: Artist
    artist: Artist
    work: PermissionWork
    source: PermissionWork  # What the remix cites: the work, or what came from it
    remix_id: str | None  # Null once it is deleted
    remix_title: str  # When it was asked
    wanted: str  # Under which the remix would be published
    note: str  # Of who asked; empty for all but the two
    created_at: str
    licence: str | None  # Granted for the remix; the work's new one when it was re-licensed
    scope: Literal["remix", "account"] | None
    is_commercial: bool | None
    words: str  # The artist's own
    text: str  # The terms, once granted
    text_sha256: str | None  # Of `text` in UTF-8
    answered_at: str | None
    used_at: str | None  # When a remix was first published under it; it cannot be taken back since
    ended_at: str | None


class PermissionAnswer(TypedDict):
    answer: Literal[
        "grant", "relicense", "decline", "withdraw", "revoke", "use", "lapse"
    ]  # `relicense` puts the work itself under `licence`, for everybody
    licence: NotRequired[str | None]
    scope: NotRequired[
        Literal["remix", "account"]
    ]  # For the remix that was asked about, or for every remix by who asked
    is_commercial: NotRequired[bool]  # Whether who asked may use the remix commercially
    words: NotRequired[str]


class PermissionPage(TypedDict):
    permissions: list[Permission]
    next: str | None


class PermissionQuestion(TypedDict):
    work_id: str  # The work whose licence stands in the way
    source_id: NotRequired[str | None]  # What the remix cites, when it is not the work itself but was made from it
    remix_id: NotRequired[str | None]  # One's own draft
    remix_title: NotRequired[str | None]  # Without `remix_id`: a draft with this title and without sources is begun
    licence: str
    note: NotRequired[str]


class PermissionWork(TypedDict):
    id: str
    title: str


class Pick(TypedDict):
    id: str
    work: WorkCard
    note: str
    created_at: str


class PickPage(TypedDict):
    picks: list[Pick]
    next: str | None


class Problem(TypedDict):
    type: str
    title: str
    status: int
    code: str
    detail: str
    context: NotRequired[dict[str, Any]]
    violations: NotRequired[list[Violation]]


class Profile(TypedDict):
    handle: str
    display_name: str
    bio: str
    links: list[str]
    created_at: str
    deleted_at: str | None


class ProfileEdit(TypedDict):
    display_name: NotRequired[str]
    bio: NotRequired[str]
    links: NotRequired[list[str]]
    comment_policy: NotRequired[Literal["open", "closed", "hidden"]]  # Of works that say nothing of their own


class Progress(TypedDict):
    percent: float
    step: str


class Proof(TypedDict):
    password: NotRequired[str | None]
    code: NotRequired[str | None]
    passkey: NotRequired[dict[str, Any] | None]  # What `navigator.credentials` gave, by its `toJSON()`


class Publication(TypedDict):
    note: NotRequired[str]  # What has changed


class Reach(TypedDict):
    work_id: str
    title: str
    state: Literal["draft", "published", "withdrawn", "taken_down"]
    affected: list[Affected]


class Reached(TypedDict):
    id: str
    title: str
    state: Literal["draft", "published", "withdrawn", "taken_down"]
    artist: Artist
    generation: int
    path: list[Step]  # From the work down to this one


class ReadContestLicence(TypedDict):
    id: str  # An SPDX LicenseRef
    title: str
    text: str
    text_sha256: str  # Over all that the licence says
    remixers: Literal["entrants", "anyone"]
    sharing: Literal["here", "anywhere"]
    is_non_commercial: bool
    expires_at: str | None
    in_plain_words: list[str]
    author: str  # Handle
    created_at: str
    accepted_at: str | None  # By whoever asks


class Receipt(TypedDict):
    id: str
    work_id: str
    title: str
    artist: str
    stem_pack_id: str
    stem_pack_version: int
    stem_id: str | None  # Null for the whole pack
    stem_name: str | None
    licence: str  # As held then
    licence_url: str
    licence_sha256: str  # Of what fixes the licence's text
    taken_at: str
    sha256: str  # By which source links name it


class ReceiptOfEntry(TypedDict):
    id: str
    contest_id: str
    work_id: str
    entry_id: str | None
    verdict: str  # `counted`, or `not counted, because …`
    is_counted: bool
    code: str  # Of the problem, when it does not count
    audio_sha256: str
    sha256: str  # Kept to compare: over what it says and where the log was
    created_at: str


class ReceiptPage(TypedDict):
    receipts: list[Receipt]
    next: str | None


class ReceiptsOfEntries(TypedDict):
    receipts: list[ReceiptOfEntry]


class RecoveryCodes(TypedDict):
    codes: list[str]  # Shown this once


class Refusal(TypedDict):
    code: str
    detail: str


class RemixNode(TypedDict):
    id: str
    kind: Literal["release", "remix"]
    state: Literal["draft", "published", "withdrawn", "taken_down"]
    title: str
    artist: Artist
    licence: str
    remix_count: int
    descendant_count: int
    published_at: str | None
    used_as: Literal["remix", "sample", "mashup", "cover", "edit", "translation"]  # How the remix uses the work


class RemixPage(TypedDict):
    works: list[RemixNode]
    next: str | None


class Removal(TypedDict):
    reason: str


class Report(TypedDict):
    decided_by: str | None  # A moderator's handle
    decided_at: str | None
    decision_note: str
    id: str
    work_id: str | None  # Null: it is about a collection
    work_title: str | None
    work_state: Literal["draft", "published", "withdrawn", "taken_down"] | None
    comment_id: str | None  # Of a comment on the work; null: it is about the work
    comment_fault: Literal["harassment", "spam", "offensive", "infringement"] | None
    comment_text: str | None  # As it was reported; for moderators, until it is decided
    collection_id: str | None
    collection_text: str | None  # Its words as they were reported; for moderators, until it is decided
    reason: Literal["infringement", "missing_credit", "wrong_licence", "offensive"]
    note: str
    reporter: str  # Handle
    state: Literal["open", "upheld", "dismissed"]
    created_at: str


class ReportPage(TypedDict):
    reports: list[Report]
    next: str | None


class ResendFailed(TypedDict):
    since: str


class Resent(TypedDict):
    count: int


class ResetAsk(TypedDict):
    login: str  # Handle or e-mail


class Result(TypedDict):
    result: dict[str, Any]  # Standings, raw and adjusted; what was left out
    entries: list[Entry]
    score_sheets: list[ScoreSheet]
    winners: list[Winner]  # Best first
    ballots_to_turn: int | None
    log_head: str


class Reviewed(TypedDict):
    changed: int


class RhythmChoice(TypedDict):
    rhythm: Literal["at_once", "daily", "weekly", "never"]


class RulesAcceptance(TypedDict):
    rules_revision: int


class Ruling(TypedDict):
    is_out: bool
    reason: str


class SavedSearch(TypedDict):
    id: str
    name: str
    searched: Literal["works", "stems"]
    words: dict[str, str]  # Parameters of `/search/works` or `/search/stems`
    tells: bool  # A notice when it finds something new
    revision: int
    created_at: str


class SavedSearchFacts(TypedDict):
    name: NotRequired[str]
    tells: NotRequired[bool]


class SavedSearchPage(TypedDict):
    searches: list[SavedSearch]
    next: str | None


class ScoreSheet(TypedDict):
    judge: str
    entry_id: str
    scores: dict[str, Any]
    note: str
    counts: bool  # False where the judge is too near, or the entry does not count


class Scores(TypedDict):
    scores: dict[str, Any]  # A number for each criterion's key, in halves
    note: NotRequired[str]


class Screening(TypedDict):
    screened_at: str | None  # Null before the first time
    ballots_since: int  # Cast afterwards
    is_underway: bool


class SecondStep(TypedDict):
    second_step: str  # Names this sign-in, for ten minutes
    ways: list[Literal["passkey", "code", "recovery_code"]]
    expires_at: str


class SecondStepAnswer(TypedDict):
    second_step: NotRequired[str]
    code: NotRequired[str | None]
    recovery_code: NotRequired[str | None]
    passkey: NotRequired[dict[str, Any] | None]  # What `navigator.credentials` gave, by its `toJSON()`


class SecondStepOptions(TypedDict):
    second_step: NotRequired[str]


class Session(TypedDict):
    id: str
    user_agent: str
    created_at: str
    last_seen_at: str
    expires_at: str
    is_current: bool  # The one that asks


class SessionList(TypedDict):
    sessions: list[Session]


class Share(TypedDict):
    work_id: str  # Empty for the remix that is simulated
    title: str
    name: str
    generation: int  # How many links away; 0 for the maker
    percent: float


class SharedMix(TypedDict):
    title: str
    by: Artist
    stem_pack_id: str
    work_id: str  # The work whose stems are mixed
    spec: dict[str, Any]  # As it was saved last, every field spelled out
    saved_at: str


class SignIn(TypedDict):
    login: str  # Handle or e-mail
    password: str


class SignUp(TypedDict):
    handle: str
    email: str
    password: str
    display_name: NotRequired[str]
    invitation: NotRequired[str | None]  # The last part of an invitation's link, where new accounts need one
    accepted_rules: NotRequired[int | None]  # `rules_revision` of `GET /house`, if it has rules


class SignUpChoice(TypedDict):
    work_id: str


class SimilarStem(TypedDict):
    id: str
    stem_pack_id: str
    name: str
    role: Literal[
        "kick",
        "snare",
        "hihat",
        "percussion",
        "drums",
        "bass",
        "lead_vocals",
        "backing_vocals",
        "lead",
        "keys",
        "guitar",
        "strings",
        "pad",
        "synth",
        "sample",
        "fx",
        "instrumental",
        "other",
    ]
    distance: float  # From 0, the same, to 1, the utmost
    work: SimilarWork
    preview_url: str | None
    peaks_coarse_url: str | None


class SimilarStems(TypedDict):
    stems: list[SimilarStem]
    is_measured: bool  # Otherwise the stem is silent, or waits to be measured


class SimilarWork(TypedDict):
    id: str
    title: str
    handle: str
    artist: str
    licence: str


class Simulation(TypedDict):
    sources: list[str]  # Ids of the works to be remixed


class Source(TypedDict):
    source_id: str
    title: str
    state: Literal["draft", "published", "withdrawn", "taken_down"]
    artist: Artist
    kind: Literal["remix", "sample", "mashup", "cover", "edit", "translation"]
    link_state: Literal["standing", "disputed"]  # Of the link
    stems: list[str]
    note: str
    starts_seconds: float | None
    ends_seconds: float | None
    licence: str  # As held when it was cited
    licence_sha256: str  # Of what fixes the licence's text
    held_by: HeldBy | None  # Null: it was offered under its licence
    declared_at: str


class SourcePage(TypedDict):
    sources: list[Source]
    next: str | None  # Always null: the sources of a work fit one page


class SourceProposal(TypedDict):
    source_id: str
    title: str
    stems: list[str]
    starts_seconds: float | None
    ends_seconds: float | None
    uses: list[StemUse]


class Sources(TypedDict):
    sources: list[NewSource]
    licence: NotRequired[str]


class Split(TypedDict):
    shares: list[Share]
    is_cut: bool  # The ancestors claim over 100 %: all are cut in proportion


class Stem(TypedDict):
    id: str
    stem_pack_id: str
    position: int
    name: str
    suggested_name: str | None
    role: Literal[
        "kick",
        "snare",
        "hihat",
        "percussion",
        "drums",
        "bass",
        "lead_vocals",
        "backing_vocals",
        "lead",
        "keys",
        "guitar",
        "strings",
        "pad",
        "synth",
        "sample",
        "fx",
        "instrumental",
        "other",
    ]
    is_role_guessed: bool  # From the names of the pack, and again with each further stem until one is chosen
    gain_db: float
    revision: int
    filename: str
    sha256: str
    size_bytes: int
    container: str
    codec: str
    state: Literal["pending", "ready", "refused"]
    progress: Progress
    refusal: Refusal | None
    warnings: list[Refusal]
    sample_rate_hz: int
    channels: int
    bit_depth: int | None
    duration_frames: int | None
    integrated_lufs: float | None
    loudness_range_lu: float | None
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None
    clipping_runs: int | None
    clipped_samples: int | None
    leading_silence_frames: int | None
    trailing_silence_frames: int | None
    silence_share: float | None
    mixer_gain_db: float | None  # To be added when the mixer rendition is played at the file's own rate
    preview_url: str | None
    mixer_url: str | None
    mixer_index_url: str | None  # Where its blocks lie, so that any span can be read alone (docs/audio-files.md)
    peaks_url: str | None
    peaks_coarse_url: str | None


class StemEdit(TypedDict):
    name: NotRequired[str]
    role: NotRequired[
        Literal[
            "kick",
            "snare",
            "hihat",
            "percussion",
            "drums",
            "bass",
            "lead_vocals",
            "backing_vocals",
            "lead",
            "keys",
            "guitar",
            "strings",
            "pad",
            "synth",
            "sample",
            "fx",
            "instrumental",
            "other",
        ]
    ]
    gain_db: NotRequired[float]  # Suggested by the artist
    position: NotRequired[int]  # From 1


class StemFound(TypedDict):
    stem_id: str
    stem_pack_id: str
    name: str
    role: Literal[
        "kick",
        "snare",
        "hihat",
        "percussion",
        "drums",
        "bass",
        "lead_vocals",
        "backing_vocals",
        "lead",
        "keys",
        "guitar",
        "strings",
        "pad",
        "synth",
        "sample",
        "fx",
        "instrumental",
        "other",
    ]
    work: WorkCard
    tempo_bpm: float | None  # Of the work, said or heard
    key: str | None  # Of the work; null where the role carries no notes, which goes with every key
    loudness_lufs: float | None
    length_seconds: int | None


class StemPack(TypedDict):
    id: str
    work_id: str
    version: int
    state: Literal["draft", "frozen"]
    note: str
    digest: str | None  # Once it is published
    stem_count: int
    created_at: str
    frozen_at: str | None
    stems: list[Stem]
    findings: list[Finding] | None  # Null until all stems are ready and the pack, as it is now, was checked
    review: Progress | None
    tempo_bpm: float | None  # As estimated
    tempo_confidence: float | None
    key: str | None  # As estimated
    key_confidence: float | None
    families: dict[
        str, Literal["rhythm", "low", "voice", "tone"]
    ]  # By stem's id: with what it goes where four stems are wanted (`stems` exports)
    revision: int  # Of the families


class StemPackCard(TypedDict):
    id: str
    work_id: str
    version: int
    state: Literal["draft", "frozen"]
    note: str
    digest: str | None  # Once it is published
    stem_count: int
    created_at: str
    frozen_at: str | None


class StemPackEdit(TypedDict):
    families: dict[
        str, Literal["rhythm", "low", "voice", "tone"] | None
    ]  # By stem's id, those that change; null is the family of its role again


class StemPackList(TypedDict):
    stem_packs: list[StemPackCard]


class StemUse(TypedDict):
    stem: str
    how: Literal["id", "bytes", "name"]  # By what it was recognised
    at_seconds: float  # In the session
    from_seconds: float  # In the stem, as is the end
    to_seconds: float


class StemsFound(TypedDict):
    next: str | None
    count: int | None  # Of all pages, if asked for; 1001 is 1,000 and more
    did_you_mean: str | None  # What was looked for, where nothing is spelt like `q`
    stems: list[StemFound]


class Step(TypedDict):
    id: str
    title: str


class Suggestion(TypedDict):
    kind: Literal["word", "work", "artist", "label", "contest"]  # `word` completes `q`
    text: str
    id: str | None  # Of a work or contest; handle of an artist or label


class Suggestions(TypedDict):
    suggestions: list[Suggestion]


class Suspension(TypedDict):
    decided_by: str | None  # A moderator's handle
    decided_at: str | None
    decision_note: str
    id: str
    handle: str
    reason: Literal["infringement", "harassment", "spam", "impersonation", "unfair_contest", "taken_over", "rules"]
    note: str
    state: Literal["standing", "appealed", "kept", "lifted"]
    ends_at: str | None
    created_at: str
    appeal_note: str
    appealed_at: str | None
    made_by: str | None  # An operator's handle


class SuspensionAppeal(TypedDict):
    note: str


class SuspensionDecision(TypedDict):
    outcome: Literal["standing", "appealed", "kept", "lifted"]  # `kept` answers an appeal; `lifted` ends the suspension
    note: NotRequired[str]


class SuspensionPage(TypedDict):
    suspensions: list[Suspension]
    next: str | None


class Takedown(TypedDict):
    decided_by: str | None  # A moderator's handle
    decided_at: str | None
    decision_note: str
    id: str
    state: Literal["standing", "appealed", "kept", "restored"]
    reason: Literal["infringement", "missing_credit", "wrong_licence", "offensive"]
    note: str
    report_id: str | None
    works: list[NamedWork]
    appeals: list[MadeAppeal]
    taken_by: str | None  # A moderator's handle
    created_at: str


class TakedownDecision(TypedDict):
    outcome: Literal[
        "standing", "appealed", "kept", "restored"
    ]  # `kept` answers an appeal; `restored` lifts the takedown
    note: NotRequired[str]


class TakedownPage(TypedDict):
    takedowns: list[Takedown]
    next: str | None


class Terms(TypedDict):
    licence: NotRequired[str]  # Of what is remixed, as it is at the first entry
    text: NotRequired[str]
    prizes: NotRequired[list[str]]
    eligibility: NotRequired[str]
    exclusivity: NotRequired[Literal["none", "first_offer", "exclusive"]]
    release_by: NotRequired[str | None]
    ai_rule: NotRequired[Literal["forbidden", "disclosed", "allowed"]]
    entries_per_account: NotRequired[int]  # 1 to 10
    sealing: NotRequired[Literal["sealed", "host", "public"]]
    needs_own_stems: NotRequired[bool]
    rubric: NotRequired[list[Criterion]]  # Empty when no judges decide
    normalisation: NotRequired[Literal["none", "z_score", "rank"]]
    judges_per_entry: NotRequired[int | None]
    are_judges_named: NotRequired[bool]
    vote: NotRequired[Literal["none", "duels", "scores"]]
    vote_share_percent: NotRequired[int]
    tie_breaks: NotRequired[list[Literal["jury", "votes", "earliest", "lot"]]]


class Thread(TypedDict):
    id: str
    work_id: str
    author: Artist | None  # Null once it is gone
    thread_id: str | None  # The comment that the thread began with; null for it
    answers: str | None  # Which one it answers
    at_seconds: float | None
    text: str  # Empty once it is gone
    mentions: list[str]  # Handles in it that are accounts
    state: Literal["shown", "deleted", "removed", "taken_down"]
    revision: int
    created_at: str
    edited_at: str | None
    answer_count: int  # Counted up to 200; 201 says that there are more


class ThreadPage(TypedDict):
    comments: list[Thread]
    next: str | None


class Token(TypedDict):
    id: str
    name: str
    scopes: list[str]
    created_at: str
    expires_at: str | None
    last_used_at: str | None


class TokenCreate(TypedDict):
    name: str
    scopes: list[Literal["read", "publish", "contest", "admin"]]
    expires_at: NotRequired[str | None]


class TokenList(TypedDict):
    tokens: list[Token]


class Tombstone(TypedDict):
    by: Literal["artist", "house"]
    at: str | None
    reason: Literal["infringement", "missing_credit", "wrong_licence", "offensive"] | None


class Upload(TypedDict):
    id: str
    filename: str
    purpose: Literal["stem", "reference_mix", "remix", "cover", "session"]
    state: Literal["open", "verifying", "ready", "claimed", "rejected", "aborted"]
    size_bytes: int
    part_size_bytes: int
    part_count: int
    sha256: str | None
    rejection: dict[str, Any] | None
    created_at: str
    expires_at: str


class UploadCreate(TypedDict):
    filename: str
    size_bytes: int
    purpose: Literal["stem", "reference_mix", "remix", "cover", "session"]
    sha256: NotRequired[str | None]


class UploadList(TypedDict):
    uploads: list[Upload]
    next: str | None


class UploadStatus(TypedDict):
    id: str
    filename: str
    purpose: Literal["stem", "reference_mix", "remix", "cover", "session"]
    state: Literal["open", "verifying", "ready", "claimed", "rejected", "aborted"]
    size_bytes: int
    part_size_bytes: int
    part_count: int
    sha256: str | None
    rejection: dict[str, Any] | None
    created_at: str
    expires_at: str
    waiting: Refusal | None  # Why a check waits that goes on by itself: a trouble of the hub, not of the file.
    parts: list[ArrivedPart]


class Verdict(TypedDict):
    allowed: list[str]  # Under what the remix may stand; empty when it may not be published
    licence: str | None  # The wished one if it is allowed, else the strictest of those held
    obligations: list[str]  # What the sources ask of whoever remixes them
    conflict: Conflict | None
    grants: list[GrantUse]  # Of the sources for which you hold a receipt


class Violation(TypedDict):
    pointer: str  # JSON pointer into the body
    message: str


class WayToLeave(TypedDict):
    work_id: str
    source_id: str
    title: str  # Of the work
    licences: list[str]  # Under which the remix could be with this leave; empty when it alone would not do


class Winner(TypedDict):
    entry_id: str
    rights: Literal["free", "first_offer", "exclusive", "released", "reverted"]  # Of the host
    until: str | None  # When the rights revert by themselves
    released_url: str | None


class WinnerRelease(TypedDict):
    url: str


class Withheld(TypedDict):
    work_id: str
    title: str
    reason: str


class Work(TypedDict):
    id: str
    kind: Literal["release", "remix"]
    state: Literal["draft", "published", "withdrawn", "taken_down"]
    title: str
    artist: Artist
    licence: str
    tempo_bpm: float | None
    key: str | None
    tags: list[str]
    audio_kind: Literal["uploaded", "mixed", "stems_together"] | None
    remix_count: int
    comment_count: int
    descendant_count: int
    like_count: int
    play_count: int  # After ten seconds of listening, once an hour and listener
    revision: int
    created_at: str
    published_at: str | None
    withdrawn_at: str | None
    description: str
    credits: list[CreditLine]
    inherited_shares: list[float]  # In percent by generation
    comment_policy: Literal["open", "closed", "hidden"] | None
    seq: int | None  # Rises with each publication on this hub
    stem_pack_id: str | None  # The newest version that one may have
    audio_state: Literal["none", "pending", "ready", "refused"]  # Of the whole piece; see `audio_kind`
    refusal: Refusal | None
    duration_seconds: float | None
    preview_url: str | None
    peaks_url: str | None
    cover_url: str | None
    tombstone: Tombstone | None


class WorkCard(TypedDict):
    id: str
    kind: Literal["release", "remix"]
    state: Literal["draft", "published", "withdrawn", "taken_down"]
    title: str
    artist: Artist
    licence: str
    tempo_bpm: float | None
    key: str | None
    tags: list[str]
    audio_kind: Literal["uploaded", "mixed", "stems_together"] | None
    remix_count: int
    comment_count: int
    descendant_count: int
    like_count: int
    play_count: int  # After ten seconds of listening, once an hour and listener
    revision: int
    created_at: str
    published_at: str | None
    withdrawn_at: str | None


class WorkEdit(TypedDict):
    title: NotRequired[str]
    description: NotRequired[str]
    licence: NotRequired[str]  # By its id, name or address; `GET /licences` lists ids.
    tempo_bpm: NotRequired[float | None]
    key: NotRequired[str | None]  # `A minor`, `Am`, `8A`, `8m`, `a-Moll`, `La mineur`; answered as `A minor`
    tags: NotRequired[list[str]]
    credits: NotRequired[list[CreditLine]]
    inherited_shares: NotRequired[
        list[float]
    ]  # What derivatives owe, in percent: of a remix, of a remix of a remix, and so on
    comment_policy: NotRequired[Literal["open", "closed", "hidden"] | None]


class WorkFound(TypedDict):
    work: WorkCard
    tempo_bpm: float | None  # As said, else as heard
    is_tempo_detected: bool  # Heard, and not said
    key: str | None  # As said, else as heard
    is_key_detected: bool
    length_seconds: int | None


class WorkNote(TypedDict):
    note: str


class WorkPage(TypedDict):
    works: list[WorkCard]
    next: str | None


class WorksFound(TypedDict):
    next: str | None
    count: int | None  # Of all pages, if asked for; 1001 is 1,000 and more
    did_you_mean: str | None  # What was looked for, where nothing is spelt like `q`
    works: list[WorkFound]
