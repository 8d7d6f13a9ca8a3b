"""Rows: SQLAlchemy tables, the engine and the session.

Rows are storage; the rules live in `domain` as plain functions.
Imports `domain` and `config` only. Units are in the column names.
"""

from remixhub.models.accounts import (
    AccessToken,
    Account,
    AuditEntry,
    BrowserSession,
    GuessCount,
    IdempotentAnswer,
    Throttle,
)
from remixhub.models.backups import BackupRun, FixityFault, FixityRound, SweepHold, is_held
from remixhub.models.base import Row, new_id, now
from remixhub.models.beats import Beat
from remixhub.models.bundles import BundleOrder
from remixhub.models.collections import CollectedWork, Collection
from remixhub.models.comments import Block, Comment, CommentRevision, CommentTold
from remixhub.models.contest_licences import ContestLicence, LicenceAcceptance
from remixhub.models.contests import (
    BallotFlag,
    BallotScreening,
    Contest,
    ContestAnnouncement,
    ContestBallot,
    ContestEntry,
    ContestJudge,
    ContestLogLine,
    ContestRuling,
    ContestSignUp,
    ContestSlot,
    DuelOffer,
    DuelTally,
    EntryReceipt,
    Hearing,
    JudgeConflict,
    JudgeRequest,
    JudgeScores,
    WinnerRelease,
)
from remixhub.models.discovery import Follow, Pick, TagFollow, WorkFollow
from remixhub.models.elsewhere import ElsewhereEvent, ElsewhereSource
from remixhub.models.engine import Database
from remixhub.models.factors import CodeApp, Passkey, RecoveryCode, SecondStep, SpentChallenge
from remixhub.models.handbacks import Handback, SourceProposal
from remixhub.models.hooks import Hook, HookDelivery, HookEvent, HookEventWork, SlowHost
from remixhub.models.house import House
from remixhub.models.influence import AccountReach, Remixer
from remixhub.models.invitations import Arrival, Invitation
from remixhub.models.jobs import Death, Job, ProcessingDay, Turn
from remixhub.models.labels import Label, LabelInvitation, LabelMember, LabelRelease
from remixhub.models.letters import DeclinedTopic, Letter, MailedLink, MailRhythm
from remixhub.models.links import LinkClaim, LinkEvent, ShortlistedDescendant
from remixhub.models.listening import HeardLately, Like, Play, Plays
from remixhub.models.mixes import Mix, Mixdown, MixDraft, MixRevision
from remixhub.models.moderation import Appeal, Notice, Report, Takedown, TakedownWork
from remixhub.models.oauth import AppGrant, DeviceRequest, OAuthClient, RefreshToken
from remixhub.models.origins import BroughtArtist, BroughtHub, BroughtWork
from remixhub.models.permissions import Permission
from remixhub.models.receipts import Receipt
from remixhub.models.saved_searches import SavedSearch
from remixhub.models.search import (
    SearchChange,
    SearchDeletion,
    SearchLicence,
    SearchName,
    SearchStem,
    SearchWord,
    SearchWork,
)
from remixhub.models.suspensions import Suspension
from remixhub.models.tags import WorkTag
from remixhub.models.uploads import Original, Rendition, Upload
from remixhub.models.wishes import SourceWish
from remixhub.models.works import Counter, SourceLink, Stem, StemPack, Work
from remixhub.models.writers import DatabaseBusy, DatabaseUnavailable

__all__ = [
    "AccessToken",
    "Account",
    "AccountReach",
    "AppGrant",
    "Appeal",
    "Arrival",
    "AuditEntry",
    "BackupRun",
    "BallotFlag",
    "BallotScreening",
    "Beat",
    "Block",
    "BroughtArtist",
    "BroughtHub",
    "BroughtWork",
    "BrowserSession",
    "BundleOrder",
    "CodeApp",
    "CollectedWork",
    "Collection",
    "Comment",
    "CommentRevision",
    "CommentTold",
    "Contest",
    "ContestAnnouncement",
    "ContestBallot",
    "ContestEntry",
    "ContestJudge",
    "ContestLicence",
    "ContestLogLine",
    "ContestRuling",
    "ContestSignUp",
    "ContestSlot",
    "Counter",
    "Database",
    "DatabaseBusy",
    "DatabaseUnavailable",
    "Death",
    "DeclinedTopic",
    "DeviceRequest",
    "DuelOffer",
    "DuelTally",
    "ElsewhereEvent",
    "ElsewhereSource",
    "EntryReceipt",
    "FixityFault",
    "FixityRound",
    "Follow",
    "GuessCount",
    "Handback",
    "HeardLately",
    "Hearing",
    "Hook",
    "HookDelivery",
    "HookEvent",
    "HookEventWork",
    "House",
    "IdempotentAnswer",
    "Invitation",
    "Job",
    "JudgeConflict",
    "JudgeRequest",
    "JudgeScores",
    "Label",
    "LabelInvitation",
    "LabelMember",
    "LabelRelease",
    "Letter",
    "LicenceAcceptance",
    "Like",
    "LinkClaim",
    "LinkEvent",
    "MailRhythm",
    "MailedLink",
    "Mix",
    "MixDraft",
    "MixRevision",
    "Mixdown",
    "Notice",
    "OAuthClient",
    "Original",
    "Passkey",
    "Permission",
    "Pick",
    "Play",
    "Plays",
    "ProcessingDay",
    "Receipt",
    "RecoveryCode",
    "RefreshToken",
    "Remixer",
    "Rendition",
    "Report",
    "Row",
    "SavedSearch",
    "SearchChange",
    "SearchDeletion",
    "SearchLicence",
    "SearchName",
    "SearchStem",
    "SearchWord",
    "SearchWork",
    "SecondStep",
    "ShortlistedDescendant",
    "SlowHost",
    "SourceLink",
    "SourceProposal",
    "SourceWish",
    "SpentChallenge",
    "Stem",
    "StemPack",
    "Suspension",
    "SweepHold",
    "TagFollow",
    "Takedown",
    "TakedownWork",
    "Throttle",
    "Turn",
    "Upload",
    "WinnerRelease",
    "Work",
    "WorkFollow",
    "WorkTag",
    "is_held",
    "new_id",
    "now",
]
