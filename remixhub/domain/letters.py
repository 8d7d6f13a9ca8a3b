"""Letters: which there are, and what each says. Pure: the facts come in, subject, paragraphs and a button come out.

Facts lie readable in the table, so they hold no secret; a link that opens something is made when the letter is sent.
`letter_layout` turns a letter into plain text and HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from remixhub.domain.addresses import Addresses
from remixhub.domain.moderation import NoticeKind

_SUBJECT_MAX = 150
_MINUTE, _DAY = 60, 24 * 3600


class LetterKind(StrEnum):
    """Stored as its word, in a table of its own without a CHECK: a new kind needs no migration."""

    TEST = "test"
    VERIFY_ADDRESS = "verify_address"
    ADDRESS_TAKEN = "address_taken"
    """Somebody signed up, or wanted to change, to an address that has an account: its owner is told."""
    RESET_PASSWORD = "reset_password"  # noqa: S105
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    SIGNED_IN_ELSEWHERE = "signed_in_elsewhere"
    """To a verified address: in a browser that the account does not know."""
    GUESSES_HELD_OFF = "guesses_held_off"
    """Once a day at most: strangers try passwords."""
    NEW_ADDRESS = "new_address"
    """To the address that an account shall have: whoever opens its link has access to it."""
    ADDRESS_CHANGING = "address_changing"
    """To the address that it has until then, with a way back."""
    ADDRESS_CHANGED = "address_changed"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    FACTORS_RESET = "factors_reset"
    """By an operator, at the command line."""
    RECOVERY_CODE_USED = "recovery_code_used"
    PASSWORD_KNOWN = "password_known"  # noqa: S105
    """Somebody gave the right password and guesses codes."""
    PASSKEY_COPIED = "passkey_copied"
    """It counted backwards, as a copy of it would."""
    ORIGINALS_AT_FAULT = "originals_at_fault"
    """To operators, when the first stored original is found missing or damaged."""
    ACCOUNT_SUSPENDED = "account_suspended"
    """And what was decided of it: also to those who wish no mail."""
    NOTICE = "notice"
    """A notice of the hub's, for those who wish them by mail."""

    DIGEST = "digest"
    """Notices of a day or a week together."""

    @property
    def is_security(self) -> bool:
        """About access to an account: it goes whatever the account wishes, also to an address that is not verified."""
        return self not in (LetterKind.NOTICE, LetterKind.DIGEST)

    @property
    def link(self) -> LinkPurpose | None:
        """What the link in it opens; None where it has none that is secret."""
        return _LINKS.get(self)


class LinkPurpose(StrEnum):
    VERIFY_ADDRESS = "verify_address"
    RESET_PASSWORD = "reset_password"  # noqa: S105
    CHANGE_ADDRESS = "change_address"
    KEEP_ADDRESS = "keep_address"
    """Stops a change of address, or undoes it."""

    @property
    def seconds(self) -> int:
        """How long the link is good, from when it is sent."""
        return _SECONDS[self]

    @property
    def ends_older(self) -> bool:
        """A newer one takes its place. Not so where an earlier owner has to be able to undo what a later one did."""
        return self is not LinkPurpose.KEEP_ADDRESS

    @property
    def page(self) -> str:
        """What it leads to, by the first part of its path."""
        return _PAGES[self]


_LINKS = {
    LetterKind.VERIFY_ADDRESS: LinkPurpose.VERIFY_ADDRESS,
    LetterKind.RESET_PASSWORD: LinkPurpose.RESET_PASSWORD,
    LetterKind.NEW_ADDRESS: LinkPurpose.CHANGE_ADDRESS,
    LetterKind.ADDRESS_CHANGING: LinkPurpose.KEEP_ADDRESS,
}
_SECONDS = {
    LinkPurpose.VERIFY_ADDRESS: 2 * _DAY,
    LinkPurpose.RESET_PASSWORD: 30 * _MINUTE,
    LinkPurpose.CHANGE_ADDRESS: 2 * _DAY,
    LinkPurpose.KEEP_ADDRESS: 7 * _DAY,
}
_PAGES = {
    LinkPurpose.VERIFY_ADDRESS: "verify-address",
    LinkPurpose.RESET_PASSWORD: "reset-password",
    LinkPurpose.CHANGE_ADDRESS: "confirm-address",
    LinkPurpose.KEEP_ADDRESS: "keep-address",
}


