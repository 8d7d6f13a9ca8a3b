"""The words for states and kinds, as they stand in tables, JSON and logs."""

from __future__ import annotations

from enum import StrEnum


class WorkKind(StrEnum):
    RELEASE = "release"
    REMIX = "remix"


class WholeKind(StrEnum):
    """Where the audio of a whole work comes from."""

    UPLOADED = "uploaded"
    """A release's reference mix, a remix's audio."""
    MIXED = "mixed"
    """A mixdown that its artist took over."""
    STEMS_TOGETHER = "stems_together"
    """Rendered by the hub: all stems at the gains that their artist suggests, for want of a mix by the artist."""


class WorkState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    """By the artist; a tombstone stays in the lineage."""
    TAKEN_DOWN = "taken_down"
    """By the house; a tombstone stays in the lineage."""

    @property
    def is_tombstone(self) -> bool:
        return self in (WorkState.WITHDRAWN, WorkState.TAKEN_DOWN)


class StemPackState(StrEnum):
    DRAFT = "draft"
    FROZEN = "frozen"


class UploadState(StrEnum):
    OPEN = "open"
    VERIFYING = "verifying"
    READY = "ready"
    """Verified and unclaimed."""
    CLAIMED = "claimed"
    REJECTED = "rejected"
    ABORTED = "aborted"


class UploadPurpose(StrEnum):
    STEM = "stem"
    REFERENCE_MIX = "reference_mix"
    REMIX = "remix"
    COVER = "cover"
    SESSION = "session"
    """Of a music program, from which a remix comes: read for the stems in it, and not kept."""

    @property
    def is_audio(self) -> bool:
        return self not in (UploadPurpose.COVER, UploadPurpose.SESSION)


class IngestState(StrEnum):
    """How far an original's renditions are."""

    PENDING = "pending"
    READY = "ready"
    REFUSED = "refused"
    """The bytes cannot be made playable; `refusal_code` says why."""


class MixFileState(StrEnum):
    """How far a mixdown is in one of the formats that it is offered in."""

    READY = "ready"
    MAKING = "making"
    ABSENT = "absent"
    """Nobody asked for it yet, or nobody did for a month."""
    FAILED = "failed"
    """It may be asked for again."""


class ArchiveState(StrEnum):
    """How far a file is that is made when somebody orders it: a ZIP, or a session for a music program."""

    ABSENT = "absent"
    """Nobody ordered it as things are now, or it was swept after a month."""
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"
    """It may be ordered anew."""


class ProposalState(StrEnum):
    """A source that a session names, until a person says."""

    PROPOSED = "proposed"
    TAKEN = "taken"
    REFUSED = "refused"
    """And never proposed again for this remix."""


class JobState(StrEnum):
    PENDING = "pending"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"
    """Attempts used up, or refused for good; an operator may re-send it."""


class JobKind(StrEnum):
    VERIFY_UPLOAD = "verify_upload"
    INGEST_STEM = "ingest_stem"
    PREPARE_STEM = "prepare_stem"
    """Of a published stem what browsers mix, where the ingest has not made it: at its pack's rate, with an index."""
    REVIEW_STEM_PACK = "review_stem_pack"
    RENDER_MIXDOWN = "render_mixdown"
    BUILD_ARCHIVE = "build_archive"
    SWEEP = "sweep"
    SETTLE_LINEAGE = "settle_lineage"
    """Counts freshly published works into their ancestors."""
    SETTLE_LINK = "settle_link"
    """Counts anew what a link that was added or removed after publication had changed."""
    BUILD_ENTRY_ARCHIVE = "build_entry_archive"
    """A contest's entries as one ZIP for its host."""
    TEND_CONTEST = "tend_contest"
    """Reminds before the close, and publishes sealed entries when all ballots are in."""
    SCREEN_BALLOTS = "screen_ballots"
    """Looks through a contest's ballots for what looks arranged."""
    PRINT_COVER = "print_cover"
    """A published work's cover from its own sound, and the picture that other sites show beside a link to it."""
    ENCODE_WAV = "encode_wav"
    """A mixdown in another format, for who wants it so."""
    ENCODE_MP3 = "encode_mp3"
    ENCODE_OPUS = "encode_opus"
    SEND_LETTER = "send_letter"
    CHECK_FIXITY = "check_fixity"
    """Some of the originals, whether their bytes are what they were."""
    MEASURE_SOUND = "measure_sound"
    """What an original is like that was ingested before that was measured."""
    INDEX_SEARCH = "index_search"
    """Brings what is searched up to date with what changed."""
    MATCH_SEARCH = "match_search"
    """Tells whose saved search finds something new."""
    SEND_DIGEST = "send_digest"
    """An account's notices of a day or a week as one letter."""
    DELIVER_HOOK = "deliver_hook"
    """One event to one address elsewhere."""
    EXPORT_SESSION = "export_session"
    """A stem pack or a mix as a music program opens it."""
    BUILD_BUNDLE = "build_bundle"
    """A work, contest, collection or label as a ZIP that needs no server."""


