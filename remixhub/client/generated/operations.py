"""Every operation of the API, with types. Written by `scripts/client-api` from the OpenAPI document; do not edit."""

from __future__ import annotations

from typing import Any, Literal

from remixhub.client.generated import schemas
from remixhub.client.operating import Operating


class Operations(Operating):
    """One method for each `operationId`; all raise `Refused` for the API's problems, and `Unreachable`."""

    def abort_upload(self, upload_id: str) -> None:
        """End an upload that nothing uses; safe to repeat."""
        self._nothing("DELETE", f"/uploads/{self._step(upload_id)}")

    def accept_contest_licence(
        self, contest_licence_id: str, body: schemas.Acceptance, *, idempotency_key: str | None = None
    ) -> schemas.ReadContestLicence:
        """Accept the text that was read, named by its digest; the answer is the receipt."""
        answer: schemas.ReadContestLicence = self._json(
            "POST",
            f"/contest-licences/{self._step(contest_licence_id)}/acceptances",
            body=body,
            idempotency_key=idempotency_key,
        )
        return answer

    def accept_label_invitation(self, invitation_token: str, *, idempotency_key: str | None = None) -> schemas.Label:
        """Join the label."""
        answer: schemas.Label = self._json(
            "POST", f"/label-invitations/{self._step(invitation_token)}/acceptance", idempotency_key=idempotency_key
        )
        return answer

    def accept_rules(self, body: schemas.RulesAcceptance, *, idempotency_key: str | None = None) -> None:
        """Say that one has read the rules, by their revision."""
        self._nothing("POST", "/account/rules-acceptance", body=body, idempotency_key=idempotency_key)

    def add_elsewhere_source(
        self, work_id: str, body: schemas.NewElsewhere, *, idempotency_key: str | None = None
    ) -> schemas.ElsewhereSource:
        """Cite a work that is not on this hub, in a draft or in one's published remix; its licence counts as declared."""
        answer: schemas.ElsewhereSource = self._json(
            "POST", f"/works/{self._step(work_id)}/elsewhere-sources", body=body, idempotency_key=idempotency_key
        )
        return answer

    def add_judge(self, contest_id: str, body: schemas.Handle, *, idempotency_key: str | None = None) -> None:
        """Make a member of the label a judge."""
        self._nothing("POST", f"/contests/{self._step(contest_id)}/judges", body=body, idempotency_key=idempotency_key)

    def add_label_release(self, label: str, body: schemas.LabelRelease, *, idempotency_key: str | None = None) -> None:
        """Count one's own published release among the label's."""
        self._nothing("POST", f"/labels/{self._step(label)}/releases", body=body, idempotency_key=idempotency_key)

    def add_link(self, work_id: str, body: schemas.NewSource, *, idempotency_key: str | None = None) -> schemas.Source:
        """Add a source to one's published work; the licences are judged as for a new remix."""
        answer: schemas.Source = self._json(
            "POST", f"/works/{self._step(work_id)}/links", body=body, idempotency_key=idempotency_key
        )
        return answer

    def add_passkey(self, body: schemas.NewPasskey, *, idempotency_key: str | None = None) -> schemas.Passkey:
        """Add a passkey; needs a fresh proof."""
        answer: schemas.Passkey = self._json("POST", "/account/passkeys", body=body, idempotency_key=idempotency_key)
        return answer

    def add_stem(self, work_id: str, body: schemas.NewStem, *, idempotency_key: str | None = None) -> schemas.Stem:
        """Add a verified upload to the draft pack of a work."""
        answer: schemas.Stem = self._json(
            "POST", f"/works/{self._step(work_id)}/stems", body=body, idempotency_key=idempotency_key
        )
        return answer

    def annotate_work(
        self, collection_id: str, work_id: str, body: schemas.WorkNote, *, revision: int
    ) -> schemas.Collection:
        """Write the note of a work in a collection; needs `If-Match`."""
        answer: schemas.Collection = self._json(
            "PATCH",
            f"/collections/{self._step(collection_id)}/works/{self._step(work_id)}",
            body=body,
            revision=revision,
        )
        return answer

    def announce_contest(self, contest_id: str, *, idempotency_key: str | None = None) -> schemas.Contest:
        """Show it to everybody; from now on deadlines only move later. Refused while something is missing."""
        answer: schemas.Contest = self._json(
            "POST", f"/contests/{self._step(contest_id)}/announcement", idempotency_key=idempotency_key
        )
        return answer

    def answer_duel(
        self, contest_id: str, body: schemas.DuelAnswer, *, idempotency_key: str | None = None
    ) -> schemas.CastBallot:
        """Say which of the two is better."""
        answer: schemas.CastBallot = self._json(
            "POST", f"/contests/{self._step(contest_id)}/duels", body=body, idempotency_key=idempotency_key
        )
        return answer

    def answer_judge_request(
        self, contest_id: str, body: schemas.JudgeAnswer, *, idempotency_key: str | None = None
    ) -> schemas.JudgeRequest:
        """Once. A yes makes one a member of the label and a judge of the contest."""
        answer: schemas.JudgeRequest = self._json(
            "POST",
            f"/contests/{self._step(contest_id)}/judge-request/answer",
            body=body,
            idempotency_key=idempotency_key,
        )
        return answer

    def answer_link_claim(
        self, claim_id: str, body: schemas.Answer, *, idempotency_key: str | None = None
    ) -> schemas.Claim:
        """Accept or refuse a claim on one's work; accepting makes the link."""
        answer: schemas.Claim = self._json(
            "POST", f"/link-claims/{self._step(claim_id)}/answer", body=body, idempotency_key=idempotency_key
        )
        return answer

    def answer_permission(
        self, permission_id: str, body: schemas.PermissionAnswer, *, idempotency_key: str | None = None
    ) -> schemas.Permission:
        """Grant it, re-license the work, or decline; for the work's artist, once."""
        answer: schemas.Permission = self._json(
            "POST", f"/permissions/{self._step(permission_id)}/answer", body=body, idempotency_key=idempotency_key
        )
        return answer

    def appeal_suspension(
        self, suspension_id: str, body: schemas.SuspensionAppeal, *, idempotency_key: str | None = None
    ) -> schemas.Suspension:
        """Appeal against the suspension of one's own account, once."""
        answer: schemas.Suspension = self._json(
            "POST", f"/suspensions/{self._step(suspension_id)}/appeal", body=body, idempotency_key=idempotency_key
        )
        return answer

    def appeal_takedown(
        self, takedown_id: str, body: schemas.Appeal, *, idempotency_key: str | None = None
    ) -> schemas.Takedown:
        """Appeal against a takedown of one's own work, once."""
        answer: schemas.Takedown = self._json(
            "POST", f"/takedowns/{self._step(takedown_id)}/appeal", body=body, idempotency_key=idempotency_key
        )
        return answer

    def ask_for_password_reset(self, body: schemas.ResetAsk, *, idempotency_key: str | None = None) -> None:
        """Have a link mailed to set a new password; the answer is the same whether there is such an account."""
        self._nothing("POST", "/password-resets", body=body, idempotency_key=idempotency_key)

    def ask_judge(
        self, contest_id: str, body: schemas.Handle, *, idempotency_key: str | None = None
    ) -> schemas.JudgeRequested:
        """Ask anybody to judge: members of the label judge at once, others are asked by a notice."""
        answer: schemas.JudgeRequested = self._json(
            "POST", f"/contests/{self._step(contest_id)}/judge-requests", body=body, idempotency_key=idempotency_key
        )
        return answer

    def ask_permission(
        self, body: schemas.PermissionQuestion, *, idempotency_key: str | None = None
    ) -> schemas.Permission:
        """Ask the artist of a work for leave to use it where its licence does not allow it, once for each remix."""
        answer: schemas.Permission = self._json("POST", "/permissions", body=body, idempotency_key=idempotency_key)
        return answer

    def begin_code_app(self, *, idempotency_key: str | None = None) -> schemas.CodeApp:
        """Begin to set up an app for codes; needs a fresh proof. It counts once its first code is confirmed."""
        answer: schemas.CodeApp = self._json("POST", "/account/code-app", idempotency_key=idempotency_key)
        return answer

    def begin_play(self, work_id: str, *, idempotency_key: str | None = None) -> schemas.BegunPlay:
        """A player begins a work. Nothing is counted yet."""
        answer: schemas.BegunPlay = self._json(
            "POST", f"/works/{self._step(work_id)}/plays", idempotency_key=idempotency_key
        )
        return answer

    def begin_stem_pack(self, work_id: str, *, idempotency_key: str | None = None) -> schemas.StemPack:
        """Begin the next version of a published work's stems, with copies of the present ones."""
        answer: schemas.StemPack = self._json(
            "POST", f"/works/{self._step(work_id)}/stem-packs", idempotency_key=idempotency_key
        )
        return answer

    def block_account(self, handle: str, *, idempotency_key: str | None = None) -> schemas.Block:
        """Block an account: it cannot comment on your works, answer or mention you, and you see no comment of it. It is not told. Neither of you follows the other any more. Safe to repeat."""
        answer: schemas.Block = self._json(
            "POST", f"/accounts/{self._step(handle)}/block", idempotency_key=idempotency_key
        )
        return answer

    def cancel_contest(
        self, contest_id: str, body: schemas.Cancellation, *, idempotency_key: str | None = None
    ) -> schemas.Contest:
        """End it without a result, for good."""
        answer: schemas.Contest = self._json(
            "POST", f"/contests/{self._step(contest_id)}/cancellation", body=body, idempotency_key=idempotency_key
        )
        return answer

    def change_email(self, body: schemas.EmailEdit, *, revision: int) -> schemas.Account:
        """Change the e-mail address, once a link that goes to it is opened; needs the account's `If-Match`."""
        answer: schemas.Account = self._json("PUT", "/account/email", body=body, revision=revision)
        return answer

    def change_password(self, body: schemas.PasswordEdit, *, revision: int) -> None:
        """Change the password; all sessions end, and the answer sets a new one's cookie. Needs the account's `If-Match`."""
        self._nothing("PUT", "/account/password", body=body, revision=revision)

    def check_contest(self, contest_id: str) -> schemas.ContestReadiness:
        """What is missing or odd before it is announced; errors stop it, warnings are the host's to decide."""
        answer: schemas.ContestReadiness = self._json("GET", f"/contests/{self._step(contest_id)}/announcement")
        return answer

    def check_licences(self, body: schemas.LicenceCheck, *, idempotency_key: str | None = None) -> schemas.Verdict:
        """What a remix of these works may stand under, before it is made: judged over all of their ancestors."""
        answer: schemas.Verdict = self._json("POST", "/licence-checks", body=body, idempotency_key=idempotency_key)
        return answer

    def choose_mail_rhythm(self, topic: str, body: schemas.RhythmChoice, *, idempotency_key: str | None = None) -> None:
        """Have it by mail at once, in a letter a day or a week, or never; safe to repeat."""
        self._nothing(
            "POST", f"/account/mail-topics/{self._step(topic)}/rhythm", body=body, idempotency_key=idempotency_key
        )

    def claim_link(self, work_id: str, body: schemas.NewClaim, *, idempotency_key: str | None = None) -> schemas.Claim:
        """Claim that a published work was made from one's own; its artist answers."""
        answer: schemas.Claim = self._json(
            "POST", f"/works/{self._step(work_id)}/link-claims", body=body, idempotency_key=idempotency_key
        )
        return answer

    def collect_work(
        self, collection_id: str, body: schemas.NewCollectedWork, *, idempotency_key: str | None = None
    ) -> schemas.Collection:
        """Add a published work at the end, with a note."""
        answer: schemas.Collection = self._json(
            "POST", f"/collections/{self._step(collection_id)}/works", body=body, idempotency_key=idempotency_key
        )
        return answer

    def complete_upload(self, upload_id: str, *, idempotency_key: str | None = None) -> schemas.Upload:
        """Close the transfer and order the check; safe to repeat."""
        answer: schemas.Upload = self._json(
            "POST", f"/uploads/{self._step(upload_id)}/complete", idempotency_key=idempotency_key
        )
        return answer

    def confirm_address(self, address_token: str, *, idempotency_key: str | None = None) -> None:
        """What the link to a new address does: the account uses it from now on."""
        self._nothing("POST", f"/address-confirmations/{self._step(address_token)}", idempotency_key=idempotency_key)

    def confirm_code_app(self, body: schemas.AppCode, *, idempotency_key: str | None = None) -> None:
        """Confirm the app by a code of it."""
        self._nothing("POST", "/account/code-app/confirmation", body=body, idempotency_key=idempotency_key)

    def copy_shared_mix(self, share_token: str, *, idempotency_key: str | None = None) -> schemas.BegunMixDraft:
        """Make it one's own: a draft mix that starts from what is shared."""
        answer: schemas.BegunMixDraft = self._json(
            "POST", f"/shared-mixes/{self._step(share_token)}/copy", idempotency_key=idempotency_key
        )
        return answer

    def create_contest(self, body: schemas.NewContest, *, idempotency_key: str | None = None) -> schemas.Contest:
        """Draft a contest; for a label's owners and managers."""
        answer: schemas.Contest = self._json("POST", "/contests", body=body, idempotency_key=idempotency_key)
        return answer

    def create_contest_licence(
        self, body: schemas.NewContestLicence, *, idempotency_key: str | None = None
    ) -> schemas.ReadContestLicence:
        """Write a contest licence; it never changes. The same terms again give the same licence."""
        answer: schemas.ReadContestLicence = self._json(
            "POST", "/contest-licences", body=body, idempotency_key=idempotency_key
        )
        return answer

    def create_hook(self, body: schemas.NewHook, *, idempotency_key: str | None = None) -> schemas.MadeHook:
        """Have events sent to an address; the secret that signs them is shown this once."""
        answer: schemas.MadeHook = self._json("POST", "/hooks", body=body, idempotency_key=idempotency_key)
        return answer

    def create_label(self, body: schemas.NewLabel, *, idempotency_key: str | None = None) -> schemas.Label:
        """Found a label; one is its first owner."""
        answer: schemas.Label = self._json("POST", "/labels", body=body, idempotency_key=idempotency_key)
        return answer

    def create_mix(self, body: schemas.NewMix, *, idempotency_key: str | None = None) -> schemas.Mix:
        """Render a mix spec; poll the mix for its progress. Asking for the same again gives the same mix."""
        answer: schemas.Mix = self._json("POST", "/mixes", body=body, idempotency_key=idempotency_key)
        return answer

    def create_mix_draft(
        self, body: schemas.NewMixDraft, *, idempotency_key: str | None = None
    ) -> schemas.BegunMixDraft:
        """Begin a draft mix over a published stem pack."""
        answer: schemas.BegunMixDraft = self._json("POST", "/mix-drafts", body=body, idempotency_key=idempotency_key)
        return answer

    def create_oauth_client(
        self, body: schemas.NewOAuthClient, *, idempotency_key: str | None = None
    ) -> schemas.MadeOAuthClient:
        """Register an app; if it is confidential its secret is shown this once."""
        answer: schemas.MadeOAuthClient = self._json(
            "POST", "/oauth-clients", body=body, idempotency_key=idempotency_key
        )
        return answer

    def create_release(self, body: schemas.NewRelease, *, idempotency_key: str | None = None) -> schemas.Work:
        """Begin a release: a draft that only its artist sees."""
        answer: schemas.Work = self._json("POST", "/releases", body=body, idempotency_key=idempotency_key)
        return answer

    def create_remix(self, body: schemas.NewRemix, *, idempotency_key: str | None = None) -> schemas.Work:
        """Start a remix; its licence is judged over its sources and all of their ancestors."""
        answer: schemas.Work = self._json("POST", "/remixes", body=body, idempotency_key=idempotency_key)
        return answer

    def create_report(self, body: schemas.NewReport, *, idempotency_key: str | None = None) -> schemas.Report:
        """Report a published work; one open report a work and account."""
        answer: schemas.Report = self._json("POST", "/reports", body=body, idempotency_key=idempotency_key)
        return answer

    def create_token(self, body: schemas.TokenCreate, *, idempotency_key: str | None = None) -> schemas.NewToken:
        """Make a token; it is shown this once."""
        answer: schemas.NewToken = self._json("POST", "/tokens", body=body, idempotency_key=idempotency_key)
        return answer

    def create_upload(self, body: schemas.UploadCreate, *, idempotency_key: str | None = None) -> schemas.Upload:
        """Open an upload; limits and quota answer before a byte is sent."""
        answer: schemas.Upload = self._json("POST", "/uploads", body=body, idempotency_key=idempotency_key)
        return answer

    def deal_works(self, contest_id: str, *, idempotency_key: str | None = None) -> schemas.Deal:
        """Deal the sources, once; for the host."""
        answer: schemas.Deal = self._json(
            "POST", f"/contests/{self._step(contest_id)}/deal", idempotency_key=idempotency_key
        )
        return answer

    def decide_contest(self, contest_id: str, *, idempotency_key: str | None = None) -> schemas.Contest:
        """Count all ballots and publish the result, once; for the host."""
        answer: schemas.Contest = self._json(
            "POST", f"/contests/{self._step(contest_id)}/decision", idempotency_key=idempotency_key
        )
        return answer

    def decide_elsewhere_dispute(
        self, work_id: str, elsewhere_id: str, body: schemas.LinkDecision, *, idempotency_key: str | None = None
    ) -> None:
        """Uphold or remove a disputed one; for operators."""
        self._nothing(
            "POST",
            f"/works/{self._step(work_id)}/elsewhere-sources/{self._step(elsewhere_id)}/decision",
            body=body,
            idempotency_key=idempotency_key,
        )

    def decide_link_dispute(
        self, work_id: str, source_id: str, body: schemas.LinkDecision, *, idempotency_key: str | None = None
    ) -> None:
        """Uphold or remove a disputed link; for operators."""
        self._nothing(
            "POST",
            f"/works/{self._step(work_id)}/links/{self._step(source_id)}/decision",
            body=body,
            idempotency_key=idempotency_key,
        )

    def decide_report(
        self, report_id: str, body: schemas.Decision, *, idempotency_key: str | None = None
    ) -> schemas.Report:
        """Uphold or dismiss an open report; for moderators. An upheld one of a comment removes that, one of a collection leaves it to its owner alone, and tells whose it is; taking works down is a step of its own."""
        answer: schemas.Report = self._json(
            "POST", f"/reports/{self._step(report_id)}/decision", body=body, idempotency_key=idempotency_key
        )
        return answer

    def decide_suspension(
        self, suspension_id: str, body: schemas.SuspensionDecision, *, idempotency_key: str | None = None
    ) -> schemas.Suspension:
        """Refuse an appeal, or lift the suspension. For operators."""
        answer: schemas.Suspension = self._json(
            "POST", f"/suspensions/{self._step(suspension_id)}/decision", body=body, idempotency_key=idempotency_key
        )
        return answer

    def decide_takedown(
        self, takedown_id: str, body: schemas.TakedownDecision, *, idempotency_key: str | None = None
    ) -> schemas.Takedown:
        """Keep an appealed takedown, or lift it: each work returns to the state it had. For moderators."""
        answer: schemas.Takedown = self._json(
            "POST", f"/takedowns/{self._step(takedown_id)}/decision", body=body, idempotency_key=idempotency_key
        )
        return answer

    def declare_conflict(self, contest_id: str, entry_id: str, body: schemas.ConflictDeclaration) -> None:
        """A judge stands aside from an entry."""
        self._nothing("PUT", f"/contests/{self._step(contest_id)}/conflicts/{self._step(entry_id)}", body=body)

    def decline_far_remixes(self) -> None:
        """Be told of direct remixes alone; safe to repeat."""
        self._nothing("DELETE", "/account/far-remixes/wish")

    def decline_mail(self, topic: str) -> None:
        """Have it by mail no more; safe to repeat."""
        self._nothing("DELETE", f"/account/mail-topics/{self._step(topic)}/wish")

    def delete_account(self, body: schemas.Deletion) -> None:
        """Delete the account; published works stay or become tombstones."""
        self._nothing("DELETE", "/account", body=body)

    def delete_collection(self, collection_id: str, *, revision: int) -> None:
        """Delete a collection; needs `If-Match`. Its works stay where they are."""
        self._nothing("DELETE", f"/collections/{self._step(collection_id)}", revision=revision)

    def delete_comment(self, comment_id: str) -> None:
        """Delete one's own comment, or remove one on one's own work; its place in the thread stays. Safe to repeat."""
        self._nothing("DELETE", f"/comments/{self._step(comment_id)}")

    def delete_elsewhere_source(self, work_id: str, elsewhere_id: str, *, revision: int) -> None:
        """Leave it out of a draft; needs `If-Match`."""
        self._nothing(
            "DELETE", f"/works/{self._step(work_id)}/elsewhere-sources/{self._step(elsewhere_id)}", revision=revision
        )

    def delete_hook(self, hook_id: str) -> None:
        """Delete it with its log; what is still on the way does not go."""
        self._nothing("DELETE", f"/hooks/{self._step(hook_id)}")

    def delete_mix(self, mix_id: str) -> None:
        """Delete a mix; a remix that took it over keeps its audio."""
        self._nothing("DELETE", f"/mixes/{self._step(mix_id)}")

    def delete_mix_draft(self, mix_draft_id: str) -> None:
        """Delete a draft mix with its revisions; what was rendered of it stays."""
        self._nothing("DELETE", f"/mix-drafts/{self._step(mix_draft_id)}")

    def delete_oauth_client(self, client_id: str) -> None:
        """Remove it; whoever let it in is rid of it at once."""
        self._nothing("DELETE", f"/oauth-clients/{self._step(client_id)}")

    def delete_saved_search(self, saved_search_id: str) -> None:
        """Keep it no more."""
        self._nothing("DELETE", f"/account/searches/{self._step(saved_search_id)}")

    def delete_work(self, work_id: str, *, revision: int) -> None:
        """Delete a draft with its stems; needs `If-Match`."""
        self._nothing("DELETE", f"/works/{self._step(work_id)}", revision=revision)

    def discard_stem_pack(self, stem_pack_id: str) -> None:
        """Discard the draft of a next version."""
        self._nothing("DELETE", f"/stem-packs/{self._step(stem_pack_id)}")

    def dispute_elsewhere_source(
        self, work_id: str, elsewhere_id: str, body: schemas.Note, *, idempotency_key: str | None = None
    ) -> None:
        """Dispute it in one's own published work; it is marked until an operator decides."""
        self._nothing(
            "POST",
            f"/works/{self._step(work_id)}/elsewhere-sources/{self._step(elsewhere_id)}/dispute",
            body=body,
            idempotency_key=idempotency_key,
        )

    def dispute_link(
        self, work_id: str, source_id: str, body: schemas.Note, *, idempotency_key: str | None = None
    ) -> None:
        """Dispute a link of one's own work, or to it; it is marked until an operator decides."""
        self._nothing(
            "POST",
            f"/works/{self._step(work_id)}/links/{self._step(source_id)}/dispute",
            body=body,
            idempotency_key=idempotency_key,
        )

    def draw_lineage(
        self, work_id: str, *, limit: int | None = None, open: list[str] | None = None
    ) -> schemas.LineageDrawing:
        """The work with its nearest ancestors and descendants, each with its place: columns are generations."""
        answer: schemas.LineageDrawing = self._json(
            "GET", f"/works/{self._step(work_id)}/lineage-drawing", query={"limit": limit, "open": open}
        )
        return answer

    def drop_follow(self, follow_id: str) -> None:
        """Follow something no more, whatever it is."""
        self._nothing("DELETE", f"/account/follows/{self._step(follow_id)}")

    def drop_password(self) -> None:
        """Do without a password: passkeys are the only way in. Needs a fresh proof."""
        self._nothing("DELETE", "/account/password")

    def drop_pick(self, work_id: str) -> None:
        """For operators: take a work out of the picks. Safe to repeat."""
        self._nothing("DELETE", f"/works/{self._step(work_id)}/pick")

    def edit_account(self, body: schemas.ProfileEdit, *, revision: int) -> schemas.Account:
        """Edit the profile; needs `If-Match`."""
        answer: schemas.Account = self._json("PATCH", "/account", body=body, revision=revision)
        return answer

    def edit_collection(
        self, collection_id: str, body: schemas.CollectionFacts, *, revision: int
    ) -> schemas.Collection:
        """Edit title, text and who sees it; needs `If-Match`."""
        answer: schemas.Collection = self._json(
            "PATCH", f"/collections/{self._step(collection_id)}", body=body, revision=revision
        )
        return answer

    def edit_comment(self, comment_id: str, body: schemas.CommentText, *, revision: int) -> schemas.Comment:
        """Edit one's own comment; needs `If-Match`. What it said before stays readable."""
        answer: schemas.Comment = self._json(
            "PATCH", f"/comments/{self._step(comment_id)}", body=body, revision=revision
        )
        return answer

    def edit_contest(self, contest_id: str, body: schemas.ContestFacts, *, revision: int) -> schemas.Contest:
        """Edit it; terms until the first entry, dates until it is announced. Needs `If-Match`."""
        answer: schemas.Contest = self._json(
            "PATCH", f"/contests/{self._step(contest_id)}", body=body, revision=revision
        )
        return answer

    def edit_elsewhere_source(
        self, work_id: str, elsewhere_id: str, body: schemas.ElsewhereFacts, *, revision: int
    ) -> schemas.ElsewhereSource:
        """Change what a draft says of it; needs `If-Match`. Another address makes it another source."""
        answer: schemas.ElsewhereSource = self._json(
            "PATCH",
            f"/works/{self._step(work_id)}/elsewhere-sources/{self._step(elsewhere_id)}",
            body=body,
            revision=revision,
        )
        return answer

    def edit_hook(self, hook_id: str, body: schemas.HookEdit, *, revision: int) -> schemas.Hook:
        """Change name, address or events, turn it off or on; needs `If-Match`."""
        answer: schemas.Hook = self._json("PATCH", f"/hooks/{self._step(hook_id)}", body=body, revision=revision)
        return answer

    def edit_house(self, body: schemas.HouseEdit, *, revision: int) -> schemas.House:
        """Change the house; needs `If-Match`. For operators."""
        answer: schemas.House = self._json("PATCH", "/house", body=body, revision=revision)
        return answer

    def edit_label(self, label: str, body: schemas.LabelFacts, *, revision: int) -> schemas.Label:
        """For owners and managers; needs `If-Match`."""
        answer: schemas.Label = self._json("PATCH", f"/labels/{self._step(label)}", body=body, revision=revision)
        return answer

    def edit_oauth_client(self, client_id: str, body: schemas.OAuthClientEdit, *, revision: int) -> schemas.OAuthClient:
        """Change its name, addresses or scopes; needs `If-Match`. Tokens that it has stay as they are."""
        answer: schemas.OAuthClient = self._json(
            "PATCH", f"/oauth-clients/{self._step(client_id)}", body=body, revision=revision
        )
        return answer

    def edit_saved_search(
        self, saved_search_id: str, body: schemas.SavedSearchFacts, *, revision: int
    ) -> schemas.SavedSearch:
        """Call it otherwise, or be told of it or not; needs `If-Match`."""
        answer: schemas.SavedSearch = self._json(
            "PATCH", f"/account/searches/{self._step(saved_search_id)}", body=body, revision=revision
        )
        return answer

    def edit_stem(self, stem_id: str, body: schemas.StemEdit, *, revision: int) -> schemas.Stem:
        """Name, order or weigh a stem of a draft pack; needs the stem's `revision` as `If-Match`."""
        answer: schemas.Stem = self._json("PATCH", f"/stems/{self._step(stem_id)}", body=body, revision=revision)
        return answer

    def edit_work(self, work_id: str, body: schemas.WorkEdit, *, revision: int) -> schemas.Work:
        """Edit what a work says of itself; needs `If-Match`. A new licence never changes what was declared before."""
        answer: schemas.Work = self._json("PATCH", f"/works/{self._step(work_id)}", body=body, revision=revision)
        return answer

    def end_account_sessions(self, handle: str, body: schemas.Ending) -> schemas.Ended:
        """Sign an account out everywhere; for operators."""
        answer: schemas.Ended = self._json("DELETE", f"/accounts/{self._step(handle)}/sessions", body=body)
        return answer

    def end_mix_draft_share(self, mix_draft_id: str) -> None:
        """End the link for good; sharing again makes another."""
        self._nothing("DELETE", f"/mix-drafts/{self._step(mix_draft_id)}/share")

    def end_play(self, body: schemas.HeardPlay, *, idempotency_key: str | None = None) -> None:
        """Ten seconds were heard: counted once an hour for each listener, within some seconds."""
        self._nothing("POST", "/plays", body=body, idempotency_key=idempotency_key)

    def end_session(self, session_id: str) -> None:
        """End one of one's own sessions, wherever it is."""
        self._nothing("DELETE", f"/sessions/{self._step(session_id)}")

    def export_contest(self, contest_id: str) -> bytes:
        """Everything that the result was computed from, for `python -m remixhub verify-contest`."""
        answer: bytes = self._bytes("GET", f"/contests/{self._step(contest_id)}/export")
        return answer

    def export_graph(self, format: Literal["graphml", "jgf", "jsonld", "dot", "svg"]) -> bytes:
        """Everything published and every tombstone, with all links, in one file."""
        answer: bytes = self._bytes("GET", f"/graph-exports/{self._step(format)}")
        return answer

    def export_lineage(self, work_id: str, format: Literal["graphml", "jgf", "jsonld", "dot", "svg"]) -> bytes:
        """The work with all its ancestors and descendants, and the links among them, in one file."""
        answer: bytes = self._bytes("GET", f"/works/{self._step(work_id)}/lineage-exports/{self._step(format)}")
        return answer

    def extend_contest(
        self, contest_id: str, body: schemas.Extension, *, idempotency_key: str | None = None
    ) -> schemas.Contest:
        """Later deadlines, with a note that everybody reads."""
        answer: schemas.Contest = self._json(
            "POST", f"/contests/{self._step(contest_id)}/extensions", body=body, idempotency_key=idempotency_key
        )
        return answer

    def find_path(self, work_id: str, *, to: str) -> schemas.Path:
        """A shortest path to the work named by `to`, over links in either direction, to sources from elsewhere too."""
        answer: schemas.Path = self._json("GET", f"/works/{self._step(work_id)}/path", query={"to": to})
        return answer

    def follow_artist(self, handle: str, *, idempotency_key: str | None = None) -> schemas.Follow:
        """Follow an artist. Safe to repeat."""
        answer: schemas.Follow = self._json(
            "POST", f"/accounts/{self._step(handle)}/follow", idempotency_key=idempotency_key
        )
        return answer

    def follow_label(self, label: str, *, idempotency_key: str | None = None) -> schemas.Follow:
        """Follow a label. Safe to repeat."""
        answer: schemas.Follow = self._json(
            "POST", f"/labels/{self._step(label)}/follow", idempotency_key=idempotency_key
        )
        return answer

    def follow_tag(self, body: schemas.NewTagFollow, *, idempotency_key: str | None = None) -> schemas.Follow:
        """Follow a tag. Safe to repeat."""
        answer: schemas.Follow = self._json("POST", "/account/tag-follows", body=body, idempotency_key=idempotency_key)
        return answer

    def follow_work(self, work_id: str, *, idempotency_key: str | None = None) -> schemas.Follow:
        """Be told of remixes of a work. Safe to repeat."""
        answer: schemas.Follow = self._json(
            "POST", f"/works/{self._step(work_id)}/follow", idempotency_key=idempotency_key
        )
        return answer

    def get_account(self) -> schemas.Account:
        """One's own account."""
        answer: schemas.Account = self._json("GET", "/account")
        return answer

    def get_allowed_licences(self, work_id: str) -> schemas.AllowedLicences:
        """What the lineage of a work allows, for itself and for remixes of it."""
        answer: schemas.AllowedLicences = self._json("GET", f"/works/{self._step(work_id)}/allowed-licences")
        return answer

    def get_bundle(
        self, bundle_kind: Literal["work", "contest", "collection", "label"], bundled_id: str
    ) -> schemas.Bundle:
        """What a bundle would hold, and where it is, or how far the worker is that makes it."""
        answer: schemas.Bundle = self._json("GET", f"/bundles/{self._step(bundle_kind)}/{self._step(bundled_id)}")
        return answer

    def get_collection(self, collection_id: str) -> schemas.Collection:
        """A collection with its works."""
        answer: schemas.Collection = self._json("GET", f"/collections/{self._step(collection_id)}")
        return answer

    def get_comment(self, comment_id: str) -> schemas.Comment:
        """A comment; one that is gone without its words and its author."""
        answer: schemas.Comment = self._json("GET", f"/comments/{self._step(comment_id)}")
        return answer

    def get_contest(self, contest_id: str) -> schemas.Contest:
        """A contest as one sees it now."""
        answer: schemas.Contest = self._json("GET", f"/contests/{self._step(contest_id)}")
        return answer

    def get_contest_licence(self, contest_licence_id: str) -> schemas.ReadContestLicence:
        """A contest licence with its text."""
        answer: schemas.ReadContestLicence = self._json("GET", f"/contest-licences/{self._step(contest_licence_id)}")
        return answer

    def get_contest_result(self, contest_id: str) -> schemas.Result:
        """Standings, score sheets, and what was left out and why."""
        answer: schemas.Result = self._json("GET", f"/contests/{self._step(contest_id)}/result")
        return answer

    def get_contest_sign_up(self, contest_id: str) -> schemas.ContestSignUp:
        """One's own, with what one was dealt."""
        answer: schemas.ContestSignUp = self._json("GET", f"/contests/{self._step(contest_id)}/sign-up")
        return answer

    def get_duel(self, contest_id: str) -> schemas.Duel:
        """The duel that waits for one's answer; null on both sides when all are answered."""
        answer: schemas.Duel = self._json("GET", f"/contests/{self._step(contest_id)}/duel")
        return answer

    def get_elsewhere_node(
        self, elsewhere_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> schemas.ElsewhereNodePage:
        """A work that is not on this hub, by those here that were made from it."""
        answer: schemas.ElsewhereNodePage = self._json(
            "GET", f"/elsewhere-sources/{self._step(elsewhere_id)}", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def get_elsewhere_source(self, work_id: str, elsewhere_id: str) -> schemas.ElsewhereSource:
        """One of them; the `ETag` is the work's."""
        answer: schemas.ElsewhereSource = self._json(
            "GET", f"/works/{self._step(work_id)}/elsewhere-sources/{self._step(elsewhere_id)}"
        )
        return answer

    def get_entry_archive(self, contest_id: str) -> schemas.Archive:
        """The entries that count as one ZIP with their audio: where it is, or how far the worker is; for the host."""
        answer: schemas.Archive = self._json("GET", f"/contests/{self._step(contest_id)}/entries-archive")
        return answer

    def get_entry_receipt(self, entry_receipt_id: str) -> schemas.ReceiptOfEntry:
        """One's own receipt."""
        answer: schemas.ReceiptOfEntry = self._json("GET", f"/entry-receipts/{self._step(entry_receipt_id)}")
        return answer

    def get_factors(self) -> schemas.Factors:
        """What one's own account has to sign in with."""
        answer: schemas.Factors = self._json("GET", "/account/factors")
        return answer

    def get_handback(self, work_id: str) -> schemas.Handback:
        """What the latest session of a draft of one's own proposes."""
        answer: schemas.Handback = self._json("GET", f"/works/{self._step(work_id)}/handback")
        return answer

    def get_hook(self, hook_id: str) -> schemas.Hook:
        """One webhook; its `ETag` is for changing it."""
        answer: schemas.Hook = self._json("GET", f"/hooks/{self._step(hook_id)}")
        return answer

    def get_house(self) -> schemas.House:
        """What the hub is called, its imprint and rules, and who may sign up."""
        answer: schemas.House = self._json("GET", "/house")
        return answer

    def get_influence(self, handle: str) -> schemas.Influence:
        """How far the works of an account have reached."""
        answer: schemas.Influence = self._json("GET", f"/accounts/{self._step(handle)}/influence")
        return answer

    def get_job(self, job_id: str) -> schemas.Job:
        """A job that one has caused: how far it is, what it waits for by our fault, or what it died of."""
        answer: schemas.Job = self._json("GET", f"/jobs/{self._step(job_id)}")
        return answer

    def get_judge_request(self, contest_id: str) -> schemas.JudgeRequest:
        """One's own: who asks, and what one said."""
        answer: schemas.JudgeRequest = self._json("GET", f"/contests/{self._step(contest_id)}/judge-request")
        return answer

    def get_judging_desk(self, contest_id: str) -> schemas.Desk:
        """A judge's entries without names, in an order of their own."""
        answer: schemas.Desk = self._json("GET", f"/contests/{self._step(contest_id)}/desk")
        return answer

    def get_judging_progress(self, contest_id: str) -> schemas.JudgingProgress:
        """How far each judge is, and which entries lack score sheets; for the host."""
        answer: schemas.JudgingProgress = self._json("GET", f"/contests/{self._step(contest_id)}/judging-progress")
        return answer

    def get_label(self, label: str) -> schemas.Label:
        """A label with its members."""
        answer: schemas.Label = self._json("GET", f"/labels/{self._step(label)}")
        return answer

    def get_label_invitation(self, invitation_token: str) -> schemas.LabelInvitation:
        """What an invitation invites to."""
        answer: schemas.LabelInvitation = self._json("GET", f"/label-invitations/{self._step(invitation_token)}")
        return answer

    def get_lineage(self, work_id: str, *, limit: int | None = None) -> schemas.Lineage:
        """The work with its nearest ancestors and descendants, nearest first, and the links among them."""
        answer: schemas.Lineage = self._json("GET", f"/works/{self._step(work_id)}/lineage", query={"limit": limit})
        return answer

    def get_mix(self, mix_id: str) -> schemas.Mix:
        """A mix with its progress; cheap enough to poll."""
        answer: schemas.Mix = self._json("GET", f"/mixes/{self._step(mix_id)}")
        return answer

    def get_mix_draft(self, mix_draft_id: str) -> schemas.MixDraft:
        """A draft mix as it was saved last."""
        answer: schemas.MixDraft = self._json("GET", f"/mix-drafts/{self._step(mix_draft_id)}")
        return answer

    def get_mix_draft_revision(self, mix_draft_id: str, revision: str) -> schemas.MixRevision:
        """One state; save its spec to go back to it."""
        answer: schemas.MixRevision = self._json(
            "GET", f"/mix-drafts/{self._step(mix_draft_id)}/revisions/{self._step(revision)}"
        )
        return answer

    def get_mix_export(
        self, mix_id: str, export_format: Literal["dawproject", "reaper", "stems", "stems_alac"]
    ) -> schemas.Archive:
        """A mix as the session of a music program, with clips, gains, pans, fades and automation as on the desk."""
        answer: schemas.Archive = self._json("GET", f"/mixes/{self._step(mix_id)}/exports/{self._step(export_format)}")
        return answer

    def get_neighbourhood(
        self, work_id: str, *, hops: int | None = None, limit: int | None = None
    ) -> schemas.Neighbourhood:
        """The works within some hops in either direction, nearest first, and the links among them."""
        answer: schemas.Neighbourhood = self._json(
            "GET", f"/works/{self._step(work_id)}/neighbourhood", query={"hops": hops, "limit": limit}
        )
        return answer

    def get_oauth_client(self, client_id: str) -> schemas.OAuthClient:
        """One of them; its `ETag` is for changing it."""
        answer: schemas.OAuthClient = self._json("GET", f"/oauth-clients/{self._step(client_id)}")
        return answer

    def get_password_reset(self, reset_token: str) -> schemas.PasswordReset:
        """Whose password the link sets, and the access tokens that may end with the old one; it stays good."""
        answer: schemas.PasswordReset = self._json("GET", f"/password-resets/{self._step(reset_token)}")
        return answer

    def get_permission(self, permission_id: str) -> schemas.Permission:
        """For both sides; for everybody once a published remix stands on it."""
        answer: schemas.Permission = self._json("GET", f"/permissions/{self._step(permission_id)}")
        return answer

    def get_profile(self, handle: str) -> schemas.Profile:
        """Somebody's public profile."""
        answer: schemas.Profile = self._json("GET", f"/accounts/{self._step(handle)}")
        return answer

    def get_receipt(self, receipt_id: str) -> schemas.Receipt:
        """A receipt, to be shown to whoever asks for it."""
        answer: schemas.Receipt = self._json("GET", f"/receipts/{self._step(receipt_id)}")
        return answer

    def get_saved_search(self, saved_search_id: str) -> schemas.SavedSearch:
        """One of one's own."""
        answer: schemas.SavedSearch = self._json("GET", f"/account/searches/{self._step(saved_search_id)}")
        return answer

    def get_shared_mix(self, share_token: str) -> schemas.SharedMix:
        """A shared mix, for whoever may hear its stems."""
        answer: schemas.SharedMix = self._json("GET", f"/shared-mixes/{self._step(share_token)}")
        return answer

    def get_shares(self, work_id: str) -> schemas.Split:
        """Who gets what of a work, by what its sources stated when they were cited."""
        answer: schemas.Split = self._json("GET", f"/works/{self._step(work_id)}/shares")
        return answer

    def get_stem_original(self, stem_id: str) -> str:
        """Download a stem as it was uploaded."""
        answer: str = self._address("GET", f"/stems/{self._step(stem_id)}/original")
        return answer

    def get_stem_pack(self, stem_pack_id: str) -> schemas.StemPack:
        """A pack with its stems, their measurements and where to play them."""
        answer: schemas.StemPack = self._json("GET", f"/stem-packs/{self._step(stem_pack_id)}")
        return answer

    def get_stem_pack_archive(self, stem_pack_id: str) -> schemas.Archive:
        """The whole pack as one ZIP: where it is, how far the worker is that builds it, or that nobody ordered it."""
        answer: schemas.Archive = self._json("GET", f"/stem-packs/{self._step(stem_pack_id)}/archive")
        return answer

    def get_stem_pack_export(
        self,
        stem_pack_id: str,
        export_format: Literal["dawproject", "reaper", "ableton", "audacity", "stems", "stems_alac"],
    ) -> schemas.Archive:
        """A pack as the session of a music program: where it is, or how far the worker is that makes it."""
        answer: schemas.Archive = self._json(
            "GET", f"/stem-packs/{self._step(stem_pack_id)}/exports/{self._step(export_format)}"
        )
        return answer

    def get_stem_pack_receipt(self, stem_pack_id: str) -> dict[str, Any]:
        """The receipt as a file that the hub signs, for whoever takes the stems without an account; the ZIP has it too."""
        answer: dict[str, Any] = self._json("GET", f"/stem-packs/{self._step(stem_pack_id)}/receipt")
        return answer

    def get_suspension(self, suspension_id: str) -> schemas.Suspension:
        """A suspension, for operators and the account itself."""
        answer: schemas.Suspension = self._json("GET", f"/suspensions/{self._step(suspension_id)}")
        return answer

    def get_takedown(self, takedown_id: str) -> schemas.Takedown:
        """A takedown, for moderators and the artists concerned; an artist sees their own works and appeal of it."""
        answer: schemas.Takedown = self._json("GET", f"/takedowns/{self._step(takedown_id)}")
        return answer

    def get_takedown_reach(self, work_id: str, *, limit: int | None = None) -> schemas.Reach:
        """What a takedown of the work would touch, and through which path; nothing is done. For moderators."""
        answer: schemas.Reach = self._json(
            "GET", f"/works/{self._step(work_id)}/takedown-reach", query={"limit": limit}
        )
        return answer

    def get_upload(self, upload_id: str) -> schemas.UploadStatus:
        """The state of an upload, and the parts that have arrived."""
        answer: schemas.UploadStatus = self._json("GET", f"/uploads/{self._step(upload_id)}")
        return answer

    def get_work(self, work_id: str) -> schemas.Work:
        """A work; withdrawn ones as a tombstone."""
        answer: schemas.Work = self._json("GET", f"/works/{self._step(work_id)}")
        return answer

    def give_score(
        self, contest_id: str, body: schemas.EntryScore, *, idempotency_key: str | None = None
    ) -> schemas.CastBallot:
        """A voter's score for an entry, from 0 to 10."""
        answer: schemas.CastBallot = self._json(
            "POST", f"/contests/{self._step(contest_id)}/entry-scores", body=body, idempotency_key=idempotency_key
        )
        return answer

    def group_stems(self, stem_pack_id: str, body: schemas.StemPackEdit, *, revision: int) -> schemas.StemPack:
        """Say with which of four families each stem goes, of published packs too; `If-Match` takes the `revision`."""
        answer: schemas.StemPack = self._json(
            "PATCH", f"/stem-packs/{self._step(stem_pack_id)}", body=body, revision=revision
        )
        return answer

    def hand_back(
        self, work_id: str, body: schemas.NewHandback, *, idempotency_key: str | None = None
    ) -> schemas.Handback:
        """Have a session looked through for stems of the hub. They are proposed as sources, and nothing is changed."""
        answer: schemas.Handback = self._json(
            "POST", f"/works/{self._step(work_id)}/handback", body=body, idempotency_key=idempotency_key
        )
        return answer

    def invite_to_hub(
        self, body: schemas.NewHubInvitation, *, idempotency_key: str | None = None
    ) -> schemas.MadeHubInvitation:
        """Make a link by which others sign up. For operators, and for everybody as far as the house lets them."""
        answer: schemas.MadeHubInvitation = self._json(
            "POST", "/invitations", body=body, idempotency_key=idempotency_key
        )
        return answer

    def invite_to_label(
        self, label: str, body: schemas.LabelRole, *, idempotency_key: str | None = None
    ) -> schemas.NewLabelInvitation:
        """A link that makes one account a member; owners invite anybody, managers judges."""
        answer: schemas.NewLabelInvitation = self._json(
            "POST", f"/labels/{self._step(label)}/invitations", body=body, idempotency_key=idempotency_key
        )
        return answer

    def keep_address(self, address_token: str, *, idempotency_key: str | None = None) -> None:
        """What the link to the old address does: it stays or comes back, and all sessions end."""
        self._nothing("POST", f"/address-reversals/{self._step(address_token)}", idempotency_key=idempotency_key)

    def like_work(self, work_id: str, *, idempotency_key: str | None = None) -> schemas.Like:
        """Like a work. Safe to repeat; who likes what is told to nobody."""
        answer: schemas.Like = self._json("POST", f"/works/{self._step(work_id)}/like", idempotency_key=idempotency_key)
        return answer

    def list_acting_apps(self) -> schemas.ActingAppList:
        """Apps that act for oneself; the one that was let in last comes first."""
        answer: schemas.ActingAppList = self._json("GET", "/acting-apps")
        return answer

    def list_ancestors(self, work_id: str, *, cursor: str | None = None, limit: int | None = None) -> schemas.NodePage:
        """Everything the work came from, oldest first."""
        answer: schemas.NodePage = self._json(
            "GET", f"/works/{self._step(work_id)}/ancestors", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def list_ancestry(
        self, work_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> schemas.AncestryPage:
        """Every ancestor with its generation and the number of ways to it, nearest generation first."""
        answer: schemas.AncestryPage = self._json(
            "GET", f"/works/{self._step(work_id)}/ancestry", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def list_answers(
        self, comment_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> schemas.AnswerPage:
        """The answers of the thread that the comment begins, the oldest first."""
        answer: schemas.AnswerPage = self._json(
            "GET", f"/comments/{self._step(comment_id)}/answers", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def list_audit_entries(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        action: str | None = None,
        actor: str | None = None,
        subject: str | None = None,
        address: str | None = None,
        since: str | None = None,
    ) -> schemas.AuditPage:
        """Who changed what, what was tried and refused, and from where; newest first. For operators."""
        answer: schemas.AuditPage = self._json(
            "GET",
            "/audit-entries",
            query={
                "cursor": cursor,
                "limit": limit,
                "action": action,
                "actor": actor,
                "subject": subject,
                "address": address,
                "since": since,
            },
        )
        return answer

    def list_blocks(self, *, cursor: str | None = None, limit: int | None = None) -> schemas.BlockPage:
        """Whom one blocks, the newest first."""
        answer: schemas.BlockPage = self._json("GET", "/account/blocks", query={"cursor": cursor, "limit": limit})
        return answer

    def list_collections(
        self, handle: str, *, cursor: str | None = None, limit: int | None = None
    ) -> schemas.CollectionPage:
        """The public ones of an account, the newest first."""
        answer: schemas.CollectionPage = self._json(
            "GET", f"/accounts/{self._step(handle)}/collections", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def list_comment_revisions(
        self, comment_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> schemas.CommentRevisionPage:
        """What a comment said before it was edited, the newest first."""
        answer: schemas.CommentRevisionPage = self._json(
            "GET", f"/comments/{self._step(comment_id)}/revisions", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def list_comments(
        self,
        work_id: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        order: Literal["newest", "oldest", "moment"] | None = None,
    ) -> schemas.ThreadPage:
        """The comments that begin threads; none where they are hidden, or the work is a tombstone."""
        answer: schemas.ThreadPage = self._json(
            "GET", f"/works/{self._step(work_id)}/comments", query={"cursor": cursor, "limit": limit, "order": order}
        )
        return answer

    def list_common_ancestors(
        self, work_id: str, *, cursor: str | None = None, limit: int | None = None, with_: str
    ) -> schemas.CommonAncestorPage:
        """What this work and the one named by `with` both came from, nearest first."""
        answer: schemas.CommonAncestorPage = self._json(
            "GET",
            f"/works/{self._step(work_id)}/common-ancestors",
            query={"cursor": cursor, "limit": limit, "with": with_},
        )
        return answer

    def list_contest_licences(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> schemas.ContestLicencePage:
        """Those that one wrote, newest first."""
        answer: schemas.ContestLicencePage = self._json(
            "GET", "/account/contest-licences", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def list_contests(
        self, *, cursor: str | None = None, limit: int | None = None, label: str | None = None
    ) -> schemas.ContestPage:
        """Announced contests, those that close last first."""
        answer: schemas.ContestPage = self._json(
            "GET", "/contests", query={"cursor": cursor, "limit": limit, "label": label}
        )
        return answer

    def list_credits(self, work_id: str, *, cursor: str | None = None, limit: int | None = None) -> schemas.CreditPage:
        """Every credit owed over all ancestors, oldest ancestor first, each once."""
        answer: schemas.CreditPage = self._json(
            "GET", f"/works/{self._step(work_id)}/credits", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def list_descendants(
        self,
        work_id: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        order: Literal["oldest", "newest"] | None = None,
    ) -> schemas.NodePage:
        """Everything that came from the work. A page of another order needs a cursor of that order."""
        answer: schemas.NodePage = self._json(
            "GET", f"/works/{self._step(work_id)}/descendants", query={"cursor": cursor, "limit": limit, "order": order}
        )
        return answer

    def list_elsewhere_events(self, work_id: str) -> schemas.ElsewhereEvents:
        """What happened to the work's sources from elsewhere since its publication, newest first."""
        answer: schemas.ElsewhereEvents = self._json("GET", f"/works/{self._step(work_id)}/elsewhere-events")
        return answer

    def list_elsewhere_sources(self, work_id: str) -> schemas.ElsewhereSources:
        """What the work cites that is not on this hub, in the remixer's order."""
        answer: schemas.ElsewhereSources = self._json("GET", f"/works/{self._step(work_id)}/elsewhere-sources")
        return answer

    def list_entries(
        self, contest_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> schemas.EntryPage:
        """Those that one may see by name now."""
        answer: schemas.EntryPage = self._json(
            "GET", f"/contests/{self._step(contest_id)}/entries", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def list_feed(self, *, cursor: str | None = None, limit: int | None = None) -> schemas.FeedPage:
        """What is new from all that one follows, the newest first; one's own works are left out, so that a page may be shorter than `limit` before the last one."""
        answer: schemas.FeedPage = self._json("GET", "/feed", query={"cursor": cursor, "limit": limit})
        return answer

    def list_flags(self, contest_id: str) -> schemas.Flags:
        """Ballots that looked arranged when they were looked through last, with the reasons; for the host."""
        answer: schemas.Flags = self._json("GET", f"/contests/{self._step(contest_id)}/flags")
        return answer

    def list_follows(self, *, cursor: str | None = None, limit: int | None = None) -> schemas.FollowPage:
        """Whom and what one follows, the newest first."""
        answer: schemas.FollowPage = self._json("GET", "/account/follows", query={"cursor": cursor, "limit": limit})
        return answer

    def list_hook_deliveries(
        self, hook_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> schemas.HookDeliveryPage:
        """What was sent in the last thirty days and what came back, newest first."""
        answer: schemas.HookDeliveryPage = self._json(
            "GET", f"/hooks/{self._step(hook_id)}/deliveries", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def list_hooks(self) -> schemas.HookList:
        """One's own, those of labels that one owns, and to operators those of the hub."""
        answer: schemas.HookList = self._json("GET", "/hooks")
        return answer

    def list_invitations(self, *, cursor: str | None = None, limit: int | None = None) -> schemas.HubInvitationPage:
        """One's own invitations and who came by them, to operators everybody's; the newest first."""
        answer: schemas.HubInvitationPage = self._json("GET", "/invitations", query={"cursor": cursor, "limit": limit})
        return answer

    def list_label_releases(
        self, label: str, *, cursor: str | None = None, limit: int | None = None
    ) -> schemas.WorkPage:
        """The label's releases, newest first."""
        answer: schemas.WorkPage = self._json(
            "GET", f"/labels/{self._step(label)}/releases", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def list_licences(self) -> schemas.Licences:
        """All licences, with what a remix of a work under each may stand under."""
        answer: schemas.Licences = self._json("GET", "/licences")
        return answer

    def list_likes(self, *, cursor: str | None = None, limit: int | None = None) -> schemas.WorkPage:
        """The works that one likes, the newest like first; what is withdrawn is left out."""
        answer: schemas.WorkPage = self._json("GET", "/account/likes", query={"cursor": cursor, "limit": limit})
        return answer

    def list_link_claims(self) -> schemas.Claims:
        """Open claims on one's works and by oneself, oldest first; all open ones for an operator."""
        answer: schemas.Claims = self._json("GET", "/link-claims")
        return answer

    def list_link_events(
        self, work_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> schemas.LinkEventPage:
        """What happened to the work's links since its publication, newest first."""
        answer: schemas.LinkEventPage = self._json(
            "GET", f"/works/{self._step(work_id)}/link-events", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def list_mail_topics(self) -> schemas.MailTopicList:
        """What may come by mail beside mail about the account's security, and whether it is wished."""
        answer: schemas.MailTopicList = self._json("GET", "/account/mail-topics")
        return answer

    def list_memberships(self) -> schemas.Memberships:
        """The labels that one is a member of."""
        answer: schemas.Memberships = self._json("GET", "/account/labels")
        return answer

    def list_mix_draft_revisions(
        self, mix_draft_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> schemas.MixRevisionPage:
        """The states that are kept, the newest first."""
        answer: schemas.MixRevisionPage = self._json(
            "GET", f"/mix-drafts/{self._step(mix_draft_id)}/revisions", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def list_mix_drafts(self, *, cursor: str | None = None, limit: int | None = None) -> schemas.MixDraftPage:
        """One's own draft mixes, the last saved first."""
        answer: schemas.MixDraftPage = self._json("GET", "/mix-drafts", query={"cursor": cursor, "limit": limit})
        return answer

    def list_mix_exports(self, mix_id: str) -> schemas.ExportOfferList:
        """The formats in which one's own mix is to be had, as long as its stems are."""
        answer: schemas.ExportOfferList = self._json("GET", f"/mixes/{self._step(mix_id)}/exports")
        return answer

    def list_mixes(self, *, cursor: str | None = None, limit: int | None = None) -> schemas.MixPage:
        """One's own mixes, newest first."""
        answer: schemas.MixPage = self._json("GET", "/mixes", query={"cursor": cursor, "limit": limit})
        return answer

    def list_most_remixed(
        self, *, cursor: str | None = None, limit: int | None = None, window: Literal["all", "30d"] | None = None
    ) -> schemas.ChartPage:
        """The works with the most direct remixes, of all time or of the last 30 days."""
        answer: schemas.ChartPage = self._json(
            "GET", "/charts/most-remixed", query={"cursor": cursor, "limit": limit, "window": window}
        )
        return answer

    def list_notices(self, *, cursor: str | None = None, limit: int | None = None) -> schemas.NoticePage:
        """One's own notices, newest first."""
        answer: schemas.NoticePage = self._json("GET", "/account/notices", query={"cursor": cursor, "limit": limit})
        return answer

    def list_oauth_clients(self) -> schemas.OAuthClientList:
        """Those that one registered, oldest first."""
        answer: schemas.OAuthClientList = self._json("GET", "/oauth-clients")
        return answer

    def list_own_collections(self, *, cursor: str | None = None, limit: int | None = None) -> schemas.CollectionPage:
        """One's own, whoever sees them, the newest first."""
        answer: schemas.CollectionPage = self._json(
            "GET", "/account/collections", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def list_own_entries(self, contest_id: str) -> schemas.OwnEntries:
        """One's own in every state."""
        answer: schemas.OwnEntries = self._json("GET", f"/contests/{self._step(contest_id)}/my-entries")
        return answer

    def list_own_entry_receipts(self, contest_id: str) -> schemas.ReceiptsOfEntries:
        """Every attempt of one's own, newest first."""
        answer: schemas.ReceiptsOfEntries = self._json("GET", f"/contests/{self._step(contest_id)}/my-receipts")
        return answer

    def list_own_reports(self, *, cursor: str | None = None, limit: int | None = None) -> schemas.ReportPage:
        """One's own reports, newest first."""
        answer: schemas.ReportPage = self._json("GET", "/account/reports", query={"cursor": cursor, "limit": limit})
        return answer

    def list_own_works(self, *, cursor: str | None = None, limit: int | None = None) -> schemas.WorkPage:
        """One's own works in every state, the newest first."""
        answer: schemas.WorkPage = self._json("GET", "/account/works", query={"cursor": cursor, "limit": limit})
        return answer

    def list_permissions(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        role: Literal["artist", "asker"] | None = None,
        state: Literal["asked", "granted", "used", "relicensed", "declined", "withdrawn", "revoked", "lapsed"]
        | None = None,
    ) -> schemas.PermissionPage:
        """What was asked of one or by one, newest first."""
        answer: schemas.PermissionPage = self._json(
            "GET", "/permissions", query={"cursor": cursor, "limit": limit, "role": role, "state": state}
        )
        return answer

    def list_picks(self, *, cursor: str | None = None, limit: int | None = None) -> schemas.PickPage:
        """What the house picked of what is published, the newest first."""
        answer: schemas.PickPage = self._json("GET", "/picks", query={"cursor": cursor, "limit": limit})
        return answer

    def list_receipts(self, *, cursor: str | None = None, limit: int | None = None) -> schemas.ReceiptPage:
        """One's own receipts, newest first: one for each stem or pack and licence, by the first download."""
        answer: schemas.ReceiptPage = self._json("GET", "/receipts", query={"cursor": cursor, "limit": limit})
        return answer

    def list_remixes(self, work_id: str, *, cursor: str | None = None, limit: int | None = None) -> schemas.RemixPage:
        """The works that cite this one directly, newest first."""
        answer: schemas.RemixPage = self._json(
            "GET", f"/works/{self._step(work_id)}/remixes", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def list_reports(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        state: Literal["open", "upheld", "dismissed"] | None = None,
    ) -> schemas.ReportPage:
        """The queue, oldest first; for moderators."""
        answer: schemas.ReportPage = self._json(
            "GET", "/reports", query={"cursor": cursor, "limit": limit, "state": state}
        )
        return answer

    def list_roots(self, work_id: str, *, cursor: str | None = None, limit: int | None = None) -> schemas.NodePage:
        """The ancestors that cite nothing themselves, oldest first."""
        answer: schemas.NodePage = self._json(
            "GET", f"/works/{self._step(work_id)}/roots", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def list_saved_searches(self, *, cursor: str | None = None, limit: int | None = None) -> schemas.SavedSearchPage:
        """One's own saved searches, the newest first."""
        answer: schemas.SavedSearchPage = self._json(
            "GET", "/account/searches", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def list_sessions(self) -> schemas.SessionList:
        """One's own sessions, the last used first."""
        answer: schemas.SessionList = self._json("GET", "/sessions")
        return answer

    def list_similar_stems(self, stem_id: str, *, limit: int | None = None) -> schemas.SimilarStems:
        """Stems that sound like one: published ones of its role that you may hear, the nearest first."""
        answer: schemas.SimilarStems = self._json(
            "GET", f"/stems/{self._step(stem_id)}/similar", query={"limit": limit}
        )
        return answer

    def list_sources(self, work_id: str) -> schemas.SourcePage:
        """What the work cites directly, in the remixer's order."""
        answer: schemas.SourcePage = self._json("GET", f"/works/{self._step(work_id)}/sources")
        return answer

    def list_stem_pack_exports(self, stem_pack_id: str) -> schemas.ExportOfferList:
        """The formats in which a published pack is to be had."""
        answer: schemas.ExportOfferList = self._json("GET", f"/stem-packs/{self._step(stem_pack_id)}/exports")
        return answer

    def list_stem_packs(self, work_id: str) -> schemas.StemPackList:
        """The versions of a work's stems that one may have, the newest first."""
        answer: schemas.StemPackList = self._json("GET", f"/works/{self._step(work_id)}/stem-packs")
        return answer

    def list_suspensions(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        state: Literal["standing", "appealed", "kept", "lifted"] | None = None,
        handle: str | None = None,
    ) -> schemas.SuspensionPage:
        """All suspensions, oldest first; `state=appealed` is the queue of appeals. For operators."""
        answer: schemas.SuspensionPage = self._json(
            "GET", "/suspensions", query={"cursor": cursor, "limit": limit, "state": state, "handle": handle}
        )
        return answer

    def list_takedowns(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        state: Literal["standing", "appealed", "kept", "restored"] | None = None,
    ) -> schemas.TakedownPage:
        """All takedowns, oldest first; `state=appealed` is the queue of appeals. For moderators."""
        answer: schemas.TakedownPage = self._json(
            "GET", "/takedowns", query={"cursor": cursor, "limit": limit, "state": state}
        )
        return answer

    def list_tokens(self) -> schemas.TokenList:
        """One's own tokens that were not revoked, newest first."""
        answer: schemas.TokenList = self._json("GET", "/tokens")
        return answer

    def list_uploads(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        state: Literal["open", "verifying", "ready", "claimed", "rejected", "aborted"] | None = None,
    ) -> schemas.UploadList:
        """One's own uploads, newest first."""
        answer: schemas.UploadList = self._json(
            "GET", "/uploads", query={"cursor": cursor, "limit": limit, "state": state}
        )
        return answer

    def list_works(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        kind: Literal["release", "remix"] | None = None,
        account: str | None = None,
        tag: str | None = None,
    ) -> schemas.WorkPage:
        """The newest published works."""
        answer: schemas.WorkPage = self._json(
            "GET", "/works", query={"cursor": cursor, "limit": limit, "kind": kind, "account": account, "tag": tag}
        )
        return answer

    def make_collection(self, body: schemas.NewCollection, *, idempotency_key: str | None = None) -> schemas.Collection:
        """A new one, with nothing in it."""
        answer: schemas.Collection = self._json("POST", "/collections", body=body, idempotency_key=idempotency_key)
        return answer

    def offer_passkey(self, *, idempotency_key: str | None = None) -> schemas.Options:
        """What a new passkey is made from; needs a fresh proof."""
        answer: schemas.Options = self._json("POST", "/account/passkey-options", idempotency_key=idempotency_key)
        return answer

    def offer_passkey_sign_in(self, *, idempotency_key: str | None = None) -> schemas.Options:
        """What a passkey has to sign to sign in alone; the answer's cookie goes with it."""
        answer: schemas.Options = self._json("POST", "/sessions/passkey-options", idempotency_key=idempotency_key)
        return answer

    def offer_proof_passkey(self, *, idempotency_key: str | None = None) -> schemas.Options:
        """What a passkey has to sign for a proof."""
        answer: schemas.Options = self._json("POST", "/account/proof/passkey-options", idempotency_key=idempotency_key)
        return answer

    def offer_second_step_passkey(
        self, body: schemas.SecondStepOptions, *, idempotency_key: str | None = None
    ) -> schemas.Options:
        """What a passkey has to sign for the second step."""
        answer: schemas.Options = self._json(
            "POST", "/sessions/second-step/passkey-options", body=body, idempotency_key=idempotency_key
        )
        return answer

    def order_bundle(
        self,
        bundle_kind: Literal["work", "contest", "collection", "label"],
        bundled_id: str,
        *,
        idempotency_key: str | None = None,
    ) -> schemas.Archive:
        """Have a bundle made as a ZIP; also anew where that failed. GET tells how far it is."""
        answer: schemas.Archive = self._json(
            "POST", f"/bundles/{self._step(bundle_kind)}/{self._step(bundled_id)}", idempotency_key=idempotency_key
        )
        return answer

    def order_collection(self, collection_id: str, body: schemas.Order, *, revision: int) -> schemas.Collection:
        """Put its works in order; needs `If-Match`."""
        answer: schemas.Collection = self._json(
            "PUT", f"/collections/{self._step(collection_id)}/order", body=body, revision=revision
        )
        return answer

    def order_entry_archive(self, contest_id: str, *, idempotency_key: str | None = None) -> schemas.Archive:
        """Have the entries that count packed as one ZIP with their audio; also anew where that failed; for the host."""
        answer: schemas.Archive = self._json(
            "POST", f"/contests/{self._step(contest_id)}/entries-archive", idempotency_key=idempotency_key
        )
        return answer

    def order_mix_export(
        self,
        mix_id: str,
        export_format: Literal["dawproject", "reaper", "stems", "stems_alac"],
        *,
        idempotency_key: str | None = None,
    ) -> schemas.Archive:
        """Have a mix made into the session of a music program; also anew where that failed. GET tells how far it is."""
        answer: schemas.Archive = self._json(
            "POST", f"/mixes/{self._step(mix_id)}/exports/{self._step(export_format)}", idempotency_key=idempotency_key
        )
        return answer

    def order_mix_file(
        self, mix_id: str, body: schemas.NewMixFile, *, idempotency_key: str | None = None
    ) -> schemas.MixFile:
        """Have the mixdown made as WAV (24 bits), MP3 (320 kbit/s) or Opus (160 kbit/s), once it is rendered."""
        answer: schemas.MixFile = self._json(
            "POST", f"/mixes/{self._step(mix_id)}/files", body=body, idempotency_key=idempotency_key
        )
        return answer

    def order_stem_pack_archive(self, stem_pack_id: str, *, idempotency_key: str | None = None) -> schemas.Archive:
        """Have the whole pack built as one ZIP; also anew where that failed. GET tells how far it is."""
        answer: schemas.Archive = self._json(
            "POST", f"/stem-packs/{self._step(stem_pack_id)}/archive", idempotency_key=idempotency_key
        )
        return answer

    def order_stem_pack_export(
        self,
        stem_pack_id: str,
        export_format: Literal["dawproject", "reaper", "ableton", "audacity", "stems", "stems_alac"],
        *,
        idempotency_key: str | None = None,
    ) -> schemas.Archive:
        """Have a pack made into the session of a music program; also anew where that failed. GET tells how far it is."""
        answer: schemas.Archive = self._json(
            "POST",
            f"/stem-packs/{self._step(stem_pack_id)}/exports/{self._step(export_format)}",
            idempotency_key=idempotency_key,
        )
        return answer

    def pick_work(self, work_id: str, body: schemas.NewPick, *, idempotency_key: str | None = None) -> schemas.Pick:
        """For operators: put a work in front of the hub. Picking it again gives it a new note and puts it first."""
        answer: schemas.Pick = self._json(
            "POST", f"/works/{self._step(work_id)}/pick", body=body, idempotency_key=idempotency_key
        )
        return answer

    def post_announcement(
        self, contest_id: str, body: schemas.NewAnnouncement, *, idempotency_key: str | None = None
    ) -> schemas.Announcement:
        """News for the contest's page and feeds, and as a notice to whom it concerns."""
        answer: schemas.Announcement = self._json(
            "POST", f"/contests/{self._step(contest_id)}/announcements", body=body, idempotency_key=idempotency_key
        )
        return answer

    def presign_parts(
        self, upload_id: str, body: schemas.PartNumbers, *, idempotency_key: str | None = None
    ) -> schemas.PartUrls:
        """URLs for parts; each takes a PUT of exactly its length."""
        answer: schemas.PartUrls = self._json(
            "POST", f"/uploads/{self._step(upload_id)}/parts", body=body, idempotency_key=idempotency_key
        )
        return answer

    def prove_session(self, body: schemas.Proof, *, idempotency_key: str | None = None) -> None:
        """Prove who one is: for ten minutes the session may do what answers `proof_needed` otherwise."""
        self._nothing("POST", "/account/proof", body=body, idempotency_key=idempotency_key)

    def publish_stem_pack(
        self, stem_pack_id: str, body: schemas.Publication, *, idempotency_key: str | None = None
    ) -> schemas.StemPack:
        """Publish the next version; safe to repeat."""
        answer: schemas.StemPack = self._json(
            "POST", f"/stem-packs/{self._step(stem_pack_id)}/publish", body=body, idempotency_key=idempotency_key
        )
        return answer

    def publish_work(self, work_id: str, *, idempotency_key: str | None = None) -> schemas.Work:
        """Publish a draft. Publishing what is published answers the same, so it is safe to repeat."""
        answer: schemas.Work = self._json(
            "POST", f"/works/{self._step(work_id)}/publish", idempotency_key=idempotency_key
        )
        return answer

    def read_notice(self, notice_id: str, *, idempotency_key: str | None = None) -> schemas.Notice:
        """Mark a notice as read. Safe to repeat."""
        answer: schemas.Notice = self._json(
            "POST", f"/account/notices/{self._step(notice_id)}/read", idempotency_key=idempotency_key
        )
        return answer

    def record_winner_release(
        self, contest_id: str, entry_id: str, body: schemas.WinnerRelease, *, revision: int
    ) -> None:
        """Say where a winner's remix is released, which keeps its rights from reverting; for the host."""
        self._nothing(
            "PUT", f"/contests/{self._step(contest_id)}/releases/{self._step(entry_id)}", body=body, revision=revision
        )

    def refuse_proposal(self, work_id: str, source_id: str, *, idempotency_key: str | None = None) -> schemas.Handback:
        """It is not proposed again for this remix."""
        answer: schemas.Handback = self._json(
            "POST",
            f"/works/{self._step(work_id)}/handback/{self._step(source_id)}/refuse",
            idempotency_key=idempotency_key,
        )
        return answer

    def remind_judges(self, contest_id: str, *, idempotency_key: str | None = None) -> schemas.JudgesReminded:
        """A notice to every judge with entries to score, at most every twelve hours; for the host."""
        answer: schemas.JudgesReminded = self._json(
            "POST", f"/contests/{self._step(contest_id)}/judge-reminders", idempotency_key=idempotency_key
        )
        return answer

    def remove_code_app(self) -> None:
        """Remove the app for codes; needs a fresh proof."""
        self._nothing("DELETE", "/account/code-app")

    def remove_cover(self, work_id: str, *, revision: int) -> schemas.Work:
        """Remove the cover; needs `If-Match`."""
        answer: schemas.Work = self._json("DELETE", f"/works/{self._step(work_id)}/cover", revision=revision)
        return answer

    def remove_judge(
        self, contest_id: str, handle: str, body: schemas.Removal, *, idempotency_key: str | None = None
    ) -> None:
        """Somebody judges no more; the scores they gave do not count, and the result gives the reason."""
        self._nothing(
            "POST",
            f"/contests/{self._step(contest_id)}/judges/{self._step(handle)}/removal",
            body=body,
            idempotency_key=idempotency_key,
        )

    def remove_member(self, label: str, account_id: str) -> None:
        """Leave the label, or as an owner remove a member."""
        self._nothing("DELETE", f"/labels/{self._step(label)}/members/{self._step(account_id)}")

    def remove_mix(self, work_id: str, *, revision: int) -> schemas.Work:
        """Take the audio of the whole piece out of a draft; needs `If-Match`."""
        answer: schemas.Work = self._json("DELETE", f"/works/{self._step(work_id)}/mix", revision=revision)
        return answer

    def remove_passkey(self, passkey_id: str) -> None:
        """Remove a passkey; needs a fresh proof."""
        self._nothing("DELETE", f"/account/passkeys/{self._step(passkey_id)}")

    def remove_stem(self, stem_id: str) -> None:
        """Take a stem out of a draft pack."""
        self._nothing("DELETE", f"/stems/{self._step(stem_id)}")

    def rename_passkey(self, passkey_id: str, body: schemas.PasskeyName, *, idempotency_key: str | None = None) -> None:
        """Give a passkey another name."""
        self._nothing(
            "POST", f"/account/passkeys/{self._step(passkey_id)}/name", body=body, idempotency_key=idempotency_key
        )

    def render_mix_draft(self, mix_draft_id: str, *, idempotency_key: str | None = None) -> schemas.Mix:
        """Render a draft mix as it was saved last; poll the mix for its progress."""
        answer: schemas.Mix = self._json(
            "POST", f"/mix-drafts/{self._step(mix_draft_id)}/render", idempotency_key=idempotency_key
        )
        return answer

    def renew_hook_secret(self, hook_id: str, *, idempotency_key: str | None = None) -> schemas.MadeHook:
        """A new secret, shown this once; for a day the former one signs as well."""
        answer: schemas.MadeHook = self._json(
            "POST", f"/hooks/{self._step(hook_id)}/secret", idempotency_key=idempotency_key
        )
        return answer

    def renew_oauth_client_secret(
        self, client_id: str, *, idempotency_key: str | None = None
    ) -> schemas.MadeOAuthClient:
        """A new secret, shown this once; the former one is good for nothing at once."""
        answer: schemas.MadeOAuthClient = self._json(
            "POST", f"/oauth-clients/{self._step(client_id)}/secret", idempotency_key=idempotency_key
        )
        return answer

    def renew_recovery_codes(self, *, idempotency_key: str | None = None) -> schemas.RecoveryCodes:
        """Make ten recovery codes in place of those before; needs a fresh proof. They are shown this once."""
        answer: schemas.RecoveryCodes = self._json("POST", "/account/recovery-codes", idempotency_key=idempotency_key)
        return answer

    def report_collection(
        self, collection_id: str, body: schemas.NewCollectionReport, *, idempotency_key: str | None = None
    ) -> schemas.Report:
        """Report a collection; one open report a collection and account."""
        answer: schemas.Report = self._json(
            "POST", f"/collections/{self._step(collection_id)}/reports", body=body, idempotency_key=idempotency_key
        )
        return answer

    def report_comment(
        self, comment_id: str, body: schemas.NewCommentReport, *, idempotency_key: str | None = None
    ) -> schemas.Report:
        """Report a comment; one open report a comment and account."""
        answer: schemas.Report = self._json(
            "POST", f"/comments/{self._step(comment_id)}/reports", body=body, idempotency_key=idempotency_key
        )
        return answer

    def report_hearing(
        self, contest_id: str, body: schemas.Beat, *, idempotency_key: str | None = None
    ) -> schemas.Hearing:
        """The player plays this entry now: to be told every few seconds. What passed since the last time is heard."""
        answer: schemas.Hearing = self._json(
            "POST", f"/contests/{self._step(contest_id)}/hearings", body=body, idempotency_key=idempotency_key
        )
        return answer

    def resend_failed_hook_deliveries(
        self, hook_id: str, body: schemas.ResendFailed, *, idempotency_key: str | None = None
    ) -> schemas.Resent:
        """Send all once more that failed since a time."""
        answer: schemas.Resent = self._json(
            "POST", f"/hooks/{self._step(hook_id)}/resend-failed", body=body, idempotency_key=idempotency_key
        )
        return answer

    def resend_hook_delivery(
        self, hook_id: str, delivery_id: str, *, idempotency_key: str | None = None
    ) -> schemas.HookDelivery:
        """Send one once more, whatever came of it, under the same `webhook-id`."""
        answer: schemas.HookDelivery = self._json(
            "POST",
            f"/hooks/{self._step(hook_id)}/deliveries/{self._step(delivery_id)}/resend",
            idempotency_key=idempotency_key,
        )
        return answer

    def review_ballots(
        self, contest_id: str, body: schemas.BallotReview, *, idempotency_key: str | None = None
    ) -> schemas.Reviewed:
        """Exclude ballots or let them count again, with a reason; nothing is deleted. For the host."""
        answer: schemas.Reviewed = self._json(
            "POST", f"/contests/{self._step(contest_id)}/ballot-reviews", body=body, idempotency_key=idempotency_key
        )
        return answer

    def revoke_invitation(self, invitation_id: str) -> None:
        """Take an invitation back; who came by it stays."""
        self._nothing("DELETE", f"/invitations/{self._step(invitation_id)}")

    def revoke_permission(self, permission_id: str, *, idempotency_key: str | None = None) -> schemas.Permission:
        """Take a permission back before anything is published under it; for the work's artist."""
        answer: schemas.Permission = self._json(
            "POST", f"/permissions/{self._step(permission_id)}/revocation", idempotency_key=idempotency_key
        )
        return answer

    def revoke_token(self, token_id: str) -> None:
        """Revoke a token at once."""
        self._nothing("DELETE", f"/tokens/{self._step(token_id)}")

    def rule_on_entries(
        self, contest_id: str, body: schemas.NewRulings, *, idempotency_key: str | None = None
    ) -> schemas.JudgingProgress:
        """Say with a public reason how entries are placed that too few judges scored; for the host, when ballots are in."""
        answer: schemas.JudgingProgress = self._json(
            "POST", f"/contests/{self._step(contest_id)}/rulings", body=body, idempotency_key=idempotency_key
        )
        return answer

    def rule_on_entry(
        self, entry_id: str, body: schemas.Ruling, *, idempotency_key: str | None = None
    ) -> schemas.Entry:
        """Rule an entry out, or in again, with a reason; for the host."""
        answer: schemas.Entry = self._json(
            "POST", f"/entries/{self._step(entry_id)}/ruling", body=body, idempotency_key=idempotency_key
        )
        return answer

    def save_mix_draft(self, mix_draft_id: str, body: schemas.MixDraftEdit, *, revision: int) -> schemas.MixDraft:
        """Save the next state of a draft mix; needs `If-Match`. Sending again what was just saved changes nothing."""
        answer: schemas.MixDraft = self._json(
            "PUT", f"/mix-drafts/{self._step(mix_draft_id)}", body=body, revision=revision
        )
        return answer

    def save_search(self, body: schemas.NewSavedSearch, *, idempotency_key: str | None = None) -> schemas.SavedSearch:
        """Keep a search. What is published from now on is new to it."""
        answer: schemas.SavedSearch = self._json(
            "POST", "/account/searches", body=body, idempotency_key=idempotency_key
        )
        return answer

    def score_entry(self, contest_id: str, entry_id: str, body: schemas.Scores) -> schemas.GivenScores:
        """A judge's scores for an entry; again until the judging closes."""
        answer: schemas.GivenScores = self._json(
            "PUT", f"/contests/{self._step(contest_id)}/scores/{self._step(entry_id)}", body=body
        )
        return answer

    def screen_ballots(self, contest_id: str, *, idempotency_key: str | None = None) -> schemas.Screening:
        """Look through the ballots now, and not only half a minute after one came in; for the host."""
        answer: schemas.Screening = self._json(
            "POST", f"/contests/{self._step(contest_id)}/screenings", idempotency_key=idempotency_key
        )
        return answer

    def search_artists(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        q: str | None = None,
        with_count: bool | None = None,
    ) -> schemas.ArtistsFound:
        """Artists by name or handle, those that others remixed most first."""
        answer: schemas.ArtistsFound = self._json(
            "GET", "/search/artists", query={"cursor": cursor, "limit": limit, "q": q, "with_count": with_count}
        )
        return answer

    def search_contests(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        q: str | None = None,
        with_count: bool | None = None,
    ) -> schemas.ContestsFound:
        """Announced contests, by title, label and brief."""
        answer: schemas.ContestsFound = self._json(
            "GET", "/search/contests", query={"cursor": cursor, "limit": limit, "q": q, "with_count": with_count}
        )
        return answer

    def search_everything(self, *, q: str) -> schemas.Overview:
        """The best few of each kind."""
        answer: schemas.Overview = self._json("GET", "/search", query={"q": q})
        return answer

    def search_labels(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        q: str | None = None,
        with_count: bool | None = None,
    ) -> schemas.LabelsFound:
        """Labels by name or handle."""
        answer: schemas.LabelsFound = self._json(
            "GET", "/search/labels", query={"cursor": cursor, "limit": limit, "q": q, "with_count": with_count}
        )
        return answer

    def search_stems(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        q: str | None = None,
        with_count: bool | None = None,
        order: Literal["relevance", "newest"] | None = None,
        min_tempo_bpm: float | None = None,
        max_tempo_bpm: float | None = None,
        with_half_and_double: bool | None = None,
        key: str | None = None,
        mixes_with_key: str | None = None,
        mixes_with: str | None = None,
        may: Literal["remix", "sell"] | None = None,
        combines_with: str | None = None,
        min_seconds: float | None = None,
        max_seconds: float | None = None,
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
        | None = None,
        min_lufs: float | None = None,
        max_lufs: float | None = None,
    ) -> schemas.StemsFound:
        """Stems of the newest packs of published works. Those without notes, such as drums, go with every key."""
        answer: schemas.StemsFound = self._json(
            "GET",
            "/search/stems",
            query={
                "cursor": cursor,
                "limit": limit,
                "q": q,
                "with_count": with_count,
                "order": order,
                "min_tempo_bpm": min_tempo_bpm,
                "max_tempo_bpm": max_tempo_bpm,
                "with_half_and_double": with_half_and_double,
                "key": key,
                "mixes_with_key": mixes_with_key,
                "mixes_with": mixes_with,
                "may": may,
                "combines_with": combines_with,
                "min_seconds": min_seconds,
                "max_seconds": max_seconds,
                "role": role,
                "min_lufs": min_lufs,
                "max_lufs": max_lufs,
            },
        )
        return answer

    def search_works(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        q: str | None = None,
        with_count: bool | None = None,
        order: Literal["relevance", "newest"] | None = None,
        min_tempo_bpm: float | None = None,
        max_tempo_bpm: float | None = None,
        with_half_and_double: bool | None = None,
        key: str | None = None,
        mixes_with_key: str | None = None,
        mixes_with: str | None = None,
        may: Literal["remix", "sell"] | None = None,
        combines_with: str | None = None,
        min_seconds: float | None = None,
        max_seconds: float | None = None,
        kind: Literal["release", "remix"] | None = None,
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
        | None = None,
        has_stems: bool | None = None,
        min_year: int | None = None,
        max_year: int | None = None,
        label: str | None = None,
        tag: str | None = None,
        in_open_contest: bool | None = None,
    ) -> schemas.WorksFound:
        """Published works, by text and by what they are."""
        answer: schemas.WorksFound = self._json(
            "GET",
            "/search/works",
            query={
                "cursor": cursor,
                "limit": limit,
                "q": q,
                "with_count": with_count,
                "order": order,
                "min_tempo_bpm": min_tempo_bpm,
                "max_tempo_bpm": max_tempo_bpm,
                "with_half_and_double": with_half_and_double,
                "key": key,
                "mixes_with_key": mixes_with_key,
                "mixes_with": mixes_with,
                "may": may,
                "combines_with": combines_with,
                "min_seconds": min_seconds,
                "max_seconds": max_seconds,
                "kind": kind,
                "role": role,
                "has_stems": has_stems,
                "min_year": min_year,
                "max_year": max_year,
                "label": label,
                "tag": tag,
                "in_open_contest": in_open_contest,
            },
        )
        return answer

    def send_address_verification(self, *, idempotency_key: str | None = None) -> None:
        """Send a link to one's address; opening it verifies the address."""
        self._nothing("POST", "/account/address-verification", idempotency_key=idempotency_key)

    def send_hook_test(self, hook_id: str, *, idempotency_key: str | None = None) -> schemas.HookDelivery:
        """Send an event that says nothing, by the way of all others."""
        answer: schemas.HookDelivery = self._json(
            "POST", f"/hooks/{self._step(hook_id)}/tests", idempotency_key=idempotency_key
        )
        return answer

    def set_cover(self, work_id: str, body: schemas.CoverChoice, *, revision: int) -> schemas.Work:
        """Set the cover; needs `If-Match`."""
        answer: schemas.Work = self._json("PUT", f"/works/{self._step(work_id)}/cover", body=body, revision=revision)
        return answer

    def set_member_role(self, label: str, account_id: str, body: schemas.LabelRole, *, revision: int) -> schemas.Label:
        """Another role for a member; for owners. Needs the label's `If-Match`."""
        answer: schemas.Label = self._json(
            "PUT", f"/labels/{self._step(label)}/members/{self._step(account_id)}", body=body, revision=revision
        )
        return answer

    def set_mix(self, work_id: str, body: schemas.MixChoice, *, revision: int) -> schemas.Work:
        """Set a release's reference mix or a remix's audio, while it is a draft; needs `If-Match`."""
        answer: schemas.Work = self._json("PUT", f"/works/{self._step(work_id)}/mix", body=body, revision=revision)
        return answer

    def set_new_password(
        self, reset_token: str, body: schemas.NewPassword, *, idempotency_key: str | None = None
    ) -> None:
        """Set the password, once; all sessions of the account end, and it is signed in nowhere."""
        self._nothing("POST", f"/password-resets/{self._step(reset_token)}", body=body, idempotency_key=idempotency_key)

    def set_sources(self, work_id: str, body: schemas.Sources, *, revision: int) -> schemas.Work:
        """Replace the sources of a draft; needs `If-Match`."""
        answer: schemas.Work = self._json("PUT", f"/works/{self._step(work_id)}/sources", body=body, revision=revision)
        return answer

    def share_mix_draft(self, mix_draft_id: str, *, idempotency_key: str | None = None) -> schemas.MixShare:
        """Share a draft mix by a link; again, the same link until it is ended."""
        answer: schemas.MixShare = self._json(
            "POST", f"/mix-drafts/{self._step(mix_draft_id)}/share", idempotency_key=idempotency_key
        )
        return answer

    def sign_in(
        self, body: schemas.SignIn, *, idempotency_key: str | None = None
    ) -> schemas.SecondStep | schemas.Account:
        """Sign in; the answer sets the session cookie."""
        answer: schemas.SecondStep | schemas.Account = self._json(
            "POST", "/sessions", body=body, idempotency_key=idempotency_key
        )
        return answer

    def sign_in_by_passkey(self, body: schemas.PasskeySignIn, *, idempotency_key: str | None = None) -> schemas.Account:
        """Sign in by a passkey alone; the answer sets the session cookie."""
        answer: schemas.Account = self._json("POST", "/sessions/passkey", body=body, idempotency_key=idempotency_key)
        return answer

    def sign_out(self) -> None:
        """Sign out; safe to repeat."""
        self._nothing("DELETE", "/sessions/current")

    def sign_up(self, body: schemas.SignUp, *, idempotency_key: str | None = None) -> schemas.Account:
        """Sign up."""
        answer: schemas.Account = self._json("POST", "/accounts", body=body, idempotency_key=idempotency_key)
        return answer

    def sign_up_for_contest(self, contest_id: str, body: schemas.SignUpChoice) -> schemas.ContestSignUp:
        """Take part in a secret remixer with a work of one's own."""
        answer: schemas.ContestSignUp = self._json("PUT", f"/contests/{self._step(contest_id)}/sign-up", body=body)
        return answer

    def simulate_shares(self, body: schemas.Simulation, *, idempotency_key: str | None = None) -> schemas.Split:
        """Who would get what of a remix of these works, before it is made."""
        answer: schemas.Split = self._json("POST", "/share-simulations", body=body, idempotency_key=idempotency_key)
        return answer

    def stop_acting_app(self, client_id: str) -> None:
        """Take one's leave away: all its tokens die at once, wherever it runs."""
        self._nothing("DELETE", f"/acting-apps/{self._step(client_id)}")

    def submit_entry(
        self, contest_id: str, body: schemas.NewEntry, *, idempotency_key: str | None = None
    ) -> schemas.ReceiptOfEntry:
        """Enter a remix. What does not count is a problem whose `context.receipt_id` is the proof of the attempt."""
        answer: schemas.ReceiptOfEntry = self._json(
            "POST", f"/contests/{self._step(contest_id)}/entries", body=body, idempotency_key=idempotency_key
        )
        return answer

    def suggest_searches(self, *, q: str) -> schemas.Suggestions:
        """While one types: words that complete the last one, then titles and names."""
        answer: schemas.Suggestions = self._json("GET", "/search/suggestions", query={"q": q})
        return answer

    def suspend_account(self, body: schemas.NewSuspension, *, idempotency_key: str | None = None) -> schemas.Suspension:
        """Suspend an account: it may read, take its originals and appeal, and nothing else. For operators."""
        answer: schemas.Suspension = self._json("POST", "/suspensions", body=body, idempotency_key=idempotency_key)
        return answer

    def take_back_contest_sign_up(self, contest_id: str) -> None:
        """Until the deal."""
        self._nothing("DELETE", f"/contests/{self._step(contest_id)}/sign-up")

    def take_back_entry(self, entry_id: str) -> schemas.Entry:
        """Take an entry back, until the close."""
        answer: schemas.Entry = self._json("DELETE", f"/entries/{self._step(entry_id)}")
        return answer

    def take_down(self, body: schemas.NewTakedown, *, idempotency_key: str | None = None) -> schemas.Takedown:
        """Take works down: nothing of them is served until the takedown is lifted. For moderators."""
        answer: schemas.Takedown = self._json("POST", "/takedowns", body=body, idempotency_key=idempotency_key)
        return answer

    def take_over_hook(self, hook_id: str, *, idempotency_key: str | None = None) -> schemas.Hook:
        """Answer for it from now on, instead of who made it: for a label's when that is no owner any more, for the hub's when it is no operator, or when it is suspended. What waits is sent. Safe to repeat."""
        answer: schemas.Hook = self._json(
            "POST", f"/hooks/{self._step(hook_id)}/takeover", idempotency_key=idempotency_key
        )
        return answer

    def take_proposal(self, work_id: str, source_id: str, *, idempotency_key: str | None = None) -> schemas.Handback:
        """Cite a proposed source with its stems and part; of one that is cited, fill what was left open."""
        answer: schemas.Handback = self._json(
            "POST",
            f"/works/{self._step(work_id)}/handback/{self._step(source_id)}/take",
            idempotency_key=idempotency_key,
        )
        return answer

    def take_second_step(
        self, body: schemas.SecondStepAnswer, *, idempotency_key: str | None = None
    ) -> schemas.Account:
        """Take the second step of signing in, by one of its ways; the answer sets the session cookie."""
        answer: schemas.Account = self._json(
            "POST", "/sessions/second-step", body=body, idempotency_key=idempotency_key
        )
        return answer

    def take_work_out(self, collection_id: str, work_id: str) -> None:
        """Take a work out of a collection."""
        self._nothing("DELETE", f"/collections/{self._step(collection_id)}/works/{self._step(work_id)}")

    def unblock_account(self, handle: str) -> None:
        """Block an account no more. Safe to repeat."""
        self._nothing("DELETE", f"/accounts/{self._step(handle)}/block")

    def unfollow_artist(self, handle: str) -> None:
        """Follow an artist no more. Safe to repeat."""
        self._nothing("DELETE", f"/accounts/{self._step(handle)}/follow")

    def unfollow_label(self, label: str) -> None:
        """Follow a label no more. Safe to repeat."""
        self._nothing("DELETE", f"/labels/{self._step(label)}/follow")

    def unfollow_work(self, work_id: str) -> None:
        """Be told of remixes of a work no more. Safe to repeat."""
        self._nothing("DELETE", f"/works/{self._step(work_id)}/follow")

    def unlike_work(self, work_id: str) -> None:
        """Like a work no more. Safe to repeat."""
        self._nothing("DELETE", f"/works/{self._step(work_id)}/like")

    def verify_address(self, verification_token: str, *, idempotency_key: str | None = None) -> None:
        """What the link's page does: the address is verified."""
        self._nothing(
            "POST", f"/address-verifications/{self._step(verification_token)}", idempotency_key=idempotency_key
        )

    def wish_far_remixes(self, *, idempotency_key: str | None = None) -> None:
        """Be told of remixes of remixes of one's works, and of works that one follows; safe to repeat."""
        self._nothing("POST", "/account/far-remixes/wish", idempotency_key=idempotency_key)

    def wish_mail(self, topic: str, *, idempotency_key: str | None = None) -> None:
        """Have it by mail; safe to repeat."""
        self._nothing("POST", f"/account/mail-topics/{self._step(topic)}/wish", idempotency_key=idempotency_key)

    def withdraw_permission(self, permission_id: str, *, idempotency_key: str | None = None) -> schemas.Permission:
        """Take one's question back before it is answered."""
        answer: schemas.Permission = self._json(
            "POST", f"/permissions/{self._step(permission_id)}/withdrawal", idempotency_key=idempotency_key
        )
        return answer

    def withdraw_work(self, work_id: str, *, idempotency_key: str | None = None) -> schemas.Work:
        """Withdraw a work: its audio goes, a tombstone stays in the lineage. Safe to repeat."""
        answer: schemas.Work = self._json(
            "POST", f"/works/{self._step(work_id)}/withdraw", idempotency_key=idempotency_key
        )
        return answer

    def write_comment(
        self, work_id: str, body: schemas.NewComment, *, idempotency_key: str | None = None
    ) -> schemas.Comment:
        """Comment on a published work, at a moment of it if you like, or answer a comment on it."""
        answer: schemas.Comment = self._json(
            "POST", f"/works/{self._step(work_id)}/comments", body=body, idempotency_key=idempotency_key
        )
        return answer

    def write_credits(self, work_id: str, credit_format: str) -> bytes:
        """All credits to paste, nearest generation first: `txt`, `md`, `html` or `json`."""
        answer: bytes = self._bytes("GET", f"/works/{self._step(work_id)}/credits/{self._step(credit_format)}")
        return answer