class LetterState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    """Taken by the mail server."""
    FAILED = "failed"
    """It will not be sent: refused as a letter, or wanted by nobody any more."""
    BOUNCED = "bounced"
    """Its address does not take mail."""


class MailTopic(StrEnum):
    """What an account may wish by mail, at once or together, or not."""

    REMIXES = "remixes"
    COMMENTS = "comments"
    SEARCHES = "searches"
    CONTESTS = "contests"
    JUDGING = "judging"
    PERMISSIONS = "permissions"
    MODERATION = "moderation"
    HOOKS = "hooks"


class Rhythm(StrEnum):
    """How often a topic comes by mail."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"

    @property
    def is_digest(self) -> bool:
        return self in (Rhythm.DAILY, Rhythm.WEEKLY)


TOPIC_WORDS = {
    MailTopic.REMIXES: "Remixes of your works, and of those you follow",
    MailTopic.COMMENTS: "Comments on your works, answers, and where you are mentioned",
    MailTopic.SEARCHES: "What your saved searches find",
    MailTopic.CONTESTS: "News of contests you enter, judge, host or follow",
    MailTopic.JUDGING: "Labels that ask you to judge",
    MailTopic.PERMISSIONS: "Leave to remix: asked, given, refused",
    MailTopic.MODERATION: "Takedowns, and what became of your reports",
    MailTopic.HOOKS: "Webhooks of yours that fail",
}
RHYTHM_WORDS = {
    Rhythm.AT_ONCE: "At once",
    Rhythm.DAILY: "Daily",
    Rhythm.WEEKLY: "Weekly",
    Rhythm.NEVER: "Not at all",
}
DIGEST_WORDS = {Rhythm.DAILY: "The letter of the day", Rhythm.WEEKLY: "The letter of the week"}
UNLESS_CHOSEN = dict.fromkeys(MailTopic, Rhythm.AT_ONCE) | {
    MailTopic.COMMENTS: Rhythm.DAILY,
    MailTopic.SEARCHES: Rhythm.DAILY,
}


def topic_of(kind: NoticeKind) -> MailTopic:
    return _TOPICS.get(kind, MailTopic.MODERATION)


_TOPICS = {
    NoticeKind.REMIXED: MailTopic.REMIXES,
    NoticeKind.COMMENT: MailTopic.COMMENTS,
    NoticeKind.SAVED_SEARCH: MailTopic.SEARCHES,
    NoticeKind.HOOK: MailTopic.HOOKS,
    NoticeKind.CONTEST: MailTopic.CONTESTS,
    NoticeKind.JUDGE_REQUEST: MailTopic.JUDGING,
    NoticeKind.PERMISSION: MailTopic.PERMISSIONS,
}


@dataclass(frozen=True)
class Letter:
    subject: str
    """70 characters, where people's words do not make it longer."""
    paragraphs: tuple[str, ...]
    button: tuple[str, str] | None = None
    """Its words and its address; after the first paragraph."""
    closing: str = ""
    """In a second voice: what to do when it was somebody else."""


@dataclass(frozen=True)
class Facts:
    addresses: Addresses
    handle: str | None
    """Of the account, where there is one."""
    link: str
    """The address that the letter's secret link has; empty where it has none."""
    said: Mapping[str, Any]
    """What `write` was given."""

    def words(self, name: str) -> str:
        return str(self.said.get(name, ""))


def compose(kind: LetterKind, facts: Facts) -> Letter:
    letter = _COMPOSERS[kind](facts)
    subject = one_line(letter.subject)
    if len(subject) > _SUBJECT_MAX:
        subject = subject[: _SUBJECT_MAX - 1].rstrip() + "…"
    return Letter(subject, tuple(text for text in letter.paragraphs if text), letter.button, letter.closing)