class FollowKind(StrEnum):
    """What an account follows."""

    ARTIST = "artist"
    LABEL = "label"
    WORK = "work"
    """Remixes made of it; those of its remixes are followed by following these."""
    TAG = "tag"


class ProcessRole(StrEnum):
    """Of the processes in the background."""

    SCHEDULER = "scheduler"
    WORKER = "worker"


class SourceKind(StrEnum):
    """How a derivative uses its source."""

    REMIX = "remix"
    SAMPLE = "sample"
    MASHUP = "mashup"
    COVER = "cover"
    EDIT = "edit"
    TRANSLATION = "translation"


class LinkState(StrEnum):
    """Both count in the lineage; a link that is removed is deleted, its events stay."""

    STANDING = "standing"
    DISPUTED = "disputed"


class WishState(StrEnum):
    """Of a source that a draft names and does not cite."""

    WANTED = "wanted"
    """It was refused; the draft is not published before it is cited or left out."""
    LEFT_OUT = "left_out"
    """By the remixer, who may put it back."""


class ClaimState(StrEnum):
    """Of a claim that a work was made from another."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class LinkAct(StrEnum):
    """What happened to a source link after publication."""

    ADDED = "added"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DISPUTED = "disputed"
    UPHELD = "upheld"
    REMOVED = "removed"


class RenditionKind(StrEnum):
    PREVIEW = "preview"
    """MP3 for listening."""
    MIXER = "mixer"
    """What browsers mix: FLAC of fixed blocks in full quality, at the rate of a published stem's pack."""
    MIXER_INDEX = "mixer_index"
    """Where the blocks of MIXER lie, for reading parts of it."""
    PEAKS = "peaks"
    """BBC audiowaveform .dat, version 2."""
    PEAKS_COARSE = "peaks_coarse"
    SOUND = "sound"
    """Given out instead of an original that still holds what was trimmed away: the sound alone, in full quality."""
    MIXDOWN = "mixdown"
    """The full-quality render of a mix spec."""
    MIXDOWN_WAV = "mixdown_wav"
    """The same in other formats, made on demand."""
    MIXDOWN_MP3 = "mixdown_mp3"
    MIXDOWN_OPUS = "mixdown_opus"
    OPENING = "opening"
    """MP3 of how a mix begins, there before all of it is rendered."""
    ARCHIVE = "archive"
    """A stem pack as one ZIP, or as the session of a music program."""
    COVER = "cover"
    LINK_PICTURE = "link_picture"
    """What other sites show beside a link: of a cover, or of what the house printed."""
    THUMBNAIL_192 = "thumbnail_192"
    """Of an artist's cover, a square of so many pixels a side; `domain.covers.thumbnails` says of how many bytes."""
    THUMBNAIL_384 = "thumbnail_384"
    THUMBNAIL_768 = "thumbnail_768"


class Scope(StrEnum):
    """What a personal access token may do; a signed-in browser session holds all but `admin`."""

    READ = "read"
    PUBLISH = "publish"
    CONTEST = "contest"
    ADMIN = "admin"
