"""The texts of a bundle that need no browser: what it is, how it is checked, and the credits of each work."""

from __future__ import annotations

from remixhub.domain.bundles import checksums
from remixhub.domain.bundles.contents import Bundle, BundledWork, BundleKind

LICENCE_NAME, CREDITS_NAME, RECEIPT_NAME, README_NAME = "LICENSE.txt", "CREDITS.txt", "RECEIPT.json", "README.txt"
_KINDS = {
    BundleKind.WORK: "A work",
    BundleKind.CONTEST: "A contest",
    BundleKind.COLLECTION: "A collection",
    BundleKind.LABEL: "A label",
}


def readme_text(bundle: Bundle, key_id: str, keys_url: str) -> bytes:
    heading = f"{bundle.title} – {bundle.by}" if bundle.by != bundle.title else bundle.title
    withheld = [f"- {work.title} – {work.artist}: {work.withheld}" for work in bundle.works if work.withheld]
    lines = [heading, "=" * len(heading), ""]
    lines += [f"{_KINDS[bundle.kind]} of {bundle.hub_name}, {bundle.url}", f"As it was on {bundle.made_at[:10]}.", ""]
    lines += ["Open index.html: every browser plays and shows this folder without a network, and without scripts."]
    lines += ["Nothing here starts by itself.", ""]
    lines += ["works/       a folder for each work: its sound, its cover, LICENSE.txt and CREDITS.txt"]
    lines += ["stems/       the stems as their artists uploaded them; all of a work start at the same zero"]
    if any(work.whole_original for work in bundle.works):
        lines += ["             original.* there is the whole piece in full quality, for moving to another hub alone:"]
        lines += ["             do not hand this folder on, but one without it"]
    lines += ["print/       J-cards, labels and a zine, as PDF"]
    lines += ["bundle.json  all of it for programs", ""]
    lines += ["What you may do stands in the LICENSE.txt of each work; it differs from work to work."]
    lines += ["Keep each RECEIPT.json: it proves under which licence you have the stems."]
    if withheld:
        lines += ["", "WITHOUT STEMS", "", *withheld]
    lines += ["", "IS IT WHOLE?", "", f"    sha256sum -c {checksums.NAME}", ""]
    lines += [f"Is it of {bundle.hub_url}? Fetch the hub's key {key_id} from", "", f"    {keys_url}", "", "and ask", ""]
    lines += [f"    openssl pkeyutl -verify -pubin -inkey {key_id}.pem -rawin -in {checksums.NAME} "]
    lines[-1] += f"-sigfile {checksums.SIGNATURE_NAME}"
    lines += ["", "Or both at once, in a checkout of RemixHub with its requirements (what pip installs cannot):", ""]
    lines += [f"    python -m remixhub verify-bundle /path/to/this/folder --key /path/to/{key_id}.pem"]
    return ("\n".join(lines) + "\n").encode()


def credits_text(work: BundledWork) -> bytes:
    lines = [
        f"“{work.title}” by {work.artist}",
        "",
        *(f"{name}, {role}" if role else name for name, role in work.credits),
    ]
    if work.credits:
        lines.append("")
    lines += ["Paste these lines beside what you make of it:" if len(work.credit_lines) > 1 else _ONE_LINE, ""]
    return ("\n".join([*lines, *work.credit_lines]) + "\n").encode()


_ONE_LINE = "Paste this line beside what you make of it:"