def one_line(text: str) -> str:
    """Without breaks and control characters: it becomes a header."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+", " ", text).split())


def _test(facts: Facts) -> Letter:
    return Letter(
        "Mail from your hub works",
        (f"{facts.addresses.hub} sent this by `send-test-mail`. If you can read it, mail goes out.",),
        closing="Look at its source too: SPF, DKIM and DMARC should say “pass”.",
    )


def _verify_address(facts: Facts) -> Letter:
    return Letter(
        "Is this address yours?",
        (f"It was given for the account @{facts.handle}. Say that it is yours within two days.",),
        ("Yes, it is mine", facts.link),
        "If you do not know of it, do nothing: without you nobody can use this address.",
    )


def _address_taken(facts: Facts) -> Letter:
    return Letter(
        "You have an account already",
        (
            f"Somebody gave this address for an account, and it is that of @{facts.handle}. Nothing has changed.",
            "If it was you: sign in. If you do not know the password any more, set a new one.",
        ),
        ("Sign in", facts.addresses.of("/sign-in")),
        "If it was not you, do nothing: whoever it was does not learn that you have an account.",
    )


def _reset_password(facts: Facts) -> Letter:
    return Letter(
        "Set a new password",
        (f"For @{facts.handle}. The link works once, within 30 minutes.",),
        ("Set a new password", facts.link),
        "If you did not ask for it, do nothing: your password stays as it is.",
    )


def _password_changed(facts: Facts) -> Letter:
    return Letter(
        "Your password was changed",
        (
            f"The password of @{facts.handle} is a new one since a moment ago. All other sessions have ended.",
            facts.words("how"),
        ),
        ("It was not me: set a new password", facts.addresses.of("/forgotten")),
        "If it was you, there is nothing to do.",
    )


def _signed_in_elsewhere(facts: Facts) -> Letter:
    return Letter(
        "You signed in with a new browser",
        (
            f"@{facts.handle} is signed in with a browser it did not use before, or not since its password was set.",
            f"It calls itself: {facts.words('browser')}" if facts.words("browser") else "",
            "If it was you, there is nothing to do.",
        ),
        ("See where you are signed in", facts.addresses.of("/settings/sessions")),
        "If it was not you, end that session and change your password at once.",
    )


def _guesses_held_off(facts: Facts) -> Letter:
    return Letter(
        "Somebody tries passwords for your account",
        (
            f"Many wrong passwords were tried for @{facts.handle}. They are held off, and nobody got in by them.",
            "Where you have signed in before, nothing changes for you. With a new browser you may have to wait; a link "
            "for a new password lets you in at once.",
        ),
        ("Sign in by a link", facts.addresses.of("/forgotten")),
        "If your password is used elsewhere too, or is short, change it. You get this letter once a day at most.",
    )


def _new_address(facts: Facts) -> Letter:
    return Letter(
        "Confirm your new address",
        (f"@{facts.handle} wants to use this address from now on. Until you say so, the old one stays.",),
        ("Use this address", facts.link),
        "The link works once, within two days. If you do not know of it, do nothing.",
    )


def _address_changing(facts: Facts) -> Letter:
    return Letter(
        "Your address is about to change",
        (
            f"Somebody who knows your password wants @{facts.handle} to use {facts.words('new_address')} in place of "
            "this address. It changes once that address is confirmed.",
            "If it was you, there is nothing to do here.",
        ),
        ("Keep this address", facts.link),
        "The link stops the change, or takes it back, for seven days, and ends all sessions.",
    )


def _address_changed(facts: Facts) -> Letter:
    return Letter(
        "Your address has changed",
        (f"@{facts.handle} uses this address from now on, and the hub writes to it alone.",),
        closing="The old address was told, and can take it back for some days.",
    )


def _factor_added(facts: Facts) -> Letter:
    what = facts.words("what")
    return Letter(
        "A new way to sign in",
        (f"@{facts.handle} has {what} since a moment ago.", "You find it in the settings, under “Security”."),
        ("It was not me: set a new password", facts.addresses.of("/forgotten")),
        "If it was you, there is nothing to do.",
    )


def _factor_removed(facts: Facts) -> Letter:
    return Letter(
        "A way to sign in was removed",
        (f"@{facts.handle} signs in without {facts.words('what')} from now on.",),
        ("It was not me: set a new password", facts.addresses.of("/forgotten")),
        "If it was you, there is nothing to do.",
    )


def _factors_reset(facts: Facts) -> Letter:
    return Letter(
        "Your second factors were removed",
        (
            f"An operator of the hub removed all passkeys, apps for codes and recovery codes of @{facts.handle}, and "
            "ended all sessions. The password signs in alone until you add a new one.",
        ),
        ("Add a second factor", facts.addresses.of("/settings/security")),
        "If you did not ask for it, write to the operators.",
    )


def _recovery_code_used(facts: Facts) -> Letter:
    left = facts.said.get("left")
    still = "It was the last one: make new ones." if not left else f"{left} are left."
    return Letter(
        "A recovery code was used",
        (f"Somebody signed in as @{facts.handle} with the password and a recovery code. {still}",),
        ("See what signs you in", facts.addresses.of("/settings/security")),
        "If it was not you, set a new password at once: whoever it was knows the one you have.",
    )


def _password_known(facts: Facts) -> Letter:
    return Letter(
        "Somebody knows your password",
        (
            f"The right password of @{facts.handle} was given from an unknown browser, and then one wrong code "
            "after the other. They are held off, and nobody got in.",
        ),
        ("Set a new password", facts.addresses.of("/forgotten")),
        "If it was you, there is nothing to do.",
    )


def _passkey_copied(facts: Facts) -> Letter:
    return Letter(
        "A passkey was refused",
        (
            f"The passkey “{facts.words('name')}” of @{facts.handle} counts its uses, and was shown with fewer than "
            "before. There may be a copy of it, so nobody was let in.",
        ),
        ("Remove it", facts.addresses.of("/settings/security")),
        "Sign in by another way; then remove the passkey and make a new one.",
    )


def _originals_at_fault(facts: Facts) -> Letter:
    return Letter(
        "A stored file is missing or damaged",
        (
            f"A check of what {facts.addresses.hub} stores found an original {facts.words('kind')}: "
            f"{facts.words('key')}. There may be more; `python -m remixhub verify` lists them.",
            "No artist was told, and nothing of theirs was refused.",
        ),
        None,
        "Look at the disk first, then put it back: `python -m remixhub restore TARGET --missing` (docs/backups.md).",
    )


def _account_suspended(facts: Facts) -> Letter:
    return Letter(
        facts.words("title"),
        (f"This is about @{facts.handle}.", facts.words("text")),
        ("Read more, or answer", facts.addresses.of(f"/suspensions/{facts.words('suspension_id')}")),
    )


def _notice(facts: Facts) -> Letter:
    return Letter(
        facts.words("title"),
        (facts.words("title"), facts.words("text")),
        ("See it on the hub", facts.addresses.of("/notices")),
    )


def _digest(facts: Facts) -> Letter:
    """Of groups by topic, each with its notices: `{"topic", "notices": [{"title", "text"}], "more"}`."""
    groups = facts.said["groups"]
    count = sum(len(group["notices"]) + group["more"] for group in groups)
    span = "week" if facts.said["rhythm"] == Rhythm.WEEKLY else "day"
    lines = []
    for group in groups:
        told = [f"– {one['title']}" for one in group["notices"]]
        more = [f"– and {group['more']} more"] if group["more"] else []
        lines.append("\n".join([f"{TOPIC_WORDS[MailTopic(group['topic'])]}:", *told, *more]))
    return Letter(
        f"Your {span} on the hub: {count} notice{'s' if count > 1 else ''}",
        (f"What came up for @{facts.handle} and was not read yet:", *lines),
        ("Read them on the hub", facts.addresses.of("/notices")),
    )


_COMPOSERS: dict[LetterKind, Callable[[Facts], Letter]] = {
    LetterKind.TEST: _test,
    LetterKind.VERIFY_ADDRESS: _verify_address,
    LetterKind.ADDRESS_TAKEN: _address_taken,
    LetterKind.RESET_PASSWORD: _reset_password,
    LetterKind.PASSWORD_CHANGED: _password_changed,
    LetterKind.SIGNED_IN_ELSEWHERE: _signed_in_elsewhere,
    LetterKind.GUESSES_HELD_OFF: _guesses_held_off,
    LetterKind.NEW_ADDRESS: _new_address,
    LetterKind.ADDRESS_CHANGING: _address_changing,
    LetterKind.ADDRESS_CHANGED: _address_changed,
    LetterKind.FACTOR_ADDED: _factor_added,
    LetterKind.FACTOR_REMOVED: _factor_removed,
    LetterKind.FACTORS_RESET: _factors_reset,
    LetterKind.RECOVERY_CODE_USED: _recovery_code_used,
    LetterKind.PASSWORD_KNOWN: _password_known,
    LetterKind.PASSKEY_COPIED: _passkey_copied,
    LetterKind.ORIGINALS_AT_FAULT: _originals_at_fault,
    LetterKind.ACCOUNT_SUSPENDED: _account_suspended,
    LetterKind.NOTICE: _notice,
    LetterKind.DIGEST: _digest,
}
